"""Read one code by hand: `python -m drivers.code_scanner "serial:///dev/scanner?baud=9600" --family gm65`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping

from drivers.base.clock import SystemClock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import DriverError
from drivers.base.status import DeviceState
from drivers.base.wake import Wake
from drivers.code_scanner.api import Arm, CodeScanned, Disarm, ScanTimedOut

Create = Callable[[str, str, Mapping[str, str], DriverContext], Driver]


def main() -> int:
    """Print what the scanner is, light it, print what is read; 0 when a code was."""
    parser = argparse.ArgumentParser(prog="python -m drivers.code_scanner", description=__doc__)
    parser.add_argument("url", help="serial:///dev/NAME?baud=115200 or tcp://HOST:PORT")
    parser.add_argument("--family", default="auto", help="auto, generic, honeywell, newland, ssi or gm65")
    parser.add_argument("--timeout-s", type=int, default=30)
    parser.add_argument("--reveal", action="store_true", help="print the code itself; never for a citizen's credential")
    arguments = parser.parse_args()
    # By name: the registry stands above the devices, and no device may lean on it.
    create: Create = importlib.import_module("drivers.registry").create
    context = DriverContext(SystemClock(), Wake())
    driver = create("code_scanner", arguments.url, {"family": arguments.family}, context)
    try:
        driver.connect()
        status = driver.interrogate()
        sys.stdout.write(f"{status.state}: {dict(status.facts) or status.fault}\n")
        if status.state is not DeviceState.ONLINE:
            return 1
        driver.execute(Arm("trial", arguments.timeout_s))
        sys.stdout.write("hold a code before the scanner\n")
        code = _code(driver, context)
        driver.execute(Disarm())
    except DriverError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    finally:
        driver.close()
    if code is None:
        sys.stdout.write("no code\n")
        return 1
    sys.stdout.write(f"{code.symbology}, {len(code.raw.reveal())} bytes\n")
    if arguments.reveal:
        sys.stdout.write(f"{code.text.reveal()}\n")
    return 0


def _code(driver: Driver, context: DriverContext) -> CodeScanned | None:
    """The first code; None when none came in time."""
    while True:
        ready = driver.wait(Deadline(context.clock, driver.next_timer_s()), context.cancel)
        events = list(driver.on_readable()) if ready.readable else []
        timer_s = driver.next_timer_s()
        if timer_s is not None and context.clock.monotonic() >= timer_s:
            events += driver.on_timer()
        for event in events:
            if isinstance(event, CodeScanned):
                return event
            if isinstance(event, ScanTimedOut):
                return None
            sys.stdout.write(f"{event}\n")


if __name__ == "__main__":
    sys.exit(main())
