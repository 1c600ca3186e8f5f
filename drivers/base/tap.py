"""The wire tap: a port through which every byte of a session can be watched."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Protocol


@unique
class Direction(StrEnum):
    """Which way bytes went."""

    TO_DEVICE = ">"
    FROM_DEVICE = "<"


class Tap(Protocol):
    """Sees what the transport does; called on the session's thread and must not block or raise."""

    def bytes_seen(self, direction: Direction, data: bytes, at_s: float) -> None:
        """`data` passed at monotonic second `at_s`."""
        ...

    def noted(self, note: object, at_s: float) -> None:
        """Something happened on the link that is no bytes: a frozen dataclass of the driver's own."""
        ...


class NullTap:
    """Watches nothing."""

    def bytes_seen(self, direction: Direction, data: bytes, at_s: float) -> None:
        """Let them pass."""

    def noted(self, note: object, at_s: float) -> None:
        """Let it pass."""
