"""Icons of the house, drawn from the SVG files in assets in any colour and size."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from PyQt6.QtCore import QByteArray, QRectF, Qt
from PyQt6.QtGui import QGuiApplication, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer


@lru_cache(maxsize=256)
def pixmap(name: str, colour: str, size_px: int) -> QPixmap:
    """Icon `name` in `colour` (#rrggbb), `size_px` logical pixels square. Qt thread. `FileNotFoundError` if unknown."""
    source = resources.files("kiosk_ui.assets").joinpath(f"{name}.svg").read_text("utf-8")
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))
    screen = QGuiApplication.primaryScreen()
    ratio = screen.devicePixelRatio() if screen else 1.0
    picture = QPixmap(round(size_px * ratio), round(size_px * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return picture
