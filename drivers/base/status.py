"""The one state vocabulary of devices (XFS4IoT `common.device`) and the fault that crosses threads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class DeviceState(StrEnum):
    """State of a device; what lies in it (card, paper) is kept apart, in the device's own status."""

    STARTING = "starting"  # not yet interrogated; never shown as a fault
    ONLINE = "online"
    OFFLINE = "offline"  # the link is there, the device does not answer
    POWER_OFF = "powerOff"  # no power or cable out: the link itself is gone
    NO_DEVICE = "noDevice"  # this terminal is configured without it
    HARDWARE_ERROR = "hardwareError"  # a technician is needed
    USER_ERROR = "userError"  # a person can clear it: paper, cover
    DEVICE_BUSY = "deviceBusy"
    POTENTIAL_FRAUD = "potentialFraud"
    FRAUD_ATTEMPT = "fraudAttempt"
    UNKNOWN = "unknown"  # no answer: never read as "no paper" or "ok"


@unique
class FaultAction(StrEnum):
    """Who mends it (XFS4IoT ErrorEvent.action)."""

    RESET = "reset"  # mends itself: the session reconnects
    CLEAR = "clear"  # clerk or citizen can mend it
    MAINTENANCE = "maintenance"  # technician, hardware
    CONFIGURATION = "configuration"  # technician, configuration
    SOFTWARE_ERROR = "softwareError"
    SUSPEND = "suspend"  # wait, the device recovers


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure as a value. `code` keys the texts in terminal/diagnostics/fault_texts.toml.

    `detail` is for the technician (a device status, an errno); never personal data.
    """

    code: str
    action: FaultAction
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """What interrogation found. `facts` are technician's key-value pairs such as ("firmware", "1.4")."""

    state: DeviceState
    fault: Fault | None = None
    facts: tuple[tuple[str, str], ...] = ()
