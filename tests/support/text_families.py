"""What may stand in the holes of the keys that the citizen's presenters put together."""

from __future__ import annotations

from drivers.id_card.api import CardKind
from terminal.cases.model import DecisionKind, PrintState
from terminal.profile import KIOSK, WINDOW

_CARD = (
    *("waiting", "waiting_both", "waiting_social", "reading", "reading_social", "code", "verifying"),
    *("read", "failed", "failed_social", "clerk", "away", "starting"),
)
_THANKS = ("rated", "not_rated")
_SAVING = ("answered", "delayed")

CITIZEN: dict[str, tuple[str, ...]] = {
    "citizen.card.{}.title": _CARD,
    "citizen.card.{}.hint": _CARD,
    "citizen.fact.number.{}": tuple(CardKind),
    "citizen.outcome.receipt.{}": tuple(PrintState),
    "citizen.outcome.title.{}": tuple(DecisionKind),
    "citizen.rate.{}.title": _SAVING,
    "citizen.rate.{}.hint": _SAVING,
    "citizen.rate.level.{}": ("1", "2", "3", "4", "5"),
    "citizen.thanks.{}.title": _THANKS,
    "citizen.thanks.{}.hint": _THANKS,
    "citizen.trail.stage.{}": ("identity", "item", "form", "materials", "check", "result"),
    "citizen.welcome.step.{}": ("card", "form", "sign", "result"),
    "citizen.consent.both.{}": ("window", "kiosk"),
    "citizen.{}": (*WINDOW.consent_texts, *KIOSK.consent_texts),
}
