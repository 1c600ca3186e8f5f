"""A device tried from the command line, without a terminal: what `python -m drivers.DEVICE` of every device shares."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping

from drivers.base.clock import SystemClock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import DriverError
from drivers.base.status import DeviceState
from drivers.base.wake import Wake

Create = Callable[[str, str, Mapping[str, str], DriverContext], Driver]


class ByHand:
    """One device that is open and works."""

    def __init__(self, driver: Driver, context: DriverContext) -> None:
        self.driver = driver
        self._context = context

    def events(self, within_s: float) -> Iterator[object]:
        """What the device reports until `within_s` seconds are over, driven as its session drives it."""
        driver, clock = self.driver, self._context.clock
        end = Deadline.after(clock, within_s)
        while not end.expired():
            due = [at_s for at_s in (driver.next_timer_s(), end.at_s) if at_s is not None]
            if driver.wait(Deadline(clock, min(due)), self._context.cancel).readable:
                yield from driver.on_readable()
            timer_s = driver.next_timer_s()
            if timer_s is not None and clock.monotonic() >= timer_s:
                yield from driver.on_timer()


def run(kind: str, url: str, options: Mapping[str, str], work: Callable[[ByHand], int]) -> int:
    """Open the device, print its status, do `work`, close it; the exit code, 1 when the device does not work."""
    # By name: the registry stands above the devices, and nothing below may lean on it.
    create: Create = importlib.import_module("drivers.registry").create
    context = DriverContext(SystemClock(), Wake())
    driver: Driver | None = None
    try:
        driver = create(kind, url, options, context)
        driver.connect()
        status = driver.interrogate()
        sys.stdout.write(f"{status.state}: {dict(status.facts) or ''} {status.fault or ''}\n")
        if status.state is not DeviceState.ONLINE:
            return 1
        return work(ByHand(driver, context))
    except DriverError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    finally:
        if driver is not None:
            driver.close()
        context.cancel.close()
