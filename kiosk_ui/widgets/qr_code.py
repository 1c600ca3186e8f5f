"""A QR code on the screen, black on white in every theme. The one file that knows the `qrcode` package."""

from __future__ import annotations

from typing import Protocol, cast

from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

QUIET_MODULES = 4  # the white rim a camera needs (ISO/IEC 18004, 6.3.8)
_BLACK, _WHITE = "#000000", "#ffffff"


class _Code(Protocol):
    def add_data(self, data: str) -> None: ...
    def get_matrix(self) -> list[list[bool]]: ...


def load() -> None:
    """Import the encoder, 100 ms with Pillow behind it: on any thread but Qt's, before a code is needed."""
    import qrcode.main  # noqa: F401  # pyright: ignore[reportUnusedImport]


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The dark modules of `text` without the rim, row by row; error correction M."""
    from qrcode.constants import ERROR_CORRECT_M  # only a citizen without a paper receipt needs it: not at start-up
    from qrcode.main import QRCode

    code = cast("_Code", QRCode(error_correction=ERROR_CORRECT_M, border=0))
    code.add_data(text)
    return tuple(tuple(row) for row in code.get_matrix())


class QrCode(QWidget):
    """Draws whole pixels per module, so that every camera reads it."""

    def __init__(self, size_px: int) -> None:
        super().__init__()
        self._text = ""
        self._modules: tuple[tuple[bool, ...], ...] = ()
        self.setFixedSize(QSize(size_px, size_px))

    def show_text(self, text: str) -> None:
        """Draw `text`; empty hides the code."""
        if text != self._text:
            self._text = text
            self._modules = modules(text) if text else ()
            self.update()
        self.setVisible(bool(text))

    def sizeHint(self) -> QSize:
        """The fixed size."""
        return self.maximumSize()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the modules."""
        if not self._modules:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(_WHITE))
        side = len(self._modules)
        module = max(1, min(self.width(), self.height()) // (side + 2 * QUIET_MODULES))
        left, top = (self.width() - side * module) // 2, (self.height() - side * module) // 2
        black = QColor(_BLACK)
        for y, row in enumerate(self._modules):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(QRectF(left + x * module, top + y * module, module, module), black)
        painter.end()
