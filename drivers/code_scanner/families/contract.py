"""What a family of scanner commands is: bytes to send, and a pure function that finds its frames. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from drivers.code_scanner.api import Symbology

LONGEST_HELD: Final = 300  # bytes kept for a frame that is not whole; the longest frame of all families has 257


@unique
class Answer(StrEnum):
    """How the scanner took a command."""

    DONE = "done"
    AGAIN = "again"  # it did not understand the bytes and asks for them once more
    DENIED = "denied"  # it understood, and will not or cannot


@dataclass(frozen=True, slots=True)
class Command:
    """Bytes for the scanner. `echo` is what its answer repeats, where a family's answers repeat anything."""

    data: bytes
    echo: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the command that is out."""

    answer: Answer
    data: bytes = b""


@dataclass(frozen=True, slots=True, repr=False)
class Plain:
    """Bytes that are no frame: codes as text with a line end, or without."""

    data: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Packet:
    """A code, or a part of one, in a frame of its own. `again`: sent before; `more`: not the last part."""

    data: bytes
    symbology: Symbology
    again: bool
    more: bool


@dataclass(frozen=True, slots=True)
class Damaged:
    """A frame whose check is wrong."""


Heard = Reply | Plain | Packet | Damaged


@dataclass(frozen=True, slots=True)
class Span:
    """Where a frame stands in what was heard. `end` 0: it has begun and is not whole; `heard` None: skip it."""

    start: int
    end: int = 0
    heard: Heard | None = None


Find = Callable[[bytes, bytes], Span | None]
"""`find(heard, echo)`: the first frame, whole or begun, also when only its first byte is there; None for none."""


SUFFIX: Final = "suffix"
"""Name of the setting that ends every code with CR."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting that the product needs; changed until the scanner loses power, never saved.

    `holds` looks at the data of the query's reply.
    """

    name: str
    query: Command
    holds: Callable[[bytes], bool]
    change: Command


@dataclass(frozen=True, slots=True)
class Family:
    """One family. `probe` only reads. `answers`: start and stop are answered.

    `lasts_s` is how long the scanner looks after `start`. `packets`: codes may come in frames of their own, each
    answered with `ack`, or `nak` when it is damaged. `firmware` reads the probe's reply.
    """

    name: str
    probe: Command
    start: Command
    stop: Command
    find: Find
    answers: bool
    lasts_s: float
    settings: tuple[Setting, ...] = ()
    firmware: Callable[[bytes], str] = lambda data: ""
    wake: bytes = b""
    packets: bool = False
    ack: bytes = b""
    nak: bytes = b""

    @property
    def commands(self) -> tuple[Command, ...]:
        """Everything that it is asked and told."""
        settings = [command for setting in self.settings for command in (setting.query, setting.change)]
        return (self.probe, self.start, self.stop, *settings)


class Splitter:
    """Tells a family's frames from the bytes of codes. Never raises; keeps at most one frame that is not whole."""

    def __init__(self, family: Family | None) -> None:
        self._family = family
        self._held = b""

    @property
    def is_inside_frame(self) -> bool:
        """Whether a frame, or what may become one, has begun."""
        return bool(self._held)

    def feed(self, data: bytes, expected: Command | None) -> list[Heard]:
        """What is known with `data`. An answer with an echo is found only while its command is `expected` to have one;
        the marks of the others stand in no text.
        """
        self._held += data
        found: list[Heard] = []
        while self._held:
            span = self._find(expected)
            if span is None:
                found.append(Plain(self._held))
                self._held = b""
                break
            if span.start:
                found.append(Plain(self._held[: span.start]))
                self._held = self._held[span.start :]
            if span.end:
                if span.heard is not None:
                    found.append(span.heard)
                self._held = self._held[span.end - span.start :]
            elif len(self._held) > LONGEST_HELD:
                found.append(Plain(self._held))
                self._held = b""
            else:
                break
        return found

    def drop(self) -> list[Heard]:
        """The line fell silent: a frame that was begun never comes. In a family of packets that is damage."""
        held, self._held = self._held, b""
        if not held:
            return []
        broken = self._family is not None and self._family.packets and len(held) >= MARK_OF_A_PACKET
        return [Damaged() if broken else Plain(held)]

    def clear(self) -> None:
        """Another link: nothing was heard."""
        self._held = b""

    def _find(self, expected: Command | None) -> Span | None:
        if self._family is None:
            return None
        return self._family.find(self._held, expected.echo if expected is not None else b"")


MARK_OF_A_PACKET: Final = 3  # length, opcode and source: with fewer bytes it may be text


def mark_at(heard: bytes, mark: bytes) -> int:
    """Where `mark` stands in `heard`, or where it may have begun at the very end; -1 for nowhere."""
    at = heard.find(mark)
    if at >= 0:
        return at
    for size in range(min(len(mark) - 1, len(heard)), 0, -1):
        if heard.endswith(mark[:size]):
            return len(heard) - size
    return -1
