"""Devices that are away, on both screens: which one, what now, and one line for one trouble."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from drivers.base.status import DeviceState
from kiosk_ui.citizen.presenters.pages import RatePage
from kiosk_ui.citizen.presenters.pages import StatePage as CitizenState
from kiosk_ui.clerk.presenters import surroundings
from kiosk_ui.clerk.presenters.frame import ClerkView
from kiosk_ui.clerk.presenters.pages import MaterialsPage, PapersPage, StatePage
from kiosk_ui.theme.tokens import ThemeName, clerk_theme
from kiosk_ui.views import Level, Look
from terminal import intents
from terminal.cases.model import PrintState, Step
from terminal.snapshot import DeviceView, ReaderView, Snapshot
from tests.support import citizen_desk
from tests.support import trouble_scenes as trouble
from tests.support import ui_scenes as scene
from tests.support.citizen_scenes import at as citizen_at
from tests.support.clerk_desk import Desk, at, pending
from tests.support.page_checks import (
    chinese,
    cut_in_the_preview,
    english,
    focus_astray,
    settle,
    unnamed,
    wrong_buttons,
)
from tests.support.trouble_scenes import LOST, away, down, fault
from tests.support.ui_pages import Rig


@pytest.fixture(params=[ThemeName.LIGHT, ThemeName.HIGH_CONTRAST])
def rig(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Rig]:
    made = Rig(clerk_theme(request.param))
    made.window.resize(1280, 768)
    made.come_forward(qtbot)
    yield made
    made.close()


def play(rig: Rig, name: str) -> None:
    trouble.scenes()[name](rig)
    settle()


@pytest.mark.parametrize("name", list(trouble.scenes()))
def test_a_page_with_a_device_down_holds_what_a_page_must(rig: Rig, name: str) -> None:
    play(rig, name)
    assert rig.clipped() == []
    assert cut_in_the_preview(rig) == []
    assert unnamed(rig) == []
    assert wrong_buttons(rig) == []
    assert english(rig) == []
    assert focus_astray(rig) == []


@pytest.mark.parametrize("name", list(trouble.scenes()))
def test_it_fits_in_english_and_says_nothing_in_chinese(in_english: None, rig: Rig, name: str) -> None:
    play(rig, name)
    assert rig.clipped() == []
    assert cut_in_the_preview(rig) == []
    assert chinese(rig.window, rig.presenter._snapshot) == []


@pytest.mark.parametrize("name", list(trouble.scenes()))
def test_somebody_at_the_screen_always_has_a_way_on(rig: Rig, name: str) -> None:
    """No page whose main button is off, and none without one but where the citizen's answer is awaited."""
    play(rig, name)
    view = rig.presenter.view()
    assert view is not None
    main = [button for button in view.buttons if button.look in {Look.PRIMARY, Look.BIG}]
    assert all(button.enabled for button in main)
    assert main or view.step == "review"


def test_one_press_puts_a_line_about_two_devices_away(rig: Rig, qtbot: QtBot) -> None:
    play(rig, "identify-hub-of-cables")
    button = rig.window.findChild(QPushButton, "clerk.banner.1.dismiss")
    assert button is not None
    before = len(rig.core.posted)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    dismissed = rig.core.posted[before:]
    assert [type(intent) for intent in dismissed] == [intents.DismissMessage] * 2
    assert [message.device for message in rig.core.messages] == ["id_card"]


# the clerk's presenter


@pytest.fixture
def desk() -> Desk:
    return Desk()


def identify(desk: Desk, devices: tuple[DeviceView, ...], *messages: object, **more: object) -> ClerkView:
    return desk.show(scene.opened(), devices=devices, messages=messages, **more)


def test_two_devices_with_the_same_trouble_share_a_line_and_with_different_ones_have_their_own(desk: Desk) -> None:
    case, _ = pending()
    same = (fault("code_scanner"), fault("evaluator"))
    view = desk.show(case, messages=same)
    assert [banner.text.partition("连接中断")[0] for banner in view.banners] == ["扫码器、评价器"]
    assert view.banners[0].message_ids == tuple(message.id for message in same)
    view = desk.show(case, messages=same[1:])
    assert [banner.text.partition("连接中断")[0] for banner in view.banners] == ["评价器"]
    view = desk.show(case, messages=(fault("code_scanner", "link.timeout"), fault("evaluator")))
    assert [banner.text[:6] for banner in view.banners] == ["扫码器没有按", "评价器连接中"]
    assert not any("设备没有" in banner.text or "设备连接" in banner.text for banner in view.banners)


