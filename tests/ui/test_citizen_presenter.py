"""What the citizen sees at every step and what their presses do; no Qt."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from datetime import date

import pytest
from msgspec.structs import replace as with_fields

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from kiosk_ui.actions import CloseObjection, OpenObjection, Reveal, ToggleElder, TogglePersonal
from kiosk_ui.citizen.presenters import compose, outcome
from kiosk_ui.citizen.presenters.frame import CitizenView
from kiosk_ui.citizen.presenters.local import CitizenInput, Scene
from kiosk_ui.citizen.presenters.pages import (
    ObjectionPage,
    OutcomePage,
    RatePage,
    SheetPage,
    SignPage,
    StatePage,
)
from kiosk_ui.citizen.presenters.presenter import ANSWER_S, PARTING_S, REVEAL_S, CitizenPresenter
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import Level, Look
from terminal import intents
from terminal.cases.model import Case, DecisionKind, Papers, PrintState, ReviewState, Step
from terminal.profile import ProfileName
from terminal.snapshot import CaptureView, RatingView, ReaderView, Snapshot
from tests.support import citizen_scenes as scenes
from tests.support.citizen_scenes import TOKEN, at, case_at, said, snapshot


class Desk:
    """A presenter with a clock and ears."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.posted: list[intents.Intent] = []
        self.drawn = 0
        self.presenter = CitizenPresenter(scenes.CATALOGUE, self.posted.append, self._draw, lambda: self.now_s)

    def _draw(self) -> None:
        self.drawn += 1

    def show(self, *snapshots: Snapshot) -> CitizenView:
        for one in snapshots:
            self.presenter.show(one)
        return self.view

    @property
    def view(self) -> CitizenView:
        view = self.presenter.view()
        assert view is not None
        return view

    @property
    def page(self) -> object:
        return self.view.page


@pytest.fixture
def desk() -> Desk:
    return Desk()


def words(value: object) -> str:
    """Every text of a view, revealed."""
    if isinstance(value, Sensitive):
        return words(value.reveal())
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "\n".join(words(part) for part in value)
    if is_dataclass(value):
        return "\n".join(words(getattr(value, field.name)) for field in fields(value) if field.name != "full")
    return ""


def test_presenters_know_no_qt() -> None:
    code = "import sys, kiosk_ui.citizen.presenters.presenter; sys.exit('PyQt6' in str(list(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_nothing_is_shown_before_the_first_snapshot(desk: Desk) -> None:
    assert desk.presenter.view() is None
    assert not desk.presenter.tick()
    desk.presenter.act(intents.CitizenConfirms("x"))
    desk.presenter.act(intents.RateOnScreen(TOKEN, 5))
    assert not desk.posted


# between two citizens


def test_a_window_without_staff_is_closed_and_one_with_staff_welcomes(desk: Desk) -> None:
    assert desk.show(snapshot(None, staff=None)).page_key.endswith("closed")
    view = desk.show(snapshot(None))
    assert isinstance(view.page, StatePage)
    assert len(view.page.steps) == 4
    assert not view.personal
    assert view.trail is None
    assert (view.top.hall, view.top.window) == ("获嘉县政务服务中心", "综合受理-03")


def test_goodbye_stands_a_while_after_sealing_and_gives_way_to_the_welcome(desk: Desk) -> None:
    view = desk.show(at(Step.SEAL), at(Step.SEALED))
    assert view.page_key.endswith("goodbye")
    assert not view.personal
    desk.now_s += PARTING_S - 0.1
    assert not desk.presenter.tick()
    desk.now_s += 0.2
    assert desk.presenter.tick()
    assert desk.view.page_key.endswith("welcome")
    assert not desk.presenter.tick()


@pytest.mark.parametrize("after", [snapshot(None), at(Step.ABANDONED)])
def test_a_case_given_up_says_so(desk: Desk, after: Snapshot) -> None:
    assert desk.show(at(Step.FILL_FORM), after).page_key.endswith("ended")


def test_the_next_citizen_ends_the_goodbye(desk: Desk) -> None:
    desk.show(at(Step.SEAL), at(Step.SEALED))
    view = desk.show(snapshot(with_fields(case_at(Step.IDENTIFY), id="another")))
    assert view.personal
    assert not desk.presenter.tick()


