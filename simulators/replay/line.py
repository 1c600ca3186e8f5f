"""A pseudo-terminal without a pace of its own: the recorded distances are the line's already."""

from __future__ import annotations

import os
import select
from collections.abc import Sequence
from pathlib import Path

from simulators.links.pty import PtyLink

_READ_BYTES = 4096


class UnpacedPty(PtyLink):
    """Carries bytes at once. Whatever rate the host sets, unless the device `has_one_rate`, 115200: at any other
    neither hears the other, as a reader on USB, which has no rate, is not heard by a driver that looks for one.
    """

    def __init__(self, path: Path, *, has_one_rate: bool = False) -> None:
        super().__init__(path)
        self._has_one_rate = has_one_rate

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
        return (data,) if data and self._is_at_rate() else ()

    def send(self, data: bytes, now_s: float) -> None:
        """Say it; what a host does not read is lost, as with a full UART."""
        del now_s
        if self._master >= 0:
            try:
                written = os.write(self._master, data) if self._is_at_rate() else 0
            except BlockingIOError:
                written = 0
            self._lost_bytes += len(data) - written

    def pump(self, now_s: float) -> None:
        """Nothing waits."""
        del now_s

    def is_read(self) -> bool:
        """Whether the host has read everything. Counting does not do: what is on its way between the two ends is not
        counted yet, while to ask whether the host could read has the system bring it there first (n_tty_poll).
        """
        if self._slave < 0:
            return True
        asked = select.poll()
        asked.register(self._slave, select.POLLIN)
        return not asked.poll(0)

    def _is_at_rate(self) -> bool:
        return not self._has_one_rate or self._host_baud() == self._baud
