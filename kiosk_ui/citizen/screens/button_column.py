"""Buttons one below the other, all of one width."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from kiosk_ui.views import ButtonView
from kiosk_ui.widgets.buttons import ActionButton, Press
from kiosk_ui.widgets.parts import column


class ButtonColumn(QWidget):
    """The answers of a page; which ones there are does not change while the page stands."""

    def __init__(self, press: Press, gap_px: int) -> None:
        super().__init__()
        self._press = press
        self._buttons: dict[str, ActionButton] = {}
        self._layout = column(self, gap=gap_px)

    def show_views(self, views: tuple[ButtonView, ...]) -> None:
        """Draw these buttons, from top to bottom."""
        for view in views:
            if view.name in self._buttons:
                self._buttons[view.name].show_view(view)
                continue
            button = ActionButton(view, self._press)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a touch leaves no mark behind
            self._buttons[view.name] = button
            self._layout.addWidget(button)