def test_a_clerk_who_signs_out_leaves_nothing_on_the_screen(desk: Desk) -> None:
    desk.show(at(Step.VERIFY_FACE))
    desk.presenter.act(Reveal(shown=True))
    view = desk.show(at(Step.VERIFY_FACE, staff=None))
    assert view.page_key.endswith("paused")
    assert not view.personal
    assert not any(secret in words(view) for secret in scenes.PERSONAL)
    desk.presenter.act(Reveal(shown=True))
    desk.presenter.act(OpenObjection())
    assert scenes.NAME not in words(desk.show(at(Step.VERIFY_FACE)))  # back, masked


# who is here


@pytest.mark.parametrize(
    ("phase", "key", "busy"),
    [
        ("waiting", "waiting", True),
        ("reading", "reading", True),
        ("read", "read", True),
        ("failed", "failed", False),
        ("idle", "clerk", False),
    ],
)
def test_the_card_page_says_what_to_do(desk: Desk, phase: str, key: str, busy: bool) -> None:
    page = desk.show(at(Step.IDENTIFY, reader=ReaderView(phase))).page
    assert isinstance(page, StatePage)
    assert page.title == tr(f"citizen.card.{key}.title")
    assert page.busy is busy
    assert page.note == tr("citizen.consent.card.window")
    assert (page.level is Level.WARNING) == (phase == "failed")


def test_the_kiosk_has_its_own_consent(desk: Desk) -> None:
    page = desk.show(snapshot(with_fields(case_at(Step.IDENTIFY), profile=ProfileName.KIOSK))).page
    assert isinstance(page, StatePage)
    assert page.note == tr("citizen.consent.card.kiosk")


def test_my_data_is_masked_and_shown_in_full_while_the_button_is_held(desk: Desk) -> None:
    masked = words(desk.show(at(Step.VERIFY_FACE)).page)
    assert "欧**" in masked
    assert not any(secret in masked for secret in scenes.PERSONAL)
    desk.presenter.act(Reveal(shown=True))
    shown = words(desk.page)
    assert scenes.NAME in shown
    assert "110105 19491231 002X" in shown
    assert scenes.ADDRESS in shown
    desk.presenter.act(Reveal(shown=False))
    assert words(desk.page) == masked


def test_a_hand_that_stays_on_the_button_lets_go_after_a_while(desk: Desk) -> None:
    desk.show(at(Step.VERIFY_FACE))
    desk.presenter.act(Reveal(shown=True))
    desk.now_s += REVEAL_S - 0.1
    assert not desk.presenter.tick()
    desk.now_s += 0.2
    assert desk.presenter.tick()
    assert scenes.NAME not in words(desk.page)


def test_a_new_step_masks_again(desk: Desk) -> None:
    desk.show(at(Step.VERIFY_FACE))
    desk.presenter.act(Reveal(shown=True))
    assert scenes.NAME not in words(desk.show(at(Step.CHOOSE_ITEM)).page)


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (with_fields(scenes.IDENTITY, portrait_placeholder=False), "a" * 64),
        (scenes.IDENTITY, ""),
        (with_fields(scenes.IDENTITY, portrait=None, portrait_placeholder=False), ""),
    ],
)
def test_only_a_true_portrait_is_shown_and_only_while_held(desk: Desk, identity: object, expected: str) -> None:
    page = desk.show(snapshot(with_fields(case_at(Step.VERIFY_FACE), identity=identity))).page
    assert isinstance(page, SheetPage)
    assert page.portrait == ""
    desk.presenter.act(Reveal(shown=True))
    held = desk.page
    assert isinstance(held, SheetPage)
    assert held.portrait == expected


def test_a_case_without_identity_shows_no_rows(desk: Desk) -> None:
    page = desk.show(snapshot(with_fields(case_at(Step.VERIFY_FACE), identity=None))).page
    assert isinstance(page, SheetPage)
    assert page.groups == ()


# while the clerk works


def test_the_trail_goes_forward_through_the_whole_case(desk: Desk) -> None:
    seen = [desk.show(at(step)).trail for step in Step if step not in {Step.SEALED, Step.ABANDONED}]
    numbers = [trail.current for trail in seen if trail]
    assert numbers == sorted(numbers)
    assert set(numbers) == {1, 2, 3, 4, 5, 6}
    assert seen[0] is not None
    assert seen[0].next
    assert seen[-1] is not None
    assert seen[-1].next == ""


