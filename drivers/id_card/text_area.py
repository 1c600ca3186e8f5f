"""The 256 bytes of text on each kind of card (domain.md a.7). Pure: bytes in, values out.

Every layout takes a whole text area and the day against which validity is judged. `Corrupt` when it has no name or no
number, or is no text; whatever else is strange, dates that are none among it, becomes a finding (findings.py). Fields
are filled up with spaces; U+0000 counts as one, which is what some makers and middlemen fill up with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from drivers.base.errors import Corrupt
from drivers.base.sensitive import Sensitive
from drivers.id_card import findings, tables
from drivers.id_card.api import CardDetails, CardKind, CardText, Foreigner2017Details, Foreigner2023Details, HmtDetails

_PADDING: Final = " \0"
_LONG_TERM: Final = "长期"
_START_AT: Final = 188
_END_AT: Final = 204


@dataclass(frozen=True, slots=True)
class _Day:
    """A date field: its day, or what stands there instead."""

    day: date | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Dates:
    """The three dates of any card."""

    birth: _Day
    start: _Day
    end: _Day
    long_term: bool

    def findings(self, today: date) -> Iterable[str]:
        return findings.of_dates(self.birth.day, self.start.day, self.end.day, today, long_term=self.long_term)


def resident(area: bytes, today: date) -> CardText:
    """Resident identity card (居民身份证) [V 6]."""
    name, id_number = _needed(area, 0, 30), _needed(area, 122, 36)
    nation_code, dates = _field(area, 32, 4), _dates(area, 36)
    return _card(
        CardKind.RESIDENT,
        (name, _sex(area, 30), id_number),
        dates,
        nation=tables.NATIONS.get(nation_code, nation_code),
        address=_field(area, 52, 70),
        issuer=_field(area, 158, 30),
        strange=(
            *dates.findings(today),
            *findings.of_number(id_number, dates.birth.day),
            *findings.of_region(id_number[:2]),
            *findings.of_nation(nation_code),
        ),
    )


def hmt_permit(area: bytes, today: date) -> CardText:
    """Residence permit of Hong Kong, Macao and Taiwan residents (港澳台居民居住证), 'J' [V 3]."""
    name, id_number = _needed(area, 0, 30), _needed(area, 122, 36)
    dates = _dates(area, 36)
    return _card(
        CardKind.HMT,
        (name, _sex(area, 30), id_number),
        dates,
        address=_field(area, 52, 70),
        issuer=_field(area, 158, 30),
        strange=(
            *dates.findings(today),
            *findings.of_number(id_number, dates.birth.day),
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
    dates = _dates(area, 220)
    return _card(
        CardKind.FOREIGNER_2017,
        (_either(details.chinese_name, details.english_name), _sex(area, 120), id_number),
        dates,
        strange=(
            *dates.findings(today),
            *findings.of_2017_number(id_number),
            *findings.of_nationality(details.nationality),
        ),
        details=details,
    )


def foreigner_2023(area: bytes, today: date) -> CardText:
    """Foreigner's permanent residence card of 2023, 'Y' [1; its number V 2, C]."""
    # 35 and 11 characters of one name: a space where they meet belongs to it.
    english = (_raw(area, 52, 70) + _raw(area, 220, 22)).rstrip(_PADDING)
    id_number = _needed(area, 122, 36)
    details = Foreigner2023Details(
        nationality=_field(area, 242, 6),
        english_name=Sensitive(english),
        chinese_name=Sensitive(_field(area, 0, 30)),
        reissue_count=_field(area, 32, 4),
        old_card=_field(area, 250, 6),
    )
    dates = _dates(area, 36)
    return _card(
        CardKind.FOREIGNER_2023,
        (_either(details.chinese_name, details.english_name), _sex(area, 30), id_number),
        dates,
        strange=(
            *dates.findings(today),
            *findings.of_number(id_number, dates.birth.day),
            *findings.of_2023_number(id_number, details.nationality),
            *findings.of_nationality(details.nationality),
        ),
        details=details,
    )


def address(data: bytes) -> str:
    """One new address of 70 bytes, as in the reply to "read new address"."""
    return _field(data, 0, tables.ADDRESS_BYTES)


def is_blank(data: bytes) -> bool:
    """Whether nothing but padding stands in `data`, whole UTF-16 units."""
    return not data.decode("utf-16-le", "replace").strip(_PADDING)


def _card(
    kind: CardKind,
    who: tuple[str, str, str],
    dates: _Dates,
    *,
    strange: tuple[str, ...],
    nation: str = "",
    address: str = "",
    issuer: str = "",
    details: CardDetails | None = None,
) -> CardText:
    """The card of `who`: name, sex and number. `strange` are all its findings."""
    name, sex, id_number = who
    return CardText(
        kind=kind,
        name=Sensitive(name),
        sex=sex,
        nation=nation,
        birth_date=None if dates.birth.day is None else Sensitive(dates.birth.day),
        address=Sensitive(address),
        id_number=Sensitive(id_number),
        issuer=issuer,
        valid_from=dates.start.day,
        valid_until=dates.end.day,
        findings=strange,
        details=details,
        birth_text=Sensitive(dates.birth.text),
        valid_from_text=Sensitive(dates.start.text),
        valid_until_text=Sensitive("" if dates.long_term else dates.end.text),
    )


def _raw(area: bytes, start: int, size: int) -> str:
    try:
        return area[start : start + size].decode("utf-16-le").replace("\0", " ")
    except UnicodeDecodeError:
        raise Corrupt(f"no UTF-16 at {start}") from None  # the cause would carry the person's bytes


def _field(area: bytes, start: int, size: int) -> str:
    return _raw(area, start, size).rstrip(_PADDING)


def _needed(area: bytes, start: int, size: int) -> str:
    if text := _field(area, start, size):
        return text
    raise Corrupt(f"nothing at {start}")


def _either(chinese: Sensitive[str], english: Sensitive[str]) -> str:
    if name := chinese.reveal() or english.reveal():
        return name
    raise Corrupt("text area without a name")


def _sex(area: bytes, start: int) -> str:
    return tables.SEXES.get(_field(area, start, 2), tables.SEXES["0"])


def _dates(area: bytes, birth_at: int) -> _Dates:
    end = _day(area, _END_AT)
    return _Dates(_day(area, birth_at), _day(area, _START_AT), end, long_term=end.text == _LONG_TERM)


def _day(area: bytes, start: int) -> _Day:
    text = _field(area, start, 16)
    # Eight plain digits: fromisoformat would also take 2015-W01.
    if len(text) == 8 and text.isascii() and text.isdecimal():
        try:
            return _Day(date(int(text[:4]), int(text[4:6]), int(text[6:])))
        except ValueError:
            pass
    return _Day(None, text)
