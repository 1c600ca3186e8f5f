"""Real-time commands (DLE EOT, DLE ENQ, DLE DC4), found wherever they stand in the stream.

As in a real printer they are found even inside picture data that happen to hold the same bytes (Epson ESC/POS
command reference, DLE EOT, notes).
"""

from __future__ import annotations

from dataclasses import dataclass

_DLE = 0x10
_SIZES = {0x04: 1, 0x05: 1}  # bytes after the opcode
_DC4 = 0x14
_DC4_SIZES = {1: 3, 2: 3, 3: 6, 7: 2, 8: 8}  # by function, which is the first of them


@dataclass(frozen=True, slots=True)
class RealTime:
    """One command: the byte after DLE, and what follows it."""

    opcode: int
    arguments: bytes


class RealTimeScanner:
    """Looks at the bytes as they come in, in any slices."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[tuple[int, RealTime]]:
        """Commands that end inside `data`, each with the place behind it."""
        found: list[tuple[int, RealTime]] = []
        for at, byte in enumerate(data):
            if self._held or byte == _DLE:
                self._held += bytes((byte,))
                if (command := self._take()) is not None:
                    found.append((at + 1, command))
        return found

    def forget(self) -> None:
        """The line is gone, and half a command with it."""
        self._held = b""

    def _take(self) -> RealTime | None:
        while self._held:
            if (missing := self._missing()) is not None:
                if missing:
                    return None
                command = RealTime(self._held[1], self._held[2:])
                self._held = b""
                return command
            again = self._held.find(_DLE, 1)  # it was none; another may begin inside of what was held
            self._held = self._held[again:] if again > 0 else b""
        return None

    def _missing(self) -> int | None:
        """Bytes that the command still lacks; None when it is none."""
        held = self._held
        if len(held) == 1:
            return 1
        if held[1] == _DC4:
            if len(held) == 2:
                return 1
            return None if held[2] not in _DC4_SIZES else max(0, 2 + _DC4_SIZES[held[2]] - len(held))
        return None if held[1] not in _SIZES else max(0, 2 + _SIZES[held[1]] - len(held))
