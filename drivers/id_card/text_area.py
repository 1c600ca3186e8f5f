"""The 256 bytes of text on each kind of card (domain.md a.7). Pure: bytes in, values out.

Every layout takes a whole text area and the day against which validity is judged. `Corrupt` when a field that every
card has is empty or no value of its kind; whatever else is strange becomes a finding (findings.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from drivers.base.errors import Corrupt
from drivers.base.sensitive import Sensitive
from drivers.id_card import findings, tables
from drivers.id_card.api import CardKind, CardText, Foreigner2017Details, Foreigner2023Details, HmtDetails

_LONG_TERM: Final = "长期"


def resident(area: bytes, today: date) -> CardText:
    """Resident identity card (居民身份证) [V 6]."""
    name, id_number = _needed(area, 0, 30), _needed(area, 122, 36)
    nation_code = _field(area, 32, 4)
    birth, valid_from, valid_until = _day(area, 36), _day(area, 188), _end(area, 204)
    return CardText(
        kind=CardKind.RESIDENT,
        name=Sensitive(name),
        sex=_sex(area, 30),
        nation=tables.NATIONS.get(nation_code, nation_code),
        birth_date=Sensitive(birth),
        address=Sensitive(_field(area, 52, 70)),
        id_number=Sensitive(id_number),
        issuer=_field(area, 158, 30),
        valid_from=valid_from,
        valid_until=valid_until,
        findings=(
            *findings.of_dates(birth, valid_from, valid_until, today),
            *findings.of_number(id_number, birth),
            *findings.of_region(id_number[:2]),
            *findings.of_nation(nation_code),
        ),
    )


def hmt_permit(area: bytes, today: date) -> CardText:
    """Residence permit of Hong Kong, Macao and Taiwan residents (港澳台居民居住证), 'J' [V 3]."""
    name, id_number = _needed(area, 0, 30), _needed(area, 122, 36)
    birth, valid_from, valid_until = _day(area, 36), _day(area, 188), _end(area, 204)
    return CardText(
        kind=CardKind.HMT,
        name=Sensitive(name),
        sex=_sex(area, 30),
        nation="",
        birth_date=Sensitive(birth),
        address=Sensitive(_field(area, 52, 70)),
        id_number=Sensitive(id_number),
        issuer=_field(area, 158, 30),
        valid_from=valid_from,
        valid_until=valid_until,
        findings=(
            *findings.of_dates(birth, valid_from, valid_until, today),
            *findings.of_number(id_number, birth),
            *findings.of_hmt_number(id_number),
        ),
        details=HmtDetails(pass_number=Sensitive(_field(area, 220, 18)), issue_count=_field(area, 238, 4)),
    )


def foreigner_2017(area: bytes, today: date) -> CardText:
    """Foreigner's permanent residence card of 2017, 'I' [V 2]. Its number has neither birth date nor check digit."""
    english, id_number = _field(area, 0, 120), _needed(area, 122, 30)
    details = Foreigner2017Details(
        nationality=_field(area, 152, 6),
        english_name=Sensitive(english),
        chinese_name=Sensitive(_field(area, 158, 30)),
        card_version=_field(area, 236, 4),
        authority_code=_field(area, 240, 8),
    )
    span = (_day(area, 220), _day(area, 188), _end(area, 204))
    strange = findings.of_2017_number(id_number)
    return _foreigner(CardKind.FOREIGNER_2017, details, _sex(area, 120), id_number, span, strange, today)


def foreigner_2023(area: bytes, today: date) -> CardText:
    """Foreigner's permanent residence card of 2023, 'Y' [1; its number V 2, C]."""
    # 35 and 11 characters of one name: a space where they meet belongs to it.
    english = (_raw(area, 52, 70) + _raw(area, 220, 22)).rstrip(" \x00")
    id_number = _needed(area, 122, 36)
    details = Foreigner2023Details(
        nationality=_field(area, 242, 6),
        english_name=Sensitive(english),
        chinese_name=Sensitive(_field(area, 0, 30)),
        reissue_count=_field(area, 32, 4),
        old_card=_field(area, 250, 6),
    )
    span = birth, _, _ = (_day(area, 36), _day(area, 188), _end(area, 204))
    strange = (
        *findings.of_number(id_number, birth),
        *findings.of_2023_number(id_number, details.nationality),
    )
    return _foreigner(CardKind.FOREIGNER_2023, details, _sex(area, 30), id_number, span, strange, today)


def _foreigner(
    kind: CardKind,
    details: Foreigner2017Details | Foreigner2023Details,
    sex: str,
    id_number: str,
    span: tuple[date, date, date | None],
    strange: Iterable[str],
    today: date,
) -> CardText:
    """What both cards have in common. `span`: birth, issue and end; `strange`: what is odd about the number."""
    birth, valid_from, valid_until = span
    return CardText(
        kind=kind,
        name=Sensitive(_either(details.chinese_name.reveal(), details.english_name.reveal())),
        sex=sex,
        nation="",
        birth_date=Sensitive(birth),
        address=Sensitive(""),
        id_number=Sensitive(id_number),
        issuer="",
        valid_from=valid_from,
        valid_until=valid_until,
        findings=(
            *findings.of_dates(birth, valid_from, valid_until, today),
            *strange,
            *findings.of_nationality(details.nationality),
        ),
        details=details,
    )


def address(data: bytes) -> str:
    """One new address of 70 bytes, as in the reply to "read new address"."""
    return _field(data, 0, tables.ADDRESS_BYTES)


def _raw(area: bytes, start: int, size: int) -> str:
    try:
        return area[start : start + size].decode("utf-16-le")
    except UnicodeDecodeError:
        raise Corrupt(f"no UTF-16 at {start}") from None  # the cause would carry the person's bytes


def _field(area: bytes, start: int, size: int) -> str:
    return _raw(area, start, size).rstrip(" \x00")


def _needed(area: bytes, start: int, size: int) -> str:
    if text := _field(area, start, size):
        return text
    raise Corrupt(f"nothing at {start}")


def _either(chinese: str, english: str) -> str:
    if name := chinese or english:
        return name
    raise Corrupt("text area without a name")


def _sex(area: bytes, start: int) -> str:
    return tables.SEXES.get(_field(area, start, 2), tables.SEXES["0"])


def _end(area: bytes, start: int) -> date | None:
    return None if _field(area, start, 16) == _LONG_TERM else _day(area, start)


def _day(area: bytes, start: int) -> date:
    text = _field(area, start, 16)
    # Eight plain digits: fromisoformat would also take 2015-W01.
    if len(text) == 8 and text.isascii() and text.isdecimal():
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            pass
    raise Corrupt(f"no date at {start}")
