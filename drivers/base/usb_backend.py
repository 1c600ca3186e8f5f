"""pyusb behind one port: bulk pipes of a device that is found by its numbers. The only file that imports it."""

from __future__ import annotations

import contextlib
import errno
from typing import Any, Protocol, cast

import usb.core
import usb.util

from drivers.base.errors import Unsupported
from drivers.base.usb_address import UsbAddress

_CORE: Any = usb.core  # untyped, as all of pyusb
_UTIL: Any = usb.util


class UsbHandle(Protocol):
    """An open device, its interface held alone. Failures are `OSError` with the system's number."""

    @property
    def pipes(self) -> tuple[int, ...]:
        """Addresses of the bulk endpoints; those to the host have bit 7 set."""
        ...

    def write(self, pipe: int, data: bytes, timeout_ms: int) -> int:
        """Send; how many bytes were taken. ETIMEDOUT when the device takes none."""
        ...

    def read(self, pipe: int, size_bytes: int, timeout_ms: int) -> bytes:
        """What comes within the time, b"" for nothing."""
        ...

    def close(self) -> None:
        """Give the interface back; never raises."""
        ...


class UsbBackend(Protocol):
    """Where devices come from."""

    def open(self, address: UsbAddress) -> UsbHandle:
        """`OSError`: ENODEV not there, EBUSY held by another program, EACCES no right. `Unsupported` without libusb."""
        ...


class PyUsb:
    """The machine's USB devices through libusb."""

    def open(self, address: UsbAddress) -> UsbHandle:
        """See `UsbBackend`. A kernel driver on the interface is detached, and comes back with the next plugging in."""
        unread: list[OSError] = []

        def is_meant(device: Any) -> bool:
            try:
                return _is_meant(device, address)
            except OSError as error:  # perhaps the next one can be read
                unread.append(error)
                return False

        try:
            found: Any = _CORE.find(idVendor=address.vendor, idProduct=address.product, custom_match=is_meant)
        except usb.core.NoBackendError as error:
            raise Unsupported("libusb-1.0 is not installed") from error
        if found is None:
            raise unread[0] if unread else OSError(errno.ENODEV, "no such USB device")
        return _PyUsbHandle(found)


class _PyUsbHandle:
    def __init__(self, device: Any) -> None:
        self._device = device
        interface: Any = next((one for one in device.get_active_configuration() if _bulk(one)), None)
        if interface is None:
            raise Unsupported("this USB device has no bulk pipes")
        self._number = int(interface.bInterfaceNumber)
        self._pipes = _bulk(interface)
        try:
            with contextlib.suppress(NotImplementedError):  # pyusb's word for a system without such drivers
                if device.is_kernel_driver_active(self._number):
                    device.detach_kernel_driver(self._number)
            _UTIL.claim_interface(device, self._number)
        except OSError:
            _UTIL.dispose_resources(device)
            raise

    @property
    def pipes(self) -> tuple[int, ...]:
        return self._pipes

    def write(self, pipe: int, data: bytes, timeout_ms: int) -> int:
        return int(self._device.write(pipe, data, timeout_ms))

    def read(self, pipe: int, size_bytes: int, timeout_ms: int) -> bytes:
        try:
            return bytes(self._device.read(pipe, size_bytes, timeout_ms))
        except usb.core.USBTimeoutError:
            return b""

    def close(self) -> None:
        with contextlib.suppress(OSError):
            _UTIL.release_interface(self._device, self._number)
        with contextlib.suppress(OSError):
            _UTIL.dispose_resources(self._device)


def _bulk(interface: Any) -> tuple[int, ...]:
    kinds = ((int(end.bEndpointAddress), int(end.bmAttributes)) for end in interface)
    return tuple(address for address, attributes in kinds if _UTIL.endpoint_type(attributes) == 2)


def _is_meant(device: Any, address: UsbAddress) -> bool:
    ports = cast("tuple[int, ...] | None", device.port_numbers) or ()
    if address.socket and address.socket != f"{device.bus}-{'.'.join(map(str, ports))}":
        return False
    try:
        return not address.serial or str(_UTIL.get_string(device, device.iSerialNumber)).strip() == address.serial
    except ValueError as error:  # how pyusb says that it has no right to ask
        raise OSError(errno.EACCES, "no right to read its serial number") from error
