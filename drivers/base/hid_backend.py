"""hidapi behind one port: a HID device found by its numbers, held alone. The only file that imports it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from pathlib import Path
from typing import Any, Protocol

import hidraw  # hidapi on the kernel's hidraw: the udev rules open its nodes, and no kernel driver is detached

from drivers.base.discovery.sysfs import usb_device_of
from drivers.base.usb_address import UsbAddress

_HIDAPI: Any = hidraw  # untyped
_ROOT = Path("/")  # of /sys


class HidHandle(Protocol):
    """An open device. Failures are `OSError`."""

    def write(self, report: bytes) -> None:
        """Send one report without a report number."""
        ...

    def read(self, size_bytes: int, timeout_ms: int) -> bytes:
        """The next report, b"" when none comes within the time."""
        ...

    def close(self) -> None:
        """Give the device back; never raises."""
        ...


class HidBackend(Protocol):
    """Where devices come from."""

    def open(self, address: UsbAddress) -> HidHandle:
        """`OSError`: ENODEV not there, EAGAIN held by another program that locks it, EACCES no right."""
        ...


class HidApi:
    """The machine's HID devices."""

    def open(self, address: UsbAddress) -> HidHandle:
        """See `HidBackend`. The kernel lets several programs open one device, so it is locked, too."""
        listed: list[dict[str, Any]] = _HIDAPI.enumerate(address.vendor, address.product)
        path = next((os.fsdecode(one["path"]) for one in listed if _is_meant(one, address)), "")
        if not path:
            raise OSError(errno.ENODEV, "no such HID device")
        return _HidApiHandle(path)


class _HidApiHandle:
    def __init__(self, path: str) -> None:
        # Opened by ourselves first: hidapi's own failure has no number.
        self._lock = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._device: Any = _HIDAPI.device()
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._device.open_path(path.encode())
        except OSError:
            os.close(self._lock)
            raise

    def write(self, report: bytes) -> None:
        # hidapi wants the report number first, 0 for a device that has none.
        if int(self._device.write(b"\0" + report)) < 0:
            raise OSError(errno.EIO, "the HID device takes no report")

    def read(self, size_bytes: int, timeout_ms: int) -> bytes:
        return bytes(self._device.read(size_bytes, timeout_ms))

    def close(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._device.close()
        os.close(self._lock)


def _is_meant(one: dict[str, Any], address: UsbAddress) -> bool:
    if address.serial and (one["serial_number"] or "").strip() != address.serial:
        return False
    if not address.socket:
        return True
    device = usb_device_of(_ROOT / "sys/class/hidraw" / Path(os.fsdecode(one["path"])).name, _ROOT)
    return device is not None and device.name == address.socket
