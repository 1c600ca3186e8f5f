"""From a driver's exception to the fault that leaves its session: the one place where that is decided."""

from __future__ import annotations

import errno
from typing import Final

from drivers.base.errors import Cancelled, Corrupt, DriverError, LinkLost, Refused, Timeout
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from terminal.diagnostics import fault_texts

OFFLINE: Final = Fault("link.offline", FaultAction.RESET)
STOPPED: Final = Fault("driver.stopped", FaultAction.RESET)
PERHAPS_DONE: Final = frozenset({"link.lost", "link.timeout", "link.corrupt", "driver.cancelled", "driver.internal"})
"""Codes after which nobody knows whether the device did what it was told: an effect outside (print) is then
indeterminate. After every other code it was not done: the command was refused, or never reached the device."""

# EAGAIN: another program holds the lock of the line; EBUSY: it has the line for itself (drivers/base).
_BUSY = frozenset({errno.EAGAIN, errno.EBUSY})
_DENIED = frozenset({errno.EACCES, errno.EPERM})


def refusal_of(status: DeviceStatus) -> Fault:
    """Why a device that is away takes no command: its own trouble, or that it is not connected."""
    if status.fault is None:
        return OFFLINE
    if status.fault.code in PERHAPS_DONE:  # true of the command that was lost then, not of this one
        return Fault(OFFLINE.code, OFFLINE.action, status.fault.code)
    return status.fault


def fault_of(error: Exception) -> Fault:
    """`error` as a value. An exception that no driver may raise becomes `driver.internal` with its type alone.

    Only a driver's own words go into `detail`: an unforeseen message could quote a person.
    """
    match error:
        case Refused():
            return Fault(error.code, fault_texts.action_of(error.code), error.detail)
        case LinkLost():
            return _link_fault(error)
        case Timeout():
            return Fault("link.timeout", FaultAction.SUSPEND, str(error))
        case Corrupt():
            return Fault("link.corrupt", FaultAction.MAINTENANCE, f"{error.reason}; {error.dropped} bytes dropped")
        case Cancelled():
            return Fault("driver.cancelled", FaultAction.CLEAR, str(error))
        case DriverError():  # Unsupported, and whatever a driver may add
            return Fault("driver.unsupported", FaultAction.CONFIGURATION, str(error))
        case _:
            return Fault("driver.internal", FaultAction.SOFTWARE_ERROR, type(error).__name__)


def status_of(error: Exception) -> DeviceStatus:
    """What a failed connect, interrogation or unasked read means for the device's state."""
    fault = fault_of(error)
    match error:
        case LinkLost():
            # Not deviceBusy: that is a device at work, which a case may count on.
            states = {"link.busy": DeviceState.OFFLINE, "link.not_allowed": DeviceState.HARDWARE_ERROR}
            state = states.get(fault.code, DeviceState.POWER_OFF)
        case Timeout() | Corrupt() | Cancelled():
            state = DeviceState.OFFLINE
        case _:
            state = DeviceState.HARDWARE_ERROR
    return DeviceStatus(state, fault)


def _link_fault(error: LinkLost) -> Fault:
    number = error.__cause__.errno if isinstance(error.__cause__, OSError) else None
    if number in _BUSY:
        return Fault("link.busy", FaultAction.CLEAR, str(error))
    if number in _DENIED:
        return Fault("link.not_allowed", FaultAction.CONFIGURATION, str(error))
    return Fault("link.lost", FaultAction.RESET, str(error))
