"""Commands, events and results of the evaluator pad."""

from __future__ import annotations

from dataclasses import dataclass


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
    """Command: stop inviting (rated elsewhere, timed out, withdrawn); the pad thanks or goes idle."""

    token: str
    thank: bool


@dataclass(frozen=True, slots=True)
class ShowIdle:
    """Command: the pad shows the window's idle page."""

    window_label: str


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
