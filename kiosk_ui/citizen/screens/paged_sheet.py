"""Rows by the screenful: big buttons turn the page, nothing scrolls, nothing moves when a row is revealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontMetrics, QResizeEvent
from PyQt6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from kiosk_ui.citizen.presenters.pages import SheetGroup, SheetRow
from kiosk_ui.citizen.screens.page_contract import font_of, text_height
from kiosk_ui.i18n.texts import tr
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.widgets.parts import IconLabel, column, empty, frame, label, level_colour, personal, restyle, row, rule

LEAST_LABEL_PART, MOST_LABEL_PART = 0.2, 0.38  # of the width: the column of labels takes what it needs
ROW_GAP = 0.6  # of the theme's space, above and below a row together


@dataclass(frozen=True, slots=True)
class Line:
    """A heading (`row` is None) or a row, with its height in pixels."""

    title: str
    row: SheetRow | None
    height_px: int


def paginate(lines: tuple[Line, ...], room_px: int) -> tuple[tuple[Line, ...], ...]:
    """Lines by the screenful; a heading is never the last of its page and comes again where its rows go on. Pure."""
    pages: list[list[Line]] = [[]]
    used = 0
    heading: Line | None = None
    for line in lines:
        if line.row is None:
            heading = line
            continue
        fresh = bool(heading) and (not pages[-1] or heading not in pages[-1])
        needed = line.height_px + (heading.height_px if fresh and heading else 0)
        if pages[-1] and used + needed > room_px:
            pages.append([])
            used = 0
            fresh = heading is not None
        if fresh and heading is not None:
            pages[-1].append(heading)
            used += heading.height_px
        pages[-1].append(line)
        used += line.height_px
    return tuple(tuple(page) for page in pages)


class PagedSheet(QWidget):
    """Groups of rows; `turned` is told after each page how many of how many have been shown.

    With `leads` turning on is the page's main button until everything was shown. `beside` stands over the page
    buttons, which then lie side by side; `below` stands at the bottom of their column.
    """

    def __init__(
        self,
        theme: Theme,
        turned: Callable[[int, int], None],
        *,
        leads: bool = False,
        beside: QWidget | None = None,
        below: QWidget | None = None,
    ) -> None:
        super().__init__()
        self._leads = leads
        self._beside = beside
        self._below = below
        self._theme = theme
        self._turned = turned
        self._groups: tuple[SheetGroup, ...] = ()
        self._pages: tuple[tuple[Line, ...], ...] = ((),)
        self._page = 0
        self._seen = 0
        self._drawn: tuple[object, ...] = ()
        sizes = theme.sizes
        self._card: QFrame = frame("card")
        self._lines: QVBoxLayout = column(self._card)
        self._lines.setContentsMargins(sizes.gap_px, sizes.space_px, sizes.gap_px, sizes.space_px)
        self._side = QWidget()
        self._pager = QWidget()
        self._previous = self._page_button("citizen.pages.previous", tr("citizen.pages.previous"), -1)
        self._next = self._page_button("citizen.pages.next", tr("citizen.pages.next"), 1)
        self._count = label(look="strong", name="citizen.pages.count")
        self._count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        turning = row(self._pager, gap=sizes.space_px) if beside else column(self._pager, gap=sizes.space_px)
        turning.addWidget(self._previous)
        turning.addWidget(self._count)
        turning.addWidget(self._next)
        side = column(self._side, gap=sizes.space_px)
        if beside is not None:
            self._count.hide()
            side.addWidget(beside, 0, Qt.AlignmentFlag.AlignHCenter)
        side.addWidget(self._pager)
        side.addStretch(1)
        if below is not None:
            side.addWidget(below)
        layout = row(self, gap=sizes.gap_px)
        layout.addWidget(self._card, 1, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._side)
        self._side.setVisible(beside is not None or below is not None)
        self._pager.hide()
        self.setMinimumHeight(2 * sizes.target_px + 3 * sizes.space_px + self._count.sizeHint().height())

    def show_groups(self, groups: tuple[SheetGroup, ...]) -> None:
        """Draw the groups; the page stays where it is."""
        if groups != self._groups:
            self._groups = groups
            self._lay_out()

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Another size has other pages."""
        super().resizeEvent(a0)
        self._lay_out()

    def _lay_out(self) -> None:
        if self.width() <= 0 or self.height() <= 0:
            return
        sizes = self._theme.sizes
        room_px = self.height() - 2 * sizes.space_px - 4
        whole_px = self.width() - 2 * sizes.gap_px - 2
        standing = [part.sizeHint().width() + sizes.gap_px for part in (self._beside, self._below) if part is not None]
        aside_px = max(standing, default=0)
        pages = paginate(self._measure(whole_px - aside_px), room_px)
        several = len(pages) > 1
        if several:
            aside_px = max(aside_px, self._pager.sizeHint().width() + sizes.gap_px)
            pages = paginate(self._measure(whole_px - aside_px), room_px)
        whole_px -= aside_px
        self._pages = pages
        self._page = min(self._page, len(pages) - 1)
        self._pager.setVisible(several)
        self._side.setVisible(several or bool(standing))
        filled_px = sum(line.height_px for page in pages for line in page) + 2 * sizes.space_px + 4
        self._card.setFixedHeight(self.height() if several else min(self.height(), filled_px))
        self._draw(whole_px)

    def _measure(self, width_px: int) -> tuple[Line, ...]:
        scale, space = self._theme.type, self._theme.sizes.space_px
        gap = round(space * ROW_GAP)
        body, strong = font_of(self._theme, scale.body_pt), font_of(self._theme, scale.strong_pt, bold=True)
        label_px, value_px = self._columns(width_px)
        lines: list[Line] = []
        for group in self._groups:
            if group.title:
                lines.append(Line(group.title, None, text_height(strong, group.title, width_px) + gap))
            for fact in group.rows:
                room = value_px - (self._icon_px() + space if fact.level else 0)
                tallest = max(
                    text_height(body, fact.label, label_px),
                    text_height(body, fact.shown.reveal(), room),
                    text_height(body, fact.full.reveal(), room),
                )
                lines.append(Line(group.title, fact, tallest + gap + 1))
        return tuple(lines)

    def _draw(self, width_px: int) -> None:
        page = self._pages[self._page]
        several = len(self._pages)
        self._seen = max(self._seen, self._page + 1)
        self._count.setText(tr("citizen.pages.count", page=self._page + 1, all=several))
        self._count.setAccessibleName(tr("citizen.pages.where", page=self._page + 1, all=several))
        self._previous.setEnabled(self._page > 0)
        self._next.setEnabled(self._page + 1 < several)
        restyle(self._next, look="lead" if self._leads and self._seen < several else "secondary")
        drawn = (page, width_px)
        if drawn != self._drawn:
            self._drawn = drawn
            empty(self._lines)
            for line in page:
                self._lines.addWidget(self._line(line, width_px))
            self._lines.addStretch(1)
        self._turned(min(self._seen, several), several)

    def _line(self, line: Line, width_px: int) -> QWidget:
        made = QWidget()
        made.setFixedHeight(line.height_px)
        outer = column(made)
        if line.row is None:
            outer.addWidget(label(line.title, "strong"))
            return made
        label_px, value_px = self._columns(width_px)
        name = label(line.row.label, "muted", wrap=True)
        name.setFixedWidth(label_px)
        value = personal(label(line.row.shown.reveal(), wrap=True))
        inside = row(gap=self._theme.sizes.space_px)
        inside.addWidget(name, 0)
        if line.row.level is not None:
            icon = IconLabel(self._icon_px())
            icon.show_icon(f"state-{line.row.level}", level_colour(line.row.level, self._theme.colours))
            inside.addWidget(icon)
            value.setFixedWidth(value_px - self._icon_px() - self._theme.sizes.space_px)
        else:
            value.setFixedWidth(value_px)
        inside.addWidget(value, 0)
        inside.addStretch(1)
        outer.addLayout(inside, 1)
        outer.addWidget(rule())
        return made

    def _columns(self, width_px: int) -> tuple[int, int]:
        metrics = QFontMetrics(font_of(self._theme, self._theme.type.body_pt))
        widest = max((metrics.horizontalAdvance(r.label) for g in self._groups for r in g.rows), default=0) + 2
        label_px = min(max(widest, round(width_px * LEAST_LABEL_PART)), round(width_px * MOST_LABEL_PART))
        return label_px, width_px - label_px - self._theme.sizes.space_px

    def _icon_px(self) -> int:
        return round(self._theme.sizes.icon_px * 0.75)

    def _page_button(self, name: str, text: str, step: int) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setAutoDefault(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a touch leaves no mark behind
        button.clicked.connect(lambda: self._turn(step))
        return button

    def _turn(self, step: int) -> None:
        self._page = min(max(0, self._page + step), len(self._pages) - 1)
        self._lay_out()
