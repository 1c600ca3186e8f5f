"""What can go wrong inside a driver. Outside the session these become frozen `Fault` values."""

from __future__ import annotations


class DriverError(Exception):
    """Base of every expected failure of a device or its link."""


class LinkLost(DriverError):
    """The link is gone: unplugged, refused, closed by the other side. The session reconnects."""


class Timeout(DriverError):
    """The device did not answer within the deadline; the link itself may be alive."""


class Corrupt(DriverError):
    """Bytes arrived that are no valid frame. `dropped` is how many bytes were thrown away."""

    def __init__(self, reason: str, dropped: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.dropped = dropped


class Refused(DriverError):
    """The device understood and said no. `code` is the fault code, `detail` the device's own status."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Unsupported(DriverError):
    """This device, endpoint or machine cannot do what was asked."""


class Cancelled(DriverError):
    """The command was given up because the session was told so."""
