"""Which kind of document a number belongs to, and what the nationality on it is called. Pure."""

from __future__ import annotations

from drivers.id_card.api import CardKind
from drivers.id_card.check_digit import is_2017_number
from drivers.id_card.countries import COUNTRIES
from drivers.id_card.tables import HMT_REGIONS


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
