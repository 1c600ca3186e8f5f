"""The lines of a trace file (docs/devices/trace.md), read and checked as far as every player needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast


class TraceError(ValueError):
    """The file cannot be played; says why and where."""


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line: its number in the file, its second, its object, and what of that is told in detail."""

    number: int
    at_s: float
    said: dict[str, object]
    told: dict[str, object]


@dataclass(frozen=True, slots=True)
class TraceFile:
    """A trace; `scheme` is the recorded endpoint's."""

    path: Path
    kind: str
    scheme: str
    lines: tuple[TraceLine, ...]

    def data(self, line: TraceLine, text: str) -> bytes:
        """The bytes that stand in a line as hexadecimal; `TraceError`."""
        try:
            return bytes.fromhex(text)
        except ValueError:
            raise self.error(line.number, "no hexadecimal bytes") from None

    def error(self, number: int, why: str) -> TraceError:
        """What is wrong with a line."""
        return TraceError(f"{self.path}:{number}: {why}")


def read(path: Path) -> TraceFile:
    """The trace at `path`; `TraceError`, `OSError`. A last line without its end was never finished."""
    texts = path.read_bytes().split(b"\n")[:-1]
    if not texts:
        raise TraceError(f"{path}: empty")
    head = _object(path, 1, texts[0])
    if head.get("trace") != 1:
        raise TraceError(f"{path}: no trace of version 1")
    kind, scheme = head.get("kind"), head.get("scheme")
    if not isinstance(kind, str) or not isinstance(scheme, str):
        raise TraceError(f"{path}: does not say of which device and link it is")
    return TraceFile(path, kind, scheme, tuple(_line(path, number, text) for number, text in enumerate(texts[1:], 2)))


def _line(path: Path, number: int, text: bytes) -> TraceLine:
    said = _object(path, number, text)
    at_s = said.get("at")
    if not isinstance(at_s, int | float):
        raise TraceError(f"{path}:{number}: no time")
    told = said.get("told")
    return TraceLine(number, at_s, said, cast("dict[str, object]", told) if isinstance(told, dict) else {})


def _object(path: Path, number: int, text: bytes) -> dict[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # of words that are no JSON, no UTF-8, or nested without end
        raise TraceError(f"{path}:{number}: no JSON") from None
    if not isinstance(found, dict):
        raise TraceError(f"{path}:{number}: no object")
    return cast("dict[str, object]", found)
