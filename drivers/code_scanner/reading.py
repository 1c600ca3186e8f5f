"""From what a scanner says beside answers to codes: whole ones, spoilt ones, and those that count for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from drivers.base.status import Fault, FaultAction
from drivers.code_scanner import codec
from drivers.code_scanner.api import Symbology
from drivers.code_scanner.families.contract import Packet, Plain

HEARS_OUT_S: Final = 1.0  # the rest of a code that stalled, or was sent twice, is over by then
HEARS_OUT_LINES_S: Final = 5.0  # where codes have line ends one without is broken off, and costs nobody time
_NEVER_S: Final = float("inf")


@dataclass(frozen=True, slots=True, repr=False)
class Code:
    """A whole code that is text. `is_ended`: by a line end or in a packet, and not by silence."""

    raw: bytes
    text: str
    symbology: Symbology
    is_ended: bool


@dataclass(frozen=True, slots=True)
class Nobodys:
    """Bytes that may be the rest of an earlier code: thrown away."""


Came = Code | Fault | Nobodys


class Reading:
    """Puts codes together. No I/O and no clock: `now_s` is when it is called, monotonic seconds.

    `has_line_ends` is what this scanner has shown, or was set to.
    """

    def __init__(self, charset: str) -> None:
        self.has_line_ends = False
        self._charset = charset
        self._lines = codec.LineReader()
        self._parts = bytearray()
        self._unended_s = -_NEVER_S  # when bytes came last that no line end and no last packet followed
        self._may_be_broken_off = False  # they had been to have one
        self._deaf_until_s = -_NEVER_S

    @property
    def is_inside_code(self) -> bool:
        """Whether a line has begun and its end is not there."""
        return self._lines.is_inside_code

    def take(self, heard: Plain | Packet | Fault, now_s: float) -> Iterator[Came]:
        """What is whole with `heard`."""
        match heard:
            case Fault():
                self._parts.clear()
                yield heard
            case Packet() if now_s < self._deaf_until_s:
                self._deaf_until_s = now_s + HEARS_OUT_S if heard.more else -_NEVER_S
                yield Nobodys()
            case Packet():
                yield from self._packet(heard, now_s)
            case Plain() if now_s < self._deaf_until_s:
                yield Nobodys()
            case Plain():
                yield from self._text(heard.data, now_s)

    def fell_silent(self) -> Iterator[Came]:
        """Nothing came for the idle time: what has begun is a code, or nothing."""
        for line in self._lines.flush():
            yield self._judged(line, Symbology.UNKNOWN, is_ended=False)

    def forget(self) -> None:
        """Another link, perhaps another scanner: what was begun never ends."""
        self.has_line_ends = False
        self._lines.clear()
        self._parts.clear()

    def forget_line(self) -> None:
        """What has begun counts for nobody."""
        self._lines.clear()

    def had_no_line_ends(self) -> None:
        """The scanner turned out to end no code: what came without an end was not broken off."""
        self._may_be_broken_off = False

    def would_be_deaf_for_long(self, now_s: float) -> bool:
        """Whether `hear_out` costs the next citizen seconds."""
        return self._may_be_broken_off and now_s < self._heard_out_s()

    def hear_out(self, now_s: float) -> None:
        """From now on another purpose's codes are expected: what is on its way from before must not be one."""
        self._parts.clear()
        if now_s < self._heard_out_s():
            self._deaf_until_s = self._heard_out_s()

    def _heard_out_s(self) -> float:
        return self._unended_s + (HEARS_OUT_LINES_S if self._may_be_broken_off else HEARS_OUT_S)

    def _text(self, data: bytes, now_s: float) -> Iterator[Came]:
        for line in self._lines.feed(data):
            yield self._judged(line, Symbology.UNKNOWN, is_ended=True)
        if self._lines.is_inside_code:
            self._unended_s, self._may_be_broken_off = now_s, self.has_line_ends
        else:
            self._unended_s, self.has_line_ends = -_NEVER_S, True

    def _packet(self, packet: Packet, now_s: float) -> Iterator[Came]:
        if len(self._parts) <= codec.LONGEST_CODE:
            self._parts += packet.data
        if packet.more:
            self._unended_s, self._may_be_broken_off = now_s, False
            return
        self._unended_s = -_NEVER_S
        raw = bytes(self._parts)
        self._parts.clear()
        yield self._judged(codec.Line(raw, len(raw) > codec.LONGEST_CODE), packet.symbology, is_ended=True)

    def _judged(self, line: codec.Line, symbology: Symbology, *, is_ended: bool) -> Code | Fault:
        if line.too_long:
            return Fault("code_scanner.too_long", FaultAction.CLEAR, f"more than {codec.LONGEST_CODE} bytes")
        text = codec.text_of(line.raw, self._charset)
        if text is None:
            return Fault("code_scanner.unreadable", FaultAction.CLEAR, f"{len(line.raw)} bytes")
        return Code(line.raw, text, symbology, is_ended)
