"""What the citizen sees at every step; no Qt."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from msgspec.structs import replace as with_fields

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from kiosk_ui.actions import OpenObjection, Reveal, ToggleElder, TogglePersonal
from kiosk_ui.citizen.presenters import compose
from kiosk_ui.citizen.presenters.local import CitizenInput, Scene
from kiosk_ui.citizen.presenters.pages import (
    SheetPage,
    StatePage,
)
from kiosk_ui.citizen.presenters.presenter import PARTING_S, REVEAL_S
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import Level
from terminal import intents
from terminal.cases.model import Step
from terminal.profile import ProfileName
from terminal.snapshot import CaptureView, DeviceView, ReaderView, Snapshot
from tests.support import citizen_scenes as scenes
from tests.support.citizen_desk import Desk, words
from tests.support.citizen_scenes import TOKEN, at, case_at, snapshot


@pytest.fixture
def desk() -> Desk:
    return Desk()


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


@pytest.mark.parametrize(
    ("kinds", "reader", "key"),
    [
        (("id_card", "smart_card"), ReaderView("waiting"), "waiting_both"),
        (("smart_card",), ReaderView("waiting"), "waiting_social"),
        (("id_card", "smart_card"), ReaderView("reading", "", "smart_card"), "reading_social"),
        (("id_card", "smart_card"), ReaderView("reading"), "reading"),
        (("id_card", "smart_card"), ReaderView("failed", "smart_card.mute", "smart_card"), "failed_social"),
        (("id_card", "smart_card"), ReaderView("failed", "id_card.lifted"), "failed"),
    ],
)
def test_a_terminal_with_a_social_security_card_reader_says_so(
    desk: Desk, kinds: tuple[str, ...], reader: ReaderView, key: str
) -> None:
    devices = tuple(DeviceView(kind, kind, DeviceState.ONLINE, "degraded", simulated=False) for kind in kinds)
    page = desk.show(at(Step.IDENTIFY, reader=reader, devices=devices)).page
    assert isinstance(page, StatePage)
    assert page.title == tr(f"citizen.card.{key}.title")
    assert page.note == tr("citizen.consent.both.window")


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


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("410724202611240000017", "410724 20261124 0000017"),
        ("410724032026112400017", "41072403 20261124 00017"),  # with the window before the day
        ("410724WJ2026112403000179", "410724WJ 20261124 03000179"),
        ("获优2026-00017", "获优2026-00017"),
    ],
)
def test_a_case_s_number_is_read_out_by_place_day_and_number(desk: Desk, number: str, shown: str) -> None:
    case = case_at(Step.ISSUE_PAPERS)
    decided = with_fields(case, decision=with_fields(case.decision, project_number=number))
    assert shown in words(desk.show(snapshot(decided)).page).splitlines()
