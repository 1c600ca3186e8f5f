"""Drives a driver as terminal/devices/session.py does, on the test's thread and by whatever clock it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, StatusReport
from drivers.base.errors import DriverError, LinkLost, Timeout
from drivers.base.status import DeviceState, DeviceStatus, Fault
from drivers.base.wake import Wake
from terminal.devices.backoff import Backoff
from terminal.devices.faults import fault_of, refusal_of

_TIMEOUTS_IN_A_ROW = 2
AWAY = DeviceStatus(DeviceState.POWER_OFF)


class Line(Protocol):
    """The line with the one fault on it."""

    @property
    def back_s(self) -> float:
        """When the device was last plugged in or spoke again (the driver's monotonic clock)."""
        ...

    def do(self, hand: Callable[[], object]) -> object:
        """Have a hand at the device; the result."""
        ...


class MatrixSession:
    """`events` are everything that the driver reported, `codes` every fault that left it."""

    def __init__(self, driver: Driver, line: Line, clock: Clock) -> None:
        self.driver = driver
        self.line = line
        self.clock = clock
        self.events: list[object] = []
        self.codes: set[str] = set()
        self.status = AWAY
        self.online_s = 0.0  # since when it is connected and online
        self._wake = Wake()
        self._backoff = Backoff(lambda: 1.0)
        self._connected_s: float | None = None
        self._retry_s = 0.0
        self._timeouts = 0

    def execute(self, command: object) -> object:
        """The result, or the fault that the command ended with."""
        if self._connected_s is None:
            fault = refusal_of(self.status)
            self.codes.add(fault.code)
            return fault
        try:
            result = self.driver.execute(command)
        except DriverError as error:
            fault = self._note(fault_of(error))
            self._timeouts = self._timeouts + 1 if isinstance(error, Timeout) else 0
            if isinstance(error, LinkLost) or self._timeouts >= _TIMEOUTS_IN_A_ROW:
                self._lost()
            return fault
        self._timeouts = 0
        return result

    def run(self, until: Callable[[], bool], within_s: float) -> bool:
        """Turn until `until` holds or the time is over."""
        end_s = self.clock.monotonic() + within_s
        while not until():
            if self.clock.monotonic() >= end_s:
                return False
            self.turn(end_s)
        return True

    def turn(self, end_s: float) -> None:
        """One turn of the session's loop, at the latest at `end_s`."""
        try:
            if self._connected_s is None:
                self._connect(end_s)
                return
            timer_s = self.driver.next_timer_s()
            at_s = end_s if timer_s is None else min(timer_s, end_s)
            if self.driver.wait(Deadline(self.clock, at_s), self._wake).readable:
                self._take(list(self.driver.on_readable()))
            timer_s = self.driver.next_timer_s()
            if timer_s is not None and self.clock.monotonic() >= timer_s:
                self._take(list(self.driver.on_timer()))
        except DriverError as error:
            self._note(fault_of(error))
            self._lost()

    def is_online(self) -> bool:
        return self._connected_s is not None and self.status.state is DeviceState.ONLINE

    def of(self, *kinds: type[object]) -> list[object]:
        return [event for event in self.events if isinstance(event, kinds)]

    def close(self) -> None:
        self.driver.close()
        self._wake.close()

    def _connect(self, end_s: float) -> None:
        if self.clock.monotonic() < self._retry_s:
            self.clock.poll((self._wake.fileno(),), min(end_s, self._retry_s))
            return
        self.driver.connect()
        self._set(self.driver.interrogate())
        self._connected_s = self.clock.monotonic()
        self._timeouts = 0

    def _lost(self) -> None:
        self.driver.close()
        if self._connected_s is not None:
            self._backoff.was_online(self.clock.monotonic() - self._connected_s)
        self._connected_s, self.status = None, AWAY
        self._retry_s = self.clock.monotonic() + self._backoff.next_s()

    def _take(self, events: list[object]) -> None:
        for event in events:
            self.events.append(event)
            if isinstance(event, StatusReport):
                self._set(event.status)
            fault = getattr(event, "fault", None)
            if isinstance(fault, Fault):
                self._note(fault)

    def _set(self, status: DeviceStatus) -> None:
        if status.state is DeviceState.ONLINE and not self.is_online():
            self.online_s = self.clock.monotonic()
        self.status = status
        if status.fault is not None:
            self._note(status.fault)

    def _note(self, fault: Fault) -> Fault:
        self.codes.add(fault.code)
        return fault
