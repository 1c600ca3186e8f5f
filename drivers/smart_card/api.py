"""Commands, events and results of the social security card reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault


@dataclass(frozen=True, slots=True)
class StartReading:
    """Command: read the next card that is inserted. Result: None; the card comes as an event.

    A card that was in the reader before must be taken out first: it may be the last citizen's. Given again while
    reading is on, a card that was inserted and could not be read is tried once more.
    """


@dataclass(frozen=True, slots=True)
class StopReading:
    """Command: read nothing more. Result: None."""


@dataclass(frozen=True, slots=True)
class SocialSecurityCard:
    """What EF05 and EF06 say (domain.md b). A field that the card does not have is empty or None.

    `spec_version` is "1.00" for generation 1, "2.00" and up for later ones. `valid_until` None: the card names no end.
    """

    card_class: str
    spec_version: str
    issuer_code: str
    issued_on: date | None
    valid_until: date | None
    card_number: Sensitive[str]
    social_security_number: Sensitive[str]  # 18 characters, the citizen's identity number
    name: Sensitive[str]
    sex: str  # 男 / 女 / 未知 / 未说明
    nation: str  # 汉, 满 …; "" for a code that is none
    birth_date: Sensitive[date] | None
    findings: tuple[str, ...] = ()  # codes: expired, not_yet_valid, unknown_nation


@dataclass(frozen=True, slots=True)
class CardInserted:
    """Event: a card is in the reader. `will_be_read`: it came while reading was on, and is read now."""

    at_s: float
    will_be_read: bool


@dataclass(frozen=True, slots=True)
class SocialSecurityCardRead:
    """Event: one whole card, never a mixture of two. `apdu_s` is the time that reader and card took for it."""

    card: SocialSecurityCard
    inserted_at_s: float
    read_at_s: float
    apdus: int
    apdu_s: float


@dataclass(frozen=True, slots=True)
class CardReadFailed:
    """Event: a card is there and was not read; nothing of it was kept."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """Event: the card was taken out."""
