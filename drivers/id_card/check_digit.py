"""Identity numbers (公民身份号码, GB 11643): what their characters say and whether the check digit is right."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

# ISO 7064 MOD 11-2 (domain.md a.7 [V, C]).
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_FORM: Final = re.compile(r"[0-9]{17}[0-9X]")  # not \d, which takes the digits of every script
_FORM_2017: Final = re.compile(r"[A-Z]{3}[0-9]{12}")


def has_right_check_digit(number: str) -> bool:
    """Whether `number` has 17 digits and the check digit (capital X for 10) that belongs to them; any string."""
    if not _FORM.fullmatch(number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return number[17] == _CHECKS[total % 11]


def is_valid(number: str) -> bool:
    """Whether `number` can be an identity number: right check digit and a birth date of the calendar; any string.

    Also right for residence permits of Hong Kong, Macao and Taiwan residents and foreigners' cards of 2023.
    """
    return has_right_check_digit(number) and _birth_date(number) is not None


def is_2017_number(number: str) -> bool:
    """Whether `number` has the form of a foreigner's card of 2017: 3 letters, 12 digits (domain.md a.7 [V 2])."""
    return _FORM_2017.fullmatch(number) is not None


def birth_date_of(number: str) -> date:
    """The birth date in a valid number; `ValueError` for any other."""
    born = _birth_date(number) if has_right_check_digit(number) else None
    if born is None:
        raise ValueError("not an identity number")
    return born


def sex_of(number: str) -> str:
    """男 or 女 by the 17th digit of a valid number; `ValueError` for any other."""
    if not is_valid(number):
        raise ValueError("not an identity number")
    return "男" if int(number[16]) % 2 else "女"


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
