"""SIGTERM and SIGINT end the program the ordinary way, although Qt's loop sits in C++."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PyQt6.QtCore import QObject, QSocketNotifier
from PyQt6.sip import voidptr

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class SignalBridge(QObject):
    """Python writes the number of a caught signal into a socket that wakes the Qt loop. Made on the Qt thread."""

    def __init__(self, end: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._end = end
        self._ours, self._theirs = socket.socketpair()
        for end_of_pair in (self._ours, self._theirs):
            end_of_pair.setblocking(False)
        self._notifier = QSocketNotifier(voidptr(self._ours.fileno()), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        for number in _ENDING:
            signal.signal(number, _caught)  # without a handler in Python nothing is written

    def close(self) -> None:
        """Give the signals back. Qt thread."""
        signal.set_wakeup_fd(-1)
        for number in _ENDING:
            signal.signal(number, signal.SIG_DFL)
        self._notifier.setEnabled(False)
        self._ours.close()
        self._theirs.close()

    def _woken(self) -> None:
        try:
            numbers = self._ours.recv(64)
        except BlockingIOError:
            return
        if any(number in numbers for number in _ENDING):
            self._end()


def _caught(number: int, frame: FrameType | None) -> None:
    """The number has gone into the socket already."""
