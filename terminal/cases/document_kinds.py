"""What documents of each kind, and the nationality on them, are called where a case is written down. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from drivers.id_card.api import CardKind
from drivers.id_card.check_digit import is_2017_number
from drivers.id_card.countries import COUNTRIES
from drivers.id_card.tables import HMT_REGIONS

NUMBER_LABELS: Final[Mapping[CardKind, str]] = {
    CardKind.RESIDENT: "公民身份号码",
    CardKind.HMT: "港澳台居民居住证号码",
    CardKind.FOREIGNER_2017: "外国人永久居留身份证号码",
    CardKind.FOREIGNER_2023: "外国人永久居留身份证号码",
}
"""The number that a kind of document carries; the foreigners' card is one document in two versions."""


def nationality_text(letters: str) -> str:
    """沙特阿拉伯（SAU）; the letters alone when no country has them; empty stays empty."""
    country = COUNTRIES.get(letters)
    return f"{country.name}（{letters}）" if country else letters


def kind_of_number(number: str) -> CardKind:
    """Whose number this is, when only the number is known: any string, a resident's unless it has another's form."""
    if number.startswith(HMT_REGIONS):
        return CardKind.HMT
    if is_2017_number(number):
        return CardKind.FOREIGNER_2017
    return CardKind.FOREIGNER_2023 if number.startswith("9") else CardKind.RESIDENT
