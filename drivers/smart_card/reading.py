"""From one card to its fields: which APDUs in which order. Knows nothing of readers, time or threads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from drivers.base.errors import Corrupt, Refused
from drivers.smart_card import codec, tables
from drivers.smart_card.api import SocialSecurityCard
from drivers.smart_card.tables import Sw

Transmit = Callable[[bytes], bytes]

_LONGEST_DATA: Final = 1024  # a card that goes on promising more is not believed
_P1_OF_SELECT: Final = (0x02, 0x00)  # "select EF05 … (P1=00 also seen)"


class Reading:
    """Reads one card through `transmit`. `Refused` with the fault's code, `Corrupt`; both leave nothing behind."""

    def __init__(self, transmit: Transmit) -> None:
        self._transmit = transmit

    def card(self, today: date) -> SocialSecurityCard:
        """The whole card, EF05 and EF06."""
        answer = self._send(codec.select_application())
        if answer.sw in tables.NOT_A_SOCIAL_SECURITY_CARD:
            raise Refused("smart_card.not_social", f"select SSSE: {answer.sw:04X}")
        if answer.sw != Sw.OK:
            raise Refused("smart_card.refused", f"select SSSE: {answer.sw:04X}")
        fields: dict[int, bytes] = {}
        general = _File(tables.EF05, self._send)
        for entry in tables.OF_EF05:
            fields[entry.tag] = general.value(entry.tag, entry)
        person = _File(tables.EF06, self._send)
        for entry in (tables.SOCIAL_SECURITY_NUMBER, tables.NAME):
            fields[entry.tag] = person.value(_number_of(entry), entry)
        third = person.record(tables.EXTENSION_RECORD, tables.EXTENSION_BYTES)
        extension, shift = b"", 0
        if third is not None and third.tag == tables.SEX.tag:  # generation 1
            fields[third.tag] = third.value
        else:
            extension, shift = b"" if third is None else third.value, 1
            fields[tables.SEX.tag] = person.value(_number_of(tables.SEX) + shift, tables.SEX)
        for entry in (tables.NATION, tables.BIRTH_DATE):
            fields[entry.tag] = person.value(_number_of(entry) + shift, entry)
        return codec.card(fields, extension, today)

    def _send(self, apdu: bytes) -> codec.Response:
        """One command with everything that T=0 makes of it: the right length, the rest of the answer."""
        answer = codec.response(self._transmit(apdu))
        if answer.sw1 == tables.RIGHT_LENGTH_IS:
            answer = codec.response(self._transmit(codec.with_length(apdu, answer.sw2)))
        data = answer.data
        while answer.sw1 == tables.MORE_BYTES and len(data) <= _LONGEST_DATA:
            answer = codec.response(self._transmit(codec.get_response(answer.sw2)))
            if answer.sw1 == tables.RIGHT_LENGTH_IS:
                answer = codec.response(self._transmit(codec.get_response(answer.sw2)))
            if answer.sw1 == tables.MORE_BYTES and not answer.data:
                raise Corrupt("a card that promises data and gives none")
            data += answer.data
        return codec.Response(data, answer.sw)


class _File:
    """One file, in whichever way the card gives it: selected (P1 02 or 00), or by its short identifier."""

    def __init__(self, file: tables.CardFile, send: Callable[[bytes], codec.Response]) -> None:
        self._file = file
        self._send = send
        self._is_selected = any(send(codec.select_file(file, p1)).sw == Sw.OK for p1 in _P1_OF_SELECT)

    def value(self, number: int, entry: tables.Entry) -> bytes:
        """The value in record `number`, empty when there is none; `Corrupt` when another element stands there."""
        found = self.record(number, entry.size_bytes)
        if found is None:
            return b""
        if found.tag != entry.tag:
            raise Corrupt(f"{self._file.name} record {number} has tag {found.tag:02X}")
        return found.value

    def record(self, number: int, value_bytes: int) -> codec.Record | None:
        """Record `number`; None when the file ends before it. `Refused` when no way leads to it."""
        sw = int(Sw.NO_FILE_SELECTED)
        if self._is_selected:
            answer = self._send(codec.read_selected(number))
            if answer.sw == Sw.OK:
                return codec.record(answer.data)
            sw = answer.sw
            self._is_selected = sw not in tables.NOT_THIS_WAY
        if not self._is_selected:
            answer = self._send(codec.read_by_short_id(self._file, number, value_bytes))
            if answer.sw == Sw.OK:
                return codec.record(answer.data)
            sw = answer.sw
        if sw == Sw.RECORD_NOT_FOUND:
            return None
        raise Refused("smart_card.refused", f"{self._file.name} record {number}: {sw:04X}")


def _number_of(entry: tables.Entry) -> int:
    """Number of an element's record in EF06 of generation 1."""
    return entry.tag - tables.EF06_FIRST_TAG + 1