def test_what_is_not_needed_now_is_one_quiet_line(desk: Desk) -> None:
    case, _ = pending()
    view = desk.show(case, messages=(away("receipt_printer"), away("evaluator")))
    assert [(banner.level, banner.text) for banner in view.banners] == [
        (Level.WARNING, "凭条打印机、评价器暂时不能用；这一步用不到，可以继续办理，处理办法见右侧设备栏")
    ]


def test_a_lost_reader_is_said_by_the_page_itself_and_the_clerk_types(desk: Desk) -> None:
    view = identify(desk, down(scene.DEVICES, id_card=LOST), fault("id_card"))
    assert isinstance(view.page, StatePage)
    assert (view.page.title, view.page.busy, view.banners) == ("身份证阅读器现在不能用", False, ())
    assert view.page.hint.startswith("身份证阅读器连接中断")
    assert view.page.hint.endswith("急用按 F6 人工录入。")
    assert view.focus == "clerk.identify.by_clerk"
    away_key = view.page_key
    view = identify(desk, scene.DEVICES)
    assert (view.focus, view.page_key != away_key) == ("clerk.identify.again", True)


def test_of_two_readers_the_one_that_works_is_waited_at(desk: Desk) -> None:
    view = identify(desk, down(id_card=LOST), fault("id_card"))
    assert isinstance(view.page, StatePage)
    assert view.page.title == "请插入社保卡"
    assert [banner.text[:6] for banner in view.banners] == ["身份证阅读器"]
    view = identify(desk, down(id_card=LOST, smart_card=LOST), fault("id_card"), fault("smart_card"))
    assert isinstance(view.page, StatePage)
    assert view.page.title == "两台读卡器现在都不能用"
    assert view.page.hint.startswith("身份证阅读器、社保卡读卡器连接中断")
    assert view.banners == ()


@pytest.mark.parametrize("phase", ["waiting", "reading", "failed"])
def test_no_card_is_asked_for_at_a_reader_that_is_away(desk: Desk, phase: str) -> None:
    reader = ReaderView(phase, "id_card.lifted" if phase == "failed" else "")
    view = identify(desk, down(scene.DEVICES, id_card=LOST), reader=reader)
    assert isinstance(view.page, StatePage)
    assert view.page.title == "身份证阅读器现在不能用"


def test_a_reader_that_is_only_starting_is_waited_for(desk: Desk) -> None:
    starting = tuple(replace(view, state=DeviceState.STARTING) for view in scene.DEVICES)
    view = identify(desk, starting)
    assert isinstance(view.page, StatePage)
    assert (view.page.title, view.page.level, view.page.busy) == ("读卡器正在启动", Level.INFO, True)


def test_a_lost_camera_is_said_where_its_picture_would_be(desk: Desk) -> None:
    case, _ = pending()
    view = desk.show(case, devices=down(document_camera=LOST), messages=(fault("document_camera"),))
    assert isinstance(view.page, MaterialsPage)
    assert view.page.preview_note.startswith("高拍仪连接中断")
    assert view.page.preview_note.endswith("急用按 F7 收取纸质件。")
    assert view.banners == ()
    assert [b.name for b in view.buttons if b.look is Look.PRIMARY] == ["clerk.materials.paper"]
    late = fault("document_camera", "link.timeout")
    view = desk.show(case, messages=(late,))
    assert [banner.message_ids for banner in view.banners] == [(late.id,)], "a capture that failed is no lost camera"


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        ("papers-waiting", "与打印机的连接断开，凭证还没有打印", "不等打印的，按 F7 请群众扫码留存"),
        ("papers-ask", "凭证打印途中连接断开，不知道是否打出", "请看一眼打印机：凭条打出来了吗？"),
        ("papers-no-printer", "本机没有配置凭条打印机", "群众拍好后，按 F7 扫码留存"),
    ],
)
def test_a_receipt_says_once_what_became_of_it(rig: Rig, name: str, begins: str, ends: str) -> None:
    play(rig, name)
    view = rig.presenter.view()
    assert view is not None
    assert isinstance(view.page, PapersPage)
    assert view.page.receipt_text.startswith(begins)
    assert view.page.receipt_text.endswith(ends)
    assert view.banners == ()


