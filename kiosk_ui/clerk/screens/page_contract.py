"""What the window asks of a page's widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtWidgets import QWidget

from kiosk_ui.actions import Action, Values
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.views import ButtonView
from kiosk_ui.widgets.buttons import Press
from kiosk_ui.widgets.inputs import InputForm
from kiosk_ui.widgets.pictures import Pictures


@dataclass(frozen=True, slots=True)
class PageParts:
    """What pages are made with: `emit` takes actions, `press` a button's, `primary` presses the main button."""

    theme: Theme
    pictures: Pictures
    emit: Callable[[Action], None]
    press: Press
    primary: Callable[[], None]


class PageWidget(QWidget):
    """Base of the pages: passive, shows a view, knows the values of its inputs.

    A page serves one step of one case and is thrown away after it: nothing of a citizen stays in a widget.
    """

    def __init__(self, parts: PageParts) -> None:
        super().__init__()
        self.parts = parts

    def values(self) -> Values:
        """The page's inputs as they stand."""
        return ()

    def settle(self) -> None:
        """Hand over what is being typed, without waiting for a pause."""
        for form in self.findChildren(InputForm):
            form.settle()

    def own_buttons(self, buttons: tuple[ButtonView, ...]) -> tuple[ButtonView, ...]:
        """Those of `buttons` that stand on the page itself and not in the bar below it."""
        return ()

    def show_buttons(self, buttons: tuple[ButtonView, ...]) -> None:
        """Draw the page's own buttons."""
