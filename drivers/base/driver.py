"""What a session may ask of any driver."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.status import DeviceStatus
from drivers.base.tap import NullTap, Tap
from drivers.base.transport import Ready
from drivers.base.wake import Wake


@dataclass(frozen=True, slots=True)
class DriverContext:
    """What a driver gets from outside.

    `cancel` is set when the running command is to be given up: a driver that waits inside `execute`,
    `on_readable` or `on_timer` passes it to the transport's wait and raises `Cancelled`.
    """

    clock: Clock
    cancel: Wake
    tap: Tap = field(default_factory=NullTap)


class Driver(Protocol):
    """One device behind one link. Synchronous; every call is made on its session's thread.

    It never sleeps by itself and never reconnects: it raises `LinkLost` and the session does the rest.
    Commands and events are frozen dataclasses of the device's api.py. After `LinkLost` the session calls
    `close`, later `connect` and `interrogate` on the same object, so a driver remembers what it was asked
    to do (armed, lamp on) but nothing of what the device held.
    """

    def connect(self) -> None:
        """Open the link. `LinkLost` when it is not there."""
        ...

    def interrogate(self) -> DeviceStatus:
        """Ask the hardware what it is and what it holds; called after every connect."""
        ...

    def execute(self, command: object) -> object:
        """Do one command of the device's api and return its result; `DriverError` when it fails."""
        ...

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait: bytes from the device, `wake` (the mailbox), or the deadline."""
        ...

    def on_readable(self) -> Iterable[object]:
        """The device spoke unasked: read it; the events it makes."""
        ...

    def next_timer_s(self) -> float | None:
        """Monotonic second at which `on_timer` wants to be called; None for not at all."""
        ...

    def on_timer(self) -> Iterable[object]:
        """The timer is due (poll for a card, heartbeat, printer status); the events it makes.

        A `StatusReport` event tells the session that the device's own status changed.
        """
        ...

    def close(self) -> None:
        """Give the link back; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class StatusReport:
    """An event every driver may yield: the device's status is now this."""

    status: DeviceStatus