def test_a_receipt_waits_for_what_is_wrong_with_the_printer_now(desk: Desk) -> None:
    case = at(Step.ISSUE_PAPERS)
    papers = with_fields(case.papers, receipt=PrintState.QUEUED, receipt_fault="receipt_printer.paper_out")
    waiting = with_fields(case, papers=papers)
    for devices, begins in (
        (scene.DEVICES, "打印机缺纸"),
        (down(receipt_printer="receipt_printer.cover_open"), "打印机盖子没有合上"),
        (down(receipt_printer=LOST), "与打印机的连接断开"),
    ):
        view = desk.show(waiting, devices=devices)
        assert isinstance(view.page, PapersPage)
        assert view.page.receipt_text.startswith(begins)


def test_the_start_page_names_what_is_not_ready_and_whether_it_bars_the_way(desk: Desk) -> None:
    view = desk.show(devices=down(id_card=LOST, evaluator=LOST))
    assert isinstance(view.page, StatePage)
    assert view.page.hint == "身份证阅读器未就绪，处理办法见右侧；仍可按 F2 办件"
    needed = tuple(replace(d, needed="required") for d in down(id_card=LOST))
    view = desk.show(devices=needed)
    assert isinstance(view.page, StatePage)
    assert (view.page.title, view.page.level) == ("还不能开始办件", Level.WARNING)
    assert view.page.hint == "身份证阅读器未就绪，处理办法见右侧；就绪后即可开始"


def test_the_strip_says_nothing_of_a_case_that_may_not_be(desk: Desk) -> None:
    """Between two citizens no receipt waits for paper."""
    empty = down(receipt_printer="receipt_printer.paper_out", id_card="id_card.silent")
    rows = {row.id: row.sentence for row in surroundings.side(scene.snapshot(devices=empty)).devices}
    assert rows["receipt_printer"] == "缺纸，请装好纸卷、合上盖子"
    assert rows["id_card"].startswith("身份证阅读器没有应答"), "without words of its own, the whole sentence"


# the citizen's screen


def citizen(*snapshots: Snapshot) -> object:
    return citizen_desk.Desk().show(*snapshots).page


@pytest.mark.parametrize(
    ("devices", "title"),
    [
        (scene.DEVICES, "请把身份证放在读卡器上"),
        (scene.BOTH_READERS, "请放身份证或插社保卡"),
        (down(id_card=LOST), "请插入社保卡"),
        (down(smart_card=LOST), "请把身份证放在读卡器上"),
        (down(id_card=LOST, smart_card=LOST), "请稍候，读卡器暂时不能用"),
        (down(scene.DEVICES, id_card=LOST), "请稍候，读卡器暂时不能用"),
        (down(document_camera=LOST, receipt_printer=LOST), "请放身份证或插社保卡"),
    ],
)
def test_the_citizen_is_asked_for_a_card_only_where_one_can_be_read(
    devices: tuple[DeviceView, ...], title: str
) -> None:
    page = citizen(citizen_at(Step.IDENTIFY, devices=devices))
    assert isinstance(page, CitizenState)
    assert page.title == title


def test_the_citizen_hears_nothing_of_devices_that_are_not_theirs() -> None:
    messages = (fault("document_camera"), away("receipt_printer"), fault("code_scanner", "link.timeout"))
    for step in Step:
        if step in {Step.SEALED, Step.ABANDONED}:
            continue
        quiet = citizen_desk.words(citizen(citizen_at(step, devices=scene.DEVICES)))
        lost = down(scene.DEVICES, document_camera=LOST, receipt_printer=LOST)
        assert citizen_desk.words(citizen(citizen_at(step, devices=lost, messages=messages))) == quiet, step


def test_the_citizen_is_not_sent_to_a_pad_that_does_not_invite() -> None:
    for devices, messages, hint in (
        (scene.DEVICES, (), "按这里或评价器都可以。窗口人员看不到。"),
        (down(scene.DEVICES, evaluator=LOST), (), "按一下即可。窗口人员看不到，不影响办理。"),
        (scene.DEVICES, (fault("evaluator", "evaluator.not_now"),), "按一下即可。窗口人员看不到，不影响办理。"),
    ):
        page = citizen(citizen_at(Step.REVIEW, devices=devices, messages=messages))
        assert isinstance(page, RatePage)
        assert page.hint == hint
