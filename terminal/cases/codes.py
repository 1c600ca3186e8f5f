"""What a scanned text is (docs/reference/codes.md): a case's code, an appointment, or an opaque credential. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from drivers.base.sensitive import Sensitive
from terminal.cases.numbering import check_digit, query_code

LONGEST_CREDENTIAL: Final = 2048  # bytes (domain.md b [U])

_CASE: Final = re.compile(r"YC1:([0-9A-Za-z-]{1,64}):([0-9]{6})", re.ASCII)
_APPOINTMENT: Final = re.compile(r"YC-A1:([0-9]{12}):([0-9A-Z]{4,12}):([0-9A-Z]{33})?:([0-9])", re.ASCII)
_OURS: Final = ("YC1:", "YC-A1:")


@unique
class Unusable(StrEnum):
    """Why a scanned text is nothing that the product can use."""

    BAD_CHECK = "bad_check"  # it looks like ours, and its check is wrong: misread, or made up
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class CaseCode:
    """A receipt's code, with the right query code."""

    project_number: str


@dataclass(frozen=True, slots=True)
class AppointmentCode:
    """An appointment: when (local time), its number of the day, and the item's code where it names one."""

    at: datetime
    number: str
    item_code: str


@dataclass(frozen=True, slots=True)
class Credential:
    """Everything else: opaque, short-lived, for the verifier alone; never stored, never logged."""

    text: Sensitive[str]


Code = CaseCode | AppointmentCode | Credential | Unusable


def classify(text: Sensitive[str]) -> Code:
    """What `text` is."""
    said = text.reveal().strip()
    if (found := _CASE.fullmatch(said)) is not None:
        return CaseCode(found[1]) if query_code(found[1]) == found[2] else Unusable.BAD_CHECK
    if (found := _APPOINTMENT.fullmatch(said)) is not None:
        at = _time(found[1])
        if at is None or check_digit(found[1] + found[2] + (found[3] or "")) != found[4]:
            return Unusable.BAD_CHECK
        return AppointmentCode(at, found[2], found[3] or "")
    if said.startswith(_OURS) or not said:
        return Unusable.BAD_CHECK
    return Unusable.TOO_LONG if len(said.encode()) > LONGEST_CREDENTIAL else Credential(Sensitive(said))


def appointment_text(at: datetime, number: str, item_code: str = "") -> str:
    """What an appointment's code holds: nothing of the person."""
    day = f"{at:%Y%m%d%H%M}"
    return f"YC-A1:{day}:{number}:{item_code}:{check_digit(day + number + item_code)}"


def _time(digits: str) -> datetime | None:
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M")
    except ValueError:
        return None
