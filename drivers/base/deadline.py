"""A point in time by which something must have happened. One deadline covers a whole exchange."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.base.clock import Clock


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at_s` is monotonic seconds of `clock`; None never expires."""

    clock: Clock
    at_s: float | None

    @classmethod
    def after(cls, clock: Clock, seconds: float | None) -> Deadline:
        """The deadline `seconds` from now; None for never."""
        return cls(clock, None if seconds is None else clock.monotonic() + seconds)

    def left_s(self) -> float | None:
        """Seconds left, not below 0; None for never."""
        return None if self.at_s is None else max(0.0, self.at_s - self.clock.monotonic())

    def expired(self) -> bool:
        """Whether the time is over."""
        return self.at_s is not None and self.clock.monotonic() >= self.at_s
