"""The item: search on top, results on the left, the item looked at and its situations on the right."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QButtonGroup, QFrame, QLineEdit, QRadioButton

from kiosk_ui.actions import SearchItems, SelectItem
from kiosk_ui.clerk.presenters.pages import ItemPage, SituationRow
from kiosk_ui.clerk.screens.page_contract import PageParts, PageWidget
from kiosk_ui.i18n.texts import tr
from kiosk_ui.widgets.facts import FactGrid
from kiosk_ui.widgets.parts import column, empty, frame, label, restyle, row, rule, set_text
from kiosk_ui.widgets.pick_list import PickList, PickRow

RADIO_PX = 36  # where the words of a radio button begin


class SearchLine(QLineEdit):
    """The search box: Up and Down walk through the results while one types, Enter goes on to the situations."""

    def __init__(self, step: Callable[[int], None], entered: Callable[[], None]) -> None:
        super().__init__()
        self._step = step
        self._entered = entered

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Up, Down and Enter leave the text alone."""
        if a0 is None:
            return
        match a0.key():
            case Qt.Key.Key_Down:
                self._step(1)
            case Qt.Key.Key_Up:
                self._step(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._entered()
            case _:
                super().keyPressEvent(a0)


class SituationOption(QFrame):
    """One situation: name and what it is for."""

    def __init__(self, parts: PageParts, group: QButtonGroup, code: str) -> None:
        super().__init__()
        self._parts = parts
        self._view: SituationRow | None = None
        self.setProperty("look", "card")
        self.radio = QRadioButton()
        self.radio.setObjectName(f"clerk.item.situation.{code}")
        self._hint = label(look="caption", wrap=True)
        group.addButton(self.radio)
        self.radio.clicked.connect(self._chosen)
        self._hint.setContentsMargins(RADIO_PX, 0, 0, 0)
        layout = column(self, gap=0)
        layout.setContentsMargins(8, 4, 12, 8)
        layout.addWidget(self.radio)
        layout.addWidget(self._hint)

    def show_view(self, view: SituationRow) -> None:
        """Draw the option."""
        self._view = view
        self.radio.setText(view.name)
        self.radio.setAccessibleName(view.name)
        self.radio.setAccessibleDescription(view.hint)
        self.radio.setChecked(view.selected)
        set_text(self._hint, view.hint)
        restyle(self, selected="true" if view.selected else "false")

    def _chosen(self) -> None:
        if self._view is not None:
            self._parts.emit(self._view.select)


class ItemPageWidget(PageWidget):
    """Type, walk, Enter, choose the situation, Enter."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._search = SearchLine(self._walk, self._to_situations)
        self._search.setObjectName("clerk.item.search")
        self._search.setProperty("look", "search")
        self._search.setClearButtonEnabled(True)
        self._search.textEdited.connect(self._typed)
        self._empty = label(look="muted", wrap=True)
        self._results = PickList(parts.theme, "clerk.item.result", tr("item.results"), self._picked)
        self._title = label(look="title", wrap=True)
        self._facts = FactGrid(parts.theme, 88)
        self._group = QButtonGroup(self)
        self._shape: tuple[str, ...] = ()
        self._options: list[SituationOption] = []
        self._situations = column(gap=sizes.space_px)
        left = column(gap=sizes.space_px)
        left.addWidget(self._empty)
        left.addWidget(self._results, 1)
        card = frame("card")
        inner = column(card, margin=20, gap=sizes.gap_px)
        inner.addWidget(self._title)
        inner.addWidget(self._facts)
        inner.addWidget(rule())
        inner.addWidget(label(tr("item.situations"), "strong"))
        inner.addLayout(self._situations)
        inner.addStretch(1)
        self._card = card
        both = row(gap=sizes.gap_px)
        both.addLayout(left, 5)
        both.addWidget(card, 6)
        layout = column(self, gap=sizes.gap_px)
        layout.addWidget(self._search)
        layout.addLayout(both, 1)

    def show_view(self, view: ItemPage) -> None:
        """Draw the page; the search box only when it says something else."""
        if self._search.text() != view.query:
            self._search.setText(view.query)
        self._search.setPlaceholderText(view.placeholder)
        self._search.setAccessibleName(view.placeholder)
        set_text(self._empty, view.empty)
        self._results.show_rows(tuple(PickRow(r.code, r.name, r.detail, selected=r.selected) for r in view.results))
        self._results.setVisible(bool(view.results))
        chosen = next((r for r in view.results if r.selected), None)
        self._card.setVisible(chosen is not None)
        set_text(self._title, chosen.name if chosen else "")
        self._facts.show_rows(view.facts)
        shape = (chosen.code if chosen else "", *(s.code for s in view.situations))
        if shape != self._shape:
            self._build(view)
            self._shape = shape
        for option, situation in zip(self._options, view.situations, strict=True):
            option.show_view(situation)

    def _build(self, view: ItemPage) -> None:
        for option in self._options:
            self._group.removeButton(option.radio)
        empty(self._situations)
        self._options = [SituationOption(self.parts, self._group, s.code) for s in view.situations]
        for option in self._options:
            self._situations.addWidget(option)

    def _typed(self, text: str) -> None:
        self.parts.emit(SearchItems(text))

    def _walk(self, step: int) -> None:
        self._results.move_by(step)

    def _picked(self, code: str) -> None:
        self.parts.emit(SelectItem(code))

    def _to_situations(self) -> None:
        if len(self._options) == 1:
            self.parts.primary()
        for option in self._options:
            if option.radio.isChecked():
                option.radio.setFocus()
