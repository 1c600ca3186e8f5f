"""Time as an injected value: monotonic seconds, the wall clock and the one blocking wait."""

from __future__ import annotations

import math
import select
import time
from collections.abc import Collection
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Source of time. Tests inject a clock that jumps."""

    def monotonic(self) -> float:
        """Seconds that never go back; only differences mean anything."""
        ...

    def wall(self) -> datetime:
        """Aware local date and time; may jump, never decides an order."""
        ...

    def poll(self, fds: Collection[int], until_s: float | None) -> frozenset[int]:
        """Block until one of `fds` is readable or `until_s` (monotonic; None = for ever); the ready ones."""
        ...


class SystemClock:
    """The machine's clocks and poll(2)."""

    def monotonic(self) -> float:
        """CLOCK_MONOTONIC in seconds."""
        return time.monotonic()

    def wall(self) -> datetime:
        """Local time with its offset."""
        return datetime.now().astimezone()

    def poll(self, fds: Collection[int], until_s: float | None) -> frozenset[int]:
        """Wait with the system call poll; a hung-up descriptor counts as readable, its read then says why."""
        poller = select.poll()
        for fd in fds:
            poller.register(fd, select.POLLIN)
        wait_ms = None if until_s is None else max(0, math.ceil((until_s - self.monotonic()) * 1000))
        return frozenset(fd for fd, _ in poller.poll(wait_ms))
