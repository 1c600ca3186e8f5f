"""The bar on top of the citizen's window and, below it, the way through the case."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy, QWidget

from kiosk_ui.citizen.presenters.frame import TopView, TrailView
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.widgets.buttons import ButtonRow, Press
from kiosk_ui.widgets.parts import column, label, row, set_text

SEGMENT_PX = 8


class ElidedLabel(QLabel):
    """A label that shortens its text to the room it has; the whole text stays its accessible name."""

    def __init__(self, look: str) -> None:
        super().__init__()
        self._whole = ""
        self.setProperty("look", look)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show `text`, shortened when it must be."""
        self._whole = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Shorten anew."""
        super().resizeEvent(a0)
        self._fit()

    def _fit(self) -> None:
        fitting = QFontMetrics(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideRight, max(0, self.width()))
        if fitting != self.text():
            self.setText(fitting)


class TopBar(QWidget):
    """Hall, window, and the switch between type sizes, on every page at the same place.

    With `says_step` the step of an open case stands where the hall's name was: large type needs the line.
    """

    def __init__(self, theme: Theme, press: Press, *, says_step: bool) -> None:
        super().__init__()
        sizes = theme.sizes
        self._says_step = says_step
        self.setProperty("look", "header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(sizes.target_px + 16)
        self._hall = ElidedLabel("strong")
        self._window = label(look="muted", name="citizen.top.window")
        self._buttons = ButtonRow(press, sizes.space_px)
        layout = row(self, gap=sizes.gap_px)
        layout.setContentsMargins(sizes.margin_px, 0, sizes.margin_px, 0)
        layout.addWidget(self._hall, 1)
        layout.addWidget(self._window)
        layout.addWidget(self._buttons)

    def show_view(self, view: TopView, trail: TrailView | None) -> None:
        """Draw the bar."""
        step = trail.text if trail is not None and self._says_step else ""
        self._hall.show_text(step or view.hall)
        set_text(self._window, "" if step else view.window)
        self._buttons.show_views((view.elder,))
        for button in self._buttons.buttons():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)


class Trail(QWidget):
    """Where the citizen is, in words and as one bar of as many parts as there are steps."""

    def __init__(self, theme: Theme, *, in_words: bool) -> None:
        super().__init__()
        self._segments = _Segments(theme)
        self._now = label(look="label", name="citizen.trail.now")
        self._next = ElidedLabel("muted")
        self._next.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        words = QWidget()
        inside = row(words, gap=theme.sizes.gap_px)
        inside.addWidget(self._now)
        inside.addWidget(self._next, 1)
        layout = column(self, gap=theme.sizes.space_px // 2)
        layout.addWidget(words)
        words.setVisible(in_words)
        layout.addWidget(self._segments)

    def show_view(self, view: TrailView | None) -> None:
        """Draw the way; None hides it."""
        self.setVisible(view is not None)
        if view is not None:
            set_text(self._now, view.text)
            self._next.show_text(view.next)
            self._segments.show_step(view.current, view.total)


class _Segments(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._current, self._total = 0, 1
        self.setFixedHeight(SEGMENT_PX)

    def show_step(self, current: int, total: int) -> None:
        """Draw `current` of `total`."""
        if (current, total) != (self._current, self._total):
            self._current, self._total = current, total
            self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap = 6.0
        width = (self.width() - gap * (self._total - 1)) / self._total
        for index in range(self._total):
            part = QRectF(index * (width + gap), 0, width, self.height())
            if index < self._current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colours.primary))
            else:
                painter.setPen(QColor(colours.line_strong))
                painter.setBrush(QColor(colours.surface))
                part = part.adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(part, SEGMENT_PX / 2, SEGMENT_PX / 2)
        painter.end()
