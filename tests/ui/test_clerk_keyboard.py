"""A whole case with the keyboard alone, in the order in which the citizen talks."""

from __future__ import annotations

from datetime import date

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QInputMethodEvent
from PyQt6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from kiosk_ui.actions import OpenPanel, PanelKind, Typed, Typing
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.model import DecisionKind, FaceMethod, Step
from tests.support import ui_scenes as scene
from tests.support.ui_pages import Rig, scenes

Key = Qt.Key
WAIT_MS = 3000


class Hands:
    """The clerk's hands: keys go to whatever has the focus, as on a real desk."""

    def __init__(self, rig: Rig, qtbot: QtBot) -> None:
        self.rig = rig
        self._qtbot = qtbot

    def press(self, key: Qt.Key, times: int = 1) -> None:
        for _ in range(times):
            self._qtbot.keyClick(self.focus() or self.rig.window, key)

    def write(self, text: str) -> None:
        here = self.focus()
        assert here is not None
        if text.isascii():
            self._qtbot.keyClicks(here, text)
        else:  # Chinese comes from the input method, as one commit
            committed = QInputMethodEvent()
            committed.setCommitString(text)
            QApplication.sendEvent(here, committed)

    def focus(self) -> QWidget | None:
        return QApplication.focusWidget()

    def at(self) -> str:
        here = self.focus()
        return here.objectName() if here else ""

    def function(self, key: Qt.Key) -> None:
        """A function key; the button is pressed visibly, so its action follows a moment later."""
        before = len(self.rig.acted)
        self.press(key)
        self._qtbot.waitUntil(lambda: len(self.rig.acted) > before, timeout=WAIT_MS)

    def step(self) -> Step | None:
        return self.rig.core.case.step if self.rig.core.case else None


@pytest.fixture
def hands(rig: Rig, qtbot: QtBot) -> Hands:
    return Hands(rig, qtbot)


def test_a_whole_case_with_the_keyboard_alone(rig: Rig, hands: Hands) -> None:
    core = rig.core
    core.show()

    assert hands.at() == "clerk.sign_in.staff_id"
    hands.write("1001")
    hands.press(Key.Key_Return)
    hands.write("246810")
    hands.press(Key.Key_Return)
    assert core.staff == scene.STAFF

    assert hands.at() == "clerk.start.new_case"
    hands.press(Key.Key_Return)
    assert hands.step() is Step.IDENTIFY

    core.record(scene.read())
    assert hands.at() == "clerk.verify_face.pass"
    hands.press(Key.Key_Return)
    assert hands.step() is Step.CHOOSE_ITEM
    passed = core.posted[-1]
    assert isinstance(passed, intents.PassFace)
    assert (passed.method, passed.passed, passed.reason) == (FaceMethod.CLERK_VISUAL, True, "本窗口未配置人脸设备")

    assert hands.at() == "clerk.item.search"
    hands.write("lnr")
    hands.press(Key.Key_Return)
    assert hands.at().startswith("clerk.item.situation.")
    hands.press(Key.Key_Return)
    assert hands.step() is Step.FILL_FORM
    assert core.case is not None
    assert core.case.item is not None
    assert core.case.item.item_name == scene.ELDER

    assert hands.at() == "clerk.fill_form.field.residence"
    hands.write("样例路1号")
    hands.press(Key.Key_Return)
    assert hands.at() == "clerk.fill_form.field.phone"
    hands.write("13800000000")
    hands.press(Key.Key_Return, times=3)
    assert hands.at() == "clerk.fill_form.field.remark"  # several lines: there Enter is a new line
    hands.function(Key.Key_F10)
    assert hands.step() is Step.COLLECT_MATERIALS
    assert core.case.field("residence") == "样例路1号"
    assert core.case.field("phone") == "13800000000"

    assert hands.at() == "clerk.materials.capture"
    hands.press(Key.Key_Return)
    hands.function(Key.Key_F4)
    hands.function(Key.Key_F7)
    assert hands.at() == "clerk.panel.copies"
    hands.press(Key.Key_Return)
    hands.function(Key.Key_F6)
    assert hands.at() == "clerk.panel.due"
    hands.press(Key.Key_Return)
    assert hands.at() == "clerk.panel.undertaking"
    hands.press(Key.Key_Space)
    hands.press(Key.Key_Return)
    assert core.posted[-1] == intents.DeferMaterial(core.case.materials[-1].code, date(2026, 12, 9), undertaking=True)
    assert hands.at() == "clerk.materials.send"
    hands.press(Key.Key_Return)
    assert hands.step() is Step.CITIZEN_CHECK

    core.record(ev.CitizenConfirmed(at=scene.AT, content_hash="d" * 64))
    core.record(scene.signed())
    assert hands.at() == "clerk.decide.confirm"
    hands.press(Key.Key_Return)
    assert core.posted[-1] == intents.Decide(DecisionKind.ACCEPTED_DEFERRED)

    assert hands.at() == "clerk.issue_papers.handed_over"
    hands.press(Key.Key_Return)
    assert hands.step() is Step.REVIEW
    core.record(scene.rated(), scene.sealed())
    assert hands.at() == "clerk.start.new_case"
    hands.function(Key.Key_F2)
    assert hands.step() is Step.IDENTIFY
    assert core.case is not None
    assert core.case.identity is None


