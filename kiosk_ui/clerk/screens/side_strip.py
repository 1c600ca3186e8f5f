"""The devices and the way to the hub, on the right: icon, name, state word, and a sentence when it matters."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QScrollArea, QWidget

from kiosk_ui.clerk.presenters.frame import DeviceRow, SideView
from kiosk_ui.i18n.texts import tr
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.views import Level
from kiosk_ui.widgets.parts import IconLabel, column, label, level_colour, restyle, row, set_text

WIDTH_PX = 228


class DeviceCard(QFrame):
    """One device."""

    def __init__(self, theme: Theme, device_id: str) -> None:
        super().__init__()
        self._theme = theme
        self._shown: DeviceRow | None = None
        self.setProperty("look", "banner")
        self.setObjectName(f"clerk.device.{device_id}")
        self._icon = IconLabel(24)
        self._name = label(look="label")
        self._mark = IconLabel(16)
        self._state = label(look="caption-strong", name=f"clerk.device.{device_id}.state")
        self._sentence = label(look="caption", wrap=True)
        state = row(gap=4)
        state.addWidget(self._mark)
        state.addWidget(self._state)
        state.addStretch(1)
        words = column(gap=2)
        words.addWidget(self._name)
        words.addLayout(state)
        head = row(gap=theme.sizes.space_px + 2)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        layout = column(self, gap=6)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addLayout(head)
        layout.addWidget(self._sentence)

    def show_view(self, view: DeviceRow) -> None:
        """Draw the device."""
        if view == self._shown:
            return
        self._shown = view
        colours = self._theme.colours
        colour = level_colour(view.level, colours)
        self._icon.show_icon(view.icon, colours.text)
        self._mark.show_icon(f"state-{view.level}", colour)
        set_text(self._name, view.name)
        set_text(self._state, view.state.text)
        restyle(self._state, level=view.level.value)
        set_text(self._sentence, view.sentence)
        restyle(self._sentence, look="body" if view.level is Level.ERROR else "caption")
        loud = view.level in {Level.ERROR, Level.WARNING}
        restyle(self, level=view.level.value if loud else "plain")
        self.setAccessibleName(" ".join(filter(None, (view.name, view.state.text, view.sentence))))


class SideStrip(QWidget):
    """All devices, then the hub."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cards: dict[str, DeviceCard] = {}
        self.setProperty("look", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("edge", "right")
        self.setFixedWidth(WIDTH_PX)
        inner = QWidget()
        self._list = column(gap=theme.sizes.space_px)
        self._hub = DeviceCard(theme, "hub")
        layout = column(inner, gap=theme.sizes.space_px)
        layout.setContentsMargins(12, 16, 12, 12)
        layout.addWidget(label(tr("side.devices"), "strong"))
        layout.addLayout(self._list)
        layout.addSpacing(theme.sizes.gap_px)
        layout.addWidget(label(tr("side.hub"), "strong"))
        layout.addWidget(self._hub)
        layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column(self).addWidget(scroll)

    def show_view(self, view: SideView) -> None:
        """Draw the strip."""
        for device in view.devices:
            if device.id not in self._cards:
                self._cards[device.id] = DeviceCard(self._theme, device.id)
                self._list.addWidget(self._cards[device.id])
            self._cards[device.id].show_view(device)
        self._hub.show_view(view.sync)
