"""When things happened on the screen, for the report of a run: seconds of CLOCK_MONOTONIC. Qt thread."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


class Timings:
    """Start of the process, first usable input, and when each step was first shown."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._process_began_s = clock() - _age_s()
        self.start_to_usable_s: float | None = None
        """From the start of the process until the first input could be used; None before."""
        self._shown: dict[str, float] = {}

    def usable(self) -> None:
        """The first input has the focus and is drawn; later calls change nothing."""
        if self.start_to_usable_s is None:
            self.start_to_usable_s = self._clock() - self._process_began_s

    def shown(self, step: str) -> None:
        """`step` is on the screen; the newest time it was entered counts."""
        self._shown[step] = self._clock()

    def facts(self) -> dict[str, object]:
        """As JSON types: `start_to_usable_s` is None until there was an input."""
        usable_s = None if self.start_to_usable_s is None else round(self.start_to_usable_s, 3)
        return {"start_to_usable_s": usable_s, "step_shown_at_s": dict(self._shown)}


def _age_s() -> float:
    """How long this process has lived, by the kernel's word; 10 ms exact."""
    began_ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began_ticks / os.sysconf("SC_CLK_TCK")
