"""What a trace file (docs/devices/trace.md) has a device on a byte line do, in order."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.replay.trace_file import TraceError, TraceFile

# Devices that no pseudo-terminal can be; what a trace holds of them are the frames of their reader.
RATELESS = frozenset({"usb", "hid"})


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
    """A trace as a device's part; `scheme` is the recorded endpoint's."""

    kind: str
    scheme: str
    steps: tuple[Step, ...]


def script(file: TraceFile) -> Script:
    """The device's part of a trace of frames or bytes; `TraceError`."""
    if file.scheme not in {"serial", "tcp", *RATELESS}:
        raise TraceError(
            f"{file.path}: only traces of serial, TCP, USB, HID and PC/SC links can be played, not {file.scheme!r}"
        )
    steps: list[Step] = []
    is_torn = False
    for line in file.lines:
        match line.said:
            case {">": str(data)}:
                steps.append(Hear(line.number, line.at_s, file.data(line, data)))
            case {"<": str(data)}:
                steps.append(Say(line.number, line.at_s, file.data(line, data)))
            case {"link": "lost"}:
                steps.append(Tear(line.number, line.at_s))
                is_torn = True
            case {"link": "open"} if is_torn:
                steps.append(Plug(line.number, line.at_s))
                is_torn = False
            case _:
                continue  # the host's own affairs
    return Script(file.kind, file.scheme, tuple(steps))
