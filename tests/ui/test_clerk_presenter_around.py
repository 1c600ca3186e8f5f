"""What stands around the clerk's page: messages, notices, saving; and what is sent and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from msgspec.structs import replace as with_fields

from drivers.base.sensitive import Sensitive
from kiosk_ui import actions
from kiosk_ui.actions import Form, Submit
from kiosk_ui.clerk.presenters import submissions
from kiosk_ui.clerk.presenters.messages import banner, sentence
from kiosk_ui.clerk.presenters.pages import (
    FormPage,
)
from kiosk_ui.views import Level
from terminal import intents
from terminal.cases.model import FaceMethod, Step
from terminal.snapshot import Message, Role, StaffView
from tests.support.clerk_desk import Desk, at


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_message_names_a_device_in_the_language_of_the_screen() -> None:
    required = Message(1, "error", "case.device_required", (("device", "id_card"),), device="id_card")
    assert sentence(required).startswith("身份证阅读器还不能用")
    assert sentence(replace(required, device="new_kind")).startswith("new_kind还不能用")


def test_messages_become_banners_and_can_be_put_away(desk: Desk) -> None:
    view = desk.show(messages=(Message(3, "warning", "case.not_now"), Message(4, "odd", "no.such.key")))
    assert [(b.level, b.message_ids) for b in view.banners] == [(Level.WARNING, (3,)), (Level.WARNING, (4,))]
    assert "no.such.key" in view.banners[1].text
    desk.act(intents.DismissMessage(3))
    assert desk.posted == [intents.DismissMessage(3)]
    assert banner(Message(1, "error", "fault.link.lost")).text == sentence(Message(1, "error", "fault.link.lost"))


def test_a_resumed_case_and_a_notice_of_the_screen_itself_stand_on_top(desk: Desk) -> None:
    desk.show(at(Step.FILL_FORM), resumed=True)
    desk.presenter.notice("群众屏已断开")
    assert [b.text for b in desk.view().banners] == ["程序曾意外退出，已恢复本件，内容完整，请继续", "群众屏已断开"]
    desk.presenter.notice("")
    assert len(desk.view().banners) == 1


def test_what_belongs_to_the_citizens_screen_does_nothing_here(desk: Desk) -> None:
    desk.show()
    drawn = desk.drawn
    for action in (
        actions.Reveal(shown=True),
        actions.OpenObjection(),
        actions.CloseObjection(),
        actions.ToggleElder(),
    ):
        desk.act(action)
    assert desk.posted == []
    assert desk.drawn == drawn


def test_an_intent_is_being_saved_until_the_next_snapshot(desk: Desk) -> None:
    desk.show()
    assert desk.act(intents.StartCase()).top.saving.level is Level.WARNING
    assert desk.show().top.saving.level is Level.OK
    assert desk.show(revision=5, saved_revision=4).top.saving.level is Level.WARNING


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026-12-08", date(2026, 12, 8)),
        ("20261208", date(2026, 12, 8)),
        (" 2026/12/8 ", date(2026, 12, 8)),
        ("2026年12月8日", date(2026, 12, 8)),
        ("2026.12.8", date(2026, 12, 8)),
        ("2026-13-08", None),
        ("2026-12", None),
        ("２０２６-12-08", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_people_write_it(typed: str, read: date | None) -> None:
    assert submissions.parse_date(typed) == read


def test_a_technician_looks_after_devices_and_locks_only(desk: Desk) -> None:
    technician = StaffView("9001", "周工", Role.TECHNICIAN)
    view = desk.show(staff=technician, messages=(Message(1, "info", "staff.takes_no_cases"),))
    assert [b.name for b in view.buttons] == ["clerk.start.unlock"]
    assert view.banners == ()


def test_what_the_citizen_wants_changed_stands_above_the_form(desk: Desk) -> None:
    view = desk.show(with_fields(at(Step.FILL_FORM), correction_note=Sensitive("电话写错了")))
    assert isinstance(view.page, FormPage)
    assert view.page.note is not None
    assert view.page.note.text == "群众提出：电话写错了"


def test_confirming_the_form_sends_first_what_stands_in_it(desk: Desk) -> None:
    desk.show(at(Step.FILL_FORM))
    desk.act(Submit(Form.FORM, (("clerk.fill_form.field.phone", Sensitive("13800000000")),)))
    assert desk.posted == [intents.EditField("phone", Sensitive("13800000000")), intents.ConfirmForm()]


def test_the_comparison_is_sent_with_its_reason(desk: Desk) -> None:
    desk.show(at(Step.VERIFY_FACE))
    desk.submit(Form.FACE, reason="人脸设备故障")
    assert desk.posted == [intents.PassFace(FaceMethod.CLERK_VISUAL, passed=True, reason="人脸设备故障")]


def test_signing_in_while_a_case_is_open_is_signing_in(desk: Desk) -> None:
    desk.show(at(Step.FILL_FORM), staff=None)
    desk.submit(Form.SIGN_IN, staff_id="1001", pin="246810")
    assert desk.posted == [intents.SignIn("1001", Sensitive("246810"))]
