"""The single thread crossing into Qt: other threads hand values over here, slots run on the Qt thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PyQt6.QtCore import QObject, Qt, pyqtSignal

from terminal.snapshot import Snapshot


class Crossing(QObject):
    """Made and connected on the Qt thread. Snapshots are latest-wins: a slow screen skips, never queues up."""

    snapshot = pyqtSignal(object)
    """A `Snapshot` with a revision above every earlier one. Qt thread."""

    _woken = pyqtSignal()
    _called = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._latest: Snapshot | None = None
        self._shown_revision = -1
        self._open = True
        queued = Qt.ConnectionType.QueuedConnection
        self._woken.connect(self._take, queued)  # pyright: ignore[reportCallIssue]  # PyQt6's stub leaves the type out
        self._called.connect(self._run, queued)  # pyright: ignore[reportCallIssue]

    def offer(self, snapshot: Snapshot) -> None:
        """Hand a snapshot over. Any thread; never blocks; after `close` it does nothing."""
        with self._lock:
            waiting, self._latest = self._latest is not None, snapshot
            if self._open and not waiting:
                self._woken.emit()

    def call(self, function: Callable[[], None]) -> None:
        """Run `function` on the Qt thread. Any thread; never blocks; after `close` it does nothing."""
        with self._lock:
            if self._open:
                self._called.emit(function)

    def close(self) -> None:
        """Take nothing more. Qt thread."""
        with self._lock:
            self._open = False

    def _take(self) -> None:
        with self._lock:
            latest, self._latest = self._latest, None
        if latest is None or not self._open or latest.revision <= self._shown_revision:
            return
        self._shown_revision = latest.revision
        self.snapshot.emit(latest)

    def _run(self, function: Callable[[], None]) -> None:
        if self._open:
            function()
