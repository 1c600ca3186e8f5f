"""How personal data appears on a screen: masked unless the person in front of it asked to see it."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui.i18n.texts import tr
from terminal.cases import masking
from terminal.cases.masking import Mask
from terminal.cases.model import Identity


def shown_name(name: Sensitive[str], *, plain: bool) -> str:
    """The name in full or as 张*."""
    return name.reveal() if plain else masking.name(name.reveal())


def shown_id_number(number: Sensitive[str], *, plain: bool) -> str:
    """The citizen id number, in groups, in full or masked."""
    text = number.reveal()
    if not plain:
        return masking.id_number(text)
    return f"{text[:6]} {text[6:14]} {text[14:]}" if len(text) == 18 else text


def shown_birth_date(identity: Identity, *, plain: bool) -> str:
    """The birth date in full or its year; of a card that has none what stands there, in full or not at all."""
    if identity.birth_date is None:
        text = identity.birth_text.reveal()
        return as_read(identity.birth_text) if plain or not text else masking.mask(Mask.BIRTH_DATE, text)
    text = identity.birth_date.reveal().isoformat()
    return text if plain else masking.mask(Mask.BIRTH_DATE, text)


def as_read(text: Sensitive[str]) -> str:
    """What stands on a card in the place of a date, said to be none."""
    return tr("fact.no_date", text=text.reveal()) if text.reveal() else tr("fact.blank")


def shown_address(address: Sensitive[str], *, plain: bool) -> str:
    """The address in full or down to the county."""
    return address.reveal() if plain else masking.address(address.reveal())
