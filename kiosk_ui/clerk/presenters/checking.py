"""While the citizen checks and signs, the clerk sees the same rows and where the citizen is."""

from __future__ import annotations

from kiosk_ui.application_rows import groups
from kiosk_ui.clerk.presenters.local import Built, Scene
from kiosk_ui.clerk.presenters.pages import StatePage
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import Level


def citizen_check(scene: Scene) -> Built:
    """Waiting for the citizen's word; the way back is open."""
    rows = groups(scene.case, scene.catalogue, plain=scene.local.plain)
    return Built(
        page=StatePage("eye", Level.INFO, tr("check.title"), tr("check.hint"), busy=True, groups=rows),
        focus="clerk.case.back",
    )


def sign(scene: Scene) -> Built:
    """Waiting for the signature."""
    rows = groups(scene.case, scene.catalogue, plain=scene.local.plain)
    return Built(
        page=StatePage("pen", Level.INFO, tr("sign.title"), tr("sign.hint"), busy=True, groups=rows),
        focus="clerk.case.back",
    )


def review(scene: Scene) -> Built:
    """Only what became of the invitation; never a score."""
    state = scene.case.review.state
    return Built(
        page=StatePage("review", Level.INFO, tr(f"review.title.{state}"), tr("review.hint"), busy=True),
    )
