"""The editors behind inputs: one class a kind, all with the same four methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PyQt6.QtCore import QPointF, QRectF, QRegularExpression, QSignalBlocker, Qt
from PyQt6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QRegularExpressionValidator, QWheelEvent
from PyQt6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QStyle, QStyleOptionButton, QWidget

from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import InputKind, InputView

MULTILINE_ROWS_PX = 84


def _pen(widget: QWidget, width: float) -> QPen:
    group = QPalette.ColorGroup.Normal if widget.isEnabled() else QPalette.ColorGroup.Disabled
    return QPen(widget.palette().color(group, QPalette.ColorRole.Text), width)


class Editor(Protocol):
    """What an input needs of its editor. `edited` and `entered` are called for a person's acts only."""

    def widget(self) -> QWidget:
        """The widget that takes the focus."""
        ...

    def text(self) -> str:
        """The value as it stands; a check box says 1 or nothing."""
        ...

    def set_text(self, text: str) -> None:
        """Show a value without calling `edited`."""
        ...


class _Line(QLineEdit):
    """One line; Enter is used up here: left to travel on, it would press the next page's main button as well."""

    def __init__(self, entered: Callable[[], None]) -> None:
        super().__init__()
        self._entered = entered

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is not None and a0.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not a0.isAutoRepeat():
                self._entered()
            return
        super().keyPressEvent(a0)


class LineEditor:
    """One line of text; PIN digits are hidden."""

    def __init__(self, view: InputView, edited: Callable[[], None], entered: Callable[[], None]) -> None:
        self._line = _Line(entered)
        if view.max_length:
            self._line.setMaxLength(view.max_length)
        if view.kind in {InputKind.PIN, InputKind.DIGITS}:
            self._line.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]*"), self._line))
            self._line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        if view.kind is InputKind.PIN:
            self._line.setEchoMode(QLineEdit.EchoMode.Password)
        if view.kind is InputKind.DATE:
            self._line.setPlaceholderText(tr("input.date_hint"))
        self._line.textEdited.connect(edited)

    def widget(self) -> QWidget:
        """The line."""
        return self._line

    def text(self) -> str:
        """What stands in the line."""
        return self._line.text()

    def set_text(self, text: str) -> None:
        """Replace what stands in the line; the cursor goes to the end."""
        self._line.setText(text)


class _Area(QPlainTextEdit):
    """Several lines; Tab leaves, Ctrl+Enter goes on as Enter does elsewhere."""

    def __init__(self, entered: Callable[[], None]) -> None:
        super().__init__()
        self._entered = entered
        self.setTabChangesFocus(True)
        self.setFixedHeight(MULTILINE_ROWS_PX)

    def keyPressEvent(self, e: QKeyEvent | None) -> None:
        enter = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if e is not None and e.key() in enter and e.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._entered()
            return
        super().keyPressEvent(e)


class AreaEditor:
    """Several lines of text."""

    def __init__(self, edited: Callable[[], None], entered: Callable[[], None]) -> None:
        self._area = _Area(entered)
        self._area.textChanged.connect(edited)

    def widget(self) -> QWidget:
        """The area."""
        return self._area

    def text(self) -> str:
        """What stands in the area."""
        return self._area.toPlainText()

    def set_text(self, text: str) -> None:
        """Replace what stands in the area."""
        blocker = QSignalBlocker(self._area)
        self._area.setPlainText(text)
        blocker.unblock()


class _Choice(QComboBox):
    """A choice; Enter goes on to the next input instead of opening the list."""

    def __init__(self, entered: Callable[[], None]) -> None:
        super().__init__()
        self._entered = entered

    def keyPressEvent(self, e: QKeyEvent | None) -> None:
        if e is not None and e.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._entered()
            return
        super().keyPressEvent(e)

    def wheelEvent(self, e: QWheelEvent | None) -> None:
        """A wheel that scrolls the page must not change an answer on its way."""
        if e is not None:
            e.ignore()

    def paintEvent(self, e: QPaintEvent | None) -> None:
        """The style sheet takes the arrow away: a choice must not look like a line of text."""
        super().paintEvent(e)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(_pen(self, 1.8))
        x, y = self.width() - 18.0, self.height() / 2 - 2
        painter.drawPolyline(QPointF(x - 5, y), QPointF(x, y + 5), QPointF(x + 5, y))
        painter.end()


class ChoiceEditor:
    """One of several values; Up and Down change it, F4 or Alt+Down opens the list."""

    def __init__(self, view: InputView, edited: Callable[[], None], entered: Callable[[], None]) -> None:
        self._box = _Choice(entered)
        for value, text in view.choices:
            self._box.addItem(text, value)
        if not any(value == view.value.reveal() for value, _ in view.choices):
            self._box.setPlaceholderText(tr("input.choose"))
            self._box.setCurrentIndex(-1)
        self._box.activated.connect(edited)
        self._box.currentIndexChanged.connect(edited)

    def widget(self) -> QWidget:
        """The box."""
        return self._box

    def text(self) -> str:
        """The chosen value; empty when none is."""
        value: object = self._box.currentData()
        return value if isinstance(value, str) else ""

    def set_text(self, text: str) -> None:
        """Choose the value `text`; none when it is not among the choices."""
        blocker = QSignalBlocker(self._box)
        self._box.setCurrentIndex(self._box.findData(text))
        blocker.unblock()


class _Check(QCheckBox):
    """A check box; Space ticks, Enter goes on."""

    def __init__(self, text: str, entered: Callable[[], None]) -> None:
        super().__init__(text)
        self._entered = entered

    def keyPressEvent(self, e: QKeyEvent | None) -> None:
        if e is not None and e.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._entered()
            return
        super().keyPressEvent(e)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """A tick in the box: whether it is ticked must not hang on its colour."""
        super().paintEvent(a0)
        style = self.style()
        if not self.isChecked() or style is None:
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = QRectF(style.subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(_pen(self, 2.4))
        middle = box.center()
        painter.drawPolyline(middle + QPointF(-5, 0), middle + QPointF(-1.5, 4), middle + QPointF(5, -4))
        painter.end()


class CheckEditor:
    """Yes or no."""

    def __init__(self, view: InputView, edited: Callable[[], None], entered: Callable[[], None]) -> None:
        self._check = _Check(view.label, entered)
        self._check.clicked.connect(edited)

    def widget(self) -> QWidget:
        """The box."""
        return self._check

    def text(self) -> str:
        """1 when ticked."""
        return "1" if self._check.isChecked() else ""

    def set_text(self, text: str) -> None:
        """Tick for 1."""
        self._check.setChecked(text == "1")


def make_editor(view: InputView, edited: Callable[[], None], entered: Callable[[], None]) -> Editor:
    """The editor that fits `view.kind`."""
    match view.kind:
        case InputKind.TEXT | InputKind.DATE | InputKind.DIGITS | InputKind.PIN:
            return LineEditor(view, edited, entered)
        case InputKind.MULTILINE:
            return AreaEditor(edited, entered)
        case InputKind.CHOICE:
            return ChoiceEditor(view, edited, entered)
        case InputKind.CHECK:
            return CheckEditor(view, edited, entered)
