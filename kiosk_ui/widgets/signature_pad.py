"""A pad to write on with finger, pen or mouse: strokes as they were written, and smooth ink."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QEventPoint,
    QFont,
    QInputEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
)
from PyQt6.QtWidgets import QWidget

from kiosk_ui.theme.tokens import FONT_FAMILY, Theme, px

INK_PX = 4.0
BASELINE = 0.78  # of the height: where a hand expects the line
EDGE_PX = 2.0
Point = tuple[float, float, int]
Strokes = tuple[tuple[Point, ...], ...]


class SignaturePad(QWidget):
    """Strokes of (x, y, t_ms): logical pixels of the pad, milliseconds since the first point. Qt thread.

    One hand writes: while a finger or pen is down, further fingers (a palm) draw nothing.
    """

    changed = pyqtSignal()
    """A stroke was begun, ended, taken back or wiped."""

    def __init__(self, theme: Theme, hint: str) -> None:
        super().__init__()
        self._theme = theme
        self._hint = hint
        self._strokes: list[list[Point]] = []
        self._inks: list[QPainterPath] = []
        self._writing = False
        self._finger = -1
        self._began_ms = 0
        self._open = True
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(QSize(420, 150))
        self.setProperty("personal", True)

    def strokes(self) -> Strokes:
        """What was written so far."""
        return tuple(tuple(stroke) for stroke in self._strokes)

    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not self._strokes

    def is_writing(self) -> bool:
        """Whether a stroke is under way."""
        return self._writing

    def has_signature(self, least_points: int, least_extent: float) -> bool:
        """Whether it is more than a slip of the pen: points in all strokes, extent as part of the pad."""
        points = [point for stroke in self._strokes for point in stroke]
        if len(points) < max(1, least_points):
            return False
        across = max(p[0] for p in points) - min(p[0] for p in points)
        down = max(p[1] for p in points) - min(p[1] for p in points)
        return across >= least_extent * self.width() and down >= least_extent * self.height()

    def set_open(self, writable: bool) -> None:
        """Whether the pad takes ink; a stroke under way ends."""
        if not writable:
            self._lift()
        self._open = writable

    def undo(self) -> None:
        """Take the last stroke back."""
        self._lift()
        if self._strokes:
            self._strokes.pop()
            self._inks.pop()
            self._redraw()

    def clear(self) -> None:
        """Wipe the pad."""
        self._writing, self._finger = False, -1
        self._strokes.clear()
        self._inks.clear()
        self._redraw()

    # events

    def event(self, a0: QEvent | None) -> bool:
        """Touches are taken here, so that Qt does not make a mouse of them."""
        if isinstance(a0, QTouchEvent):
            self._touched(a0)
            a0.accept()
            return True
        return super().event(a0)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """A stroke begins."""
        if a0 is not None and a0.button() == Qt.MouseButton.LeftButton:
            self._begin(a0.position(), a0)

    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        """The stroke goes on."""
        if a0 is not None and a0.buttons() & Qt.MouseButton.LeftButton:
            self._go_on(a0.position(), a0)

    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        """The stroke ends."""
        if a0 is not None and a0.button() == Qt.MouseButton.LeftButton:
            self._go_on(a0.position(), a0)
            self._lift()

    def tabletEvent(self, a0: QTabletEvent | None) -> None:
        """A pen writes while it touches."""
        if a0 is None:
            return
        match a0.type():
            case QEvent.Type.TabletPress:
                self._begin(a0.position(), a0)
            case QEvent.Type.TabletMove if a0.pressure() > 0:
                self._go_on(a0.position(), a0)
            case QEvent.Type.TabletRelease:
                self._go_on(a0.position(), a0)
                self._lift()
            case _:
                pass
        a0.accept()  # otherwise Qt makes a mouse of it, and every stroke would be written twice

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """A stretched signature is nobody's: another size begins anew."""
        super().resizeEvent(a0)
        if not self.is_empty():
            self.clear()

    def _touched(self, event: QTouchEvent) -> None:
        if event.type() == QEvent.Type.TouchCancel:
            self._lift()
            return
        for point in event.points():
            match point.state():
                case QEventPoint.State.Pressed if self._finger < 0 and not self._writing:
                    self._finger = point.id()
                    self._begin(point.position(), event)
                case QEventPoint.State.Updated if point.id() == self._finger:
                    self._go_on(point.position(), event)
                case QEventPoint.State.Released if point.id() == self._finger:
                    self._go_on(point.position(), event)
                    self._lift()
                case _:
                    pass

    # writing

    def _begin(self, at: QPointF, event: QInputEvent) -> None:
        if not self._open or self._writing:
            return
        if not self._strokes:
            self._began_ms = event.timestamp()
        self._writing = True
        point = self._point(at, event)
        self._strokes.append([point])
        ink = QPainterPath(QPointF(point[0], point[1]))
        ink.lineTo(point[0] + 0.01, point[1])  # a dot is ink too
        self._inks.append(ink)
        self._redraw()

    def _go_on(self, at: QPointF, event: QInputEvent) -> None:
        if not self._writing:
            return
        stroke = self._strokes[-1]
        point, last = self._point(at, event), stroke[-1]
        if point[:2] == last[:2]:
            return
        stroke.append(point)
        # Curves through the middles of the points: smooth, and nothing already drawn moves.
        middle = QPointF((last[0] + point[0]) / 2, (last[1] + point[1]) / 2)
        self._inks[-1].quadTo(QPointF(last[0], last[1]), middle)
        reach = 3 * INK_PX + 8
        before = stroke[-3] if len(stroke) > 2 else last
        left, right = min(before[0], last[0], point[0]), max(before[0], last[0], point[0])
        top, bottom = min(before[1], last[1], point[1]), max(before[1], last[1], point[1])
        self.update(
            QRectF(left - reach, top - reach, right - left + 2 * reach, bottom - top + 2 * reach).toAlignedRect()
        )

    def _lift(self) -> None:
        if self._writing:
            end = self._strokes[-1][-1]
            self._inks[-1].lineTo(end[0], end[1])
            self._writing = False
            self._redraw()
        self._finger = -1

    def _point(self, at: QPointF, event: QInputEvent) -> Point:
        x = min(max(at.x(), 0.0), float(self.width()))
        y = min(max(at.y(), 0.0), float(self.height()))
        last_ms = self._strokes[-1][-1][2] if self._strokes else 0
        return (round(x, 1), round(y, 1), max(last_ms, event.timestamp() - self._began_ms))

    def _redraw(self) -> None:
        self.update()
        self.changed.emit()

    # drawing

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the paper, the line and the ink."""
        colours, radius = self._theme.colours, self._theme.sizes.radius_px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QRectF(self.rect()).adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        painter.setPen(QPen(QColor(colours.primary), EDGE_PX))
        painter.setBrush(QColor(colours.paper))
        painter.drawRoundedRect(inside, radius, radius)
        quiet = QColor(colours.ink)
        quiet.setAlpha(70)
        painter.setPen(QPen(quiet, 1.5, Qt.PenStyle.DashLine))
        line = self.height() * BASELINE
        painter.drawLine(QPointF(inside.left() + 28, line), QPointF(inside.right() - 28, line))
        if not self._strokes:
            self._draw_hint(painter)
        pen = QPen(QColor(colours.ink), INK_PX)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink in self._inks:
            painter.drawPath(ink)
        painter.end()

    def _draw_hint(self, painter: QPainter) -> None:
        font = QFont(FONT_FAMILY)
        font.setPixelSize(px(self._theme.type.body_pt))
        painter.setFont(font)
        faint = QColor(self._theme.colours.ink)
        faint.setAlpha(165)
        painter.setPen(faint)
        area = self.rect().adjusted(28, 12, -28, -12)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)
