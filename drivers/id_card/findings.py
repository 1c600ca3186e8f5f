"""What is strange about a card that was read whole: told to the clerk, never a reason to refuse it. Pure.

Codes: see `CardText`; each has its sentence as `message.card.<code>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from drivers.id_card import tables
from drivers.id_card.check_digit import has_right_check_digit, is_2017_number
from drivers.id_card.countries import COUNTRIES

_OLDEST_YEARS: Final = 130
_2023: Final = re.compile(r"9[0-9]{17}|9[0-9]{16}X")


def of_dates(
    birth: date | None, valid_from: date | None, valid_until: date | None, today: date, *, long_term: bool
) -> Iterator[str]:
    """Validity on `today`, and whether somebody with this birth date can be alive; which date is none (None).

    `long_term`: the card says 长期 in the place of `valid_until`.
    """
    if valid_until is None:
        if not long_term:
            yield "end_unreadable"
    elif valid_until < today:
        yield "expired"
    if valid_from is None:
        yield "start_unreadable"
    elif valid_from > today:
        yield "not_yet_valid"
    if birth is None:
        yield "birth_unreadable"
    elif not 0 <= today.year - birth.year <= _OLDEST_YEARS or birth > today:
        yield "birth_implausible"


def of_number(number: str, birth: date | None) -> Iterator[str]:
    """Check digit and birth date of an 18-digit number (GB 11643, and the permits that follow it).

    A birth date that is none (None) is compared with nothing: it is a finding of its own.
    """
    if not has_right_check_digit(number):
        yield "check_digit"
    if birth is not None and number[6:14] != birth.isoformat().replace("-", ""):
        yield "birth_mismatch"


def of_region(province: str) -> Iterator[str]:
    """Whether the two digits are a province of GB/T 2260."""
    if province not in tables.PROVINCES:
        yield "unknown_region"


def of_nation(code: str) -> Iterator[str]:
    """Whether the two digits are a nation of GB/T 3304, or one of the readers' extras."""
    if code not in tables.NATIONS:
        yield "unknown_nation"


def of_hmt_number(number: str) -> Iterator[str]:
    """Permits of Hong Kong, Macao and Taiwan residents begin with 810000, 820000 or 830000."""
    if len(number) != 18 or not number.startswith(tables.HMT_REGIONS):
        yield "number_form"


def of_2017_number(number: str) -> Iterator[str]:
    """Three letters and twelve digits."""
    if not is_2017_number(number):
        yield "number_form"


def of_2023_number(number: str, nationality: str) -> Iterator[str]:
    """9, province, ISO number of the nationality, birth, serial, check (domain.md a.7 [V 2, C])."""
    if not _2023.fullmatch(number):
        yield "number_form"
        return
    yield from of_region(number[1:3])
    country = COUNTRIES.get(nationality)
    if country is not None and country.number != number[3:6]:
        yield "nationality_mismatch"


def of_nationality(letters: str) -> Iterator[str]:
    """Whether the three letters are a country of ISO 3166-1 other than China."""
    if letters not in COUNTRIES:
        yield "unknown_nationality"
