"""The 256-byte text area of a card: UTF-16LE, padded with spaces (domain.md a.7)."""

from __future__ import annotations

from datetime import date

from simulators.id_card.card import Card, ResidentCard

_RESERVED_BYTES = 36  # offset 220 to the end; the unit at 248 stays a space: a resident card


def text_area(card: Card) -> bytes:
    """256 bytes; `ValueError` when a field is too long."""
    area = _resident(card)
    if len(area) != 256:
        raise ValueError(f"text area has {len(area)} bytes")
    return area


def address_area(address: str) -> bytes:
    """70 bytes, as the reply to "read new address" carries them; `ValueError` when it is too long."""
    return _field(address, 70)


def _resident(card: ResidentCard) -> bytes:
    until = "长期" if card.valid_until is None else _date(card.valid_until)
    return b"".join(
        (
            _field(card.name, 30),
            _field(card.sex_code, 2),
            _field(card.nation_code, 4),
            _field(_date(card.birth), 16),
            _field(card.address, 70),
            _field(card.id_number, 36),
            _field(card.issuer, 30),
            _field(_date(card.valid_from), 16),
            _field(until, 16),
            _field("", _RESERVED_BYTES),
        )
    )


def _date(day: date) -> str:
    return day.strftime("%Y%m%d")


def _field(text: str, size_bytes: int) -> bytes:
    data = text.encode("utf-16-le")
    if len(data) > size_bytes:
        raise ValueError(f"{text!r} needs {len(data)} bytes, the field has {size_bytes}")
    return data + b"\x20\x00" * ((size_bytes - len(data)) // 2)
