"""Pages without a workbench: sign-in, and states that only say where things stand."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QWidget

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
HINT_PX = 560
FACTS_PX = 420
BUSY_PX = 180


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
    """An icon, a headline, a sentence; below it what is known, or the one big button.

    Where the whole application stands below, the headline moves into a strip on top.
    """

    def __init__(self, parts: PageParts) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._hero = _Headline(72, "display")
        self._strip = _Headline(40, "title")
        self._facts = FactGrid(parts.theme, 96)
        self._facts_card = frame("card")
        self._facts_card.setFixedWidth(FACTS_PX)
        column(self._facts_card, margin=sizes.margin_px).addWidget(self._facts)
        self._big = ButtonRow(parts.press, sizes.space_px)
        self._big.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._sheet = FactSheet(parts.theme, 104, columns=2)
        self._sheet_card = frame("card")
        column(self._sheet_card, margin=sizes.margin_px).addWidget(self._sheet)
        hero = column(gap=sizes.gap_px + 4)
        for part in (self._hero.icon, self._hero.title):
            hero.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        self._hero.hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._hero.hint.setFixedWidth(HINT_PX)
        hero.addLayout(_centred(self._hero.hint))
        hero.addWidget(self._hero.busy, 0, Qt.AlignmentFlag.AlignHCenter)
        hero.addLayout(_centred(self._facts_card))
        hero.addSpacing(4)
        hero.addLayout(_centred(self._big))
        words = column(gap=2)
        words.addWidget(self._strip.title)
        words.addWidget(self._strip.hint)
        self._strip_card = frame("card")
        strip = row(self._strip_card, margin=sizes.margin_px, gap=sizes.gap_px + 4)
        strip.addWidget(self._strip.icon)
        strip.addLayout(words, 1)
        strip.addWidget(self._strip.busy)
        self._layout = column(self, gap=sizes.gap_px)
        self._layout.addStretch(2)
        self._layout.addLayout(hero)
        self._layout.addWidget(self._strip_card)
        self._layout.addWidget(self._sheet_card)
        self._layout.addStretch(3)

    def show_view(self, view: StatePage) -> None:
        """Draw the page."""
        colour = level_colour(view.level, self.parts.theme.colours)
        compact = bool(view.groups)
        self._hero.show_view(view, colour, shown=not compact)
        self._strip.show_view(view, colour, shown=compact)
        self._strip_card.setVisible(compact)
        self._facts.show_rows(view.facts)
        self._facts_card.setVisible(bool(view.facts))
        self._sheet.show_groups(view.groups)
        self._sheet_card.setVisible(compact)
        self._layout.setStretch(0, 0 if compact else 2)

    def own_buttons(self, buttons: tuple[ButtonView, ...]) -> tuple[ButtonView, ...]:
        """The one big button."""
        return tuple(button for button in buttons if button.look is Look.BIG)

    def show_buttons(self, buttons: tuple[ButtonView, ...]) -> None:
        """Draw the big button, or none."""
        self._big.show_views(buttons)
        self._big.setVisible(bool(buttons))


class _Headline:
    """Icon, headline, sentence and the bar that says that something is awaited."""

    def __init__(self, icon_px: int, look: str) -> None:
        self.icon = IconLabel(icon_px)
        self.title = label(look=look, wrap=look != "display")
        self.hint = label(look="muted", wrap=True)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setFixedWidth(BUSY_PX)
        self.busy.setAccessibleName(tr("state.waiting"))

    def show_view(self, view: StatePage, colour: str, *, shown: bool) -> None:
        """Draw the headline, or hide all of it."""
        self.icon.show_icon(view.icon, colour)
        self.icon.setVisible(shown)
        set_text(self.title, view.title if shown else "")
        set_text(self.hint, view.hint if shown else "")
        self.busy.setVisible(shown and view.busy)


def _centred(part: QWidget) -> QHBoxLayout:
    """`part` in the middle of a row of its own, with all the height that its wrapped text needs."""
    made = row()
    made.addStretch(1)
    made.addWidget(part)
    made.addStretch(1)
    return made
