"""What a trace keeps of a social security card: commands, status words, tags and lengths, and of values none.

Class and version of the card stay, what names a person becomes a specimen, everything else zeros. What the driver
refuses stays refusable: half a record stays half, a date that is none becomes another that is none. So a trace leads
the driver along the same way as the card did. Of an answer to reset the historical bytes go, which may number a chip.
Pure and total.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from drivers.base.errors import Corrupt
from drivers.base.masking import harmless
from drivers.smart_card import codec, tables
from drivers.smart_card.notes import CallFailed, CardIn

_SW_BYTES: Final = 2
_HEAD_BYTES: Final = 2  # tag and length
_PADDING: Final = b"\xff\x00"
_KEPT: Final = frozenset({tables.CARD_CLASS, tables.SPEC_VERSION})
_NAME: Final = "样本".encode("gbk")
# GB 11643's specimen number; a name that is none.
_SPECIMENS: Final[Mapping[int, bytes]] = {
    tables.ISSUED_ON.tag: bytes.fromhex("20200101"),
    tables.VALID_UNTIL.tag: bytes.fromhex("20400101"),
    tables.SOCIAL_SECURITY_NUMBER.tag: b"11010519491231002X",
    tables.NAME.tag: _NAME,
    tables.SEX.tag: b"1",
    tables.NATION.tag: b"\x01",
    tables.BIRTH_DATE.tag: bytes.fromhex("19491231"),
}
_LAST_TAG: Final = 0x0F
_WRONG: Final = b"\x80"  # no digit, no GBK, no padding: a value of these is refused wherever the card's was
_BEHIND: Final = b"x"  # what stands behind a record and is no padding
_SELECT, _READ_RECORD, _GET_RESPONSE = 0xA4, 0xB2, 0xC0
_BY_NAME: Final = 0x04  # P1 of SELECT: an application


class AnswerMask:
    """Masks answers to APDUs; told the commands, it knows which answers begin a record. Answers come whole."""

    def __init__(self) -> None:
        self._file = b""
        self._begins = False  # the next answer begins a record
        self._is_extension = False  # the rest of a long name, whose tag nobody knows
        self._rest = b""  # masked, of a record that comes in several answers

    def asked(self, apdu: bytes) -> None:
        """The command that is answered next."""
        instruction = apdu[1] if len(apdu) > 3 else -1
        if instruction == _GET_RESPONSE:  # the rest of what was asked before
            return
        self._rest = b""
        self._begins = instruction == _READ_RECORD
        if instruction == _SELECT:
            self._file = b"" if apdu[2] == _BY_NAME else apdu[5:]
        if self._begins:
            short = apdu[3] >> 3
            in_ef06 = short == tables.EF06.short or (not short and self._file == tables.EF06.identifier)
            self._is_extension = in_ef06 and apdu[2] == tables.EXTENSION_RECORD

    def feed(self, data: bytes) -> bytes:
        """See `StreamMask`. `data` is one answer."""
        body, word = data[:-_SW_BYTES], data[-_SW_BYTES:]
        if len(word) < _SW_BYTES:
            return bytes(len(data))
        if self._rest:
            masked, self._rest = self._rest[: len(body)].ljust(len(body), b"\x00"), self._rest[len(body) :]
        elif self._begins and body:
            self._begins = False
            masked = self._record(body, more=word[0] == tables.MORE_BYTES)
        else:
            masked = bytes(len(body))
        return masked + word

    def flush(self) -> bytes:
        """Nothing is held back."""
        return b""

    def _record(self, body: bytes, *, more: bool) -> bytes:
        if len(body) < _HEAD_BYTES or not (0 < body[0] <= _LAST_TAG or self._is_extension):
            return bytes(len(body))
        tag, size = body[0], body[1]
        end = _HEAD_BYTES + size
        if end <= len(body):
            behind = body[end:]
            masked = _BEHIND * len(behind) if behind.strip(_PADDING) else bytes(len(behind))
            return body[:_HEAD_BYTES] + self._value(tag, body[_HEAD_BYTES:end]) + masked
        if not more:
            return body[:_HEAD_BYTES] + bytes(len(body) - _HEAD_BYTES)
        whole = body[:_HEAD_BYTES] + _specimen(tag, size)  # of a value that is not there yet it is known only so much
        self._rest = whole[len(body) :]
        return whole[: len(body)]

    def _value(self, tag: int, value: bytes) -> bytes:
        if not value.strip(_PADDING) or tables.Entry(tag, len(value)) in _KEPT:
            return value
        is_name = self._is_extension and tag != tables.SEX.tag
        fields, extension = (_SPECIMENS, value) if is_name else ({**_SPECIMENS, tag: value}, b"")
        try:
            codec.card(fields, extension, date.max)
        except Corrupt:
            return _WRONG * len(value)
        return bytes(len(value)) if is_name else _specimen(tag, len(value))


class CommandMask:
    """Nothing that the driver asks is a person's: selections and record numbers. The answers' mask is told."""

    def __init__(self, answers: AnswerMask) -> None:
        self._answers = answers

    def feed(self, data: bytes) -> bytes:
        """See `StreamMask`. `data` is one command."""
        self._answers.asked(data)
        return data

    def flush(self) -> bytes:
        """Nothing is held back."""
        return b""


class SmartCardMasker:
    """The masker of one reader's session."""

    def __init__(self) -> None:
        self.from_device: Final = AnswerMask()
        self.to_device: Final = CommandMask(self.from_device)

    def told(self, value: object) -> Mapping[str, object]:
        """Kinds of failure and state, counts of APDUs, what a reader needs to power a card; nothing of a card."""
        match value:
            case CardIn(atr, first):
                return {"atr": masked_atr(atr).hex(), "first": first}
            case CallFailed(call, code):
                return {"call": call.value, "code": f"{code:08x}"}
            case _:
                return harmless(value)


def masked_atr(atr: bytes) -> bytes:
    """An answer to reset (ISO 7816-3) with zeros for historical bytes; a right check byte stays right, a wrong one
    wrong. What is no answer to reset becomes zeros.
    """
    end, following, protocols = 2, atr[1] >> 4 if len(atr) > 1 else 0, 0
    while following & 0x8:
        end += (following & 0x7).bit_count() + 1
        if end > len(atr):
            return bytes(len(atr))
        following, protocols = atr[end - 1] >> 4, protocols | atr[end - 1] & 0xF
    end += (following & 0x7).bit_count()
    has_check = protocols != 0
    if len(atr) < 2 or len(atr) != end + (atr[1] & 0xF) + has_check:
        return bytes(len(atr))
    history, check = atr[end : len(atr) - has_check], atr[-1] if has_check else 0
    for byte in history:
        check ^= byte
    return atr[:end] + bytes(len(history)) + bytes((check,))[:has_check]


def _specimen(tag: int, size: int) -> bytes:
    """A value of `size` bytes that the driver takes, where the card's was one that it takes."""
    if tag == tables.NAME.tag and size < len(_NAME):
        return b"x" * size
    if tag == tables.NATION.tag and size == 2:
        return b"01"  # two digits instead of one byte of them
    return _SPECIMENS.get(tag, b"")[:size].ljust(size, b"\x00")


def build() -> SmartCardMasker:
    """A masker for one session."""
    return SmartCardMasker()
