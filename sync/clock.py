"""Time as an injected value, as far as this library needs it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Source of time. The terminal's and the tests' clocks fit by their shape."""

    def monotonic(self) -> float:
        """Seconds that never go back; only differences mean anything."""
        ...

    def wall(self) -> datetime:
        """Aware date and time; may jump, never decides an order."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """CLOCK_MONOTONIC in seconds."""
        return time.monotonic()

    def wall(self) -> datetime:
        """UTC."""
        return datetime.now(UTC)


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, the only form in which a time enters a signed statement."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
