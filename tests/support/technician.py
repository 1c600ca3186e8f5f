"""The person at an interactive check, played by a test: does something when told to, and keeps what was said."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterator

from drivers.base.clock import SystemClock
from terminal.diagnostics.device_checks import Surroundings


class Technician:
    """Does the next of `acts` at each telling that has one of `CUES` in it. `keys`: what a scanner types on."""

    CUES = ("请在", "读到了")

    def __init__(self, *acts: Callable[[], object], keys: int | None = None, sees_codes: bool = True) -> None:
        self._acts = list(acts)
        self._keys = keys
        self._sees_codes = sees_codes
        self.said: list[str] = []
        self.said_en: list[str] = []
        self.code = ""

    def tell(self, zh: str, en: str) -> None:
        self.said.append(zh)
        self.said_en.append(en)
        if self._acts and any(cue in zh for cue in self.CUES):
            self._acts.pop(0)()

    def show_code(self, text: str) -> bool:
        self.code = text
        return self._sees_codes

    @contextlib.contextmanager
    def keyboard(self) -> Iterator[int | None]:
        yield self._keys


def nothing() -> None:
    """What somebody does who does not do what they are told."""


def around(clock: SystemClock | None = None, person_s: float = 20.0, window: str = "综合受理-03") -> Surroundings:
    """Surroundings of a check at a simulated device."""
    return Surroundings(clock or SystemClock(), window=window, person_s=person_s)


class TypingClock(SystemClock):
    """A clock in whose waits a scanner types: each `(seconds, keys)` comes so long after the one before it.

    `keys` "" is silence. Time passes only in waits; the descriptor is a pipe's end, given by the test.
    """

    def __init__(self, pipe_end: int, *typed: tuple[float, str]) -> None:
        self._pipe_end = pipe_end
        self._typed = list(typed)
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s

    def poll(self, fds: Collection[int], until_s: float | None) -> frozenset[int]:
        assert until_s is not None, "a wait without an end"
        if not self._typed or self.now_s + self._typed[0][0] > until_s:
            if self._typed:
                seconds, keys = self._typed[0]
                self._typed[0] = (seconds - (until_s - self.now_s), keys)
            self.now_s = until_s
            return frozenset()
        seconds, keys = self._typed.pop(0)
        self.now_s += seconds
        os.write(self._pipe_end, keys.encode())
        return frozenset(fds)
