"""A list of which one row is chosen: one stop of Tab, Up and Down move, a click chooses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QFrame, QScrollArea, QWidget

from kiosk_ui.theme.tokens import Theme
from kiosk_ui.views import Chip
from kiosk_ui.widgets.parts import column, label, restyle, set_text, show_chip


@dataclass(frozen=True, slots=True)
class PickRow:
    """One row: a name, a line below it, a state word."""

    code: str
    title: str
    detail: str = ""
    chip: Chip | None = None
    selected: bool = False


class _Row(QFrame):
    def __init__(self, theme: Theme, name: str, picked: Callable[[], None]) -> None:
        super().__init__()
        self._picked = picked
        self.setObjectName(name)
        self.setProperty("look", "row")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._title = label(look="label", wrap=True)
        self._detail = label(look="caption", wrap=True)
        self._chip = label(look="chip")
        layout = column(self, gap=4)
        layout.setContentsMargins(12, 8, 12, 9)
        layout.addWidget(self._title)
        layout.addWidget(self._detail)
        layout.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)

    def show_view(self, view: PickRow) -> None:
        """Draw the row."""
        set_text(self._title, view.title)
        set_text(self._detail, view.detail)
        show_chip(self._chip, view.chip or Chip(""))
        self.setAccessibleName(view.title)
        self.setAccessibleDescription(" ".join(filter(None, (view.detail, view.chip.text if view.chip else ""))))
        restyle(self, selected="true" if view.selected else "false")

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is not None and a0.button() is Qt.MouseButton.LeftButton:
            self._picked()


class PickList(QScrollArea):
    """Rows are named `<name>.<code>`. `picked` gets the code of the row a person chose."""

    def __init__(self, theme: Theme, name: str, title: str, picked: Callable[[str], None]) -> None:
        super().__init__()
        self._theme = theme
        self._picked = picked
        self._rows: dict[str, _Row] = {}
        self._views: tuple[PickRow, ...] = ()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("look", "list")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self._layout = column(inner, margin=6, gap=2)
        self._layout.addStretch(1)
        self.setWidget(inner)

    def show_rows(self, views: tuple[PickRow, ...]) -> None:
        """Draw these rows; a row that stays keeps its widget."""
        if views == self._views:
            return
        self._views = views
        wanted = [view.code for view in views]
        for code in [code for code in self._rows if code not in wanted]:
            gone = self._rows.pop(code)
            self._layout.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, view in enumerate(views):
            if view.code not in self._rows:
                self._rows[view.code] = self._made(view.code)
            self._layout.removeWidget(self._rows[view.code])
            self._layout.insertWidget(place, self._rows[view.code])
            self._rows[view.code].show_view(view)
            self._rows[view.code].show()
            if view.selected:
                self.setAccessibleDescription(view.title)
        QTimer.singleShot(0, self._reveal)  # once the new rows have their places

    def move_by(self, step: int) -> None:
        """Choose the row `step` below (above when negative) the chosen one."""
        if not self._views:
            return
        here = next((i for i, view in enumerate(self._views) if view.selected), -1 if step > 0 else 0)
        target = min(max(here + step, 0), len(self._views) - 1)
        if target != here:
            self._picked(self._views[target].code)

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Up, Down, Home and End choose."""
        if a0 is None:
            return
        match a0.key():
            case Qt.Key.Key_Down:
                self.move_by(1)
            case Qt.Key.Key_Up:
                self.move_by(-1)
            case Qt.Key.Key_Home:
                self.move_by(-len(self._views))
            case Qt.Key.Key_End:
                self.move_by(len(self._views))
            case _:
                a0.ignore()  # Enter is the window's: it presses the page's main button

    def _made(self, code: str) -> _Row:
        def picked() -> None:
            self.setFocus()
            self._picked(code)

        return _Row(self._theme, f"{self.objectName()}.{code}", picked)

    def _reveal(self) -> None:
        code = next((view.code for view in self._views if view.selected), "")
        if code in self._rows:
            row, inner = self._rows[code], self.widget()
            if inner is not None:
                top = row.mapTo(inner, QPoint(0, 0)).y()
                self.ensureVisible(0, top, 0, 0)
                self.ensureVisible(0, top + row.height(), 0, 0)
