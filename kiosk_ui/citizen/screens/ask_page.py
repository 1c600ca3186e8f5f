"""A question with its answers as big buttons: why somebody is not satisfied, whether and where to call them back."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QSizePolicy

from kiosk_ui.citizen.presenters.pages import AskPage
from kiosk_ui.citizen.screens.page_contract import CitizenPage, PageParts, centred
from kiosk_ui.views import ButtonView
from kiosk_ui.widgets.buttons import ActionButton, Press
from kiosk_ui.widgets.parts import column, personal, set_text


class AskPageWidget(CitizenPage):
    """Nothing is chosen and nothing has the focus. What was typed is drawn and never written anywhere."""

    def __init__(self, parts: PageParts, press: Press, view: AskPage) -> None:
        super().__init__(parts)
        self._press = press
        self._buttons: dict[str, ActionButton] = {}
        self._columns = view.columns
        sizes = parts.theme.sizes
        self._title = centred("title")
        self._hint = centred("muted")
        self._typed = personal(centred("display"))
        self._typed.setObjectName("citizen.ask.typed")
        self._typed.setVisible(view.typed is not None)
        self._time = centred("muted")
        self._time.setObjectName("citizen.ask.time")
        self._grid = QGridLayout()
        self._grid.setSpacing(sizes.gap_px)
        for place in range(self._columns):
            self._grid.setColumnStretch(place, 1)
        layout = column(self, gap=sizes.space_px)
        for part in (self._title, self._hint, self._typed):
            layout.addWidget(part)
        layout.addLayout(self._grid, 1)
        layout.addWidget(self._time)

    def show_view(self, view: AskPage) -> None:
        """Draw the words, the marks and the time; which answers there are does not change while the page stands."""
        set_text(self._title, view.title)
        set_text(self._hint, view.hint)
        if view.typed is not None:
            set_text(self._typed, view.typed.reveal() or "　")
        set_text(self._time, view.time_left)
        for index, choice in enumerate(view.choices):
            self._show_choice(index, choice)

    def _show_choice(self, index: int, choice: ButtonView) -> None:
        if choice.name in self._buttons:
            self._buttons[choice.name].show_view(choice)
            return
        button = ActionButton(choice, self._press)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a touch leaves no mark behind
        button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._buttons[choice.name] = button
        self._grid.addWidget(button, index // self._columns, index % self._columns)
