"""What every check has in common for which a person must do something at a device."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Final

from drivers.base.by_hand import ByHand
from drivers.base.driver import Driver, StatusReport
from drivers.base.errors import DriverError
from drivers.base.status import DeviceStatus, Fault
from terminal.config import DeviceEntry
from terminal.devices.policy import WORKING
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.diagnostics.check_texts import of_fault, said
from terminal.diagnostics.device_checks import ASK_WITHIN_S, PERSON_WITHIN_S, DeviceCheck, Surroundings
from terminal.diagnostics.person import Person

_SPARE_S: Final = 15.0  # the device's own answers in between


class _WentAway(Exception):
    """The device itself reported that it does not work any more. Never leaves this module."""

    def __init__(self, status: DeviceStatus) -> None:
        super().__init__(status.state)
        self.status = status


class PersonCheck(DeviceCheck, ABC):
    """Tells a person what to do and hears from the device whether it came. One with a lesser fault is tried, too."""

    level: ClassVar[Level] = Level.INTERACTIVE
    within_s: ClassVar[float] = (
        ASK_WITHIN_S + 2 * PERSON_WITHIN_S + _SPARE_S
    )  # nobody is asked for more than two things
    goes_on_with_faults: ClassVar[bool] = True

    def __init__(self, entry: DeviceEntry, surroundings: Surroundings, person: Person) -> None:
        super().__init__(entry, surroundings)
        self._person = person

    def _try(self, device: ByHand, status: DeviceStatus) -> Finding:
        if self._around.terminal_runs:  # a device that can be shared (PC/SC) would give both what one of them asked for
            return self._held()
        try:
            return self._with_person(device, status)
        except _WentAway as away:
            return self._bad(away.status)
        except DriverError as error:
            return self._failed(error)
        finally:
            with contextlib.suppress(DriverError):
                self._leave(device.driver)

    @abstractmethod
    def _with_person(self, device: ByHand, status: DeviceStatus) -> Finding:
        """Ask the person and judge what comes. May raise what the driver raises."""

    def _leave(self, driver: Driver) -> None:
        """Put the device back as it was, whatever happened."""

    def _events(self, device: ByHand) -> Iterator[object]:
        """What the device reports while the person has time; when it says that it stopped working the check ends."""
        for event in device.events(self._around.person_s):
            if not isinstance(event, StatusReport):
                yield event
            elif event.status.state not in WORKING:
                raise _WentAway(event.status)

    @property
    def _seconds(self) -> int:
        return max(1, round(self._around.person_s))

    def _tell(self, key: str, /, **values: object) -> None:
        zh, en = said(key, device=self._entry.id, seconds=self._seconds, **values)
        self._person.tell(zh, en)

    def _tell_fault(self, fault: Fault) -> None:
        """Said at once, while there is time to do better; the finding says it again if nothing better came."""
        zh, en = of_fault(fault.code)
        self._person.tell(zh, en)

    def _nothing_came(self, fault: Fault | None, key: str, status: DeviceStatus, /, **values: object) -> Finding:
        """What the device complained of last, or that nothing came at all."""
        if fault is not None:
            return self._finding(Outcome.BROKEN, of_fault(fault.code), status.state, fault.code, fault.detail)
        texts = said(key, seconds=self._seconds, **values)
        return self._finding(Outcome.BROKEN, texts, status.state)
