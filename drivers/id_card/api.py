"""Commands, events and results of the ID-card reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Final

from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault

_NOTHING: Final = Sensitive("")


@unique
class CardKind(StrEnum):
    """Which text area the card carries (domain.md a.7, the unit at offset 248)."""

    RESIDENT = "resident"  # 居民身份证
    HMT = "hmt"  # 港澳台居民居住证, 'J'
    FOREIGNER_2017 = "foreigner_2017"  # 外国人永久居留身份证, version of 2017, 'I'
    FOREIGNER_2023 = "foreigner_2023"  # the same, version of 2023, 'Y'; both are in use


@unique
class ReadMode(StrEnum):
    """One-shot ends after the first read card; continuous goes on until told to stop (kiosk)."""

    ONE_SHOT = "one_shot"
    CONTINUOUS = "continuous"


@unique
class Presence(StrEnum):
    """What is known to lie on the reader when it begins to look. `CardFound` makes it PLACED, `CardRemoved` WAITING."""

    WAITING = "waiting"  # nothing that we know of
    PLACED = "placed"  # a card that was dealt with and must be lifted first


@dataclass(frozen=True, slots=True)
class StartReading:
    """Command: look for a card from now on (find every 300 ms). Result: `Presence`. Cards come as events.

    `fingerprints` reads them with the card: `Refused("id_card.fingerprints_off")` unless the option allows it.
    """

    mode: ReadMode = ReadMode.ONE_SHOT
    fingerprints: bool = False


@dataclass(frozen=True, slots=True)
class StopReading:
    """Command: stop looking; the card is needed no more. Result: None. One that stays brings `CardLeftBehind`.

    Whatever lies there now is never read for the next `StartReading`: it has to be lifted first. The number of the card
    that was read is forgotten.
    """


@dataclass(frozen=True, slots=True)
class ReadNewAddress:
    """Command: the new addresses of the card that was read and still lies there. Result: `NewAddresses`.

    Before `StopReading`. `Refused("id_card.lifted")` when no card was read or it is not there any more.
    """


@dataclass(frozen=True, slots=True)
class ResetReader:
    """Command: reset the SAM module; for the technician. Result: None. Its status is asked on the next timer."""


@dataclass(frozen=True, slots=True)
class SetBaud:
    """Command: another rate of the serial line, one of 115200, 57600, 38400, 19200, 9600. Result: None.

    `Unsupported` for another rate or a link that has none; `Timeout` when the reader is not heard at the new rate (it
    is then looked for at all of them).
    """

    baud: int


@dataclass(frozen=True, slots=True)
class Portrait:
    """The decoded card picture: PNG bytes, 102 x 126 px; `placeholder` when no decoder could read it."""

    png: Sensitive[bytes]
    placeholder: bool


@dataclass(frozen=True, slots=True)
class HmtDetails:
    """What only the residence permit of Hong Kong, Macao and Taiwan residents says."""

    pass_number: Sensitive[str]  # 通行证号码
    issue_count: str  # 签发次数


@dataclass(frozen=True, slots=True)
class Foreigner2017Details:
    """What only the foreigner's card of 2017 says. `nationality`: ISO 3166-1, three letters."""

    nationality: str
    english_name: Sensitive[str]
    chinese_name: Sensitive[str]
    card_version: str
    authority_code: str  # 受理机关代码


@dataclass(frozen=True, slots=True)
class Foreigner2023Details:
    """What only the foreigner's card of 2023 says. `nationality`: ISO 3166-1, three letters."""

    nationality: str
    english_name: Sensitive[str]
    chinese_name: Sensitive[str]
    reissue_count: str  # 换证次数
    old_card: str  # 既往版本关联


CardDetails = HmtDetails | Foreigner2017Details | Foreigner2023Details


@dataclass(frozen=True, slots=True)
class CardText:
    """What every kind of card says, as printed. What a kind does not have is empty.

    A date that is none is None, and its `_text` is what stands there instead, perhaps nothing; `valid_until` None means
    长期 unless `end_unreadable` is among the findings.
    `name` is the one to show: the Chinese one, a foreigner's English one where there is no Chinese.
    `findings` do not stop the card: expired, not_yet_valid, check_digit, number_form, birth_mismatch,
    birth_implausible, unknown_region, unknown_nation, unknown_nationality, nationality_mismatch, birth_unreadable,
    start_unreadable, end_unreadable.
    """

    kind: CardKind
    name: Sensitive[str]
    sex: str  # 男 / 女 / 未知 / 未说明
    nation: str  # 汉, 满 … ; residents only
    birth_date: Sensitive[date] | None
    address: Sensitive[str]  # not on foreigners' cards
    id_number: Sensitive[str]
    issuer: str  # not on foreigners' cards
    valid_from: date | None
    valid_until: date | None
    findings: tuple[str, ...] = ()
    details: CardDetails | None = None  # None: a resident's card
    birth_text: Sensitive[str] = _NOTHING
    valid_from_text: Sensitive[str] = _NOTHING
    valid_until_text: Sensitive[str] = _NOTHING


@dataclass(frozen=True, slots=True)
class CardFound:
    """Event: a card answered on the reader; reading begins. In the place of a read card it is told with `CardRead`."""

    at_s: float


@dataclass(frozen=True, slots=True)
class CardRead:
    """Event: one whole card, never a mixture of two. `fingerprints`: of each finger 512 bytes, only if asked for."""

    text: CardText
    portrait: Portrait
    found_at_s: float
    read_at_s: float
    bytes_on_wire: int
    fingerprints: tuple[Sensitive[bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class NewAddresses:
    """Where the holder has moved since the card was made, oldest first; none when the card has no such entry.

    `id_number` is the number of the card that was read before: addresses never belong to another one.
    """

    id_number: Sensitive[str]
    addresses: tuple[Sensitive[str], ...]


@dataclass(frozen=True, slots=True)
class CardReadFailed:
    """Event: the card was there but not read (lifted too early, not authorised, unknown kind …)."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """Event: the card that had been read or failed was lifted (seen gone twice, or another is in its place)."""


@dataclass(frozen=True, slots=True)
class CardLeftBehind:
    """Event: a card still lies there though nobody needs it; told again every 30 s until it is lifted."""

    after_s: float  # since `StopReading`
