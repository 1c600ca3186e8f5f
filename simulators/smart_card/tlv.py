"""A card's two files as records of one tag byte, one length byte and a value, written from domain.md b alone."""

from __future__ import annotations

from datetime import date

from simulators.smart_card.card import SocialCard

NAME_BYTES = 30
EXTENSION_TAG = 0x4E  # [U]; the reading side must not depend on it
EXTENSION_BYTES = 20


def records(card: SocialCard) -> dict[int, list[bytes]]:
    """Records by file identifier; record n is entry n - 1."""
    general = [
        _tlv(0x01, bytes.fromhex(card.identifier)),
        _tlv(0x02, card.card_class.encode("ascii")),
        _tlv(0x03, card.spec_version.encode("ascii")),
        _tlv(0x04, bytes.fromhex(card.issuer_code)),
        _tlv(0x05, _bcd(card.issued_on)),
        _tlv(0x06, _bcd(card.valid_until)),
        _tlv(0x07, card.card_number.encode("ascii")),
    ]
    person = [
        _tlv(0x08, card.social_security_number.encode("ascii")),
        _tlv(0x09, _text(card.name, NAME_BYTES, card.name_padding)),
        _tlv(0x0A, card.sex_code.encode("ascii")),
        _tlv(0x0B, bytes.fromhex(card.nation_code)),
        _tlv(0x0C, bytes.fromhex(card.birthplace)),
        _tlv(0x0D, _bcd(card.birth)),
    ]
    if card.spec_version != "1.00":
        person.insert(2, _tlv(EXTENSION_TAG, _text(card.name_extension, EXTENSION_BYTES, card.name_padding)))
    return {0xEF05: general, 0xEF06: person}


def _tlv(tag: int, value: bytes) -> bytes:
    return bytes((tag, len(value))) + value


def _bcd(day: date | None) -> bytes:
    return b"\xff" * 4 if day is None else bytes.fromhex(f"{day:%Y%m%d}")


def _text(text: str, size: int, padding: int) -> bytes:
    data = text.encode("gbk")
    if len(data) > size:
        raise ValueError(f"{len(data)} bytes of name in {size}")
    return data + bytes((padding,)) * (size - len(data))
