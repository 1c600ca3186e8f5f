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
from drivers.code_scanner.families.known import FAMILIES

_COMMANDS: Final[Mapping[bytes, tuple[Family, bytes]]] = {
    command.data: (family, command.echo) for family in FAMILIES for command in family.commands
}
"""Whatever the product says to a scanner: whose words they are, and what the answer repeats."""
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
                case Packet() if self.family is ssi.SSI:
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
        if data in _COMMANDS:
            self._scans.family, self._scans.echo = _COMMANDS[data]
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
