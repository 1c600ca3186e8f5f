"""The card as a machine of ISO 7816-4 with T=0: what is selected, which records it gives. Knows no reader, no time."""

from __future__ import annotations

from simulators.smart_card.card import Card, SocialCard
from simulators.smart_card.tlv import records

ATR = bytes.fromhex("3B6D00000031C071D66438D00300849000")  # T=0, no check byte
_SSSE = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")

OK = b"\x90\x00"
WRONG_LENGTH = b"\x67\x00"
NO_FILE_SELECTED = b"\x69\x86"
FILE_NOT_FOUND = b"\x6a\x82"
RECORD_NOT_FOUND = b"\x6a\x83"
BAD_P1_P2 = b"\x6a\x86"
NO_SUCH_INSTRUCTION = b"\x6d\x00"
NO_SUCH_CLASS = b"\x6e\x00"


class CardMachine:
    """One inserted card. A T=0 card never sends data unasked: it says how much there is, or which length is right."""

    def __init__(self, card: Card) -> None:
        self._files = records(card) if isinstance(card, SocialCard) else {}
        self._card = card
        self.apdus: list[bytes] = []
        self.reset()

    def atr(self) -> bytes:
        """The answer to reset."""
        return ATR

    def reset(self) -> None:
        """Power or reset: nothing is selected."""
        self._in_application = False
        self._file = 0
        self._waiting = b""

    def apdu(self, command: bytes) -> bytes:
        """The answer to one command, SW1 SW2 at its end."""
        self.apdus.append(command)
        waiting, self._waiting = self._waiting, b""
        if len(command) < 4:
            return WRONG_LENGTH
        if command[0] != 0x00:
            return NO_SUCH_CLASS
        match command[1]:
            case 0xA4:
                return self._select(command)
            case 0xB2:
                return self._read_record(command)
            case 0xC0:
                return self._give(waiting, command)
            case _:
                return NO_SUCH_INSTRUCTION

    def _select(self, command: bytes) -> bytes:
        data = command[5 : 5 + command[4]] if len(command) > 5 else b""
        if len(command) != 5 + len(data) or not data:
            return WRONG_LENGTH
        match command[2]:
            case 0x04 if data == _SSSE and isinstance(self._card, SocialCard):
                self._in_application, self._file = True, 0
                self._waiting = b"\x6f\x11\x84\x0f" + _SSSE
                return bytes((0x61, len(self._waiting)))
            case 0x04:
                return FILE_NOT_FOUND
            case p1 if not self._in_application or not isinstance(self._card, SocialCard):
                del p1
                return FILE_NOT_FOUND
            case p1 if not self._card.by_selection or p1 != self._card.select_p1:
                return BAD_P1_P2
            case _:
                return self._select_file(int.from_bytes(data, "big"))

    def _select_file(self, identifier: int) -> bytes:
        if identifier not in self._files:
            return FILE_NOT_FOUND
        self._file = identifier
        return OK

    def _read_record(self, command: bytes) -> bytes:
        if len(command) != 5:
            return WRONG_LENGTH
        number, short, mode = command[2], command[3] >> 3, command[3] & 0x07
        if not self._in_application or mode != 0x04:
            return BAD_P1_P2
        file = 0xEF00 | short if short else self._file
        if file not in self._files:
            return FILE_NOT_FOUND if short else NO_FILE_SELECTED
        if not 1 <= number <= len(self._files[file]):
            return RECORD_NOT_FOUND
        return self._give(self._files[file][number - 1], command)

    @staticmethod
    def _give(data: bytes, command: bytes) -> bytes:
        if not data or len(command) != 5:
            return WRONG_LENGTH
        return data + OK if command[4] == len(data) else bytes((0x6C, len(data)))
