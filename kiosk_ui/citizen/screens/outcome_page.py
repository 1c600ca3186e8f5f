"""The decision and its papers."""

from __future__ import annotations

from PyQt6.QtCore import Qt

from kiosk_ui.citizen.presenters.pages import OutcomePage
from kiosk_ui.citizen.screens.page_contract import CitizenPage, PageParts
from kiosk_ui.citizen.screens.paged_sheet import PagedSheet
from kiosk_ui.widgets.parts import IconLabel, column, label, level_colour, row, set_text
from kiosk_ui.widgets.qr_code import QrCode

ICON_PX = 64
CODE_PX = 290  # ten pixels per module for a case number


class OutcomePageWidget(CitizenPage):
    """Headline with its icon, the numbers to keep; beside them the code when there is no paper."""

    def __init__(self, parts: PageParts, view: OutcomePage) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._icon = IconLabel(ICON_PX)
        self._title = label(look="display", wrap=True)
        self._hint = label(wrap=True, name="citizen.outcome.hint")
        self._code = QrCode(CODE_PX) if view.code else None
        if self._code is not None:
            self._code.setObjectName("citizen.outcome.code")
        self._sheet = PagedSheet(parts.theme, lambda _seen, _pages: None, beside=self._code)
        head = row(gap=sizes.gap_px)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._title, 1)
        layout = column(self, gap=sizes.space_px)
        layout.addLayout(head)
        layout.addWidget(self._hint)
        layout.addWidget(self._sheet, 1)

    def show_view(self, view: OutcomePage) -> None:
        """Draw the page."""
        self._icon.show_icon(view.icon, level_colour(view.level, self.parts.theme.colours))
        set_text(self._title, view.title)
        set_text(self._hint, view.hint)
        if self._code is not None:
            self._code.show_text(view.code)
            self._code.setAccessibleName(view.code_name)
        self._sheet.show_groups(view.facts)
