"""Driving one driver as its session does, for tests: wait, read, timers, until an event comes."""

from __future__ import annotations

from collections.abc import Callable

from drivers.base.clock import SystemClock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver
from drivers.base.wake import Wake


class ShiftedClock(SystemClock):
    """The machine's clock, which a test may put forward (`ahead_s`) instead of waiting."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


def pump(
    driver: Driver, clock: SystemClock, wake: Wake, until: Callable[[object], bool], within_s: float = 8.0
) -> object:
    """Let the driver work until an event fits `until`; that event. Fails when none does in time."""
    end = Deadline.after(clock, within_s)
    while not end.expired():
        timer_s = driver.next_timer_s()
        at_s = end.at_s if timer_s is None or end.at_s is None else min(timer_s, end.at_s)
        ready = driver.wait(Deadline(clock, at_s), wake)
        events = list(driver.on_readable()) if ready.readable else []
        timer_s = driver.next_timer_s()
        if timer_s is not None and clock.monotonic() >= timer_s:
            events += driver.on_timer()
        for event in events:
            if until(event):
                return event
    raise AssertionError("the driver did not report what was expected")
