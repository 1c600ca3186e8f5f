"""One key of the rating: a face and a word, the same size and weight for every level."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy

from kiosk_ui.theme.tokens import FONT_FAMILY, Theme, px

# How far the corners of the mouth stand above (+) or below (-) its middle, as part of the face's radius.
_SMILES = {5: 0.42, 4: 0.24, 3: 0.0, 2: -0.24, 1: -0.42}
_LINES = 2  # every word gets the same two lines of room


class RatingKey(QAbstractButton):
    """Draws itself: the style sheet cannot give one level more weight than another. Enter does not press it."""

    def __init__(self, theme: Theme, level: int, text: str) -> None:
        super().__init__()
        self._theme = theme
        self._level = level
        self.setText(text)
        self.setAccessibleName(text.replace("\n", ""))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a touch leaves no mark behind
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Room for the least face and two lines."""
        theme = self._theme
        words = QFontMetrics(self._font()).lineSpacing() * _LINES
        least = theme.sizes.target_px
        return QSize(least * 2, least + words + 3 * theme.sizes.space_px)

    def minimumSizeHint(self) -> QSize:
        """As narrow as a target, as high as its face and words."""
        hint = self.sizeHint()
        return QSize(self._theme.sizes.target_px, hint.height())

    def paintEvent(self, e: QPaintEvent | None) -> None:
        """Draw key, face and word."""
        colours, sizes = self._theme.colours, self._theme.sizes
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        down = self.isDown()
        edge = sizes.focus_px if self.hasFocus() else 2
        painter.setPen(QPen(QColor(colours.focus if self.hasFocus() else colours.line_strong), edge))
        painter.setBrush(QColor(colours.primary_soft if down else colours.surface))
        inset = edge / 2 + 0.5
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), sizes.radius_px, sizes.radius_px
        )
        font = self._font()
        words_px = QFontMetrics(font).lineSpacing() * _LINES
        gap = sizes.space_px
        radius = min(self.width() - 2 * gap, self.height() - words_px - 3 * gap, 150) / 2
        whole = 2 * radius + gap + words_px
        top = (self.height() - whole) / 2
        self._draw_face(painter, QPointF(self.width() / 2, top + radius), radius)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        area = QRectF(6, top + 2 * radius + gap, self.width() - 12, words_px)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.text())
        painter.end()

    def _draw_face(self, painter: QPainter, middle: QPointF, radius: float) -> None:
        colour = QColor(self._theme.colours.primary)
        pen = QPen(colour, max(2.5, radius * 0.07))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(middle, radius - pen.widthF(), radius - pen.widthF())
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        for side in (-1, 1):
            eye = QPointF(middle.x() + side * radius * 0.34, middle.y() - radius * 0.22)
            painter.drawEllipse(eye, radius * 0.09, radius * 0.09)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        smile = _SMILES[self._level] * radius
        half, line = radius * 0.42, middle.y() + radius * 0.36
        mouth = QPainterPath(QPointF(middle.x() - half, line - smile / 2))
        mouth.quadTo(QPointF(middle.x(), line + smile), QPointF(middle.x() + half, line - smile / 2))
        painter.drawPath(mouth)

    def _font(self) -> QFont:
        font = QFont(FONT_FAMILY)
        font.setPixelSize(px(self._theme.type.body_pt))
        font.setWeight(QFont.Weight.DemiBold)
        return font
