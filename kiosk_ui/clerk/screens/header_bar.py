"""Whose case it is: citizen and number, item and project number, and the switch that masks them."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from kiosk_ui.clerk.presenters.frame import HeaderView
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.widgets.buttons import ActionButton, ButtonRow, Press
from kiosk_ui.widgets.parts import column, label, personal, row, set_text


class HeaderBar(QWidget):
    """Two quiet lines above the rail."""

    def __init__(self, theme: Theme, press: Press) -> None:
        super().__init__()
        self._citizen = personal(label(look="title", name="clerk.header.citizen"))
        self._id_number = personal(label(look="number", name="clerk.header.id_number"))
        self._item = label(look="muted", wrap=True, name="clerk.header.item")
        self._number = label(look="caption-strong", name="clerk.header.project_number")
        self._toggle = ButtonRow(press, 0)
        first = row(gap=theme.sizes.gap_px)
        first.addWidget(self._citizen)
        first.addWidget(self._id_number)
        first.addStretch(1)
        first.addWidget(self._number, 0, Qt.AlignmentFlag.AlignVCenter)
        words = column(gap=2)
        words.addLayout(first)
        words.addWidget(self._item)
        layout = row(self, gap=theme.sizes.gap_px)
        layout.addLayout(words, 1)
        layout.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignTop)

    def show_view(self, view: HeaderView) -> None:
        """Draw the header."""
        set_text(self._citizen, view.citizen)
        set_text(self._id_number, view.id_number)
        set_text(self._item, view.item)
        set_text(self._number, view.project_number)
        self._toggle.show_views((view.toggle,) if view.toggle else ())
        self._toggle.setVisible(view.toggle is not None)

    def buttons(self) -> tuple[ActionButton, ...]:
        """What can be focused."""
        return self._toggle.buttons()
