"""A PDF to look at, page below page; drawn off the Qt thread."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakMethod

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPixmap
from PyQt6.QtWidgets import QWidget

from kiosk_ui.i18n.texts import tr
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.widgets.parts import PERSONAL, IconLabel, column, empty, frame, label
from kiosk_ui.widgets.pictures import Pictures


class DocumentView(QWidget):
    """Shows the pages of one blob; a document that comes too late is dropped."""

    def __init__(self, theme: Theme, pictures: Pictures, width_px: int) -> None:
        super().__init__()
        self._theme = theme
        self._pictures = pictures
        self._width_px = width_px
        self._blob = ""
        self.setObjectName("clerk.panel.document")
        self._layout = column(self, gap=theme.sizes.space_px)

    def show_blob(self, blob: str) -> None:
        """Show `blob`; an empty name clears the view."""
        if blob == self._blob:
            return
        self._blob = blob
        empty(self._layout)
        if blob:
            self._layout.addWidget(label(tr("notice.making"), "muted"))
            weak = WeakMethod(self._arrived)
            self._pictures.pages(blob, self._width_px, lambda pages: _deliver(weak, blob, pages))

    def _arrived(self, blob: str, pages: tuple[QPixmap, ...]) -> None:
        if blob != self._blob:
            return
        empty(self._layout)
        if not pages:
            self._layout.addWidget(label(tr("notice.gone"), "problem", wrap=True))
        for number, page in enumerate(pages, 1):
            paper = frame("paper")
            picture = IconLabel(1)
            picture.setFixedSize(page.deviceIndependentSize().toSize())
            picture.setPixmap(page)
            picture.setProperty(PERSONAL, True)
            picture.setAccessibleName(tr("notice.page", number=number, all=len(pages)))
            column(paper, margin=1).addWidget(picture)
            self._layout.addWidget(paper, 0, Qt.AlignmentFlag.AlignHCenter)
            if len(pages) > 1:
                text = tr("notice.page", number=number, all=len(pages))
                self._layout.addWidget(label(text, "caption"), 0, Qt.AlignmentFlag.AlignHCenter)


def _deliver(
    weak: WeakMethod[Callable[[str, tuple[QPixmap, ...]], None]], blob: str, pages: tuple[QPixmap, ...]
) -> None:
    method = weak()
    if method is not None:
        method(blob, pages)
