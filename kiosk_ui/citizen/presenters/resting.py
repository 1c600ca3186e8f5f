"""Between two citizens: nothing of anybody is on these pages."""

from __future__ import annotations

from kiosk_ui.citizen.presenters.local import Built
from kiosk_ui.citizen.presenters.pages import StatePage
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import Level

_WHAT_HAPPENS = ("card", "form", "sign", "result")


def closed() -> Built:
    """Nobody serves this window."""
    return Built(
        StatePage("desk", Level.QUIET, tr("citizen.closed.title"), tr("citizen.closed.hint")),
        key="closed",
    )


def welcome() -> Built:
    """The window is free: what will happen, in four short lines."""
    return Built(
        StatePage(
            "hand",
            Level.INFO,
            tr("citizen.welcome.title"),
            tr("citizen.welcome.hint"),
            steps=tuple(tr(f"citizen.welcome.step.{step}") for step in _WHAT_HAPPENS),
        ),
        key="welcome",
    )


def paused() -> Built:
    """The clerk left an open case: it is kept, and nothing of it is shown."""
    return Built(
        StatePage("lock", Level.INFO, tr("citizen.paused.title"), tr("citizen.paused.hint")),
        key="paused",
    )


def goodbye() -> Built:
    """The case is done."""
    return Built(
        StatePage("done", Level.OK, tr("citizen.goodbye.title"), tr("citizen.goodbye.hint")),
        key="goodbye",
    )


def ended() -> Built:
    """The case was given up before a decision."""
    return Built(
        StatePage("state-info", Level.INFO, tr("citizen.ended.title"), tr("citizen.ended.hint")),
        key="ended",
    )
