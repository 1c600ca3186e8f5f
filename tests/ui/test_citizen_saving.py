"""The citizen's screen thanks for an answer only once it is kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk_ui.actions import Action
from kiosk_ui.citizen.presenters.pages import AskPage, RatePage, StatePage
from kiosk_ui.i18n.texts import tr
from terminal import intents
from terminal.cases.model import Step
from terminal.snapshot import RatingView, ReasonView, Snapshot
from tests.support.citizen_desk import Desk, words
from tests.support.citizen_scenes import TOKEN, at

REASONS = (ReasonView("101", "办理时间长", "It took long"),)
ASKED = RatingView(TOKEN, 1090.0, REASONS)
SAVING = RatingView(TOKEN, saving=True)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def thanks(desk: Desk) -> bool:
    said = words(desk.view)
    return any(tr(key) in said for key in ("citizen.thanks.rated.title", "citizen.goodbye.title")) or "谢谢" in str(
        said
    )


@pytest.mark.parametrize("answer", [intents.RateOnScreen(TOKEN, 5), intents.DeclineRating(TOKEN)])
def test_a_press_is_answered_at_once_but_not_with_thanks(desk: Desk, answer: intents.Intent) -> None:
    desk.show(at(Step.REVIEW))
    assert isinstance(desk.page, RatePage)
    desk.presenter.act(answer)
    page = desk.page
    assert isinstance(page, StatePage)
    assert (page.title, page.busy) == (tr("citizen.rate.answered.title"), True)
    assert not thanks(desk)


def test_while_the_disk_refuses_it_is_said_that_it_is_not_kept_yet(desk: Desk) -> None:
    desk.show(at(Step.REVIEW))
    desk.presenter.act(intents.RateOnScreen(TOKEN, 5))
    page = desk.show(at(Step.REVIEW, revision=2, rating=SAVING)).page
    assert isinstance(page, StatePage)
    assert page.title == tr("citizen.rate.delayed.title")
    assert not thanks(desk)


def test_a_key_of_the_pad_that_is_not_kept_yet_takes_the_keys_off_the_screen(desk: Desk) -> None:
    desk.show(at(Step.REVIEW))
    assert isinstance(desk.show(at(Step.REVIEW, revision=2, rating=SAVING)).page, StatePage)
    desk.presenter.act(intents.RateOnScreen(TOKEN, 1))
    assert not desk.posted


def test_thanks_come_with_the_end(desk: Desk) -> None:
    desk.show(at(Step.REVIEW))
    desk.presenter.act(intents.RateOnScreen(TOKEN, 5))
    desk.show(at(Step.SEAL, revision=2), at(Step.SEALED, revision=3))
    assert thanks(desk)


REASONED: tuple[Action, ...] = (intents.GiveReasons(TOKEN, ("101",)), intents.GiveReasons(TOKEN, ()))


@pytest.mark.parametrize("answer", REASONED)
@pytest.mark.parametrize(
    "then", [lambda: at(Step.REVIEW, revision=2, rating=ASKED), lambda: at(Step.REVIEW, revision=2, rating=SAVING)]
)
def test_neither_are_reasons_thanked_for_before(desk: Desk, answer: Action, then: Callable[[], Snapshot]) -> None:
    desk.show(at(Step.REVIEW, rating=ASKED))
    assert isinstance(desk.page, AskPage)
    desk.presenter.act(answer)
    assert isinstance(desk.page, StatePage)
    assert not thanks(desk)
    desk.show(then())
    assert isinstance(desk.page, StatePage)
    assert not thanks(desk)
