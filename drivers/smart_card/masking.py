"""What a trace keeps of a social security card: the commands, status words, tags and lengths, and of values none.

Class and version of the card stay, what names a person becomes a specimen, everything else zeros. Answers come whole
from PC/SC, one a call. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from drivers.base.masking import Passing, harmless
from drivers.smart_card import tables

_SW_BYTES: Final = 2
_HEAD_BYTES: Final = 2  # tag and length
_KEPT: Final = frozenset({tables.CARD_CLASS.tag, tables.SPEC_VERSION.tag})
# GB 11643's specimen number; a name that is none.
_SPECIMENS: Final[Mapping[int, bytes]] = {
    tables.ISSUED_ON.tag: bytes.fromhex("20200101"),
    tables.VALID_UNTIL.tag: bytes.fromhex("20400101"),
    tables.SOCIAL_SECURITY_NUMBER.tag: b"11010519491231002X",
    tables.NAME.tag: "样本".encode("gbk"),
    tables.SEX.tag: b"1",
    tables.NATION.tag: b"\x01",
    tables.BIRTH_DATE.tag: bytes.fromhex("19491231"),
}
_LAST_TAG: Final = 0x0F


class AnswerMask:
    """Masks answers to APDUs."""

    def feed(self, data: bytes) -> bytes:
        """See `StreamMask`. `data` is one answer."""
        body, word = data[:-_SW_BYTES], data[-_SW_BYTES:]
        end = _HEAD_BYTES + body[1] if len(body) >= _HEAD_BYTES else 0
        if not end or end > len(body) or not 0 < body[0] <= _LAST_TAG:  # no record, or a piece of one
            return bytes(len(body)) + word
        tag, size = body[0], end - _HEAD_BYTES
        value = body[_HEAD_BYTES:end] if tag in _KEPT else _SPECIMENS.get(tag, b"")[:size].ljust(size, b"\x00")
        return body[:_HEAD_BYTES] + value + bytes(len(body) - end) + word

    def flush(self) -> bytes:
        """Nothing is held back."""
        return b""


class SmartCardMasker:
    """The masker of one reader's session."""

    def __init__(self) -> None:
        self.to_device: Final = Passing()  # selections and record numbers
        self.from_device: Final = AnswerMask()

    def told(self, value: object) -> Mapping[str, object]:
        """Kinds of failure and state, counts of APDUs; nothing of a card."""
        return harmless(value)


def build() -> SmartCardMasker:
    """A masker for one session."""
    return SmartCardMasker()
