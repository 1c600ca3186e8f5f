"""One rating, or none: five keys of equal weight, nothing selected, no score kept or shown afterwards."""

from __future__ import annotations

from kiosk_ui import devices
from kiosk_ui.citizen.presenters import progress, reasons
from kiosk_ui.citizen.presenters.local import Built, Scene
from kiosk_ui.citizen.presenters.pages import RatePage, RatingKeyView, StatePage
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import ButtonView, Level, Look
from terminal import intents
from terminal.cases.model import ReviewState

LEVELS = (5, 4, 3, 2, 1)
_THANKS = {
    ReviewState.RATED: "rated",
    ReviewState.DECLINED: "not_rated",
    ReviewState.TIMED_OUT: "not_rated",
}


def review(scene: Scene) -> Built:
    """The invitation while it runs, why if it asks that; a thank-you whatever the answer was, once it is on disk."""
    if scene.snapshot.rating.saving:
        return _saving("delayed")
    if scene.snapshot.rating.reasons:
        return _saving("answered") if scene.local.reasoned else reasons.ask(scene)
    state, token = scene.case.review.state, scene.snapshot.rating.token
    if state in _THANKS:
        return _thanks(_THANKS[state])
    if scene.local.answered:
        return _saving("answered")
    if state is ReviewState.NOT_INVITED or not token:
        return Built(
            StatePage("review", Level.INFO, tr("citizen.rate.soon"), tr("citizen.rate.soon_hint"), busy=True),
            key="soon",
        )
    return Built(
        RatePage(
            title=tr("citizen.rate.title"),
            hint=tr("citizen.rate.hint_pad") if _has_pad(scene) else tr("citizen.rate.hint"),
            keys=tuple(
                RatingKeyView(
                    f"citizen.rate.{level}",
                    level,
                    tr(f"citizen.rate.level.{level}"),
                    intents.RateOnScreen(token, level),
                )
                for level in LEVELS
            ),
            time_left=reasons.time_left(scene),
        ),
        buttons=(
            ButtonView(
                "citizen.rate.decline", tr("citizen.rate.decline"), intents.DeclineRating(token), look=Look.SECONDARY
            ),
        ),
        key=f"rate.{token}",
    )


def after(scene: Scene) -> Built:
    """The answer is on disk, the case is being put away: the same thank-you, unless a paper is wanted once more."""
    state = scene.case.review.state
    if state not in _THANKS or scene.snapshot.lost:
        return progress.sealing(scene)
    return _thanks(_THANKS[state], busy=True)


def _saving(how: str) -> Built:
    """An answer was given, and the core has not said yet that it is kept: nobody is thanked for what may be lost."""
    page = StatePage("review", Level.INFO, tr(f"citizen.rate.{how}.title"), tr(f"citizen.rate.{how}.hint"), busy=True)
    return Built(page, key=how)


def _thanks(how: str, *, busy: bool = False) -> Built:
    title, hint = tr(f"citizen.thanks.{how}.title"), tr(f"citizen.thanks.{how}.hint")
    return Built(StatePage("review", Level.OK, title, hint, busy=busy), key="thanks")


def _has_pad(scene: Scene) -> bool:
    """Whether the pad invites, too: it works, and nothing stands against it."""
    said = any(message.device == "evaluator" for message in scene.snapshot.messages)
    return devices.works(scene.snapshot, "evaluator") and not said
