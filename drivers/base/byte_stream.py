"""What serial lines and TCP connections share: one descriptor that is waited for, read and written."""

from __future__ import annotations

import math
import os
import select
from abc import ABC, abstractmethod
from typing import Final

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.errors import LinkLost, Timeout
from drivers.base.tap import Direction, Tap
from drivers.base.transport import Ready
from drivers.base.wake import Wake

READ_BYTES: Final = 65536  # at most so many by one `read_available`: a device that never stops must not hold the thread


class ByteStream(ABC):
    """A non-blocking descriptor as a `Transport`, but for opening and closing. Every byte passes the tap.

    `title` names the link in errors. Called on the session's thread.
    """

    def __init__(self, title: str, clock: Clock, tap: Tap) -> None:
        self._title = title
        self._clock = clock
        self._tap = tap

    @abstractmethod
    def fileno(self) -> int:
        """The open descriptor; `LinkLost` when closed."""

    def wait(self, deadline: Deadline, wake: Wake | None = None) -> Ready:
        """Block until bytes can be read, `wake` is set or the deadline passes; a hang-up counts as readable."""
        fds = [self.fileno()] if wake is None else [self.fileno(), wake.fileno()]
        ready = self._clock.poll(fds, deadline.at_s)
        return Ready(fds[0] in ready, wake is not None and wake.fileno() in ready)

    def read_available(self) -> bytes:
        """All bytes that are there now, possibly none; `LinkLost` on hang-up, after what came before it."""
        fd = self.fileno()
        poller = select.poll()
        poller.register(fd, select.POLLIN)
        parts: list[bytes] = []
        room = READ_BYTES
        # Asked before every read: a terminal's read gives b"" both for "nothing there" and for "hung up".
        while room and poller.poll(0):
            try:
                data = os.read(fd, room)
            except BlockingIOError:
                break
            except OSError as error:
                if parts:
                    break
                raise LinkLost(f"{self._title}: {error}") from error
            if not data:
                if parts:
                    break
                raise LinkLost(self._hung_up())
            self._tap.bytes_seen(Direction.FROM_DEVICE, data, self._clock.monotonic())
            parts.append(data)
            room -= len(data)
        return b"".join(parts)

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Write everything; `Timeout` if the device takes no more (says how much it took), `LinkLost` on hang-up."""
        fd = self.fileno()
        poller = select.poll()
        poller.register(fd, select.POLLOUT)
        written = 0
        while written < len(data):
            try:
                count = os.write(fd, data[written:])
            except BlockingIOError:
                count = 0
            except OSError as error:
                raise LinkLost(f"{self._title}: {error}, after {written} of {len(data)} bytes") from error
            if count:
                self._tap.bytes_seen(Direction.TO_DEVICE, data[written : written + count], self._clock.monotonic())
                written += count
                continue
            if deadline.expired():
                raise Timeout(f"{self._title} took {written} of {len(data)} bytes")
            left_s = deadline.left_s()
            poller.poll(None if left_s is None else math.ceil(left_s * 1000))

    def discard_input(self) -> None:
        """Throw away what has arrived and was not read; the tap still sees it."""
        self.read_available()

    def _hung_up(self) -> str:
        return f"{self._title}: hung up"
