"""The printer as a machine: paper, cover, cutter, temperature, drawer, time. No bytes, no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.receipt_printer.dots import DOTS_PER_MM
from simulators.receipt_printer.paper import Strip, Tray

ROLL_MM = 50_000.0
NEAR_END_MM = 5_000.0
PRINTABLE_DOTS = {80: 576, 58: 384}  # by the roll's width in mm
CUT_S = 0.25


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast it works; None takes no time at all."""

    mm_per_s: float | None

    def seconds(self, mm: float) -> float:
        """How long it prints or feeds `mm`."""
        return mm / self.mm_per_s if self.mm_per_s else 0.0

    def cut_s(self) -> float:
        """How long a cut takes."""
        return CUT_S if self.mm_per_s else 0.0


REAL = Speed(150.0)
AT_ONCE = Speed(None)


class PrinterMachine:
    """One printer. Whoever works it sets `now_s` (monotonic) before a call."""

    def __init__(self, tray: Tray, speed: Speed, width_mm: int = 80) -> None:
        self.tray = tray
        self.speed = speed
        self.now_s = 0.0
        self.busy_until_s = 0.0
        self.width_mm = width_mm
        self.strip = Strip(self.width)
        self.paper_mm = ROLL_MM
        self.paper_end = False
        self.cover_open = False
        self.cutter_blocked = False
        self.cutter_error = False
        self.overheated = False
        self.printed_mm = 0.0
        self.cuts = 0
        self.drawer_pulses = 0
        self.drawer_pin_high = False  # pin 3 of the drawer's connector: by its wiring, also without a drawer

    @property
    def width(self) -> int:
        """Dots across the paper."""
        return PRINTABLE_DOTS[self.width_mm]

    def is_near_end(self) -> bool:
        """What the near-end sensor says."""
        return self.paper_mm < NEAR_END_MM or self.paper_end

    def has_error(self) -> bool:
        """Whether cutter or head are in an error."""
        return self.cutter_error or self.overheated

    def is_stopped(self) -> bool:
        """Whether it prints nothing now (offline)."""
        return self.cover_open or self.paper_end or self.has_error()

    def is_busy(self) -> bool:
        """Whether what it does takes longer than now."""
        return self.now_s < self.busy_until_s

    def feed(self, dots: int) -> bool:
        """Move the paper; False, and out of paper, when the roll has not so much left."""
        mm = dots / DOTS_PER_MM
        if self.paper_end or mm > self.paper_mm:
            self.paper_end = True
            return False
        self.paper_mm -= mm
        self.printed_mm += mm
        self._spend(self.speed.seconds(mm))
        return True

    def cut(self) -> bool:
        """Cut; False when the blade is stuck, which is an error until the host or a person ends it."""
        if self.cutter_blocked:
            self.cutter_error = True
            return False
        self._spend(self.speed.cut_s())
        self.cuts += 1
        if (receipt := self.strip.cut()) is not None:
            self.tray.take(receipt)
        return True

    def recover(self) -> None:
        """The host's word that a cutter error is over; it returns when the blade is still stuck."""
        self.cutter_error = self.cutter_error and self.cutter_blocked

    def kick_drawer(self) -> None:
        """A pulse to the drawer."""
        self.drawer_pulses += 1

    def load_roll(self, mm: float, width_mm: int) -> None:
        """Put a roll in and close the cover. A new width tears off what lay before the cutter."""
        if width_mm != self.width_mm:
            self.width_mm = width_mm
            self.strip = Strip(self.width)
        elif self.paper_end and self.strip.has_print():
            self.strip.mark_seam()
        self.paper_mm = mm
        self.paper_end = mm <= 0
        self.cover_open = False

    def _spend(self, seconds: float) -> None:
        self.busy_until_s = max(self.busy_until_s, self.now_s) + seconds
