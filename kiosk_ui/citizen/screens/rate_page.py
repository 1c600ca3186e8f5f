"""One rating or none."""

from __future__ import annotations

from collections.abc import Callable

from kiosk_ui.actions import Action
from kiosk_ui.citizen.presenters.pages import RatePage
from kiosk_ui.citizen.screens.page_contract import CitizenPage, PageParts, centred
from kiosk_ui.widgets.parts import column, row, set_text
from kiosk_ui.widgets.rating_key import RatingKey

KEY_PX = 300  # the most a key is high: five towers are no keys


class RatePageWidget(CitizenPage):
    """Five keys side by side; nothing is selected, nothing has the focus."""

    def __init__(self, parts: PageParts, view: RatePage) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._title = centred("display")
        self._hint = centred("body")
        self._time = centred("muted")
        self._time.setObjectName("citizen.rate.time")
        keys = row(gap=sizes.space_px)
        self._keys: list[RatingKey] = []
        for key in view.keys:
            made = RatingKey(parts.theme, key.level, key.text)
            made.setObjectName(key.name)
            made.setMaximumHeight(KEY_PX)
            made.clicked.connect(_press(self, key.action))
            keys.addWidget(made, 1)
            self._keys.append(made)
        layout = column(self, gap=sizes.space_px)
        layout.addStretch(1)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addSpacing(sizes.space_px)
        layout.addLayout(keys, 6)
        layout.addWidget(self._time)
        layout.addStretch(1)

    def show_view(self, view: RatePage) -> None:
        """Draw the words and the time; the keys stay as they are."""
        set_text(self._title, view.title)
        set_text(self._hint, view.hint)
        set_text(self._time, view.time_left)

    def answer(self, action: Action) -> None:
        """One key, once: whatever is pressed afterwards is not heard."""
        for key in self._keys:
            key.setEnabled(False)
        self.parts.emit(action)


def _press(page: RatePageWidget, action: Action) -> Callable[[], None]:
    return lambda: page.answer(action)
