"""What the citizen says with their screen: confirming, objecting, signing, rating; each once. No Qt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields

from drivers.base.status import DeviceState
from kiosk_ui.actions import CloseObjection, OpenObjection, Reveal
from kiosk_ui.citizen.presenters import outcome
from kiosk_ui.citizen.presenters.local import CitizenInput, Scene
from kiosk_ui.citizen.presenters.pages import (
    ObjectionPage,
    OutcomePage,
    RatePage,
    SheetPage,
    SignPage,
    StatePage,
)
from kiosk_ui.citizen.presenters.presenter import ANSWER_S
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import Look
from terminal import intents
from terminal.cases.model import Case, DecisionKind, Papers, PrintState, ReviewState, Step
from terminal.snapshot import RatingView, Snapshot
from tests.support import citizen_scenes as scenes
from tests.support.citizen_desk import Desk, words
from tests.support.citizen_scenes import TOKEN, at, case_at, said, snapshot


@pytest.fixture
def desk() -> Desk:
    return Desk()


# checking


def test_the_whole_application_is_there_masked_and_in_full_while_held(desk: Desk) -> None:
    page = desk.show(at(Step.CITIZEN_CHECK)).page
    assert isinstance(page, SheetPage)
    masked = words(page)
    assert not any(secret in masked for secret in scenes.PERSONAL)
    assert scenes.ITEM.name in masked
    for material in scenes.ITEM.situations[0].materials:
        assert material.name in masked
    desk.presenter.act(Reveal(shown=True))
    shown = words(desk.page)
    for field in case_at(Step.CITIZEN_CHECK).form:
        assert field.value.reveal() in shown
    assert scenes.NAME in shown


def test_revealing_keeps_every_row_in_its_place(desk: Desk) -> None:
    before = desk.show(at(Step.CITIZEN_CHECK)).page
    desk.presenter.act(Reveal(shown=True))
    after = desk.page
    assert isinstance(before, SheetPage)
    assert isinstance(after, SheetPage)
    assert [(r.label, r.full) for g in before.groups for r in g.rows] == [
        (r.label, r.full) for g in after.groups for r in g.rows
    ]
    assert desk.view.page_key == desk.view.page_key


def test_confirming_sends_the_hash_of_what_was_shown_once(desk: Desk) -> None:
    now = at(Step.CITIZEN_CHECK)
    view = desk.show(now)
    button = next(b for b in view.buttons if b.name == "citizen.check.confirm")
    assert button.look is Look.PRIMARY
    assert isinstance(view.page, SheetPage)
    assert view.page.read_all == ("citizen.check.confirm",)
    desk.presenter.act(button.action)  # type: ignore[arg-type]
    desk.presenter.act(button.action)  # type: ignore[arg-type]
    desk.presenter.act(OpenObjection())
    assert desk.posted == [intents.CitizenConfirms(now.application_hash)]
    assert not any(b.enabled for b in desk.view.buttons)
    assert isinstance(desk.page, SheetPage)


def test_an_answer_that_got_lost_can_be_given_again(desk: Desk) -> None:
    desk.show(at(Step.CITIZEN_CHECK))
    desk.presenter.act(intents.CitizenConfirms("a"))
    desk.now_s += ANSWER_S - 0.1
    assert not desk.presenter.tick()
    desk.now_s += 0.2
    assert desk.presenter.tick()
    desk.presenter.act(intents.CitizenConfirms("a"))
    assert len(desk.posted) == 2


def test_an_unrelated_snapshot_does_not_open_the_button_again(desk: Desk) -> None:
    desk.show(at(Step.CITIZEN_CHECK))
    desk.presenter.act(intents.CitizenConfirms("a"))
    desk.show(at(Step.CITIZEN_CHECK, revision=2, devices=()))
    desk.presenter.act(intents.CitizenConfirms("a"))
    assert len(desk.posted) == 1


def test_a_change_in_the_meantime_is_said_and_shown(desk: Desk) -> None:
    old = said(1, "check.changed_meanwhile")
    desk.show(at(Step.CITIZEN_CHECK, messages=(old,)))
    assert isinstance(desk.page, SheetPage)
    assert desk.page.warning == ""  # said to the one before
    key = desk.view.page_key
    desk.presenter.act(intents.CitizenConfirms("stale"))
    view = desk.show(
        at(
            Step.CITIZEN_CHECK,
            messages=(old, said(2, "material.pending"), said(3, "check.changed_meanwhile"), said(4, "check.unknown")),
            application_hash="f" * 64,
        )
    )
    assert isinstance(view.page, SheetPage)
    assert view.page.warning == tr("citizen.message.check.changed_meanwhile")
    assert view.page_key != key  # all pages are to be read again
    assert all(b.enabled for b in view.buttons)


def test_without_a_hash_nothing_can_be_confirmed(desk: Desk) -> None:
    view = desk.show(at(Step.CITIZEN_CHECK, application_hash=""))
    assert not next(b for b in view.buttons if b.name == "citizen.check.confirm").enabled


@pytest.mark.parametrize("step", [Step.CITIZEN_CHECK, Step.SIGN])
def test_something_wrong_asks_where_and_tells_the_clerk_once(desk: Desk, step: Step) -> None:
    desk.show(at(step))
    desk.presenter.act(OpenObjection())
    page = desk.page
    assert isinstance(page, ObjectionPage)
    assert [c.name for c in page.choices] == [f"citizen.object.{n}" for n in range(1, len(page.choices) + 1)]
    assert "申请材料" in [c.text for c in page.choices]
    desk.presenter.act(CloseObjection())
    assert not isinstance(desk.page, ObjectionPage)
    desk.presenter.act(OpenObjection())
    action = page.choices[0].action
    assert isinstance(action, intents.CitizenObjects)
    desk.presenter.act(action)
    desk.presenter.act(action)
    assert desk.posted == [action]
    assert page.choices[0].text in action.note.reveal()


# signing


def test_the_signature_is_bound_to_what_was_shown(desk: Desk) -> None:
    now = at(Step.SIGN)
    page = desk.show(now).page
    assert isinstance(page, SignPage)
    assert page.content_hash == now.application_hash
    assert scenes.ITEM.name in page.subject
    signature = intents.SubmitSignature((((0, 0, 0), (9, 9, 9)),), 100, 50, page.content_hash)
    desk.presenter.act(signature)
    desk.presenter.act(signature)
    assert desk.posted == [signature]
    waiting = desk.page
    assert isinstance(waiting, SignPage)
    assert not waiting.enabled
    view = desk.show(at(Step.SIGN, messages=(said(7, "sign.too_little", "error"),)))
    assert isinstance(view.page, SignPage)
    assert view.page.problem == tr("citizen.message.sign.too_little")
    assert view.page.enabled
    desk.presenter.act(signature)
    assert len(desk.posted) == 2


def test_a_case_without_item_has_no_subject_to_sign(desk: Desk) -> None:
    page = desk.show(snapshot(with_fields(case_at(Step.SIGN), item=None), application_hash="")).page
    assert isinstance(page, SignPage)
    assert page.subject == ""
    assert not page.enabled


# the outcome


def issued(kind: DecisionKind, receipt: PrintState) -> Case:
    return with_fields(case_at(Step.ISSUE_PAPERS, kind), papers=Papers(receipt=receipt))


@pytest.mark.parametrize("kind", list(DecisionKind))
@pytest.mark.parametrize("receipt", list(PrintState))
def test_every_decision_and_every_state_of_the_receipt_has_words(
    desk: Desk, kind: DecisionKind, receipt: PrintState
) -> None:
    page = desk.show(snapshot(issued(kind, receipt))).page
    assert isinstance(page, OutcomePage)
    assert page.title == tr(f"citizen.outcome.title.{kind}")
    on_screen = receipt in {PrintState.WAIVED, PrintState.QUEUED}
    assert page.code == (scenes.PROJECT_NUMBER if on_screen else "")
    shown = words(page.facts)
    assert "410724 20261124 0000017" in shown
    accepted = kind in {DecisionKind.ACCEPTED, DecisionKind.ACCEPTED_DEFERRED}
    assert ("2026年12月1日" in shown) == accepted
    assert ("2026年12月8日" in shown) == (kind is DecisionKind.ACCEPTED_DEFERRED)


def test_an_unusual_number_stays_as_it_is(desk: Desk) -> None:
    case = issued(DecisionKind.ACCEPTED, PrintState.PRINTED)
    assert case.decision is not None
    odd = with_fields(case, decision=with_fields(case.decision, project_number="GH-7"))
    assert "GH-7" in words(desk.show(snapshot(odd)).page)


def test_papers_without_a_decision_wait() -> None:
    case = with_fields(case_at(Step.ISSUE_PAPERS), decision=None)
    built = outcome.issue(Scene(snapshot(case), case, scenes.CATALOGUE, CitizenInput(), 0.0))
    assert isinstance(built.page, StatePage)


# rating


def test_five_equal_keys_and_nothing_selected(desk: Desk) -> None:
    view = desk.show(at(Step.REVIEW))
    assert isinstance(view.page, RatePage)
    assert [k.level for k in view.page.keys] == [5, 4, 3, 2, 1]
    assert [k.name for k in view.page.keys] == [f"citizen.rate.{n}" for n in (5, 4, 3, 2, 1)]
    assert [b.name for b in view.buttons] == ["citizen.rate.decline"]
    assert not any(b.look in {Look.PRIMARY, Look.BIG} for b in view.buttons)


@pytest.mark.parametrize(
    "answer", [*(intents.RateOnScreen(TOKEN, level) for level in range(1, 6)), intents.DeclineRating(TOKEN)]
)
def test_one_answer_per_invitation_and_its_score_is_nowhere(desk: Desk, answer: intents.Intent) -> None:
    desk.show(at(Step.REVIEW))
    desk.presenter.act(answer)
    desk.presenter.act(intents.RateOnScreen(TOKEN, 1))
    desk.presenter.act(intents.DeclineRating(TOKEN))
    desk.show(at(Step.REVIEW, revision=2))
    desk.presenter.act(intents.RateOnScreen(TOKEN, 5))
    assert desk.posted == [answer]
    page = desk.page
    assert isinstance(page, StatePage)
    assert page.title == tr("citizen.rate.answered.title")
    assert not any(tr(f"citizen.rate.level.{level}") in words(desk.view) for level in range(1, 6))
    assert not desk.presenter.tick()


def test_a_new_invitation_may_be_answered_and_a_foreign_token_not(desk: Desk) -> None:
    desk.show(at(Step.REVIEW))
    desk.presenter.act(intents.RateOnScreen("ffffffff", 5))
    assert not desk.posted
    desk.presenter.act(intents.RateOnScreen(TOKEN, 5))
    case = case_at(Step.REVIEW)
    other = with_fields(case, id="next", review=with_fields(case.review, token="11111111"))
    desk.show(at(Step.SEAL), at(Step.SEALED), snapshot(other, rating=RatingView("11111111", 1090.0)))
    desk.presenter.act(intents.RateOnScreen("11111111", 4))
    assert len(desk.posted) == 2


def test_the_time_left_is_said_in_fives_and_ends_calmly(desk: Desk) -> None:
    def time_left() -> str:
        assert isinstance(desk.page, RatePage)
        return desk.page.time_left

    desk.show(at(Step.REVIEW))
    assert time_left() == tr("citizen.rate.time_left", seconds=60)
    desk.now_s += 3
    assert desk.presenter.tick()
    assert time_left() == tr("citizen.rate.time_left", seconds=60)
    desk.now_s += 3
    assert time_left() == tr("citizen.rate.time_left", seconds=55)
    desk.now_s += 100
    assert time_left() == tr("citizen.rate.time_over")


@pytest.mark.parametrize(
    ("state", "how"),
    [
        (ReviewState.RATED, "rated"),
        (ReviewState.DECLINED, "not_rated"),
        (ReviewState.TIMED_OUT, "not_rated"),
    ],
)
def test_an_ended_invitation_thanks(desk: Desk, state: ReviewState, how: str) -> None:
    case = case_at(Step.REVIEW)
    page = desk.show(snapshot(with_fields(case, review=with_fields(case.review, state=state)))).page
    assert isinstance(page, StatePage)
    assert page.title == tr(f"citizen.thanks.{how}.title")
    assert not desk.presenter.tick()


@pytest.mark.parametrize(
    "now",
    [
        at(Step.REVIEW, rating=RatingView()),
        snapshot(
            with_fields(
                case_at(Step.REVIEW), review=with_fields(case_at(Step.REVIEW).review, state=ReviewState.NOT_INVITED)
            )
        ),
    ],
)
def test_before_the_invitation_runs_nothing_is_asked(desk: Desk, now: Snapshot) -> None:
    assert isinstance(desk.show(now).page, StatePage)


def test_the_pad_is_named_only_when_it_works(desk: Desk) -> None:
    page = desk.show(at(Step.REVIEW)).page
    assert isinstance(page, RatePage)
    assert page.hint == tr("citizen.rate.hint_pad")
    now = at(Step.REVIEW)
    gone = desk.show(replace(now, devices=tuple(replace(d, state=DeviceState.NO_DEVICE) for d in now.devices))).page
    assert isinstance(gone, RatePage)
    assert gone.hint == tr("citizen.rate.hint")
