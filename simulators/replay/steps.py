"""What a trace file (docs/devices/trace.md) has a device do, in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast


class TraceError(ValueError):
    """The file cannot be played; says why and where."""


@dataclass(frozen=True, slots=True)
class Hear:
    """Wait for these bytes of the host."""

    line: int
    at_s: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Say:
    """Say these bytes."""

    line: int
    at_s: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Tear:
    """The cable is pulled."""

    line: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Plug:
    """The cable is in again."""

    line: int
    at_s: float


Step = Hear | Say | Tear | Plug


@dataclass(frozen=True, slots=True)
class Script:
    """A trace as a device's part."""

    kind: str
    scheme: str
    steps: tuple[Step, ...]


def load(path: Path) -> Script:
    """The script of the trace at `path`; `TraceError`, `OSError`."""
    lines = path.read_bytes().split(b"\n")[:-1]
    if not lines:
        raise TraceError(f"{path}: empty")
    head = _object(path, 1, lines[0])
    if head.get("trace") != 1:
        raise TraceError(f"{path}: no trace of version 1")
    kind, scheme = head.get("kind"), head.get("scheme")
    if not isinstance(kind, str) or scheme not in {"serial", "tcp"}:
        raise TraceError(f"{path}: only traces of serial and TCP lines can be played, not {scheme!r}")
    steps: list[Step] = []
    is_torn = False
    for number, text in enumerate(lines[1:], 2):
        said = _object(path, number, text)
        at_s = said.get("at")
        if not isinstance(at_s, int | float):
            raise TraceError(f"{path}:{number}: no time")
        match said:
            case {">": str(data)}:
                steps.append(Hear(number, at_s, _bytes(path, number, data)))
            case {"<": str(data)}:
                steps.append(Say(number, at_s, _bytes(path, number, data)))
            case {"link": "lost"}:
                steps.append(Tear(number, at_s))
                is_torn = True
            case {"link": "open"} if is_torn:
                steps.append(Plug(number, at_s))
                is_torn = False
            case _:
                continue  # the host's own affairs
    return Script(kind, str(scheme), tuple(steps))


def _object(path: Path, number: int, text: bytes) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        raise TraceError(f"{path}:{number}: no JSON") from None
    if not isinstance(found, dict):
        raise TraceError(f"{path}:{number}: no object")
    return cast("dict[str, object]", found)


def _bytes(path: Path, number: int, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise TraceError(f"{path}:{number}: no hexadecimal bytes") from None
