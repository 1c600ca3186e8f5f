"""A button that works while it is held, and lets go by itself when it can no longer be held."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent
from PyQt6.QtGui import QFocusEvent, QHideEvent
from PyQt6.QtWidgets import QPushButton


class HoldButton(QPushButton):
    """`held` gets True on pressing and False on letting go, on losing the focus and on vanishing."""

    def __init__(self, text: str, held: Callable[[bool], None]) -> None:
        super().__init__(text)
        self._held = held
        self._is_held = False
        self.pressed.connect(lambda: self._tell(True))
        self.released.connect(lambda: self._tell(False))

    def hideEvent(self, a0: QHideEvent | None) -> None:
        """A button that vanishes is no longer held."""
        super().hideEvent(a0)
        self._tell(False)

    def focusOutEvent(self, a0: QFocusEvent | None) -> None:
        """A key that is let go elsewhere is let go."""
        super().focusOutEvent(a0)
        self._tell(False)

    def changeEvent(self, e: QEvent | None) -> None:
        """A button that is switched off is no longer held."""
        super().changeEvent(e)
        if e is not None and e.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._tell(False)

    def _tell(self, held: bool) -> None:
        if held != self._is_held:
            self._is_held = held
            self._held(held)
