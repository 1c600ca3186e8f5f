"""Small makers of labels, frames and layouts, so that every screen has the same hand."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk_ui.theme.tokens import Colours
from kiosk_ui.views import Chip, Level
from kiosk_ui.widgets.icons import pixmap

PERSONAL = "personal"


def label(text: str = "", look: str = "body", *, wrap: bool = False, name: str = "") -> QLabel:
    """A plain-text label. `look` picks its rule in the style sheet."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("look", look)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if name:
        made.setObjectName(name)
    return made


def personal(made: QLabel) -> QLabel:
    """Mark a label whose text is somebody's data: it never leaves the screen."""
    made.setProperty(PERSONAL, True)
    return made


def frame(look: str = "card") -> QFrame:
    """A framed area."""
    made = QFrame()
    made.setProperty("look", look)
    return made


def rule() -> QFrame:
    """A hairline."""
    return frame("rule")


def column(parent: QWidget | None = None, *, margin: int = 0, gap: int = 0) -> QVBoxLayout:
    """A vertical layout with the same margin on all sides."""
    layout = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    return layout


def row(parent: QWidget | None = None, *, margin: int = 0, gap: int = 0) -> QHBoxLayout:
    """A horizontal layout with the same margin on all sides."""
    layout = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    return layout


def restyle(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties; the style is computed again only when one of them changed."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    style = widget.style()
    if changed and style is not None:
        style.unpolish(widget)
        style.polish(widget)


def set_text(made: QLabel, text: str) -> None:
    """Set a label's text when it differs, and hide it when there is none."""
    if made.text() != text:
        made.setText(text)
    made.setVisible(bool(text))


def show_chip(made: QLabel, chip: Chip) -> None:
    """Show a state word on its ground."""
    set_text(made, chip.text)
    restyle(made, level=chip.level.value)


def empty(layout: QLayout) -> None:
    """Take everything out of `layout`; its widgets are deleted later, on the event loop."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            empty(inner)


def level_colour(level: Level, colours: Colours) -> str:
    """The colour of a level's icon and word."""
    match level:
        case Level.OK:
            return colours.ok
        case Level.INFO:
            return colours.info
        case Level.WARNING:
            return colours.warning
        case Level.ERROR:
            return colours.error
        case Level.QUIET:
            return colours.text_muted


class IconLabel(QLabel):
    """An icon; decoration beside a word, so it is hidden from screen readers."""

    def __init__(self, size_px: int) -> None:
        super().__init__()
        self._size_px = size_px
        self._shown: tuple[str, str] | None = None
        self.setFixedSize(size_px, size_px)

    def show_icon(self, name: str, colour: str) -> None:
        """Draw icon `name` in `colour`."""
        if self._shown != (name, colour):
            self._shown = (name, colour)
            self.setPixmap(pixmap(name, colour, self._size_px))
