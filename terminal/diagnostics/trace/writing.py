"""`yichuang-doctor trace`: opens one device itself and writes down what passes for some seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import DriverError
from drivers.base.wake import Wake
from drivers.code_scanner import api as code_scanner
from drivers.id_card import api as id_card
from drivers.smart_card import api as smart_card
from terminal.config import DeviceEntry
from terminal.devices.faults import fault_of
from terminal.diagnostics.trace.traced_driver import traced

RECONNECT_S: Final = 1.0
# What a device is told first, so that it does what it does in a case. The others are only asked how they are.
_BEGIN: Final[Mapping[str, object]] = {
    "id_card": id_card.StartReading(id_card.ReadMode.CONTINUOUS),
    "smart_card": smart_card.StartReading(),
    "code_scanner": code_scanner.Arm("trace", None),
}


def write_trace(entry: DeviceEntry, seconds: float, path: Path, clock: Clock, say: Callable[[str], None]) -> None:
    """Serve the device of `entry` for `seconds` as its session would, connecting anew when it is lost.

    `say` gets a line for whatever happens, without anything of a person. `Unsupported` for a kind that is never
    traced or a wrong entry.
    """
    cancel, never = Wake(), Wake()
    end = Deadline.after(clock, seconds)
    try:
        driver = traced(entry.kind, entry.url, dict(entry.options), DriverContext(clock, cancel), path)
        while not end.expired():
            try:
                _serve(driver, entry.kind, end, clock, never, say)
            except DriverError as error:
                say(f"{fault_of(error).code}: {error}")
                clock.poll([never.fileno()], min(end.at_s or 0.0, clock.monotonic() + RECONNECT_S))
            finally:
                driver.close()
    finally:
        cancel.close()
        never.close()


def _serve(driver: Driver, kind: str, end: Deadline, clock: Clock, never: Wake, say: Callable[[str], None]) -> None:
    driver.connect()
    say(f"{driver.interrogate().state}")
    if (first := _BEGIN.get(kind)) is not None:
        driver.execute(first)
    while not end.expired():
        due = [at_s for at_s in (driver.next_timer_s(), end.at_s) if at_s is not None]
        ready = driver.wait(Deadline(clock, min(due)), never)
        events = list(driver.on_readable()) if ready.readable else []
        timer_s = driver.next_timer_s()
        if timer_s is not None and clock.monotonic() >= timer_s:
            events += driver.on_timer()
        for event in events:
            say(type(event).__name__)
