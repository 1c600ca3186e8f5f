"""Commands, events and results of the evaluator pad."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, unique


@dataclass(frozen=True, slots=True)
class StartRating:
    """Command: invite one rating. Result: None when the pad shows the five keys.

    `token` (4 bytes as 8 hex digits) names this invitation on the wire; a key press carries it back, so
    that a late press of an earlier invitation can never count for this one.
    """

    token: str
    timeout_s: int


@dataclass(frozen=True, slots=True)
class EndRating:
    """Command: the rating is saved, or over in another way (timed out, withdrawn); the pad thanks or goes idle.

    A key that was reported is acknowledged only now: until then the pad keeps it, and a program that was killed hears
    it again. So say it once the answer is durable, and after every `Rated` and `Declined`.
    """

    token: str
    thank: bool


@dataclass(frozen=True, slots=True)
class ShowIdle:
    """Command: no rating is awaited; the pad shows the window's idle page. A running rating is not disturbed."""

    window_label: str


@unique
class Prompt(IntEnum):
    """Sentences that a pad with a voice can say. None of them urges."""

    PLEASE_RATE = 1  # 请您评价
    THANK_YOU = 2  # 谢谢您的评价
    ONE_MOMENT = 3  # 请稍候
    LOOK_AT_SCREEN = 4  # 请看屏幕


@unique
class Lamp(IntEnum):
    """The lamp of a pad that has one."""

    OFF = 0
    ON = 1
    BLINKING = 2


@dataclass(frozen=True, slots=True)
class ShowText:
    """Command: show `text` for `seconds` (0: until the next page). Never anything of a person.

    `Unsupported` when the pad has no such page, `Refused` while it invites. Not shown again after a lost link.
    """

    text: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Speak:
    """Command: say a sentence. `Unsupported` when the pad has no voice."""

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class SetLamp:
    """Command: the lamp, until the pad goes idle. `Unsupported` when the pad has none."""

    lamp: Lamp


@dataclass(frozen=True, slots=True)
class Rated:
    """Event: the citizen pressed a level, 5 非常满意 … 1 非常不满意 (domain.md e)."""

    token: str
    level: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Declined:
    """Event: the citizen pressed 不评价."""

    token: str
    at_s: float