def test_typing_is_journalled_after_a_pause_and_when_the_field_is_left(rig: Rig, hands: Hands, qtbot: QtBot) -> None:
    scenes()["11-form"](rig)
    saving = rig.window.findChild(QLabel, "clerk.top.saving")
    assert saving is not None
    assert saving.text() == "已保存"
    hands.write("样")
    assert rig.acted == [Typing()]
    assert saving.text() == "正在保存…"
    hands.write("例路")
    assert rig.acted == [Typing()]
    qtbot.waitUntil(lambda: len(rig.acted) == 2, timeout=WAIT_MS)
    assert isinstance(rig.acted[1], Typed)
    assert rig.acted[1].value.reveal() == "样例路"
    assert saving.text() == "已保存"
    hands.write("9号")
    hands.press(Key.Key_Tab)
    assert rig.core.case is not None
    assert rig.core.case.field("residence") == "样例路9号"


def test_nothing_typed_is_lost_when_a_function_key_leaves_the_form_at_once(rig: Rig, hands: Hands) -> None:
    scenes()["11-form"](rig)
    hands.write("样例路1号")
    hands.function(Key.Key_F9)
    assert hands.step() is Step.CHOOSE_ITEM
    assert rig.core.case is not None
    assert rig.core.case.field("residence") == "样例路1号"


def test_nothing_typed_is_lost_when_the_window_closes(rig: Rig, hands: Hands) -> None:
    scenes()["11-form"](rig)
    hands.write("样例路2号")
    rig.window.close()
    assert rig.core.case is not None
    assert rig.core.case.field("residence") == "样例路2号"


def test_an_older_snapshot_does_not_overwrite_what_is_being_typed(rig: Rig, hands: Hands) -> None:
    scenes()["11-form"](rig)
    hands.write("样例路")
    rig.core.show()
    here = hands.focus()
    assert isinstance(here, QLineEdit)
    assert here.text() == "样例路"


def test_a_choice_is_journalled_and_a_wheel_does_not_change_it(rig: Rig, hands: Hands, qtbot: QtBot) -> None:
    scenes()["11-form"](rig)
    sex = rig.window.findChild(QWidget, "clerk.fill_form.field.sex")
    assert sex is not None
    sex.setFocus()
    hands.press(Key.Key_Up)
    hands.press(Key.Key_Tab)
    assert rig.core.case is not None
    assert rig.core.case.field("sex") == "男"


def test_escape_closes_a_panel_and_keeps_nothing_of_it(rig: Rig, hands: Hands) -> None:
    scenes()["08-by-clerk"](rig)
    hands.write("李样例")
    hands.press(Key.Key_Escape)
    assert hands.at() == "clerk.identify.again"
    rig.act(OpenPanel(PanelKind.BY_CLERK))
    here = hands.focus()
    assert isinstance(here, QLineEdit)
    assert here.text() == ""


def test_a_refused_panel_keeps_what_was_typed(rig: Rig, hands: Hands) -> None:
    scenes()["17-defer"](rig)
    due = hands.focus()
    assert isinstance(due, QLineEdit)
    due.selectAll()
    hands.write("soon")
    hands.function(Key.Key_F10)
    due = rig.window.findChild(QLineEdit, "clerk.panel.due")
    assert due is not None
    assert due.text() == "soon"
    assert due.property("problem") == "true"


def test_the_search_walks_with_up_and_down(rig: Rig, hands: Hands) -> None:
    scenes()["10-item"](rig)
    hands.press(Key.Key_Down)
    view = rig.presenter.view()
    assert view is not None
    assert [row.selected for row in view.page.results] == [False, True]
    hands.press(Key.Key_Up, times=3)
    view = rig.presenter.view()
    assert view is not None
    assert view.page.results[0].selected
    assert hands.at() == "clerk.item.search"


def test_the_materials_are_walked_with_up_and_down(rig: Rig, hands: Hands) -> None:
    scenes()["15-materials"](rig)
    rows = rig.window.findChild(QWidget, "clerk.materials.row")
    assert rows is not None
    rows.setFocus()
    hands.press(Key.Key_End)
    view = rig.presenter.view()
    assert view is not None
    assert view.page.rows[-1].selected
    hands.press(Key.Key_Home)
    hands.press(Key.Key_Down)
    view = rig.presenter.view()
    assert view is not None
    assert view.page.rows[1].selected


def test_a_long_page_is_turned_with_the_page_keys(rig: Rig, hands: Hands) -> None:
    rig.window.resize(1280, 768)
    scenes()["12-form-wrong"](rig)
    QApplication.processEvents()
    front = rig.window._stack.front()
    assert front is not None
    bar = front.verticalScrollBar()
    assert bar is not None
    assert bar.maximum() > 0
    bar.setValue(0)
    rig.window.setFocus()
    hands.press(Key.Key_PageDown)
    assert bar.value() > 0
    hands.press(Key.Key_PageUp)
    assert bar.value() == 0
