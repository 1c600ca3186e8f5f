"""What a device's session tells the case thread."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.base.status import DeviceStatus, Fault


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The device's own status is now this; told after every connect, and afterwards only when it differs."""

    device_id: str
    status: DeviceStatus


@dataclass(frozen=True, slots=True)
class Happened:
    """The device spoke unasked: `event` is one of the events of its api.py."""

    device_id: str
    event: object


@dataclass(frozen=True, slots=True)
class CommandDone:
    """The command submitted under `ticket` ended; told exactly once. `fault` None: `result` is its result."""

    device_id: str
    ticket: int
    result: object | None
    fault: Fault | None


Notice = StatusChanged | Happened | CommandDone
