"""A pseudo-terminal without a pace of its own: the recorded distances are the line's already."""

from __future__ import annotations

import os
from collections.abc import Sequence

from simulators.links.pty import PtyLink

_READ_BYTES = 4096


class UnpacedPty(PtyLink):
    """Carries bytes at once, whatever rate the host sets."""

    def next_time_s(self) -> float | None:
        """Nothing is due by time."""
        return None

    def receive(self, now_s: float) -> Sequence[bytes]:
        """The host's bytes."""
        del now_s
        if self._master < 0:
            return ()
        try:
            data = os.read(self._master, _READ_BYTES)
        except BlockingIOError:
            return ()
        return (data,) if data else ()

    def send(self, data: bytes, now_s: float) -> None:
        """Say it; what a host does not read is lost, as with a full UART."""
        del now_s
        if self._master >= 0:
            try:
                written = os.write(self._master, data)
            except BlockingIOError:
                written = 0
            self._lost_bytes += len(data) - written

    def pump(self, now_s: float) -> None:
        """Nothing waits."""
        del now_s

    def is_read(self) -> bool:
        """Whether the host has read everything."""
        return self._slave < 0 or self._unread_bytes() == 0
