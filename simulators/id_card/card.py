"""What lies in a simulated card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Chip:
    """What every kind of card holds beside its text.

    `wlt` are the 1024 portrait bytes, `fingerprints` up to 1024 bytes (a multiple of 512) or none.
    """

    wlt: bytes
    new_address: str | None = None
    fingerprints: bytes = b""


@dataclass(frozen=True, kw_only=True)
class ResidentCard(Chip):
    """A resident identity card (居民身份证) of an invented person. `valid_until` None means 长期.

    `sex_code` and `nation_code` are the one- and two-digit codes of domain.md a.7. `flag` is the letter of the kind: a
    space, or one that no document knows. `birth_text`, `start_text` and `end_text` stand in place of their dates, as on
    cards that were made carelessly, `padding` is what fields are filled up with.
    """

    name: str
    sex_code: str
    nation_code: str
    birth: date
    address: str
    id_number: str
    issuer: str
    valid_from: date
    valid_until: date | None
    flag: str = " "
    birth_text: str | None = None
    start_text: str | None = None
    end_text: str | None = None
    padding: str = " "


@dataclass(frozen=True, kw_only=True)
class HmtPermit(Chip):
    """A residence permit of Hong Kong, Macao and Taiwan residents (港澳台居民居住证), 'J', of an invented person."""

    name: str
    sex_code: str
    birth: date
    address: str
    id_number: str
    issuer: str
    valid_from: date
    valid_until: date
    travel_number: str
    issue_count: str


@dataclass(frozen=True, kw_only=True)
class ForeignerCard2017(Chip):
    """A foreigner's permanent residence card of 2017, 'I', of an invented person. `nationality`: three letters."""

    english_name: str
    chinese_name: str
    sex_code: str
    id_number: str
    nationality: str
    birth: date
    valid_from: date
    valid_until: date
    card_version: str
    authority_code: str

    @property
    def name(self) -> str:
        """What a person would call the holder."""
        return self.chinese_name or self.english_name


@dataclass(frozen=True, kw_only=True)
class ForeignerCard2023(Chip):
    """A foreigner's permanent residence card of 2023, 'Y', of an invented person. `nationality`: three letters."""

    english_name: str
    chinese_name: str
    sex_code: str
    id_number: str
    nationality: str
    birth: date
    valid_from: date
    valid_until: date
    reissue_count: str
    old_card: str

    @property
    def name(self) -> str:
        """What a person would call the holder."""
        return self.chinese_name or self.english_name


Card = ResidentCard | HmtPermit | ForeignerCard2017 | ForeignerCard2023
"""Any card the reader may hold; a further kind becomes a class here and a branch in text.py."""
