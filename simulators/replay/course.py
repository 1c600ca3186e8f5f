"""How far a player is in its script: the step that is next, when it is due, and whether it is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar


class Timed(Protocol):
    """A step: its line in the file and its recorded second."""

    @property
    def line(self) -> int:
        """From 1."""
        ...

    @property
    def at_s(self) -> float:
        """Seconds since the recording began."""
        ...


S = TypeVar("S", bound=Timed)


class Course(Generic[S]):
    """The steps in order, `speed` times as fast as recorded. Times are the clock's unless they are called recorded."""

    def __init__(self, steps: Sequence[S], speed: float) -> None:
        self._steps = steps
        self.speed = speed
        self._next = 0
        self._before_s = steps[0].at_s if steps else 0.0  # recorded second of the step before …
        self._done_s: float | None = None  # … and when it was played
        self.divergence = ""

    @property
    def is_over(self) -> bool:
        """Whether everything was played, or cannot be."""
        return bool(self.divergence) or self._next >= len(self._steps)

    @property
    def line(self) -> int:
        """The line of the file that is played next; 0 after the last."""
        return 0 if self._next >= len(self._steps) else self._steps[self._next].line

    @property
    def step(self) -> S:
        """The next step; there is one unless `is_over`."""
        return self._steps[self._next]

    @property
    def before(self) -> S | None:
        """The step before it."""
        return self._steps[self._next - 1] if self._next else None

    def begin(self, now_s: float) -> None:
        """The first time that is known; later ones change nothing."""
        if self._done_s is None:
            self._done_s = now_s

    def recorded_s(self, step: S) -> float:
        """Recorded seconds between the step before and `step`."""
        return max(0.0, step.at_s - self._before_s)

    def due_s(self, wait_s: float) -> float:
        """When `wait_s` seconds are over since the step before was played."""
        return (self._done_s or 0.0) + wait_s

    def due_as_recorded_s(self, step: S) -> float:
        """When `step` is due at this speed."""
        return self.due_s(self.recorded_s(step) / self.speed)

    def passed(self, done_s: float) -> None:
        """The next step was played at `done_s`."""
        self._before_s, self._done_s = self._steps[self._next].at_s, done_s
        self._next += 1
