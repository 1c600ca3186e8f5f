"""The lines of a trace file (docs/devices/trace.md): written by the recorder, read by tests and technicians' tools."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Final, cast

from drivers.base.endpoint import Endpoint

VERSION: Final = 1
LONGEST_BYTES: Final = 16 * 1024 * 1024  # no file is read that is longer


class TraceError(ValueError):
    """Not a trace, or one of a later version; says which line."""


@unique
class What(StrEnum):
    """What a line tells; the value is its key."""

    TO_DEVICE = ">"
    FROM_DEVICE = "<"
    SAW = "saw"
    LINK = "link"
    DO = "do"
    DONE = "done"
    EVENT = "event"
    END = "end"


@dataclass(frozen=True, slots=True)
class Head:
    """The first line. `scheme` and `baud` are all that is kept of the endpoint."""

    kind: str
    scheme: str
    baud: int = 0

    @classmethod
    def of(cls, kind: str, url: str) -> Head:
        """For a device of `kind` at `url`; `Unsupported` when that is no endpoint."""
        endpoint = Endpoint.parse(url)
        baud = endpoint.option("baud", "0")
        return cls(kind, endpoint.scheme, int(baud) if baud.isdecimal() else 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `at_s` counts from the start of the trace; `word` is a link's state or a type's name."""

    at_s: float
    what: What
    data: bytes = b""
    word: str = ""
    told: Mapping[str, object] = field(default_factory=dict[str, object])


def head_text(head: Head) -> str:
    """The first line with its end."""
    return json.dumps({"trace": VERSION, "kind": head.kind, "scheme": head.scheme, "baud": head.baud}) + "\n"


def line_text(line: Line) -> str:
    """One line with its end. ASCII alone."""
    said: dict[str, object] = {"at": round(line.at_s, 6)}
    said[line.what.value] = line.data.hex() if line.what in {What.TO_DEVICE, What.FROM_DEVICE} else line.word
    if line.told:
        said["told"] = line.told
    return json.dumps(said) + "\n"


def read(data: bytes) -> tuple[Head, tuple[Line, ...]]:
    """Head and lines of a trace file. A last line without its end was never finished and is left out. `TraceError`."""
    if len(data) > LONGEST_BYTES:
        raise TraceError(f"{len(data)} bytes are no trace")
    texts = data.split(b"\n")[:-1]
    if not texts:
        raise TraceError("no line")
    head = _head(_object(texts[0], 1))
    return head, tuple(_line(_object(text, number), number) for number, text in enumerate(texts[1:], 2))


def _object(text: bytes, number: int) -> dict[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # of words that are no JSON, no UTF-8, or nested without end
        raise TraceError(f"line {number}: no JSON") from None
    if not isinstance(found, dict):
        raise TraceError(f"line {number}: no object")
    return cast("dict[str, object]", found)


def _head(said: dict[str, object]) -> Head:
    if said.get("trace") != VERSION:
        raise TraceError(f"line 1: no trace of version {VERSION}")
    match said:
        case {"kind": str(kind), "scheme": str(scheme), "baud": int(baud)}:
            return Head(kind, scheme, baud)
        case _:
            raise TraceError("line 1: kind, scheme or baud is missing")


def _line(said: dict[str, object], number: int) -> Line:
    at_s, told = said.get("at"), said.get("told", {})
    keys = [what for what in What if what.value in said]
    if not isinstance(at_s, int | float) or not at_s >= 0 or not isinstance(told, dict) or len(keys) != 1:
        raise TraceError(f"line {number}: wants a time and one thing that happened")
    word = said[keys[0].value]
    if not isinstance(word, str):
        raise TraceError(f"line {number}: {keys[0].value} is no text")
    facts = cast("dict[str, object]", told)
    if keys[0] not in {What.TO_DEVICE, What.FROM_DEVICE}:
        return Line(float(at_s), keys[0], word=word, told=facts)
    try:
        return Line(float(at_s), keys[0], data=bytes.fromhex(word), told=facts)
    except ValueError:
        raise TraceError(f"line {number}: no hexadecimal bytes") from None
