"""A flag that wakes a thread out of its one wait. Set it from any thread; the waiter clears it."""

from __future__ import annotations

import os


class Wake:
    """A self-pipe (eventfd) with a level: stays readable until cleared."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def fileno(self) -> int:
        """Descriptor for `Clock.poll`."""
        return self._fd

    def set(self) -> None:
        """Wake the waiter. Safe from any thread, any number of times, also after `close`."""
        if self._fd >= 0:
            os.eventfd_write(self._fd, 1)

    def clear(self) -> bool:
        """Take the flag back; whether it was set."""
        try:
            return os.eventfd_read(self._fd) > 0
        except BlockingIOError:
            return False

    def close(self) -> None:
        """Give the descriptor back."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)
