"""How personal data appears on a screen: masked unless the person in front of it asked to see it."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from terminal.cases import masking


def shown_name(name: Sensitive[str], *, plain: bool) -> str:
    """The name in full or as 张*."""
    return name.reveal() if plain else masking.name(name.reveal())


def shown_id_number(number: Sensitive[str], *, plain: bool) -> str:
    """The citizen id number, in groups, in full or masked."""
    text = number.reveal()
    if not plain:
        return masking.id_number(text)
    return f"{text[:6]} {text[6:14]} {text[14:]}" if len(text) == 18 else text


def shown_address(address: Sensitive[str], *, plain: bool) -> str:
    """The address in full or down to the county."""
    return address.reveal() if plain else masking.address(address.reveal())
