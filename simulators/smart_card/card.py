"""What is stored in a simulated card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SocialCard:
    """A social security card of an invented person (domain.md b).

    `spec_version` "1.00" is generation 1, without the record for the rest of a long name. `by_selection` False: the
    card gives its files by short identifier alone; `select_p1` is the P1 with which it lets its files be selected.
    """

    name: str
    social_security_number: str
    sex_code: str
    nation_code: str
    birth: date
    birthplace: str  # six digits
    card_number: str
    issuer_code: str  # 24 hex digits
    issued_on: date
    valid_until: date | None
    spec_version: str
    card_class: str = "1"
    identifier: str = "00000000000000000000000000000000"
    name_extension: str = ""
    name_padding: int = 0x00
    by_selection: bool = True
    select_p1: int = 0x02


@dataclass(frozen=True, slots=True)
class OtherCard:
    """A card of another kind, such as a bank's: it knows no social security application."""

    name: str = "银行卡"


Card = SocialCard | OtherCard
