"""The live picture of the document camera: newest frame wins, polled only while it is on the screen."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QFont, QHideEvent, QImage, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import QWidget

from drivers.base.media.ring import RingReader
from kiosk_ui.theme.tokens import Theme, px

POLL_MS = 30


class Preview(QWidget):
    """Draws the newest frame of a ring, or a note over the last frame when there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name = ""
        self._reader: RingReader | None = None
        self._seq = 0
        self._image: QImage | None = None
        self._note = ""
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self.setMinimumSize(QSize(240, 180))
        self.setProperty("personal", True)

    def show_ring(self, name: str, note: str) -> None:
        """Watch ring `name`; empty stops watching. `note` is drawn over the picture when it is not empty."""
        if name != self._name:
            self._close()
            self._name = name
            self._image = None
        self._note = note
        self.setAccessibleDescription(note)
        self._watch(self.isVisible())
        self.update()

    def showEvent(self, a0: QShowEvent | None) -> None:
        """On the screen: watch."""
        super().showEvent(a0)
        self._watch(True)

    def hideEvent(self, a0: QHideEvent | None) -> None:
        """Off the screen: stop, and forget the last frame."""
        super().hideEvent(a0)
        self._watch(False)
        self._image = None

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """The stage, the frame, the note."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.stage))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        if self._image is not None:
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            painter.drawImage(QRectF(left, top, size.width(), size.height()), self._image)
        if self._note:
            if self._image is not None:
                painter.fillRect(self.rect(), QColor(0, 0, 0, 150))
            font = QFont(self.font())
            font.setPixelSize(px(self._theme.type.strong_pt))
            painter.setFont(font)
            painter.setPen(QColor(colours.on_stage))
            area = self.rect().adjusted(20, 20, -20, -20)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._note)
        painter.end()

    def _watch(self, visible: bool) -> None:
        if visible and self._name:
            if not self._timer.isActive():
                self._timer.start()
                self._poll()
        else:
            self._timer.stop()
            self._close()

    def _poll(self) -> None:
        if self._reader is None:
            try:
                self._reader = RingReader(self._name)
            except OSError:
                return  # the ring is gone; a new one comes with the next snapshot
            self._seq = 0
        frame = self._reader.latest(self._seq)
        if frame is None:
            return
        self._seq = frame.seq
        picture = QImage(frame.rgb, frame.width_px, frame.height_px, frame.width_px * 3, QImage.Format.Format_RGB888)
        self._image = picture.copy()  # the bytes belong to the frame, which ends here
        self.update()

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._seq = 0
