"""Scripted drivers for the doctor's checks: one that says something, fails, or answers every command alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.base.driver import Driver, DriverContext
from drivers.base.status import DeviceStatus
from terminal.config import DeviceEntry
from terminal.diagnostics.device_checks import Surroundings
from tests.support.scripted_device import JumpingClock, ScriptedDriver


class Bench:
    """Makes scripted drivers and counts that each is closed again."""

    def __init__(self, prepare: Callable[[ScriptedDriver], None] = lambda _: None) -> None:
        self._prepare = prepare
        self.made: list[ScriptedDriver] = []

    def create(self, kind: str, url: str, options: Mapping[str, str], context: DriverContext) -> Driver:
        del kind, url, options
        driver = ScriptedDriver(context)
        self._prepare(driver)
        self.made.append(driver)
        return driver

    def around(self, *, terminal_runs: bool = False) -> Surroundings:
        return Surroundings(JumpingClock(), terminal_runs, frozenset(), self.create)


def entry(kind: str = "id_card", url: str = "serial:///dev/x", needed: str = "required") -> DeviceEntry:
    return DeviceEntry(id="d", kind=kind, url=url, needed=needed)


def finds(found: DeviceStatus | Exception) -> Bench:
    return Bench(lambda driver: driver.interrogations.append(found))


def answering(result: object) -> Bench:
    def prepare(driver: ScriptedDriver) -> None:
        def execute(command: object) -> object:
            driver.executed.append(command)
            if isinstance(result, Exception):
                raise result
            return result

        driver.execute = execute  # pyright: ignore[reportAttributeAccessIssue]

    return Bench(prepare)
