"""How personal data is masked for eyes it is not meant for (domain.md g). Pure; never used for what is sealed."""

from __future__ import annotations

import re
from enum import StrEnum, unique


@unique
class Mask(StrEnum):
    """How a value is masked; NONE is not personal."""

    NONE = ""
    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    HIDDEN = "hidden"  # nothing of it is shown


# The administrative part of an address: province, prefecture, county, each named by its last character.
_COUNTY = re.compile(
    r"(?:[^省市县区]{2,8}?(?:省|自治区|特别行政区))?"
    r"(?:[^省市县区]{1,10}?(?:市|自治州|地区|盟))?"
    r"(?:[^省市县区旗]{1,12}?(?:县|区|旗|市))?"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HIDDEN = "****"


def mask(kind: Mask, text: str) -> str:
    """`text` masked by `kind`; empty stays empty."""
    match kind:
        case Mask.NONE:
            return text
        case Mask.NAME:
            return name(text)
        case Mask.ID_NUMBER:
            return id_number(text)
        case Mask.PHONE:
            return phone(text)
        case Mask.ADDRESS:
            return address(text)
        case Mask.BIRTH_DATE:
            return f"{text[:4]}-**-**" if _DATE.fullmatch(text) else _HIDDEN if text else ""
        case Mask.HIDDEN:
            return _HIDDEN if text else ""


def name(text: str) -> str:
    """张*, 李**: the first character; how long a long name is stays hidden."""
    return text[:1] + "*" * min(2, max(1, len(text) - 1)) if text else ""


def id_number(text: str) -> str:
    """The first six and the last four of 18 characters; of anything else the last two at most."""
    if len(text) == 18:
        return f"{text[:6]}********{text[-4:]}"
    return "*" * max(0, len(text) - 2) + text[-2:] if len(text) > 4 else "*" * len(text)


def phone(text: str) -> str:
    """The first three and the last four digits; of a short number the last two."""
    if len(text) >= 11:
        return text[:3] + "*" * (len(text) - 7) + text[-4:]
    return "*" * max(0, len(text) - 2) + text[-2:] if len(text) > 4 else "*" * len(text)


def address(text: str) -> str:
    """Down to the county; what lies below it is hidden. An address of unknown build shows three characters."""
    if not text:
        return ""
    found = _COUNTY.match(text)
    county = found.group() if found else ""
    return (county or text[: min(3, len(text) // 3)]) + _HIDDEN
