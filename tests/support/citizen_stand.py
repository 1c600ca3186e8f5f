"""The citizen's presenter and window joined as the program joins them, and what can be asked of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from PyQt6.QtCore import QEvent, QPoint, QSize, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kiosk_ui.actions import Action
from kiosk_ui.citizen.presenters.presenter import CitizenPresenter
from kiosk_ui.citizen.screens.window import CitizenWindow
from kiosk_ui.crossing import Crossing
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.widgets.pictures import Pictures
from terminal import intents
from terminal.snapshot import Snapshot
from tests.support import citizen_scenes as scenes


class Stand:
    """Presenter and window as the program joins them."""

    def __init__(self, qtbot: QtBot, theme: Theme, size: tuple[int, int]) -> None:
        self.now_s = 1000.0
        self.posted: list[intents.Intent] = []
        self.actions: list[Action] = []
        self.fetched: list[str] = []
        self.presenter = CitizenPresenter(scenes.CATALOGUE, self.posted.append, self.draw, lambda: self.now_s)
        self.window = CitizenWindow(theme, Pictures(self._fetch, Crossing()), self._emit)
        qtbot.addWidget(self.window)
        self.window.resize(*size)
        self.window.show()

    def _fetch(self, blob: str, done: Callable[[bytes | None], None]) -> None:
        self.fetched.append(blob)
        done(None)

    def _emit(self, action: Action) -> None:
        self.actions.append(action)
        self.presenter.act(action)

    def draw(self) -> None:
        view = self.presenter.view()
        if view is not None:
            self.window.show_view(view)

    def do(self, *steps: Snapshot | Action) -> Stand:
        for step in steps:
            if isinstance(step, Snapshot):
                self.presenter.show(step)
            else:
                self.presenter.act(step)
        settle()
        return self

    def find(self, name: str) -> QAbstractButton:
        found = self.window.findChild(QAbstractButton, name)
        assert found is not None, f"no {name}"
        return found

    def press(self, name: str) -> None:
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton)
        settle()

    def visible(self, kind: type[QWidget]) -> list[QWidget]:
        return [w for w in self.window.findChildren(kind) if w.isVisible()]


def settle() -> None:
    """Let layouts and deferred deletions happen."""
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def misfits(stand: Stand) -> list[str]:
    """Visible labels and buttons whose text does not fit, or that stand outside the window."""
    wrong: list[str] = []
    for made in (*stand.visible(QLabel), *stand.visible(QAbstractButton)):
        assert isinstance(made, QLabel | QAbstractButton)
        if isinstance(made, QLabel) and not made.pixmap().isNull():
            continue
        need = made.sizeHint() if isinstance(made, QPushButton | QLabel) else made.minimumSizeHint()
        if isinstance(made, QLabel) and made.wordWrap():
            need = QSize(0, made.heightForWidth(made.width()))
        if made.width() < need.width() or made.height() < need.height():
            wrong.append(f"{made.text()[:24]}: {made.width()}x{made.height()} < {need.width()}x{need.height()}")
        corner = made.mapTo(stand.window, QPoint(0, 0))
        if not stand.window.rect().contains(corner) or not stand.window.rect().contains(
            corner + QPoint(made.width() - 1, made.height() - 1)
        ):
            wrong.append(f"{made.text()[:24]} stands outside")
        for ancestor in _ancestors(made, stand.window):
            inside = made.mapTo(ancestor, QPoint(0, made.height() - 1)).y()
            if inside >= ancestor.height():
                wrong.append(f"{made.text()[:24]} is cut by {type(ancestor).__name__}")
    return wrong


def _ancestors(widget: QWidget, top: QWidget) -> Iterator[QWidget]:
    at_widget = widget.parentWidget()
    while at_widget is not None and at_widget is not top:
        yield at_widget
        at_widget = at_widget.parentWidget()


def texts_of_all_widgets() -> str:
    """Everything a widget of this process could show or say."""
    found: list[str] = []
    for made in QApplication.allWidgets():
        for read in ("text", "toolTip", "accessibleName", "accessibleDescription", "windowTitle", "toPlainText"):
            value = getattr(made, read, None)
            if callable(value):
                found.append(str(value()))
    return "\n".join(found)


def write(pad: QWidget, strokes: int) -> None:
    """Write waves with the mouse."""
    for stroke in range(strokes):
        left = 60 + stroke * 120
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(left, 90))
        for step in range(1, 20):
            QTest.mouseMove(pad, QPoint(left + step * 4, 90 + round(50 * math.sin(step / 3))))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(left + 80, 90))
    settle()


def shown_texts(stand: Stand) -> str:
    return "\n".join(made.text() for made in stand.visible(QLabel) if isinstance(made, QLabel))
