"""Says when the Qt thread was stuck, and in which line: a stalled screen is a fault like any other."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback

from PyQt6.QtCore import QObject, Qt, pyqtSignal

log = logging.getLogger(__name__)

LIMIT_S = 0.1
PAUSE_S = 0.05


class Watchdog(QObject):
    """Sends a question to the Qt thread every 50 ms and measures the answer. Made on the Qt thread."""

    _asked = pyqtSignal()

    def __init__(self, limit_s: float = LIMIT_S, pause_s: float = PAUSE_S, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limit_s = limit_s
        self._pause_s = pause_s
        self._answered = threading.Event()
        self._stopping = threading.Event()
        self.stalled = threading.Event()
        """Set once a stall was logged."""
        self._longest_s = 0.0
        self._main_thread = threading.get_ident()
        queued = Qt.ConnectionType.QueuedConnection
        self._asked.connect(self._answer, queued)  # pyright: ignore[reportCallIssue]  # PyQt6's stub leaves the type out
        self._thread = threading.Thread(target=self._watch, name="ui-watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the watching thread and wait for it."""
        self._stopping.set()
        self._answered.set()
        if self._thread.is_alive():
            self._thread.join(2)

    def longest_stall_ms(self) -> float:
        """The longest time an answer took since `start`, in milliseconds. Any thread."""
        return self._longest_s * 1000

    def _answer(self) -> None:
        self._answered.set()

    def _watch(self) -> None:
        while not self._stopping.wait(self._pause_s):
            self._answered.clear()
            if self._stopping.is_set():
                return
            began_s = time.monotonic()
            self._asked.emit()
            if not self._answered.wait(self._limit_s):
                self._report()
                self._answered.wait()
            if self._stopping.is_set():
                return
            self._longest_s = max(self._longest_s, time.monotonic() - began_s)

    def _report(self) -> None:
        # The documented way to another thread's stack.
        frame = sys._current_frames().get(self._main_thread)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        # File, line and function only: the values of a frame may be personal.
        lines = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_stack(frame)] if frame else []
        log.warning(
            "the Qt thread is stuck for more than %d ms at %s", self._limit_s * 1000, " < ".join(lines[::-1][:12])
        )
        self.stalled.set()
