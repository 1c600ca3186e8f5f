"""Labels and values in rows: read fields, the application, a notice's data."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QBoxLayout, QGridLayout, QWidget

from kiosk_ui.theme.tokens import Theme
from kiosk_ui.views import FactGroup, FactRow
from kiosk_ui.widgets.parts import column, empty, label, personal, row


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
    """Groups of rows under headings, in one column or spread over several of about the same height."""

    def __init__(self, theme: Theme, label_px: int, title_look: str = "strong", columns: int = 1) -> None:
        super().__init__()
        self._theme = theme
        self._label_px = label_px
        self._title_look = title_look
        self._columns = columns
        self._shown: tuple[FactGroup, ...] | None = None
        self._layout = row(self, gap=theme.sizes.margin_px)

    def show_groups(self, groups: tuple[FactGroup, ...]) -> None:
        """Draw the groups; nothing happens when they are the same."""
        if groups == self._shown:
            return
        self._shown = groups
        empty(self._layout)
        for part in _spread(groups, self._columns):
            self._layout.addLayout(self._column(part), 1)

    def _column(self, groups: tuple[FactGroup, ...]) -> QBoxLayout:
        made = column(gap=self._theme.sizes.space_px)
        for index, group in enumerate(groups):
            if index:
                made.addSpacing(self._theme.sizes.gap_px)
            made.addWidget(label(group.title, self._title_look))
            grid = FactGrid(self._theme, self._label_px)
            grid.show_rows(group.rows)
            made.addWidget(grid)
        made.addStretch(1)
        return made


def _spread(groups: tuple[FactGroup, ...], columns: int) -> tuple[tuple[FactGroup, ...], ...]:
    """The groups in their order, cut into `columns` runs of about as many lines."""
    lines = [len(group.rows) + 2 for group in groups]
    share = sum(lines) / columns
    runs: list[list[FactGroup]] = [[] for _ in range(columns)]
    above = 0
    for group, height in zip(groups, lines, strict=True):
        runs[min(int((above + height / 2) / share), columns - 1)].append(group)
        above += height
    return tuple(tuple(run) for run in runs if run)