def test_the_form_page_names_the_item_and_a_correction(desk: Desk) -> None:
    case = case_at(Step.FILL_FORM)
    page = desk.show(snapshot(case)).page
    assert isinstance(page, StatePage)
    assert scenes.ITEM.name in page.title
    corrected = desk.show(snapshot(with_fields(case, correction_note=Sensitive("电话")))).page
    assert isinstance(corrected, StatePage)
    assert corrected.hint == tr("citizen.form.corrected")
    bare = desk.show(snapshot(with_fields(case, item=None), application_hash="")).page
    assert isinstance(bare, StatePage)
    assert bare.title == tr("citizen.form.title_plain")


def test_every_material_says_what_became_of_it(desk: Desk) -> None:
    case = case_at(Step.COLLECT_MATERIALS)
    first, second, third = case.materials[:3]
    shown = words(desk.show(snapshot(case, capture=CaptureView(capturing_for=third.code))).page)
    assert tr("citizen.material.scanned", count=2) in shown
    assert tr("citizen.material.pages", count=1) in shown
    assert tr("citizen.material.capturing") in shown
    settled = scenes.materials(settled=True)
    states = (
        settled[1],
        with_fields(settled[1], code="x", due=None),
        with_fields(settled[2], code="y"),
        with_fields(first, code="z", mode="not_needed"),
        with_fields(second, code="w", pages=()),
    )
    shown = words(desk.show(snapshot(with_fields(case, materials=states))).page)
    assert "2026年12月8日" in shown
    assert tr("citizen.material.paper", count=1) in shown
    assert tr("citizen.material.not_needed") in shown
    assert tr("citizen.material.pending") in shown
    assert tr("citizen.materials.hint", settled=4, all=5) in shown


@pytest.mark.parametrize("step", [Step.DECIDE, Step.SEAL])
def test_waiting_pages_ask_for_nothing(desk: Desk, step: Step) -> None:
    view = desk.show(at(step))
    assert isinstance(view.page, StatePage)
    assert view.page.busy
    assert view.buttons == ()


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
    assert page.title == tr("citizen.thanks.answered.title")
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


# everywhere


def test_large_type_is_this_citizens_wish(desk: Desk) -> None:
    desk.show(snapshot(None))
    desk.presenter.act(ToggleElder())
    assert desk.view.elder
    assert desk.show(at(Step.IDENTIFY)).elder  # chosen while sitting down
    assert desk.show(at(Step.SIGN)).elder
    assert desk.show(at(Step.SEALED)).elder
    desk.now_s += PARTING_S + 1
    desk.presenter.tick()
    assert not desk.view.elder


def test_the_next_citizen_starts_in_normal_type(desk: Desk) -> None:
    desk.show(at(Step.IDENTIFY))
    desk.presenter.act(ToggleElder())
    desk.show(at(Step.SEALED))
    assert not desk.show(snapshot(with_fields(case_at(Step.IDENTIFY), id="next"))).elder
    desk.presenter.act(ToggleElder())
    assert not desk.show(snapshot(with_fields(case_at(Step.IDENTIFY), id="third"))).elder


@pytest.mark.parametrize("step", list(Step))
def test_answers_of_another_step_are_dropped(desk: Desk, step: Step) -> None:
    desk.show(at(step))
    drawn = desk.drawn
    if step is not Step.CITIZEN_CHECK:
        desk.presenter.act(intents.CitizenConfirms("x"))
    if step is not Step.SIGN:
        desk.presenter.act(intents.SubmitSignature((), 1, 1, "x"))
    if step not in {Step.CITIZEN_CHECK, Step.SIGN}:
        desk.presenter.act(intents.CitizenObjects(Sensitive("x")))
    if step is not Step.REVIEW:
        desk.presenter.act(intents.RateOnScreen(TOKEN, 5))
    desk.presenter.act(intents.SignOut())  # the clerk's alone
    desk.presenter.act(TogglePersonal())
    assert not desk.posted
    assert desk.drawn - drawn <= 1


@pytest.mark.parametrize("step", [Step.SEALED, Step.ABANDONED])
def test_an_ended_case_has_a_page_without_anybody(step: Step) -> None:
    case = case_at(Step.SEALED if step is Step.SEALED else Step.SIGN)
    case = with_fields(case, step=step)
    scene = Scene(snapshot(case), case, scenes.CATALOGUE, CitizenInput(plain=True), 0.0)
    assert not any(secret in words(compose.case_view(scene, elder=False)) for secret in scenes.PERSONAL)


def test_a_day_reads_as_a_day() -> None:
    from kiosk_ui.citizen.presenters.progress import day

    assert day(date(2026, 1, 9).isoformat()) == "2026年1月9日"
