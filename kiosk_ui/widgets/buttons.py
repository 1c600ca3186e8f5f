"""Buttons drawn from `ButtonView`s: stable names, function keys, the reason when one is off."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from kiosk_ui.actions import Action, Collect
from kiosk_ui.views import ButtonView, Look
from kiosk_ui.widgets.parts import restyle, row

Press = Callable[[Action | Collect], None]

# Keys that the window handles itself: a shortcut would take them away from text fields.
_WINDOW_KEYS = {"Esc", ""}
_PRESSING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})


class ActionButton(QPushButton):
    """One button; Enter works as well as Space. `press` gets its action."""

    def __init__(self, view: ButtonView, press: Press) -> None:
        super().__init__()
        self._press = press
        self.view = view
        self.setObjectName(view.name)
        self.setAutoDefault(True)
        self.clicked.connect(self._clicked)
        self.show_view(view)

    def show_view(self, view: ButtonView) -> None:
        """Draw a new state of the same button."""
        self.view = view
        text = f"{view.text}  {view.key}" if view.key else view.text
        if self.text() != text:
            self.setText(text)
            self.setAccessibleName(view.spoken or view.text)
            self.setShortcut(QKeySequence(view.key) if view.key not in _WINDOW_KEYS else QKeySequence())
        self.setEnabled(view.enabled)
        self.setToolTip(view.why)
        self.setAccessibleDescription(view.why)
        restyle(self, look=view.look.value)

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """A key that is held down presses once."""
        if a0 is not None and a0.isAutoRepeat() and a0.key() in _PRESSING:
            return
        super().keyPressEvent(a0)

    def _clicked(self) -> None:
        self._press(self.view.action)


class ButtonRow(QWidget):
    """A row of buttons; a button that stays keeps its widget, and with it the focus. Quiet ones stand on the left."""

    def __init__(self, press: Press, gap_px: int) -> None:
        super().__init__()
        self._press = press
        self._buttons: dict[str, ActionButton] = {}
        self._order: tuple[str, ...] = ()
        self._layout: QHBoxLayout = row(self, gap=gap_px)

    def show_views(self, views: Iterable[ButtonView]) -> None:
        """Draw these buttons, in this order."""
        wanted = {view.name: view for view in views}
        for name, view in wanted.items():
            if name in self._buttons:
                self._buttons[name].show_view(view)
            else:
                self._buttons[name] = ActionButton(view, self._press)
        order = tuple(wanted)
        if order != self._order:
            self._arrange(wanted)
            self._order = order

    def buttons(self) -> tuple[ActionButton, ...]:
        """The buttons from left to right."""
        return tuple(self._buttons[name] for name in self._order)

    def _arrange(self, wanted: dict[str, ButtonView]) -> None:
        while self._layout.count():
            self._layout.takeAt(0)
        for name in tuple(self._buttons):
            if name not in wanted:
                gone = self._buttons.pop(name)
                gone.hide()
                gone.deleteLater()
        left = [n for n, v in wanted.items() if v.look is Look.QUIET]
        for name in left:
            self._layout.addWidget(self._buttons[name])
        self._layout.addStretch(1)
        for name in wanted:
            if name not in left:
                self._layout.addWidget(self._buttons[name])
            self._buttons[name].show()
