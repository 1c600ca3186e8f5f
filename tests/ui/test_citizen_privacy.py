"""Data is in full only while the button is held, and nothing of anybody stays behind."""

from __future__ import annotations

import pytest
from msgspec.structs import replace as with_fields
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QFocusEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk_ui.actions import Reveal, ToggleElder
from kiosk_ui.theme.tokens import citizen_theme
from kiosk_ui.widgets.signature_pad import SignaturePad
from terminal.cases.model import Step
from terminal.snapshot import Snapshot
from tests.support import citizen_scenes as scenes
from tests.support.citizen_scenes import at, case_at, snapshot
from tests.support.citizen_stand import Stand, settle, shown_texts, texts_of_all_widgets, write


@pytest.fixture
def stand(qtbot: QtBot) -> Stand:
    return Stand(qtbot, citizen_theme(), (1024, 768))


# nothing stays


@pytest.mark.parametrize(
    "end", [at(Step.SEALED), at(Step.ABANDONED), snapshot(None)], ids=["sealed", "abandoned", "gone"]
)
@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
def test_nothing_of_the_citizen_is_left_when_the_case_ends(stand: Stand, end: Snapshot, elder: bool) -> None:
    if elder:
        stand.do(ToggleElder())
    for step in (Step.VERIFY_FACE, Step.CITIZEN_CHECK):
        stand.do(at(step), Reveal(shown=True))
        assert scenes.NAME in texts_of_all_widgets()
    stand.do(at(Step.SIGN))
    pad = stand.window.findChild(SignaturePad)
    assert pad is not None
    write(pad, 3)
    stand.do(end)
    left = texts_of_all_widgets()
    assert [secret for secret in (*scenes.PERSONAL, "欧**", "样例县****") if secret in left] == []
    assert not any(isinstance(made, SignaturePad) for made in QApplication.allWidgets())


def test_pictures_of_the_case_are_forgotten_with_it(qtbot: QtBot) -> None:
    stand = Stand(qtbot, citizen_theme(), (1024, 768))
    shown = with_fields(case_at(Step.VERIFY_FACE), identity=with_fields(scenes.IDENTITY, portrait_placeholder=False))
    stand.do(snapshot(shown))
    assert not stand.fetched
    QTest.mousePress(stand.find("citizen.sheet.reveal"), Qt.MouseButton.LeftButton)
    settle()
    assert stand.fetched == ["a" * 64]
    QTest.mouseRelease(stand.find("citizen.sheet.reveal"), Qt.MouseButton.LeftButton)
    stand.do(at(Step.SEALED))
    QTest.mouseRelease(stand.window, Qt.MouseButton.LeftButton)
    stand.do(snapshot(with_fields(shown, id="next")), Reveal(shown=True))
    assert len(stand.fetched) == 2  # asked for anew


# holding


def test_data_is_in_full_only_while_the_button_is_down(stand: Stand) -> None:
    stand.do(at(Step.CITIZEN_CHECK))
    button = stand.find("citizen.sheet.reveal")
    assert scenes.NAME not in shown_texts(stand)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    settle()
    assert scenes.NAME in shown_texts(stand)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    settle()
    assert scenes.NAME not in shown_texts(stand)


def test_a_held_button_that_vanishes_or_loses_the_focus_lets_go(stand: Stand) -> None:
    stand.do(at(Step.CITIZEN_CHECK))
    button = stand.find("citizen.sheet.reveal")
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    button.setEnabled(False)
    settle()
    assert stand.actions[-1] == Reveal(shown=False)
    button.setEnabled(True)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    stand.window.hide()
    settle()
    assert stand.actions[-1] == Reveal(shown=False)
    assert scenes.NAME not in texts_of_all_widgets()
    stand.window.show()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyPress(button, Qt.Key.Key_Space)
    assert stand.actions[-1] == Reveal(shown=True)
    QApplication.sendEvent(button, QFocusEvent(QEvent.Type.FocusOut))
    assert stand.actions[-1] == Reveal(shown=False)
