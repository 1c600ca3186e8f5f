"""Rows to read: the citizen's data, the materials, the whole application."""

from __future__ import annotations

from PyQt6.QtCore import Qt

from kiosk_ui.actions import Reveal
from kiosk_ui.citizen.presenters.pages import SheetPage
from kiosk_ui.citizen.screens.button_column import ButtonColumn
from kiosk_ui.citizen.screens.page_contract import CitizenPage, PageParts
from kiosk_ui.citizen.screens.paged_sheet import PagedSheet
from kiosk_ui.views import ButtonView
from kiosk_ui.widgets.buttons import Press
from kiosk_ui.widgets.hold_button import HoldButton
from kiosk_ui.widgets.parts import column, label, restyle, row, set_text
from kiosk_ui.widgets.pictures import PictureLabel

PORTRAIT_PX = (168, 208)


class SheetPageWidget(CitizenPage):
    """Title and hint, the button that is held to read in full, and the rows."""

    def __init__(self, parts: PageParts, press: Press, view: SheetPage) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._read_all = frozenset(view.read_all)
        self._title = label(look="title", wrap=True)
        self._hint = label(look="muted", wrap=True)
        self._reveal = HoldButton(view.reveal, lambda held: parts.emit(Reveal(held)))
        self._reveal.setObjectName("citizen.sheet.reveal")
        self._reveal.setAccessibleName(view.reveal)
        self._reveal.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._reveal.setVisible(bool(view.reveal))
        self._portrait = PictureLabel(parts.pictures, *PORTRAIT_PX)
        self._portrait.hide()
        self._answers = ButtonColumn(press, sizes.space_px) if view.read_all else None
        self._sheet = PagedSheet(parts.theme, self._turned, leads=bool(view.read_all), below=self._answers)
        words = column(gap=sizes.space_px // 2)
        words.addWidget(self._title)
        words.addWidget(self._hint)
        head = row(gap=sizes.gap_px)
        head.addLayout(words, 1)
        head.addWidget(self._reveal, 0, Qt.AlignmentFlag.AlignVCenter)
        body = row(gap=sizes.gap_px)
        body.addWidget(self._sheet, 1)
        body.addWidget(self._portrait, 0, Qt.AlignmentFlag.AlignTop)
        layout = column(self, gap=sizes.space_px)
        layout.addLayout(head)
        layout.addLayout(body, 1)

    def show_view(self, view: SheetPage) -> None:
        """Draw the page."""
        set_text(self._title, view.title)
        set_text(self._hint, view.warning or view.hint)
        restyle(self._hint, look="problem" if view.warning else "muted")
        self._portrait.show_blob(view.portrait)
        self._portrait.setVisible(bool(view.portrait))
        self._sheet.show_groups(view.groups)

    def show_buttons(self, views: tuple[ButtonView, ...]) -> bool:
        """The answers stand beside the rows; a sheet without answers leaves them to the bar."""
        if self._answers is None:
            return False
        self._answers.show_views(views)
        return True

    def _turned(self, seen: int, pages: int) -> None:
        self.parts.unread(self._read_all if seen < pages else frozenset())
