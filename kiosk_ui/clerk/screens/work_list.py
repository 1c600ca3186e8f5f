"""Today's cases of this window, on the left."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QScrollArea, QWidget

from kiosk_ui.clerk.presenters.frame import WorkRowView, WorkView
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.widgets.parts import column, label, personal, restyle, row, set_text, show_chip

WIDTH_PX = 236


class WorkRow(QFrame):
    """One case: time, masked name, item, its state and where it is on the way to the hub."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._shown: WorkRowView | None = None
        self.setProperty("look", "card")
        self._time = label(look="caption")
        self._citizen = personal(label(look="label"))
        self._item = label(look="caption", wrap=True)
        self._state = label(look="chip")
        self._hub = label(look="chip")
        layout = column(self, gap=4)
        layout.setContentsMargins(10, 8, 10, 8)
        head = row(gap=theme.sizes.space_px)
        head.addWidget(self._citizen)
        head.addStretch(1)
        head.addWidget(self._time)
        states = row(gap=4)
        states.addWidget(self._state)
        states.addWidget(self._hub)
        states.addStretch(1)
        layout.addLayout(head)
        layout.addWidget(self._item)
        layout.addLayout(states)

    def show_view(self, view: WorkRowView) -> None:
        """Draw the row."""
        if view == self._shown:
            return
        self._shown = view
        set_text(self._time, view.time)
        set_text(self._citizen, view.citizen)
        set_text(self._item, view.item)
        show_chip(self._state, view.state)
        if view.hub is not None:
            show_chip(self._hub, view.hub)
        self._hub.setVisible(view.hub is not None)
        self.setAccessibleName(view.number or view.item)
        restyle(self, selected="true" if view.current else "false")


class WorkList(QWidget):
    """The list; rows are reused."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[WorkRow] = []
        self.setProperty("look", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("edge", "left")
        self.setFixedWidth(WIDTH_PX)
        self._title = label(look="strong")
        self._summary = label(look="caption")
        self._empty = label(look="muted", wrap=True)
        self._list = QWidget()
        self._list_layout = column(self._list, gap=theme.sizes.space_px)
        self._list_layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(self._list)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = column(self, gap=theme.sizes.space_px)
        layout.setContentsMargins(12, 16, 12, 12)
        layout.addWidget(self._title)
        layout.addWidget(self._summary)
        layout.addWidget(self._empty)
        layout.addWidget(scroll, 1)

    def show_view(self, view: WorkView) -> None:
        """Draw the list."""
        set_text(self._title, view.title)
        set_text(self._summary, view.summary)
        set_text(self._empty, view.empty)
        while len(self._rows) < len(view.rows):
            made = WorkRow(self._theme)
            self._list_layout.insertWidget(len(self._rows), made)
            self._rows.append(made)
        for index, made in enumerate(self._rows):
            if index < len(view.rows):
                made.show_view(view.rows[index])
            made.setVisible(index < len(view.rows))
