"""What a trace keeps of a scanner: commands, their answers, where codes begin and end, and no code.

A credential is a person's and lives for minutes; even a case's code is nobody else's. Every byte of a code becomes x
but line ends and other control characters; the checksum of a packet follows. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from drivers.base.masking import harmless
from drivers.code_scanner import api
from drivers.code_scanner.families import ssi
from drivers.code_scanner.families.contract import Family, Packet, Reply
from drivers.code_scanner.families.gm65 import GM65
from drivers.code_scanner.families.honeywell import HONEYWELL
from drivers.code_scanner.families.newland import NEWLAND

_TAG_BYTES: Final = 6
# How a family's commands begin, and where in them the tag stands that the answer repeats.
_MARKS: Final[tuple[tuple[bytes, Family, int], ...]] = (
    (b"\x7e\x00", GM65, 0),
    (b"\x7e\x01", NEWLAND, 7),
    (b"\x16", HONEYWELL, 3),
)
_SSI_DATA_AT: Final = 5  # length, opcode, source, status, code type
_SSI_CHECK_BYTES: Final = 2
_LONGEST_HELD: Final = 300


class ScanMask:
    """Masks what a scanner says. `family` and `echo` are those of the latest command."""

    def __init__(self) -> None:
        self.family: Family | None = None
        self.echo = b""
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """See `StreamMask`."""
        self._held += data
        given = b""
        while self._held:
            span = None if self.family is None else self.family.find(self._held, self.echo)
            if span is None:
                return given + self.flush()
            if span.start:
                given += _code(self._held[: span.start])
                self._held = self._held[span.start :]
            size = span.end - span.start if span.end else 0
            if not size:
                return given if len(self._held) <= _LONGEST_HELD else given + self.flush()
            frame, self._held = self._held[:size], self._held[size:]
            match span.heard:
                case Reply():
                    given += frame
                case Packet():
                    masked = frame[:_SSI_DATA_AT] + _code(frame[_SSI_DATA_AT:-_SSI_CHECK_BYTES])
                    given += masked + ssi.checksum(masked)
                case _:
                    given += _code(frame)
        return given

    def flush(self) -> bytes:
        """See `StreamMask`."""
        held, self._held = self._held, b""
        return _code(held)


class CommandEar:
    """Lets commands pass, for they hold nothing of a person, and remembers whose they are."""

    def __init__(self, scans: ScanMask) -> None:
        self._scans = scans

    def feed(self, data: bytes) -> bytes:
        """See `StreamMask`."""
        for mark, family, tag_at in _MARKS:
            if data.startswith(mark):
                self._scans.family = family
                self._scans.echo = data[tag_at : tag_at + _TAG_BYTES] if tag_at and len(data) > tag_at + 1 else b""
                return data
        if len(data) > _SSI_CHECK_BYTES and ssi.checksum(data[:-_SSI_CHECK_BYTES]) == data[-_SSI_CHECK_BYTES:]:
            self._scans.family, self._scans.echo = ssi.SSI, b""
        return data

    def flush(self) -> bytes:
        """Nothing is held back."""
        return b""


class ScannerMasker:
    """The masker of one scanner's session."""

    def __init__(self) -> None:
        self.from_device: Final = ScanMask()
        self.to_device: Final = CommandEar(self.from_device)

    def told(self, value: object) -> Mapping[str, object]:
        """What a code was wanted for and of which symbology it was; nothing of it."""
        facts = harmless(value)
        match value:
            case api.Arm():
                return {**facts, "purpose": value.purpose, "timeout_s": value.timeout_s}
            case api.CodeScanned() | api.ScanFailed() | api.ScanTimedOut():
                return {**facts, "purpose": value.purpose}
            case _:
                return facts


def build() -> ScannerMasker:
    """A masker for one session."""
    return ScannerMasker()


def _code(data: bytes) -> bytes:
    return bytes(byte if byte < 0x20 else ord("x") for byte in data)
