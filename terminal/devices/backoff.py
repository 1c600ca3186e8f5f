"""How long a session waits before it tries its device again."""

from __future__ import annotations

from collections.abc import Callable

FIRST_S = 0.1
CAP_S = 1.0  # a device that is plugged in again is back within 3 s, its start included
STEADY_S = 10.0  # online this long: the next loss is a new one, not the same device flapping


class Backoff:
    """Doubling waits with a cap; each is drawn between half and all of its length. Used by one thread."""

    def __init__(self, chance: Callable[[], float]) -> None:
        """`chance` gives numbers from 0 to 1, so that many terminals do not ask one network printer at once."""
        self._chance = chance
        self._failures = 0

    def next_s(self) -> float:
        """The wait after one more failure."""
        full_s = min(CAP_S, FIRST_S * 2.0**self._failures)
        self._failures = min(self._failures + 1, 10)
        return full_s * (0.5 + 0.5 * self._chance())

    def was_online(self, for_s: float) -> None:
        """The device worked for this long before it was lost."""
        if for_s >= STEADY_S:
            self._failures = 0
