"""Take one rating by hand: `python -m drivers.evaluator serial:///dev/evaluator?baud=115200 --timeout-s 30`."""

from __future__ import annotations

import argparse
import importlib
import secrets
import sys
from collections.abc import Callable, Mapping

from drivers.base.clock import SystemClock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import DriverError
from drivers.base.status import DeviceState
from drivers.base.wake import Wake
from drivers.evaluator.api import Declined, EndRating, Rated, ShowIdle, StartRating

Create = Callable[[str, str, Mapping[str, str], DriverContext], Driver]


def main() -> int:
    """Print the pad's status, invite one rating, print the key; 0 when one was pressed."""
    parser = argparse.ArgumentParser(prog="python -m drivers.evaluator", description=__doc__)
    parser.add_argument("url", help="serial:///dev/NAME?baud=115200 or tcp://HOST:PORT")
    parser.add_argument("--label", default="", help="the idle page's window label")
    parser.add_argument("--timeout-s", type=int, default=30)
    arguments = parser.parse_args()
    # By name: the registry stands above the devices, and no device may lean on it.
    create: Create = importlib.import_module("drivers.registry").create
    context = DriverContext(SystemClock(), Wake())
    driver = create("evaluator", arguments.url, {}, context)
    token = secrets.token_hex(4)
    try:
        driver.connect()
        status = driver.interrogate()
        sys.stdout.write(f"{status.state}: {dict(status.facts) or status.fault}\n")
        if status.state is not DeviceState.ONLINE:
            return 1
        driver.execute(ShowIdle(arguments.label))
        driver.execute(StartRating(token, arguments.timeout_s))
        pressed = _key(driver, context.clock.monotonic() + arguments.timeout_s)
        driver.execute(EndRating(token, thank=pressed is not None))
    except DriverError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    finally:
        driver.close()
    match pressed:
        case Rated():
            sys.stdout.write(f"level {pressed.level}\n")
        case Declined():
            sys.stdout.write("declined\n")
        case None:
            sys.stdout.write("no key\n")
    return 0 if pressed else 1


def _key(driver: Driver, until_s: float) -> Rated | Declined | None:
    """The first key before `until_s`; None for none."""
    clock, never = SystemClock(), Wake()
    while clock.monotonic() < until_s:
        timer_s = driver.next_timer_s()
        at_s = until_s if timer_s is None else min(timer_s, until_s)
        ready = driver.wait(Deadline(clock, at_s), never)
        events = list(driver.on_readable()) if ready.readable else []
        timer_s = driver.next_timer_s()
        if timer_s is not None and clock.monotonic() >= timer_s:
            events += driver.on_timer()
        for event in events:
            if isinstance(event, Rated | Declined):
                return event
    return None


if __name__ == "__main__":
    sys.exit(main())
