"""One thing said in large letters."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QProgressBar, QWidget

from kiosk_ui.citizen.presenters.pages import StatePage
from kiosk_ui.citizen.screens.page_contract import CitizenPage, PageParts, centred
from kiosk_ui.i18n.texts import tr
from kiosk_ui.widgets.parts import IconLabel, column, empty, frame, label, level_colour, row, set_text

ICON_PX = 112
NOTED_ICON_PX = 64  # beside a long note there is less room
BUSY_PX = 280


class StatePageWidget(CitizenPage):
    """Icon, headline, sentence; below them the coming steps, or a text to know before going on."""

    def __init__(self, parts: PageParts, *, noted: bool) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._shown_steps: tuple[str, ...] = ()
        self._icon = IconLabel(NOTED_ICON_PX if noted else ICON_PX)
        self._title = centred("display")
        self._hint = centred("body")
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedWidth(BUSY_PX)
        self._busy.setAccessibleName(tr("citizen.rate.soon"))
        self._steps = QWidget()
        self._grid = QGridLayout(self._steps)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(sizes.gap_px)
        self._grid.setVerticalSpacing(sizes.space_px)
        self._note = frame("card")
        inner = column(self._note, margin=sizes.space_px, gap=sizes.space_px // 2)
        self._note_title = label(look="strong", wrap=True)
        self._note_text = label(wrap=True)
        inner.addWidget(self._note_title)
        inner.addWidget(self._note_text)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout = column(self, gap=sizes.space_px)
        layout.addStretch(2)
        layout.addWidget(self._icon, 0, centre)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addSpacing(sizes.space_px)
        layout.addWidget(self._busy, 0, centre)
        steps = row()
        steps.addStretch(1)
        steps.addWidget(self._steps)
        steps.addStretch(1)
        layout.addLayout(steps)
        layout.addStretch(2)
        layout.addWidget(self._note)
        layout.addStretch(0 if noted else 1)

    def show_view(self, view: StatePage) -> None:
        """Draw the page."""
        self._icon.show_icon(view.icon, level_colour(view.level, self.parts.theme.colours))
        set_text(self._title, view.title)
        set_text(self._hint, view.hint)
        self._busy.setVisible(view.busy)
        self._show_steps(view.steps)
        set_text(self._note_title, view.note_title)
        set_text(self._note_text, view.note)
        self._note.setVisible(bool(view.note))

    def _show_steps(self, steps: tuple[str, ...]) -> None:
        if steps == self._shown_steps:
            return
        self._shown_steps = steps
        empty(self._grid)
        for line, text in enumerate(steps):
            number = centred("number")
            set_text(number, str(line + 1))
            number.setProperty("look", "ordinal")
            self._grid.addWidget(number, line, 0)
            self._grid.addWidget(label(text, "strong"), line, 1)
