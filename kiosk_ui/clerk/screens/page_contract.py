"""What the window asks of a page's widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtWidgets import QWidget

from kiosk_ui.actions import Action, Values
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.widgets.pictures import Pictures


@dataclass(frozen=True, slots=True)
class PageParts:
    """What pages are made with: `emit` takes actions, `primary` presses the page's one main button."""

    theme: Theme
    pictures: Pictures
    emit: Callable[[Action], None]
    primary: Callable[[], None]


class PageWidget(QWidget):
    """Base of the pages: passive, shows a view, knows the values of its inputs."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__()
        self.parts = parts

    def values(self) -> Values:
        """The page's inputs as they stand."""
        return ()
