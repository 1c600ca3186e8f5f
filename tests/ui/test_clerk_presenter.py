"""The clerk's presenter and what it makes of a snapshot: pure, without Qt."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace as with_fields

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from kiosk_ui import actions
from kiosk_ui.actions import Form, PanelKind, Submit
from kiosk_ui.clerk.presenters.pages import (
    DecidePage,
    EntryPage,
    FacePage,
    FormPage,
    ItemPage,
    MaterialsPage,
    PapersPage,
    StatePage,
)
from kiosk_ui.views import Level
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.model import Step
from terminal.snapshot import DeviceView, Message, ReaderView, Role, StaffView
from tests.support import ui_scenes as scene
from tests.support.clerk_desk import CATALOGUE, ITEM, Desk, at


@pytest.fixture
def desk() -> Desk:
    return Desk()


PAGES = {
    Step.IDENTIFY: StatePage,
    Step.VERIFY_FACE: FacePage,
    Step.CHOOSE_ITEM: ItemPage,
    Step.FILL_FORM: FormPage,
    Step.COLLECT_MATERIALS: MaterialsPage,
    Step.CITIZEN_CHECK: StatePage,
    Step.SIGN: StatePage,
    Step.DECIDE: DecidePage,
    Step.ISSUE_PAPERS: PapersPage,
    Step.REVIEW: StatePage,
    Step.SEAL: StatePage,
    Step.SEALED: StatePage,
}


@pytest.mark.parametrize("step", list(PAGES))
def test_every_step_has_its_page(desk: Desk, step: Step) -> None:
    view = desk.show(at(step))
    assert type(view.page) is PAGES[step]
    assert view.place == f"{scene.opened().id}|{step}"
    assert view.rail
    assert view.header is not None
    current = [s.code for s in view.rail if s.state == "current"]
    assert current == ([] if step is Step.SEALED else [Step.SEALED if step is Step.SEAL else step])


def test_nobody_signed_in_sees_the_sign_in_page_even_with_an_open_case(desk: Desk) -> None:
    view = desk.show(at(Step.FILL_FORM), staff=None)
    assert isinstance(view.page, EntryPage)
    assert view.header is None
    assert view.rail == ()
    assert view.case_id == ""


def test_an_abandoned_case_is_no_case_any_more(desk: Desk) -> None:
    ended = with_fields(scene.opened(), step=Step.ABANDONED)
    view = desk.show(ended)
    assert view.step == "start"
    assert view.header is None
    assert [b.name for b in view.buttons] == ["clerk.start.new_case"]


def test_there_is_no_view_before_the_first_snapshot() -> None:
    desk = Desk()
    assert desk.presenter.view() is None
    assert not desk.presenter.tick()
    desk.presenter.act(Submit(Form.SIGN_IN, ()))
    assert desk.posted == []


# signing in


def test_sign_in_says_what_is_missing_before_anything_is_sent(desk: Desk) -> None:
    desk.show(staff=None)
    view = desk.submit(Form.SIGN_IN, staff_id=" ", pin="12345")
    assert isinstance(view.page, EntryPage)
    assert [i.problem for i in view.page.inputs] == ["请输入工号", "口令为 6 位数字"]
    assert desk.posted == []
    desk.submit(Form.SIGN_IN, staff_id=" 1001 ", pin="246810")
    assert desk.posted == [intents.SignIn("1001", Sensitive("246810"))]


def test_waiting_after_wrong_pins_counts_down(desk: Desk) -> None:
    view = desk.show(staff=None, sign_in_wait_s=30, messages=(Message(1, "error", "staff.wrong"),))
    assert isinstance(view.page, EntryPage)
    assert view.page.notice is not None
    assert view.page.notice.text == "工号或口令不正确，请重新输入"
    assert not view.buttons[0].enabled
    assert view.buttons[0].why == "请 30 秒后再试"
    desk.now_s += 10
    assert desk.presenter.tick()
    assert desk.view().buttons[0].why == "请 20 秒后再试"
    desk.now_s += 30
    assert not desk.presenter.tick()
    assert desk.view().buttons[0].enabled


def test_a_wait_without_a_message_is_said_as_well(desk: Desk) -> None:
    view = desk.show(staff=None, sign_in_wait_s=5)
    assert isinstance(view.page, EntryPage)
    assert view.page.notice is not None
    assert view.page.notice.text == "请 5 秒后再试"


def test_a_supervisor_unlocks_a_member_of_staff(desk: Desk) -> None:
    view = desk.show(staff=StaffView("2001", "刘敏", Role.SUPERVISOR))
    assert [b.name for b in view.buttons] == ["clerk.start.unlock", "clerk.start.new_case"]
    view = desk.act(actions.OpenPanel(PanelKind.UNLOCK))
    assert view.panel is not None
    assert view.panel_key == "unlock"
    view = desk.submit(Form.UNLOCK, staff_id="")
    assert view.panel is not None
    assert view.panel.inputs[0].problem == "请输入工号"
    view = desk.submit(Form.UNLOCK, staff_id="1001")
    assert desk.posted == [intents.UnlockStaff("1001")]
    assert view.panel is None


def test_a_panel_does_not_survive_the_member_of_staff_who_opened_it(desk: Desk) -> None:
    desk.show(staff=StaffView("2001", "刘敏", Role.SUPERVISOR))
    desk.act(actions.OpenPanel(PanelKind.UNLOCK))
    desk.show(staff=None)
    assert desk.show().panel is None


# identity


@pytest.mark.parametrize(
    ("reader", "title", "level", "again"),
    [
        (ReaderView("waiting"), "请将身份证放在读卡区", Level.INFO, True),
        (ReaderView("waiting", "id_card.lifted"), "请将身份证放在读卡区", Level.WARNING, True),
        (ReaderView("reading"), "正在读取，请勿移动证件", Level.INFO, False),
        (ReaderView("failed", "id_card.lifted"), "没有读到证件", Level.ERROR, True),
        (ReaderView("idle"), "读卡未开始", Level.WARNING, True),
    ],
)
def test_the_reader_says_what_to_do_with_the_card(
    desk: Desk, reader: ReaderView, title: str, level: Level, again: bool
) -> None:
    view = desk.show(at(Step.IDENTIFY), reader=reader)
    assert isinstance(view.page, StatePage)
    assert (view.page.title, view.page.level) == (title, level)
    button = next(b for b in view.buttons if b.name == "clerk.identify.again")
    assert button.enabled is again
    assert view.focus == ("clerk.identify.again" if again else "clerk.identify.by_clerk")


@pytest.mark.parametrize(
    ("kinds", "title", "hint"),
    [
        (("id_card", "smart_card"), "请放上身份证，或插入社保卡", "身份证平放，社保卡芯片朝前插到底"),
        (("smart_card",), "请插入社保卡", "芯片朝前插到底"),
    ],
)
def test_a_social_security_card_reader_is_named(desk: Desk, kinds: tuple[str, ...], title: str, hint: str) -> None:
    devices = tuple(DeviceView(kind, kind, DeviceState.ONLINE, "degraded", simulated=False) for kind in kinds)
    view = desk.show(at(Step.IDENTIFY), reader=ReaderView("waiting"), devices=devices)
    assert isinstance(view.page, StatePage)
    assert view.page.title == title
    assert view.page.hint.startswith(hint)
    view = desk.show(at(Step.IDENTIFY), reader=ReaderView("failed", "smart_card.mute", "smart_card"), devices=devices)
    assert isinstance(view.page, StatePage)
    assert "芯片朝前" in view.page.hint
    assert view.focus == "clerk.identify.again"


def test_without_a_reader_the_way_is_by_hand(desk: Desk) -> None:
    view = desk.show(at(Step.IDENTIFY), reader=ReaderView("idle"), devices=())
    assert isinstance(view.page, StatePage)
    assert "F6" in view.page.hint
    view = desk.act(actions.OpenPanel(PanelKind.BY_CLERK))
    assert view.focus == "clerk.panel.name"
    desk.submit(Form.BY_CLERK, name="李建国", id_number="110105 19491231 002X", reason="阅读器故障")
    assert desk.posted == [intents.IdentifyByClerk(Sensitive("李建国"), Sensitive("11010519491231002X"), "阅读器故障")]
    message = Message(7, "error", "identify.bad_number", field="id_number")
    view = desk.show(at(Step.IDENTIFY), messages=(message,))
    assert view.panel is not None
    assert view.panel.inputs[0].value.reveal() == "李建国"
    assert view.panel.inputs[1].problem == "身份号码不正确，请对照证件逐位核对"


def test_the_face_step_shows_the_person_in_full_and_later_steps_mask(desk: Desk) -> None:
    view = desk.show(at(Step.VERIFY_FACE))
    assert view.header is not None
    assert view.header.citizen == "李建国"
    view = desk.show(at(Step.CHOOSE_ITEM))
    assert view.header is not None
    assert view.header.citizen == "李**"
    view = desk.act(actions.TogglePersonal())
    assert view.header is not None
    assert view.header.id_number == "110105 19491231 002X"


@pytest.mark.parametrize(
    ("portrait", "placeholder", "note"),
    [(None, True, "未读取照片"), ("a" * 64, True, "照片未能解码"), ("a" * 64, False, "")],
)
def test_a_portrait_that_is_not_there_is_said(desk: Desk, portrait: str | None, placeholder: bool, note: str) -> None:
    case = at(Step.VERIFY_FACE)
    identity = with_fields(scene.IDENTITY, portrait=portrait, portrait_placeholder=placeholder, valid_until=None)
    view = desk.show(with_fields(case, identity=identity))
    assert isinstance(view.page, FacePage)
    assert view.page.portrait_note.startswith(note)
    assert bool(view.page.portrait_note) is bool(note)


def test_a_card_with_an_end_shows_it_and_one_without_dates_shows_none(desk: Desk) -> None:
    case = at(Step.VERIFY_FACE)
    dated = with_fields(scene.IDENTITY, valid_until=date(2036, 5, 4))
    view = desk.show(with_fields(case, identity=dated))
    assert isinstance(view.page, FacePage)
    assert "2016-05-04 ~ 2036-05-04" in [row.value.reveal() for row in view.page.facts]
    view = desk.show(with_fields(case, identity=with_fields(scene.IDENTITY, valid_from=None)))
    assert isinstance(view.page, FacePage)
    assert "有效期限" not in [row.label for row in view.page.facts]


# item and form


def test_a_search_without_results_says_so_and_bars_the_way(desk: Desk) -> None:
    desk.show(at(Step.CHOOSE_ITEM))
    view = desk.act(actions.SearchItems("没有这件事"))
    assert isinstance(view.page, ItemPage)
    assert view.page.results == ()
    assert view.page.empty
    assert not view.buttons[-1].enabled
    assert view.buttons[-1].why


def test_item_and_situation_are_chosen_together(desk: Desk) -> None:
    desk.show(at(Step.CHOOSE_ITEM))
    other = CATALOGUE.items[1]
    desk.act(actions.SelectItem(other.code))
    view = desk.act(actions.SelectSituation(other.situations[-1].code))
    assert isinstance(view.page, ItemPage)
    assert [s.selected for s in view.page.situations] == [False] * (len(other.situations) - 1) + [True]
    assert view.buttons[-1].action == intents.ChooseItem(other.code, other.situations[-1].code)


def test_going_back_to_the_item_finds_the_old_choice(desk: Desk) -> None:
    case = at(Step.FILL_FORM)
    view = desk.show(with_fields(case, step=Step.CHOOSE_ITEM))
    assert isinstance(view.page, ItemPage)
    assert [r.code for r in view.page.results if r.selected] == [ITEM.code]


def test_an_edit_is_sent_once_and_saved_when_it_comes_back(desk: Desk) -> None:
    case = at(Step.FILL_FORM)
    desk.show(case)
    assert desk.act(actions.Typing()).top.saving.text == "正在保存…"
    typed = actions.Typed("clerk.fill_form.field.phone", Sensitive("13800000000"))
    desk.act(typed)
    desk.act(typed)
    assert desk.posted == [intents.EditField("phone", Sensitive("13800000000"))]
    assert desk.show(case).top.saving.text == "正在保存…"
    core = scene.PlayedCore(CATALOGUE, lambda _: None)
    core.case = case
    core.happen(ev.FieldEdited(field=scene.FieldValue(name="phone", value=Sensitive("13800000000"), source="clerk")))
    assert desk.show(core.case).top.saving.text == "已保存"


def test_an_edit_that_the_core_could_not_save_is_sent_again_before_the_form_is_confirmed(desk: Desk) -> None:
    case = at(Step.FILL_FORM)
    desk.show(case)
    edit = intents.EditField("phone", Sensitive("13800000000"))
    desk.act(actions.Typed("clerk.fill_form.field.phone", edit.value))
    submit = Submit(Form.FORM, (("clerk.fill_form.field.phone", edit.value),))
    desk.act(submit)
    assert desk.posted == [edit, intents.ConfirmForm()]  # still on its way: once is enough
    desk.show(case, messages=(Message(1, "error", "case.not_saved", (("what", "full"),)),))
    desk.act(submit)
    assert desk.posted[2:] == [edit, intents.ConfirmForm()]


def test_an_edit_outside_the_form_is_none(desk: Desk) -> None:
    desk.show(at(Step.COLLECT_MATERIALS))
    desk.act(actions.Typed("clerk.fill_form.field.phone", Sensitive("1")))
    assert desk.posted == []


def test_the_form_links_its_problems_and_leads_to_the_first(desk: Desk) -> None:
    label = (("label", "联系电话"), ("label_en", "Phone"))
    messages = (Message(4, "error", "form.required", label, "phone"),)
    view = desk.show(at(Step.FILL_FORM), messages=messages)
    assert isinstance(view.page, FormPage)
    assert [(p.text, p.target) for p in view.page.problems] == [("请填写“联系电话”", "clerk.fill_form.field.phone")]
    assert view.focus == "clerk.fill_form.field.phone"
    assert view.banners == ()
