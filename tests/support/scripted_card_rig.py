"""The card reader's driver at a scripted PC/SC service, driven turn by turn as its session drives it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext
from drivers.base.errors import LinkLost
from drivers.base.wake import Wake
from drivers.smart_card import driver as driver_module
from drivers.smart_card.api import (
    StartReading,
)
from drivers.smart_card.driver import SmartCardReader
from tests.support.device_rig import Tape
from tests.support.driver_loop import ShiftedClock
from tests.support.scripted_pcsc import ScriptedService

E = TypeVar("E")


class ScriptedRig:
    """Driver and service; `step` is one turn of a session's loop."""

    def __init__(self, wanted: str = "") -> None:
        self.service = ScriptedService()
        self.clock = ShiftedClock()
        self.cancel, self.wake = Wake(), Wake()
        self.tap = Tape()
        context = DriverContext(self.clock, self.cancel, self.tap)
        self.driver = SmartCardReader(self.service.open_context, wanted, context)
        self.events: list[object] = []
        self._seen = 0  # events that `event` has passed

    def start(self) -> None:
        self.driver.connect()
        self.driver.interrogate()

    def armed(self) -> None:
        self.start()
        self.driver.execute(StartReading())

    def step(self) -> None:
        now_s = self.clock.monotonic()
        timer_s = self.driver.next_timer_s()
        at_s = now_s + 0.02 if timer_s is None else min(timer_s, now_s + 0.02)
        ready = self.driver.wait(Deadline(self.clock, at_s), self.wake)
        if ready.readable:
            self.events += self.driver.on_readable()
        timer_s = self.driver.next_timer_s()
        if timer_s is not None and self.clock.monotonic() >= timer_s:
            self.events += self.driver.on_timer()

    def event(self, kind: type[E]) -> E:
        """The next event of this kind; what came before it is passed by."""
        end = Deadline.after(self.clock, 3.0)
        while True:
            for event in self.events[self._seen :]:
                self._seen += 1
                if isinstance(event, kind):
                    return event
            assert not end.expired(), f"no {kind.__name__} in {self.kinds()}"
            self.step()

    def _steps(self, number: int) -> None:
        for _ in range(number):
            self.step()

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    def quiet(self) -> None:
        """A timer later nothing more has come."""
        self.clock.ahead_s += driver_module.LOOK_EVERY_S
        for _ in range(3):
            self.step()

    def start_again(self) -> None:
        """Connect after a loss, until what lies in the reader must have been seen."""
        self.start()
        self.clock.ahead_s += driver_module.SETTLES_WITHIN_S

    def lost(self) -> LinkLost:
        """Turns until the driver says `LinkLost`; then the session closes it."""
        with pytest.raises(LinkLost) as caught:
            self._steps(200)
        self.driver.close()
        return caught.value


@contextmanager
def scripted_rig() -> Iterator[ScriptedRig]:
    """A rig that leaves no context and no connection behind."""
    made = ScriptedRig()
    yield made
    made.driver.close()
    made.cancel.close()
    made.wake.close()
    assert made.service.open_contexts == 0
    assert made.service.connections == 0
