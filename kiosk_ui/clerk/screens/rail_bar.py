"""The step rail: numbered circles on a line, the label below, in a word how each step was taken."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from kiosk_ui.clerk.presenters.frame import RailStep
from kiosk_ui.i18n.texts import tr
from kiosk_ui.theme.tokens import FONT_FAMILY, Theme, px

HEIGHT_PX = 78
CIRCLE_PX = 24
TOP_PX = 6


class RailBar(QWidget):
    """Drawn, not built of labels: eleven steps fit into 760 pixels."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._steps: tuple[RailStep, ...] = ()
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_steps(self, steps: tuple[RailStep, ...]) -> None:
        """Draw these steps."""
        if steps == self._steps:
            return
        self._steps = steps
        self.setAccessibleName(
            tr("list.join").join(
                tr("rail.step", number=s.number, label=s.label, state=tr(f"rail.state.{s.state}")) for s in steps
            )
        )
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Line, circles, words."""
        if not self._steps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = self.width() / len(self._steps)
        middle = TOP_PX + CIRCLE_PX / 2
        for index, step in enumerate(self._steps):
            centre = QPointF(cell * (index + 0.5), middle)
            if index:
                reached = step.state != "open"
                self._line(painter, centre.x() - cell, centre.x(), middle, reached=reached)
        for index, step in enumerate(self._steps):
            self._circle(painter, QPointF(cell * (index + 0.5), middle), step)
            self._words(painter, QRectF(cell * index, middle + CIRCLE_PX / 2 + 4, cell, 40), step)
        painter.end()

    def _line(self, painter: QPainter, left: float, right: float, y: float, *, reached: bool) -> None:
        c = self._theme.colours
        painter.setPen(QPen(QColor(c.primary if reached else c.line), 2))
        painter.drawLine(QPointF(left + CIRCLE_PX / 2 + 3, y), QPointF(right - CIRCLE_PX / 2 - 3, y))

    def _circle(self, painter: QPainter, centre: QPointF, step: RailStep) -> None:
        c = self._theme.colours
        done, current = step.state == "done", step.state == "current"
        edge = c.primary if done or current else c.line_strong
        painter.setPen(
            QPen(QColor(edge), 2, Qt.PenStyle.DashLine if step.state == "skipped" else Qt.PenStyle.SolidLine)
        )
        painter.setBrush(QColor(c.primary if current else c.primary_soft if done else c.surface))
        painter.drawEllipse(centre, CIRCLE_PX / 2, CIRCLE_PX / 2)
        if done:
            painter.setPen(QPen(QColor(c.primary), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPolyline(centre + QPointF(-5, 0.5), centre + QPointF(-1.5, 4), centre + QPointF(5, -3.5))
            return
        painter.setFont(self._font(px(self._theme.type.caption_pt), bold=True))
        painter.setPen(QColor(c.on_primary if current else c.text_muted))
        box = QRectF(centre.x() - CIRCLE_PX, centre.y() - CIRCLE_PX, CIRCLE_PX * 2, CIRCLE_PX * 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "–" if step.state == "skipped" else step.number)

    def _words(self, painter: QPainter, area: QRectF, step: RailStep) -> None:
        c = self._theme.colours
        current = step.state == "current"
        size = px(self._theme.type.caption_pt)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.setFont(self._font(size, bold=current))
        painter.setPen(QColor(c.primary if current else c.text if step.state == "done" else c.text_muted))
        painter.drawText(area, flags, step.label)
        if step.how:
            painter.setFont(self._font(size - 1, bold=False))
            painter.setPen(QColor(c.text_muted))
            painter.drawText(area.translated(0, size + 6), flags, step.how)

    def _font(self, size_px: int, *, bold: bool) -> QFont:
        font = QFont(FONT_FAMILY)
        font.setPixelSize(size_px)
        font.setBold(bold)
        return font
