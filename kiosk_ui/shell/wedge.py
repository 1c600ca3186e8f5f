"""A scanner that types like a keyboard: its burst becomes a code while one is expected, and typing stays typing.

A wedge types a character every few milliseconds and ends with Enter; nobody types that fast. The first keys of a burst
cannot be told from typing, so they are held for a moment: when the next one is slow, all that was held goes where it
was meant for. Only while a code is expected; between a key and its letter pass never more than 0.1 s (or what `gap_ms`
is longer than usual).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final

from PyQt6 import sip
from PyQt6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QWidget

from drivers.base.errors import Unsupported
from drivers.base.sensitive import Sensitive
from drivers.code_scanner.options import read_options
from terminal.config import DeviceEntry

GAP_MS: Final = 35  # a wedge's keys follow one another faster (domain.md c.5 knows no figure) [U]; option `gap_ms`
SPARE_MS: Final = 65  # a key is held so much longer: a busy Qt thread must not take a burst for typing
APART_S: Final = 0.3  # nobody presents a code this soon after typing: such a burst is the rest of one that stuttered
LEAST_CHARACTERS: Final = 6  # shorter is no code of ours and no credential: somebody rolled a hand over the keys
LONGEST_CHARACTERS: Final = 2048

_END: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_MODIFIERS: Final = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_CapsLock})
_OTHER: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class WedgeFilter(QObject):
    """An event filter for the application. `scanned` gets purpose and text of a code.

    The text is "" when only the rest of a code came: what was before a pause has gone where it was typed.

    `pressed_s` says when a key went down, in seconds: by the display system's stamp, for by the time at which a busy
    thread comes to see it, the keys of a burst could look slow. `gap_ms` is the longest pause in one. Qt thread.
    """

    def __init__(
        self,
        scanned: Callable[[str, Sensitive[str]], None],
        pressed_s: Callable[[QKeyEvent], float],
        parent: QObject | None = None,
        *,
        gap_ms: int = GAP_MS,
    ) -> None:
        super().__init__(parent)
        self._gap_s = gap_ms / 1000
        self._scanned = scanned
        self._pressed_s = pressed_s
        self._purpose = ""
        self._held: list[QKeyEvent] = []
        self._target: QWidget | None = None
        self._last_s = -APART_S
        self._is_rest = False
        self._replaying = False
        self._swallow = False  # the release of the Enter that ended a burst
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(gap_ms + SPARE_MS)
        self._timer.timeout.connect(self.fell_silent)

    def expect(self, purpose: str) -> None:
        """A code is for `purpose` from now on, "" for none. What was begun for something else is typing."""
        if purpose != self._purpose:
            self.give_back()
            self._purpose = purpose

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """Hold what may be a burst; everything else passes untouched."""
        if self._replaying or a0 is None or not isinstance(a1, QKeyEvent) or not isinstance(a0, QWidget):
            return False
        if a1.type() is QEvent.Type.KeyRelease:
            return self._released(a1)
        if a1.type() is not QEvent.Type.KeyPress or not self._purpose:
            return False
        return self._pressed(a0, a1)

    def fell_silent(self) -> None:
        """No key followed in time: it was typing."""
        self.give_back()

    def give_back(self) -> None:
        """Deliver what was held, in order, to where it was typed."""
        held, self._held = self._held, []
        target, self._target = self._target, None
        self._timer.stop()
        self._replaying = True
        try:
            for event in held:
                if target is not None and not sip.isdeleted(target):
                    QCoreApplication.sendEvent(target, event)
        finally:
            self._replaying = False

    def _pressed(self, target: QWidget, event: QKeyEvent) -> bool:
        if Qt.Key(event.key()) in _MODIFIERS:
            return False  # a wedge presses Shift for its capitals
        now_s = self._pressed_s(event)
        pause_s, self._last_s = now_s - self._last_s, now_s
        if self._held and pause_s > self._gap_s:
            self.give_back()
        if Qt.Key(event.key()) in _END and len(self._held) >= LEAST_CHARACTERS:
            self._end()
            return True
        text = event.text()
        if not text or not text.isprintable() or event.modifiers() & _OTHER or event.isAutoRepeat():
            self.give_back()
            return False
        if len(self._held) >= LONGEST_CHARACTERS:
            self.give_back()
            return False
        if not self._held:
            self._target = target
            self._is_rest = pause_s < APART_S
        self._held.append(QKeyEvent(event.type(), event.key(), event.modifiers(), text))
        self._timer.start()
        return True

    def _released(self, event: QKeyEvent) -> bool:
        if self._swallow and Qt.Key(event.key()) in _END:
            self._swallow = False
            return True
        return bool(self._held)  # of a key that is held; widgets act on the press

    def _end(self) -> None:
        text = "" if self._is_rest else "".join(event.text() for event in self._held)
        self._held.clear()
        self._target = None
        self._timer.stop()
        self._swallow = True
        self._scanned(self._purpose, Sensitive(text))


def gap_ms_of(devices: Iterable[DeviceEntry]) -> int | None:
    """The longest pause within a burst of the scanner that types, milliseconds; None when no scanner does.

    Where its options cannot be read its driver says so; the window hears it all the same.
    """
    for device in devices:
        if device.kind == "code_scanner" and device.url.startswith("wedge:"):
            try:
                return round(read_options(device.options).gap_s * 1000)
            except Unsupported:
                return GAP_MS
    return None


def stamp_s(event: QKeyEvent) -> float:
    """When the display system says that the key went down, seconds of its own clock; now, where it does not say."""
    return event.timestamp() / 1000 if event.timestamp() else time.monotonic()
