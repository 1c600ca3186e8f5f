"""A scanner that types: its burst is a code while one is expected, and whoever types sees every letter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from drivers.base.sensitive import Sensitive
from kiosk_ui.shell.wedge import (
    APART_S,
    GAP_MS,
    LEAST_CHARACTERS,
    LONGEST_CHARACTERS,
    WedgeFilter,
    gap_ms_of,
    stamp_s,
)
from terminal.config import DeviceEntry

CODE = "YC1:41072403202611240300012:123456"


class Desk:
    """A window with a field and a button, the filter before them, and a clock that the test moves."""

    def __init__(self, qtbot, gap_ms: int = GAP_MS) -> None:
        self.now_s = 10.0
        self.codes: list[tuple[str, str]] = []
        self.pressed = 0
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.field, self.button = QLineEdit(), QPushButton("go")
        self.button.setDefault(True)
        self.button.clicked.connect(self._press)
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.field)
        layout.addWidget(self.button)
        self.filter = WedgeFilter(self._scanned, lambda _: self.now_s, self.window, gap_ms=gap_ms)
        QApplication.instance().installEventFilter(self.filter)
        self.window.show()
        self.field.setFocus()

    def _press(self) -> None:
        self.pressed += 1

    def _scanned(self, purpose: str, text: Sensitive[str]) -> None:
        self.codes.append((purpose, text.reveal()))

    def burst(self, text: str, gap_ms: float = 4.0) -> None:
        for character in text:
            self.now_s += gap_ms / 1000
            QTest.keyClick(self.target, character)

    def enter(self, gap_ms: float = 4.0) -> None:
        self.now_s += gap_ms / 1000
        QTest.keyClick(self.target, Qt.Key.Key_Return)

    @property
    def target(self) -> QWidget:
        return self.window.focusWidget() or self.window


@pytest.fixture
def desk(qtbot) -> Iterator[Desk]:
    made = Desk(qtbot)
    yield made
    QApplication.instance().removeEventFilter(made.filter)


def test_a_burst_is_a_code_and_nothing_of_it_reaches_the_field(desk: Desk) -> None:
    desk.filter.expect("find")
    desk.burst(CODE)
    desk.enter()
    assert desk.codes == [("find", CODE)]
    assert desk.field.text() == ""
    assert desk.pressed == 0, "its Enter presses nothing"


def test_without_an_expected_code_everything_is_typing(desk: Desk) -> None:
    desk.burst(CODE)
    desk.enter()
    assert desk.codes == []
    assert desk.field.text() == CODE


def test_a_person_s_typing_arrives_letter_by_letter(desk: Desk) -> None:
    desk.filter.expect("find")
    desk.burst("hello", gap_ms=120)
    desk.filter.fell_silent()
    assert desk.field.text() == "hello"
    desk.enter(gap_ms=200)
    assert desk.codes == []


@pytest.mark.parametrize(("pace_ms", "is_code"), [(59, True), (61, False)])
def test_a_slower_scanner_is_heard_at_the_pace_of_its_configuration(qtbot, pace_ms: int, is_code: bool) -> None:
    slow = Desk(qtbot, gap_ms=60)
    try:
        slow.filter.expect("find")
        slow.burst(CODE, gap_ms=pace_ms)
        slow.enter(pace_ms)
        assert slow.codes == ([("find", CODE)] if is_code else [])
        assert (slow.field.text() == "") is is_code
        slow.filter.give_back()
    finally:
        QApplication.instance().removeEventFilter(slow.filter)


def test_the_pace_is_that_of_the_scanner_that_types() -> None:
    def scanner(url: str, **options: str) -> DeviceEntry:
        return DeviceEntry("scanner", "code_scanner", url, options=options)

    assert gap_ms_of([scanner("wedge://")]) == GAP_MS
    assert gap_ms_of([DeviceEntry("pad", "evaluator", "tcp://h:1"), scanner("wedge://", gap_ms="60")]) == 60
    assert gap_ms_of([scanner("tcp://h:1", gap_ms="60")]) is None
    assert gap_ms_of([scanner("wedge://", gap_ms="fast")]) == GAP_MS, "its driver tells what is wrong"


def test_a_letter_is_held_no_longer_than_a_moment(desk: Desk, qtbot) -> None:
    desk.filter.expect("find")
    QTest.keyClick(desk.field, "a")
    assert desk.field.text() == ""
    qtbot.waitUntil(lambda: desk.field.text() == "a", timeout=2000)


def test_a_short_burst_is_typing_and_its_enter_too(desk: Desk) -> None:
    desk.filter.expect("find")
    returned: list[str] = []
    desk.field.returnPressed.connect(lambda: returned.append(desk.field.text()))
    desk.burst("1" * (LEAST_CHARACTERS - 1))
    desk.enter()
    assert desk.codes == []
    assert returned == ["1" * (LEAST_CHARACTERS - 1)]


@pytest.mark.parametrize("pause_ms", [GAP_MS + 10, APART_S * 1000 - 5])
def test_the_rest_of_a_code_that_stuttered_is_none_and_is_said(desk: Desk, pause_ms: float) -> None:
    desk.filter.expect("find")
    desk.burst(CODE[:10])
    desk.burst(CODE[10:11], gap_ms=pause_ms)
    desk.burst(CODE[11:])
    desk.enter()
    assert desk.field.text() == CODE[:10], "what came before the pause was typed"
    assert desk.codes == [("find", "")], "what came after it is half a code"
    desk.burst(CODE, gap_ms=0)
    desk.enter()
    assert desk.codes == [("find", ""), ("find", "")], "the next key came at once: still the same stutter"


def test_a_code_after_a_stutter_counts_again(desk: Desk) -> None:
    desk.filter.expect("find")
    desk.burst(CODE[:10])
    desk.burst(CODE[10:11], gap_ms=GAP_MS + 1)
    desk.burst(CODE[11:])
    desk.enter()
    desk.now_s += APART_S
    desk.burst(CODE)
    desk.enter()
    assert desk.codes == [("find", ""), ("find", CODE)]


def test_capitals_come_with_shift_and_stay_one_burst(desk: Desk) -> None:
    desk.filter.expect("identity")
    for character in "CTID-AB12":
        desk.now_s += 0.002
        if character.isupper():
            QTest.keyPress(desk.field, Qt.Key.Key_Shift)
        QTest.keyClick(desk.field, character)
        if character.isupper():
            QTest.keyRelease(desk.field, Qt.Key.Key_Shift)
    desk.enter(2)
    assert desk.codes == [("identity", "CTID-AB12")]


def test_function_keys_and_shortcuts_pass_and_give_back_what_was_held(desk: Desk) -> None:
    desk.filter.expect("find")
    desk.burst("ab")
    QTest.keyClick(desk.field, Qt.Key.Key_Left)
    assert desk.field.text() == "ab"
    assert desk.field.cursorPosition() == 1
    desk.burst("x")
    QTest.keyClick(desk.field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert desk.field.text() == "axb"
    assert desk.field.selectedText() == "axb"


def test_another_purpose_takes_nothing_over(desk: Desk) -> None:
    desk.filter.expect("find")
    desk.burst(CODE[:20])
    desk.filter.expect("")
    assert desk.field.text() == CODE[:20]
    desk.burst(CODE[20:])
    desk.enter()
    assert desk.codes == []


def test_a_burst_without_an_end_is_given_back(desk: Desk) -> None:
    desk.filter.expect("find")
    desk.field.setMaxLength(LONGEST_CHARACTERS * 2)
    desk.burst("7" * (LONGEST_CHARACTERS + 1), gap_ms=1)
    desk.filter.fell_silent()
    assert desk.field.text() == "7" * (LONGEST_CHARACTERS + 1)
    assert desk.codes == []


def test_a_field_that_is_gone_gets_nothing(desk: Desk) -> None:
    desk.filter.expect("find")
    desk.burst("abc")
    desk.field.deleteLater()
    QApplication.sendPostedEvents(desk.field, 52)  # DeferredDelete
    desk.filter.fell_silent()
    assert desk.codes == []


def test_a_stamp_is_the_display_system_s_or_now() -> None:
    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    assert stamp_s(event) > 0

    class Stamped(QKeyEvent):
        def timestamp(self) -> int:
            return 12_500

    assert stamp_s(Stamped(event.type(), event.key(), event.modifiers(), "a")) == 12.5
