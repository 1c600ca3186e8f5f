"""Pictures of the open case: fetched and decoded off the Qt thread, kept only as long as the case is open."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakMethod

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PyQt6.QtGui import QImage, QImageReader, QPainter, QPixmap
from PyQt6.QtWidgets import QLabel

from kiosk_ui.crossing import Crossing

Fetch = Callable[[str, Callable[[bytes | None], None]], None]
MOST_KEPT = 48
MOST_PAGES = 12


class Pictures:
    """Qt thread only, but the decoding. `forget` when the case ends."""

    def __init__(self, fetch: Fetch, crossing: Crossing) -> None:
        self._fetch = fetch
        self._crossing = crossing
        self._kept: dict[tuple[str, int, int], QPixmap] = {}
        self._generation = 0

    def want(self, blob: str, width_px: int, height_px: int, done: Callable[[QPixmap | None], None]) -> None:
        """`done` gets the picture `blob` scaled into the given size, or None; at once when it is known."""
        key = (blob, width_px, height_px)
        if key in self._kept:
            done(self._kept[key])
            return
        generation = self._generation

        def fetched(data: bytes | None) -> None:
            image = decode(data, width_px, height_px) if data else None
            self._crossing.call(lambda: self._arrived(generation, key, image, done))

        self._fetch(blob, fetched)

    def pages(self, blob: str, width_px: int, done: Callable[[tuple[QPixmap, ...]], None]) -> None:
        """`done` gets the pages of the PDF `blob`, `width_px` wide; none when it cannot be read. They are not kept."""
        generation = self._generation

        def arrived(images: tuple[QImage, ...]) -> None:
            if generation == self._generation:
                done(tuple(QPixmap.fromImage(image) for image in images))

        def fetched(data: bytes | None) -> None:
            images = decode_pages(data, width_px) if data else ()
            self._crossing.call(lambda: arrived(images))

        self._fetch(blob, fetched)

    def forget(self) -> None:
        """Drop everything, also what is still on its way."""
        self._generation += 1
        self._kept.clear()

    def _arrived(
        self,
        generation: int,
        key: tuple[str, int, int],
        image: QImage | None,
        done: Callable[[QPixmap | None], None],
    ) -> None:
        if generation != self._generation:
            return
        picture = QPixmap.fromImage(image) if image is not None else None
        if picture is not None:
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = picture
        done(picture)


def decode(data: bytes, width_px: int, height_px: int) -> QImage | None:
    """The picture scaled into the given size, None when it cannot be read. Any thread."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    full = reader.size()
    if full.isValid():
        reader.setScaledSize(full.scaled(QSize(width_px, height_px), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image


def decode_pages(data: bytes, width_px: int, most: int = MOST_PAGES) -> tuple[QImage, ...]:
    """The first `most` pages of a PDF on white, `width_px` wide; none when it cannot be read. Any thread."""
    from PyQt6.QtPdf import QPdfDocument  # only a notice needs it: not at start-up

    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument(None)
    document.load(buffer)
    images: list[QImage] = []
    for number in range(min(document.pageCount(), most)):
        points = document.pagePointSize(number)
        size = QSize(width_px, round(width_px * points.height() / points.width()))
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.drawImage(0, 0, document.render(number, size))
        painter.end()
        images.append(image)
    document.close()
    return tuple(images)


class PictureLabel(QLabel):
    """Shows one blob; a picture that comes too late, or for another blob, is dropped."""

    def __init__(self, pictures: Pictures, width_px: int, height_px: int) -> None:
        super().__init__()
        self._pictures = pictures
        self._blob = ""
        self.setProperty("personal", True)
        self.setFixedSize(width_px, height_px)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_blob(self, blob: str) -> None:
        """Show `blob`; an empty name clears the label."""
        if blob == self._blob:
            return
        self._blob = blob
        self.clear()
        if blob:
            weak = WeakMethod(self._arrived)
            self._pictures.want(blob, self.width(), self.height(), lambda p: _deliver(weak, blob, p))

    def _arrived(self, blob: str, picture: QPixmap | None) -> None:
        if blob == self._blob and picture is not None:
            self.setPixmap(picture)


def _deliver(weak: WeakMethod[Callable[[str, QPixmap | None], None]], blob: str, picture: QPixmap | None) -> None:
    method = weak()
    if method is not None:
        method(blob, picture)
