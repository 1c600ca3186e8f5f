"""The scanner as a machine: its window, its light, its settings. No bytes of any protocol, no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Trigger(StrEnum):
    """What makes it look."""

    HOST = "host"  # a command, or the key on its handle
    PRESENTATION = "presentation"  # it looks all the time


@dataclass(frozen=True, slots=True)
class Code:
    """A code before the window: its bytes and what kind it is."""

    data: bytes
    kind: str


SAME_AGAIN_S = 0.5  # looking on, it reads a code that stays there again after this


class ScannerMachine:
    """One scanner. `settings` is its memory: tag, register or parameter to value; the wires give it meaning.

    `keeps_looking`: what it has read does not end a host's light, as in engines set to read on and on.
    """

    def __init__(self) -> None:
        self.trigger = Trigger.PRESENTATION
        self.lasts_s = 5.0
        self.settings: dict[str, bytes] = {}
        self.saved: dict[str, bytes] = {}
        self.suffix = b"\r"
        self.keeps_looking = False
        self.lit_until_s: float | None = None
        self.code: Code | None = None
        self.lights = 0
        self.reads = 0
        self._next_read_s: float | None = None

    def light(self, now_s: float) -> None:
        """A command or the handle's key: look until a code is read or the time is over."""
        self.lights += 1
        self.lit_until_s = now_s + self.lasts_s
        self._next_read_s = now_s

    def dark(self) -> None:
        """Stop looking."""
        self.lit_until_s = None

    def show(self, code: Code, now_s: float) -> None:
        """A code comes before the window."""
        self.code = code
        self._next_read_s = now_s

    def hide(self) -> None:
        """It is taken away."""
        self.code = None

    def power_cycle(self) -> None:
        """What was not saved is forgotten."""
        self.settings = dict(self.saved)
        self.lit_until_s = None

    def read(self, now_s: float) -> Code | None:
        """The code that is read now, if it looks and one is there; reading ends a host's light, or it looks on."""
        if self.lit_until_s is not None and now_s >= self.lit_until_s:
            self.lit_until_s = None
        looks = self.trigger is Trigger.PRESENTATION or self.lit_until_s is not None
        if self.code is None or not looks or self._next_read_s is None or now_s < self._next_read_s:
            return None
        if not self.keeps_looking:
            self.lit_until_s = None
        looks_on = self.trigger is Trigger.PRESENTATION or self.keeps_looking
        self._next_read_s = now_s + SAME_AGAIN_S if looks_on else None
        self.reads += 1
        return self.code

    def next_time_s(self) -> float | None:
        """When it reads by itself, or its light goes out."""
        times = [] if self.lit_until_s is None else [self.lit_until_s]
        looks = self.trigger is Trigger.PRESENTATION or self.lit_until_s is not None
        if self.code is not None and looks and self._next_read_s is not None:
            times.append(self._next_read_s)
        return min(times, default=None)
