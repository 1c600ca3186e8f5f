"""Commands, events and results of the ID-card reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique

from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault


@unique
class CardKind(StrEnum):
    """Which text area the card carries (domain.md a.7, the unit at offset 248)."""

    RESIDENT = "resident"


@unique
class ReadMode(StrEnum):
    """One-shot ends after the first read card; continuous goes on until told to stop (kiosk)."""

    ONE_SHOT = "one_shot"
    CONTINUOUS = "continuous"


@dataclass(frozen=True, slots=True)
class StartReading:
    """Command: look for a card from now on (find every 300 ms). Result: None. Cards come as events."""

    mode: ReadMode = ReadMode.ONE_SHOT


@dataclass(frozen=True, slots=True)
class StopReading:
    """Command: stop looking. Result: None."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """The decoded card picture: PNG bytes, 102 x 126 px; `placeholder` when no decoder could read it."""

    png: Sensitive[bytes]
    placeholder: bool


@dataclass(frozen=True, slots=True)
class CardText:
    """The text area of a resident card, as printed. `valid_until` None means 长期."""

    kind: CardKind
    name: Sensitive[str]
    sex: str  # 男 / 女 / 未知 / 未说明
    nation: str  # 汉, 满 …
    birth_date: Sensitive[date]
    address: Sensitive[str]
    id_number: Sensitive[str]
    issuer: str
    valid_from: date
    valid_until: date | None
    findings: tuple[str, ...] = ()  # codes: expired, not_yet_valid, check_digit, birth_mismatch, unknown_nation


@dataclass(frozen=True, slots=True)
class CardFound:
    """Event: a card answered on the reader; reading begins."""

    at_s: float


@dataclass(frozen=True, slots=True)
class CardRead:
    """Event: one whole card, never a mixture of two."""

    text: CardText
    portrait: Portrait
    found_at_s: float
    read_at_s: float
    bytes_on_wire: int


@dataclass(frozen=True, slots=True)
class CardReadFailed:
    """Event: the card was there but not read (lifted too early, not authorised, unknown kind …)."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """Event: the card that had been read or failed was lifted (debounced)."""
