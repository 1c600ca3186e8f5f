"""A simulated device on its line, the product's driver, and everything that passed between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost
from drivers.base.status import DeviceStatus
from drivers.base.tap import Direction
from drivers.base.wake import Wake
from simulators.bench import SimulatedDevice
from tests.support.driver_loop import ShiftedClock
from tests.support.sim_lines import until

E = TypeVar("E")
Build = Callable[[Endpoint, Mapping[str, str], DriverContext], Driver]


class Tape:
    """A tap that keeps what passed."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.heard = bytearray()
        self.notes: list[object] = []

    def bytes_seen(self, direction: Direction, data: bytes, at_s: float) -> None:
        if direction is Direction.TO_DEVICE:
            self.sent.append(data)
        else:
            self.heard += data

    def noted(self, note: object, at_s: float) -> None:
        self.notes.append(note)


class DeviceRig:
    """Drives the driver as a session would, on the test's thread."""

    def __init__(self, device: SimulatedDevice, build: Build, options: Mapping[str, str]) -> None:
        self.device = device
        self.device.start()
        self._build = build
        self._options = options
        self.clock = ShiftedClock()
        self.tap = Tape()
        self.cancel, self.wake = Wake(), Wake()
        self.events: list[object] = []
        self.driver: Driver = self.another_driver()

    def another_driver(self) -> Driver:
        context = DriverContext(self.clock, self.cancel, self.tap)
        return self._build(Endpoint.parse(self.device.endpoint()), self._options, context)

    def start(self) -> DeviceStatus:
        self.driver.connect()
        return self.driver.interrogate()

    def do(self, verb: str, **arguments: object) -> object:
        return self.device.verbs()[verb](**arguments)

    def fact(self, name: str) -> object:
        state = self.device.verbs()["state"]()
        assert isinstance(state, dict)
        return state[name]

    def step(self, within_s: float = 0.02) -> list[object]:
        """One turn of the session's loop; the events are kept and given."""
        timer_s, end_s = self.driver.next_timer_s(), self.clock.monotonic() + within_s
        ready = self.driver.wait(Deadline(self.clock, end_s if timer_s is None else min(timer_s, end_s)), self.wake)
        events = list(self.driver.on_readable()) if ready.readable else []
        timer_s = self.driver.next_timer_s()
        if timer_s is not None and self.clock.monotonic() >= timer_s:
            events += self.driver.on_timer()
        self.events += events
        return events

    def event(self, kind: type[E], within_s: float = 5.0) -> E:
        end_s = time.monotonic() + within_s
        while time.monotonic() < end_s:
            for event in self.step():
                if isinstance(event, kind):
                    return event
        raise AssertionError(f"no {kind.__name__} came")

    def run_until(self, condition: Callable[[], bool], within_s: float = 5.0) -> None:
        def fits() -> bool:
            self.step()
            return condition()

        until(fits, within_s)

    def events_of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def lose(self) -> None:
        """The cable is pulled and the session notices."""
        self.do("tear_cable")
        self.notice_the_loss()

    def notice_the_loss(self) -> None:
        """Turns until the driver says `LinkLost`; then the session closes it."""
        try:
            for _ in range(50):
                self.step()
        except LinkLost:
            self.driver.close()
            return
        raise AssertionError("the lost line was not noticed")

    def back(self) -> DeviceStatus:
        """The cable is in again and the session reconnects."""
        self.do("plug_in")
        return self.start()

    def close(self) -> None:
        self.driver.close()
        self.device.stop()
        self.cancel.close()
        self.wake.close()
