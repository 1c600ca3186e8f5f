"""Pages without a workbench: sign-in, and states that only say where things stand."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QProgressBar, QSizePolicy

from kiosk_ui.actions import Values
from kiosk_ui.clerk.presenters.pages import EntryPage, StatePage
from kiosk_ui.clerk.screens.page_contract import PageParts, PageWidget
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import ButtonView, Look
from kiosk_ui.widgets.banners import Banners
from kiosk_ui.widgets.buttons import ButtonRow
from kiosk_ui.widgets.facts import FactGrid, FactSheet
from kiosk_ui.widgets.inputs import InputForm
from kiosk_ui.widgets.parts import IconLabel, column, frame, label, level_colour, row, set_text

CARD_PX = 440


class EntryPageWidget(PageWidget):
    """A card in the middle with a few inputs and its button."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__(parts)
        self._title = label(look="title")
        self._hint = label(look="muted", wrap=True)
        self._notice = Banners(parts.theme, "clerk.entry")
        self._form = InputForm(None, parts.primary)
        self._buttons = ButtonRow(parts.press, parts.theme.sizes.space_px)
        card = frame("card")
        card.setFixedWidth(CARD_PX)
        inner = column(card, margin=32, gap=parts.theme.sizes.gap_px)
        for part in (self._title, self._hint, self._notice, self._form):
            inner.addWidget(part)
        inner.addSpacing(parts.theme.sizes.gap_px)
        inner.addWidget(self._buttons)
        layout = column(self)
        layout.addStretch(2)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def show_view(self, view: EntryPage) -> None:
        """Draw the page."""
        set_text(self._title, view.title)
        set_text(self._hint, view.hint)
        self._notice.show_views((view.notice,) if view.notice else ())
        self._form.show_views(view.inputs)

    def own_buttons(self, buttons: tuple[ButtonView, ...]) -> tuple[ButtonView, ...]:
        """All of them: the card is the whole page."""
        return buttons

    def show_buttons(self, buttons: tuple[ButtonView, ...]) -> None:
        """Draw the card's button."""
        self._buttons.show_views(buttons)

    def values(self) -> Values:
        """Staff id and PIN; the PIN's field is emptied, it is typed once for one try."""
        values = self._form.values()
        for field in self._form.fields():
            if field.editor.objectName().endswith(".pin"):
                field.clear()
        return values


class StatePageWidget(PageWidget):
    """An icon, a headline, a sentence; below it what is known, or the one big button."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._icon = IconLabel(72)
        self._title = label(look="display")
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._hint = label(look="muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._hint.setFixedWidth(560)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedWidth(240)
        self._busy.setAccessibleName(tr("state.waiting"))
        self._facts = FactGrid(parts.theme, 110)
        self._facts.setFixedWidth(460)
        self._big = ButtonRow(parts.press, sizes.space_px)
        self._big.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._sheet = FactSheet(parts.theme, 130)
        self._sheet_card = frame("card")
        column(self._sheet_card, margin=sizes.margin_px).addWidget(self._sheet)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout = column(self, gap=sizes.gap_px)
        layout.addStretch(2)
        for part in (self._icon, self._title, self._hint, self._busy):
            layout.addWidget(part, 0, centre)
        layout.addSpacing(sizes.gap_px)
        layout.addWidget(self._facts, 0, centre)
        layout.addSpacing(sizes.gap_px)
        layout.addWidget(self._big, 0, centre)
        wide = row()
        wide.addWidget(self._sheet_card)
        layout.addLayout(wide)
        layout.addStretch(3)

    def show_view(self, view: StatePage) -> None:
        """Draw the page."""
        self._icon.show_icon(view.icon, level_colour(view.level, self.parts.theme.colours))
        set_text(self._title, view.title)
        set_text(self._hint, view.hint)
        self._busy.setVisible(view.busy)
        self._facts.show_rows(view.facts)
        self._facts.setVisible(bool(view.facts))
        self._sheet.show_groups(view.groups)
        self._sheet_card.setVisible(bool(view.groups))

    def own_buttons(self, buttons: tuple[ButtonView, ...]) -> tuple[ButtonView, ...]:
        """The one big button."""
        return tuple(button for button in buttons if button.look is Look.BIG)

    def show_buttons(self, buttons: tuple[ButtonView, ...]) -> None:
        """Draw the big button, or none."""
        self._big.show_views(buttons)
        self._big.setVisible(bool(buttons))
