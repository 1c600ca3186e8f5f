"""What the citizen's window asks of a page's widget, and how a page sets its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont, QFontMetrics
from PyQt6.QtWidgets import QLabel, QWidget

from kiosk_ui.actions import Action
from kiosk_ui.theme.tokens import FONT_FAMILY, Theme, px
from kiosk_ui.views import ButtonView
from kiosk_ui.widgets.parts import label
from kiosk_ui.widgets.pictures import Pictures


@dataclass(frozen=True, slots=True)
class PageParts:
    """What pages are made with. `unread` says which buttons must wait until everything was shown."""

    theme: Theme
    pictures: Pictures
    emit: Callable[[Action], None]
    unread: Callable[[frozenset[str]], None]


class CitizenPage(QWidget):
    """Base of the pages: passive. A page lives as long as its `page_key`; then it is destroyed with all it shows."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__()
        self.parts = parts

    def show_buttons(self, views: tuple[ButtonView, ...]) -> bool:
        """Draw the view's buttons on the page itself; False leaves them to the bar below it."""
        return False


def centred(look: str) -> QLabel:
    """A wrapped label with its text in the middle."""
    made = label(look=look, wrap=True)
    made.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
    return made


def font_of(theme: Theme, points: float, *, bold: bool = False) -> QFont:
    """The font that the style sheet gives a label of this size: for measuring before it is drawn."""
    font = QFont(FONT_FAMILY)
    font.setPixelSize(px(points))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def text_height(font: QFont, text: str, width_px: int) -> int:
    """How high a label is that wraps `text` at `width_px`."""
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
    return QFontMetrics(font).boundingRect(0, 0, max(1, width_px), 100_000, int(flags), text).height()
