"""Signing with mouse, finger and pen: strokes as written, sent once."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QEventPoint, QPointingDevice, QTabletEvent, QTouchEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from kiosk_ui.i18n.texts import tr
from kiosk_ui.theme.tokens import citizen_theme
from kiosk_ui.widgets.signature_pad import SignaturePad
from terminal import intents
from terminal.cases.model import Step
from tests.support.citizen_scenes import at
from tests.support.citizen_stand import Stand, misfits, settle, write


@pytest.fixture
def stand(qtbot: QtBot) -> Stand:
    return Stand(qtbot, citizen_theme(), (1024, 768))


# signing


def test_a_signature_is_sent_once_with_its_strokes_and_the_hash(stand: Stand) -> None:
    stand.do(at(Step.SIGN))
    pad = stand.window.findChild(SignaturePad, "citizen.sign.pad")
    assert pad is not None
    assert not stand.find("citizen.sign.confirm").isEnabled()
    write(pad, 3)
    stand.press("citizen.sign.confirm")
    stand.press("citizen.sign.confirm")
    (sent,) = stand.posted
    assert isinstance(sent, intents.SubmitSignature)
    assert sent.content_hash == at(Step.SIGN).application_hash
    assert (sent.width_px, sent.height_px) == (pad.width(), pad.height())
    assert len(sent.strokes) == 3
    points = [point for stroke in sent.strokes for point in stroke]
    assert len(points) > 30
    assert points[0][:2] == (60.0, 90.0)
    assert all(0 <= x <= sent.width_px and 0 <= y <= sent.height_px for x, y, _ in points)
    assert points[0][2] == 0
    assert all(earlier[2] <= later[2] for earlier, later in pairwise(points))
    write(pad, 1)
    assert len(pad.strokes()) == 3  # sent is sent


def test_a_slip_of_the_pen_is_not_sent_but_said(stand: Stand) -> None:
    stand.do(at(Step.SIGN))
    pad = stand.window.findChild(SignaturePad)
    assert pad is not None
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    stand.press("citizen.sign.confirm")
    assert not stand.posted
    problem = stand.window.findChild(QLabel, "citizen.sign.problem")
    assert problem is not None
    assert problem.isVisible()
    assert problem.text() == tr("citizen.sign.too_little")
    assert misfits(stand) == []
    assert len(pad.strokes()) == 1  # the ink was not lost over the words
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(80, 50))
    assert not problem.isVisible()
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(80, 50))


def test_undo_takes_one_stroke_and_clear_takes_all(stand: Stand) -> None:
    stand.do(at(Step.SIGN))
    pad = stand.window.findChild(SignaturePad)
    assert pad is not None
    blank = pad.grab().toImage()
    write(pad, 2)
    assert pad.grab().toImage() != blank
    stand.press("citizen.sign.undo")
    assert len(pad.strokes()) == 1
    stand.press("citizen.sign.clear")
    assert pad.is_empty()
    assert pad.grab().toImage() == blank
    pad.undo()
    assert pad.is_empty()


def test_ink_stays_when_something_else_changes_and_goes_when_the_content_does(stand: Stand) -> None:
    stand.do(at(Step.SIGN))
    pad = stand.window.findChild(SignaturePad)
    assert pad is not None
    write(pad, 2)
    stand.do(at(Step.SIGN, revision=2, devices=()))
    assert len(pad.strokes()) == 2
    stand.do(at(Step.SIGN, revision=3, application_hash="d" * 64))
    fresh = stand.window.findChild(SignaturePad)
    assert fresh is not None
    assert fresh.is_empty()


class Touches:
    """Several fingers at once: PyQt makes touch points, but gives all of them the same id."""

    def __init__(self, kind: QEvent.Type, points: tuple[tuple[int, QEventPoint.State, float, float], ...]) -> None:
        self._kind = kind
        self._points = [TouchPoint(*point) for point in points]

    def type(self) -> QEvent.Type:
        return self._kind

    def points(self) -> list[TouchPoint]:
        return self._points

    def timestamp(self) -> int:
        return 5


class TouchPoint:
    def __init__(self, finger: int, state: QEventPoint.State, x: float, y: float) -> None:
        self._finger, self._state, self._at = finger, state, QPointF(x, y)

    def id(self) -> int:
        return self._finger

    def state(self) -> QEventPoint.State:
        return self._state

    def position(self) -> QPointF:
        return self._at


@pytest.fixture
def pad(qtbot: QtBot) -> SignaturePad:
    made = SignaturePad(citizen_theme(), "写在这里")
    qtbot.addWidget(made)
    made.resize(600, 240)
    made.show()
    settle()
    return made


def test_a_finger_writes_and_a_palm_does_not(pad: SignaturePad) -> None:
    kinds, states = QEvent.Type, QEventPoint.State

    def touch(kind: QEvent.Type, *points: tuple[int, QEventPoint.State, float, float]) -> None:
        pad._touched(cast("QTouchEvent", Touches(kind, points)))

    touch(kinds.TouchBegin, (1, states.Pressed, 50, 60))
    touch(kinds.TouchUpdate, (1, states.Stationary, 50, 60), (2, states.Pressed, 400, 200))
    touch(kinds.TouchUpdate, (1, states.Updated, 150, 100), (2, states.Updated, 410, 210))
    touch(kinds.TouchUpdate, (1, states.Released, 160, 110), (2, states.Stationary, 410, 210))
    touch(kinds.TouchEnd, (2, states.Released, 410, 210))
    (stroke,) = pad.strokes()
    assert [(x, y) for x, y, _ in stroke] == [(50.0, 60.0), (150.0, 100.0), (160.0, 110.0)]
    touch(kinds.TouchBegin, (3, states.Pressed, 200, 60))
    touch(kinds.TouchCancel)
    touch(kinds.TouchUpdate, (3, states.Updated, 300, 60))
    assert [(x, y) for x, y, _ in pad.strokes()[1]] == [(200.0, 60.0)]


def test_a_touch_of_the_screen_reaches_the_pad_and_makes_no_mouse(pad: SignaturePad) -> None:
    glass = QPointingDevice(
        "glass",
        5,
        QPointingDevice.DeviceType.TouchScreen,
        QPointingDevice.PointerType.Finger,
        QPointingDevice.Capability.Position,
        10,
        0,
    )

    on_glass = QPointF(pad.mapToGlobal(QPoint(40, 70)))
    point = QEventPoint(0, QEventPoint.State.Pressed, QPointF(40, 70), on_glass)
    event = QTouchEvent(QEvent.Type.TouchBegin, glass, Qt.KeyboardModifier.NoModifier, [point])
    QApplication.sendEvent(pad.windowHandle(), event)
    assert event.isAccepted()
    settle()
    assert [[(x, y) for x, y, _ in stroke] for stroke in pad.strokes()] == [[(40.0, 70.0)]]


def test_a_pen_writes_only_while_it_touches(pad: SignaturePad) -> None:
    def pen(kind: QEvent.Type, x: float, pressure: float) -> None:
        button = Qt.MouseButton.LeftButton
        at_point = QPointF(x, 80)
        event = QTabletEvent(
            kind,
            QPointingDevice.primaryPointingDevice(),
            at_point,
            QPointF(pad.mapToGlobal(at_point.toPoint())),
            pressure,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            button,
            button if pressure else Qt.MouseButton.NoButton,
        )
        QApplication.sendEvent(pad, event)
        assert event.isAccepted()

    pen(QEvent.Type.TabletMove, 10, 0.0)
    pen(QEvent.Type.TabletPress, 50, 0.5)
    pen(QEvent.Type.TabletMove, 90, 0.6)
    pen(QEvent.Type.TabletRelease, 120, 0.0)
    pen(QEvent.Type.TabletMove, 300, 0.0)
    (stroke,) = pad.strokes()
    assert [x for x, _, _ in stroke] == [50.0, 90.0, 120.0]


def test_ink_stays_inside_the_pad_and_a_new_size_begins_anew(pad: SignaturePad) -> None:
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    QTest.mouseMove(pad, QPoint(-40, 900))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(2000, 20))
    assert {(x, y) for x, y, _ in pad.strokes()[0]} == {(10.0, 10.0), (0.0, 240.0), (600.0, 20.0)}
    pad.resize(500, 240)
    settle()
    assert pad.is_empty()


def test_the_right_button_and_a_closed_pad_write_nothing(pad: SignaturePad) -> None:
    QTest.mouseClick(pad, Qt.MouseButton.RightButton, pos=QPoint(30, 30))
    pad.set_open(False)
    write(pad, 1)
    assert pad.is_empty()
    assert not pad.has_signature(0, 0.0)
