"""Puts the citizen's screen together: which page a step has, what stands around it."""

from __future__ import annotations

from kiosk_ui.actions import ToggleElder
from kiosk_ui.citizen.presenters import checking, identity, outcome, progress, rating, resting
from kiosk_ui.citizen.presenters.frame import CitizenView, TopView
from kiosk_ui.citizen.presenters.local import Built, Scene
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import ButtonView
from terminal.cases.model import Case, Step
from terminal.snapshot import Snapshot

ENDED = frozenset({Step.SEALED, Step.ABANDONED})


def resting_view(snapshot: Snapshot, built: Built, *, elder: bool) -> CitizenView:
    """A screen without a citizen."""
    return _view(snapshot, built, None, elder=elder)


def case_view(scene: Scene, *, elder: bool) -> CitizenView:
    """The screen of an open case."""
    return _view(scene.snapshot, _page(scene), scene.case, elder=elder)


def _view(snapshot: Snapshot, built: Built, case: Case | None, *, elder: bool) -> CitizenView:
    key = (case.id, case.step.value, built.key) if case else ("", "", built.key)
    return CitizenView(
        revision=snapshot.revision,
        elder=elder,
        personal=case is not None,
        top=TopView(
            hall=snapshot.hall_name,
            window=snapshot.window_label,
            elder=ButtonView(
                "citizen.top.elder",
                tr("citizen.elder.off") if elder else tr("citizen.elder.on"),
                ToggleElder(),
            ),
        ),
        trail=progress.trail(case.step) if case else None,
        page=built.page,
        buttons=built.buttons,
        page_key="|".join(key),
    )


def _page(scene: Scene) -> Built:
    match scene.case.step:
        case Step.IDENTIFY:
            return identity.identify(scene)
        case Step.VERIFY_FACE | Step.CHOOSE_ITEM:
            return identity.my_data(scene)
        case Step.FILL_FORM:
            return progress.fill_form(scene)
        case Step.COLLECT_MATERIALS:
            return progress.materials(scene)
        case Step.CITIZEN_CHECK:
            return checking.check(scene)
        case Step.SIGN:
            return checking.sign(scene)
        case Step.DECIDE:
            return progress.deciding(scene)
        case Step.ISSUE_PAPERS:
            return outcome.issue(scene)
        case Step.REVIEW:
            return rating.review(scene)
        case Step.SEAL:
            return rating.after(scene)
        case Step.SEALED:
            return resting.goodbye()
        case Step.ABANDONED:
            return resting.ended()
