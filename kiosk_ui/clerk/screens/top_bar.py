"""The bar on top of the clerk's window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QWidget

from kiosk_ui.clerk.presenters.frame import TopBarView
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.widgets.buttons import ButtonRow, Press
from kiosk_ui.widgets.parts import IconLabel, label, restyle, row, set_text

HEIGHT_PX = 56


class TopBar(QWidget):
    """Hall, window, simulation badge, saving, staff, clock."""

    def __init__(self, theme: Theme, press: Press, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme = theme
        self._now = now
        self.setProperty("look", "header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT_PX)
        self._hall = label(look="strong")
        self._window = label(look="muted", name="clerk.top.window")
        self._simulated = label(look="badge", name="clerk.top.simulated")
        self._saving_icon = IconLabel(18)
        self._saving = label(look="chip", name="clerk.top.saving")
        self._staff = label()
        self._clock = label(look="strong")
        self._buttons = ButtonRow(press, 4)
        layout = row(self, gap=theme.sizes.gap_px)
        layout.setContentsMargins(theme.sizes.margin_px, 0, theme.sizes.margin_px, 0)
        layout.addWidget(self._hall)
        layout.addWidget(self._window)
        layout.addWidget(self._simulated, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        saving = row(gap=4)
        saving.addWidget(self._saving_icon)
        saving.addWidget(self._saving)
        layout.addLayout(saving)
        layout.addWidget(self._staff)
        layout.addWidget(self._buttons)
        layout.addWidget(self._clock)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._show_time)
        self._timer.start()
        self._show_time()

    def show_view(self, view: TopBarView) -> None:
        """Draw the bar."""
        set_text(self._hall, view.hall)
        set_text(self._window, view.window)
        set_text(self._simulated, view.simulated)
        set_text(self._saving, view.saving.text)
        restyle(self._saving, level=view.saving.level.value)
        self._saving_icon.show_icon(f"state-{view.saving.level}", self._theme.colours.on_header)
        set_text(self._staff, view.staff)
        self._buttons.show_views((view.sign_out,) if view.sign_out else ())
        self._buttons.setVisible(view.sign_out is not None)

    def buttons(self) -> tuple[QWidget, ...]:
        """What can be focused."""
        return self._buttons.buttons()

    def _show_time(self) -> None:
        set_text(self._clock, self._now().strftime("%H:%M"))
