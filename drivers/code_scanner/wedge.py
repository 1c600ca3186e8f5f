"""The stand-in for a scanner that types like a keyboard (`wedge://`): it has no link, the window hears its keys.

The session needs a driver all the same, so that the device strip shows the scanner and the case can arm it. Nobody
can ask a keyboard whether it is there, so it is always online, and says in its facts that nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext
from drivers.base.errors import Unsupported
from drivers.base.status import DeviceState, DeviceStatus
from drivers.base.transport import Ready
from drivers.base.wake import Wake
from drivers.code_scanner import api

WEDGE: Final = "wedge"


class WedgeStandIn:
    """Keeps the time of an `Arm`; the code itself comes from kiosk_ui/shell/wedge.py."""

    def __init__(self, context: DriverContext) -> None:
        self._clock = context.clock
        self._armed: api.Arm | None = None
        self._ends_s: float | None = None

    def connect(self) -> None:
        """Nothing to open."""

    def interrogate(self) -> DeviceStatus:
        """Always online; whether a scanner is plugged in is unknown."""
        return DeviceStatus(DeviceState.ONLINE, facts=(("family", WEDGE), ("firmware", "unknown")))

    def execute(self, command: object) -> object:
        """Arm, Disarm; None."""
        match command:
            case api.Arm(timeout_s=timeout_s):
                self._armed = command
                self._ends_s = None if timeout_s is None else self._clock.monotonic() + timeout_s
            case api.Disarm():
                self._armed = self._ends_s = None
            case _:
                raise Unsupported(f"the code scanner knows no {type(command).__name__}")
        return None

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait: only for the mailbox and the time."""
        ready = self._clock.poll([wake.fileno()], deadline.at_s)
        return Ready(readable=False, woken=wake.fileno() in ready)

    def on_readable(self) -> Iterable[object]:
        """Never called: there is nothing to read."""
        return ()

    def next_timer_s(self) -> float | None:
        """The end of an `Arm`."""
        return self._ends_s

    def on_timer(self) -> Iterable[object]:
        """The time of an `Arm` is over."""
        armed, self._armed, self._ends_s = self._armed, None, None
        return () if armed is None else (api.ScanTimedOut(armed.purpose, self._clock.monotonic()),)

    def close(self) -> None:
        """Nothing to give back."""
