"""Labels and values in rows: read fields, the application, a notice's data."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QWidget

from kiosk_ui.theme.tokens import Theme
from kiosk_ui.views import FactGroup, FactRow
from kiosk_ui.widgets.parts import column, empty, label, personal


class FactGrid(QWidget):
    """Rows of label and value. `label_px` is the width of the label column; 0 puts the label above the value."""

    def __init__(self, theme: Theme, label_px: int, value_look: str = "body") -> None:
        super().__init__()
        self._label_px = label_px
        self._value_look = value_look
        self._shown: tuple[FactRow, ...] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.sizes.gap_px)
        self._grid.setVerticalSpacing(theme.sizes.space_px)
        self._grid.setColumnMinimumWidth(0, label_px)
        self._grid.setColumnStretch(1, 1)

    def show_rows(self, rows: tuple[FactRow, ...]) -> None:
        """Draw the rows; nothing happens when they are the same."""
        if rows == self._shown:
            return
        self._shown = rows
        empty(self._grid)
        top = Qt.AlignmentFlag.AlignTop
        for line, fact in enumerate(rows):
            name = label(fact.label, "muted", wrap=True)
            value = label(fact.value.reveal(), self._value_look, wrap=True)
            if fact.personal:
                personal(value)
            self._grid.addWidget(name, line, 0, top)
            self._grid.addWidget(value, line, 1, top)


class FactSheet(QWidget):
    """Groups of rows under headings."""

    def __init__(self, theme: Theme, label_px: int, title_look: str = "strong") -> None:
        super().__init__()
        self._theme = theme
        self._label_px = label_px
        self._title_look = title_look
        self._shown: tuple[FactGroup, ...] | None = None
        self._layout = column(self, gap=theme.sizes.space_px)

    def show_groups(self, groups: tuple[FactGroup, ...]) -> None:
        """Draw the groups; nothing happens when they are the same."""
        if groups == self._shown:
            return
        self._shown = groups
        empty(self._layout)
        for index, group in enumerate(groups):
            if index:
                self._layout.addSpacing(self._theme.sizes.gap_px)
            self._layout.addWidget(label(group.title, self._title_look))
            grid = FactGrid(self._theme, self._label_px)
            grid.show_rows(group.rows)
            self._layout.addWidget(grid)
        self._layout.addStretch(1)
