"""The 256-byte text area of a card: UTF-16LE, padded with spaces (domain.md a.7), by some makers with U+0000."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from simulators.id_card.card import Card, ForeignerCard2017, ForeignerCard2023, HmtPermit, ResidentCard


def text_area(card: Card) -> bytes:
    """256 bytes; `ValueError` when a field is too long."""
    match card:
        case ResidentCard():
            area = _resident(card)
        case HmtPermit():
            area = _permit(card)
        case ForeignerCard2017():
            area = _foreigner_2017(card)
        case ForeignerCard2023():
            area = _foreigner_2023(card)
        case _:
            assert_never(card)
    if len(area) != 256:
        raise ValueError(f"text area has {len(area)} bytes")
    return area


def address_area(address: str) -> bytes:
    """70 bytes, as the reply to "read new address" carries them; `ValueError` when it is too long."""
    return _field(address, 70)


def _resident(card: ResidentCard) -> bytes:
    end = "长期" if card.valid_until is None else _date(card.valid_until)
    fields = (
        (card.name, 30),
        (card.sex_code, 2),
        (card.nation_code, 4),
        (_date(card.birth) if card.birth_text is None else card.birth_text, 16),
        (card.address, 70),
        (card.id_number, 36),
        (card.issuer, 30),
        (_date(card.valid_from) if card.start_text is None else card.start_text, 16),
        (end if card.end_text is None else card.end_text, 16),
        ("", 28),
        (card.flag.strip(), 2),  # offset 248
        ("", 6),
    )
    return b"".join(_field(text, size, card.padding) for text, size in fields)


def _permit(card: HmtPermit) -> bytes:
    return b"".join(
        (
            _field(card.name, 30),
            _field(card.sex_code, 2),
            _field("", 4),
            _field(_date(card.birth), 16),
            _field(card.address, 70),
            _field(card.id_number, 36),
            _field(card.issuer, 30),
            _field(_date(card.valid_from), 16),
            _field(_date(card.valid_until), 16),
            _field(card.travel_number, 18),
            _field(card.issue_count, 4),
            _field("", 6),
            _field("J", 2),
            _field("", 6),
        )
    )


def _foreigner_2017(card: ForeignerCard2017) -> bytes:
    return b"".join(
        (
            _field(card.english_name, 120),
            _field(card.sex_code, 2),
            _field(card.id_number, 30),
            _field(card.nationality, 6),
            _field(card.chinese_name, 30),
            _field(_date(card.valid_from), 16),
            _field(_date(card.valid_until), 16),
            _field(_date(card.birth), 16),
            _field(card.card_version, 4),
            _field(card.authority_code, 8),
            _field("I", 2),
            _field("", 6),
        )
    )


def _foreigner_2023(card: ForeignerCard2023) -> bytes:
    return b"".join(
        (
            _field(card.chinese_name, 30),
            _field(card.sex_code, 2),
            _field(card.reissue_count, 4),
            _field(_date(card.birth), 16),
            _field(card.english_name[:35], 70),
            _field(card.id_number, 36),
            _field("", 30),
            _field(_date(card.valid_from), 16),
            _field(_date(card.valid_until), 16),
            _field(card.english_name[35:], 22),
            _field(card.nationality, 6),
            _field("Y", 2),
            _field(card.old_card, 6),
        )
    )


def _date(day: date) -> str:
    return day.strftime("%Y%m%d")


def _field(text: str, size_bytes: int, padding: str = " ") -> bytes:
    data = text.encode("utf-16-le")
    if len(data) > size_bytes:
        raise ValueError(f"{text!r} needs {len(data)} bytes, the field has {size_bytes}")
    return data + padding.encode("utf-16-le") * ((size_bytes - len(data)) // 2)
