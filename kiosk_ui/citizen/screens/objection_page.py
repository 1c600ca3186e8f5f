"""What may be wrong, as big buttons."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout

from kiosk_ui.citizen.presenters.pages import ObjectionPage
from kiosk_ui.citizen.screens.page_contract import CitizenPage, PageParts
from kiosk_ui.views import ButtonView
from kiosk_ui.widgets.buttons import ActionButton, Press
from kiosk_ui.widgets.parts import column, label, set_text

COLUMNS = 2


class ObjectionPageWidget(CitizenPage):
    """Two columns of places; one press is the whole answer."""

    def __init__(self, parts: PageParts, press: Press) -> None:
        super().__init__(parts)
        self._press = press
        self._buttons: dict[str, ActionButton] = {}
        self._title = label(look="title", wrap=True)
        self._hint = label(look="muted", wrap=True)
        sizes = parts.theme.sizes
        self._grid = QGridLayout()
        self._grid.setSpacing(sizes.gap_px)
        for place in range(COLUMNS):
            self._grid.setColumnStretch(place, 1)
        layout = column(self, gap=sizes.space_px)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addSpacing(sizes.gap_px)
        layout.addLayout(self._grid)
        layout.addStretch(1)

    def show_view(self, view: ObjectionPage) -> None:
        """Draw the page; its places do not change while it stands."""
        set_text(self._title, view.title)
        set_text(self._hint, view.hint)
        for index, choice in enumerate(view.choices):
            self._show_choice(index, choice)

    def _show_choice(self, index: int, choice: ButtonView) -> None:
        if choice.name in self._buttons:
            self._buttons[choice.name].show_view(choice)
            return
        button = ActionButton(choice, self._press)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._buttons[choice.name] = button
        self._grid.addWidget(button, index // COLUMNS, index % COLUMNS)
