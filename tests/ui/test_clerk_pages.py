"""Every page of the clerk's window: nothing cut, nothing flying about, everything named, one way on."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from kiosk_ui.actions import Submit
from kiosk_ui.theme.tokens import ThemeName, clerk_theme
from kiosk_ui.widgets.buttons import ActionButton
from terminal.snapshot import ReaderView, Role, StaffView
from tests.support import ui_scenes as scene
from tests.support.page_checks import chinese, english, focus_astray, settle, unnamed, wrong_buttons
from tests.support.ui_pages import Rig, scenes

SIZES = [(1280, 768), (1280, 800), (1920, 1080)]


def play(rig: Rig, name: str, size: tuple[int, int] = SIZES[0]) -> None:
    rig.window.resize(*size)
    scenes()[name](rig)
    settle()


@pytest.mark.parametrize("name", list(scenes()))
def test_a_page_holds_what_a_page_must(rig: Rig, name: str) -> None:
    """One scene, played once, looked at from every side."""
    play(rig, name)
    assert rig.clipped() == []
    assert rig.strays() == []
    assert unnamed(rig) == []
    assert wrong_buttons(rig) == []
    assert english(rig) == []
    assert focus_astray(rig) == []


@pytest.mark.parametrize("name", list(scenes()))
def test_an_english_page_shows_all_its_texts_and_no_chinese(in_english: None, rig: Rig, name: str) -> None:
    play(rig, name)
    assert rig.clipped() == []
    assert chinese(rig.window, rig.presenter._snapshot) == []


@pytest.mark.parametrize("size", SIZES[1:])
@pytest.mark.parametrize("name", ["04-start-broken", "12-form-wrong", "16-materials-pages"])
def test_the_fullest_pages_show_all_their_texts_on_other_displays(rig: Rig, name: str, size: tuple[int, int]) -> None:
    play(rig, name, size)
    assert (rig.window.width(), rig.window.height()) == size
    assert rig.clipped() == []


@pytest.mark.parametrize("name", ["09-face", "12-form-wrong", "16-materials-pages", "23-decide", "27-papers-ask"])
def test_the_high_contrast_theme_shows_all_texts(qtbot: QtBot, name: str) -> None:
    made = Rig(clerk_theme(ThemeName.HIGH_CONTRAST))
    with qtbot.waitActive(made.window):
        made.window.show()
        made.window.activateWindow()
    play(made, name)
    assert made.clipped() == []
    made.close()


def test_while_the_citizen_rates_no_key_presses_anything(rig: Rig, qtbot: QtBot) -> None:
    play(rig, "29-review")
    assert QApplication.focusWidget() is None
    before = len(rig.acted)
    qtbot.keyClick(rig.window, Qt.Key.Key_Return)
    qtbot.keyClick(rig.window, Qt.Key.Key_Space)
    assert rig.acted[before:] == []


def test_tab_walks_once_through_everything_and_back(rig: Rig, qtbot: QtBot) -> None:
    play(rig, "12-form-wrong")
    first = QApplication.focusWidget()
    assert first is not None
    seen = [first.objectName()]
    for _ in range(60):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        here = QApplication.focusWidget()
        assert here is not None
        if here is first:
            break
        seen.append(here.objectName())
    assert seen[-1] != seen[0]
    assert len(seen) == len(set(seen))
    assert {"clerk.fill_form.problem.0.go", "clerk.fill_form.confirm", "clerk.header.personal"} <= set(seen)
    assert seen.index("clerk.fill_form.confirm") < seen.index("clerk.header.personal")
    qtbot.keyClick(first, Qt.Key.Key_Backtab)
    back = QApplication.focusWidget()
    assert back is not None
    assert back.objectName() == seen[-1]


def test_a_problem_leads_to_its_field(rig: Rig, qtbot: QtBot) -> None:
    play(rig, "12-form-wrong")
    link = rig.window.findChild(QAbstractButton, "clerk.fill_form.problem.1.go")
    assert link is not None
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    here = QApplication.focusWidget()
    assert here is not None
    assert here.objectName() == "clerk.fill_form.field.phone"
    assert here.property("problem") == "true"


def test_a_page_is_thrown_away_with_its_citizen(rig: Rig) -> None:
    """After a case no widget, and no picture, holds anything of the person."""
    play(rig, "13-form-social")
    assert any("李建国" in text for text in _all_texts(rig))
    rig.core.case = None
    rig.core.show()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    left = [t for t in _all_texts(rig) if "李建国" in t or "11010519491231002X" in t or "样例" in t]
    assert left == []
    assert rig.pictures._kept == {}


def _all_texts(rig: Rig) -> list[str]:
    found: list[str] = []
    for widget in rig.window.findChildren(QWidget):
        match widget:
            case QLabel() | QLineEdit() | QAbstractButton():
                found.append(widget.text())
            case QPlainTextEdit():
                found.append(widget.toPlainText())
            case QComboBox():
                found.append(widget.currentText())
            case _:
                pass
    return found


def test_the_pin_is_emptied_when_it_was_sent(rig: Rig, qtbot: QtBot) -> None:
    play(rig, "01-sign-in")
    pin = rig.window.findChild(QLineEdit, "clerk.sign_in.pin")
    staff_id = rig.window.findChild(QLineEdit, "clerk.sign_in.staff_id")
    assert pin is not None
    assert staff_id is not None
    assert pin.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(staff_id, "1001")
    qtbot.keyClicks(pin, "000000")
    qtbot.keyClick(pin, Qt.Key.Key_Return)
    assert isinstance(rig.acted[-1], Submit)
    assert pin.text() == ""
    assert staff_id.text() == "1001"


def test_a_technician_is_told_that_they_take_no_cases(rig: Rig) -> None:
    rig.show(scene.snapshot(staff=StaffView("9001", "周工", Role.TECHNICIAN)))
    assert rig.window.findChild(ActionButton, "clerk.start.new_case") is None
    assert rig.window.findChild(ActionButton, "clerk.start.unlock") is not None
    assert rig.clipped() == []


def test_what_the_reader_says_replaces_the_page_and_leaves_the_focus(rig: Rig) -> None:
    play(rig, "05-identify")
    rig.show(scene.snapshot(scene.opened(), reader=ReaderView("failed", "id_card.lifted"), revision=2))
    here = QApplication.focusWidget()
    assert here is not None
    assert here.objectName() == "clerk.identify.again"
