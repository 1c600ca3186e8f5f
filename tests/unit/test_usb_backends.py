"""The adapters of pyusb and hidapi, against devices that look like theirs."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import usb.core
import usb.util

from drivers.base import hid_backend, usb_backend
from drivers.base.errors import Unsupported
from drivers.base.usb_address import UsbAddress
from tests.support.made_up_machine import MadeUpMachine

READER = UsbAddress(0x0400, 0xC35A)
BULK, INTERRUPT = 2, 3


class Device:
    """As pyusb shows one: a HID interface first, then one with bulk pipes."""

    bus, port_numbers = 1, (1, 2)
    iSerialNumber = 3  # noqa: N815 - pyusb's names

    def __init__(self, *, driver: bool = False) -> None:
        self.driver = driver
        self.detached: list[int] = []
        self.read_error: Exception | None = None

    def get_active_configuration(self) -> list[Any]:
        def interface(number: int, *ends: tuple[int, int]) -> Any:
            class Interface(list[Any]):
                bInterfaceNumber = number  # noqa: N815

            return Interface(SimpleNamespace(bEndpointAddress=a, bmAttributes=kind) for a, kind in ends)

        return [interface(0, (0x83, INTERRUPT)), interface(1, (0x01, BULK), (0x82, BULK), (0x84, INTERRUPT))]

    def is_kernel_driver_active(self, number: int) -> bool:
        return self.driver and number == 1

    def detach_kernel_driver(self, number: int) -> None:
        self.detached.append(number)

    def write(self, pipe: int, data: bytes, timeout_ms: int) -> int:
        return len(data)

    def read(self, pipe: int, size: int, timeout_ms: int) -> Any:
        if self.read_error is not None:
            raise self.read_error
        return memoryview(b"reply")


class Library:
    """What stands in for pyusb's functions; `claim_error` is an errno."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, device: Device | None) -> None:
        self.device, self.claim_error, self.log = device, 0, list[str]()
        monkeypatch.setattr(usb.core, "find", self.find)
        monkeypatch.setattr(usb.util, "claim_interface", self.claim)
        monkeypatch.setattr(usb.util, "release_interface", lambda _, number: self.log.append(f"release {number}"))
        monkeypatch.setattr(usb.util, "dispose_resources", lambda _: self.log.append("dispose"))
        monkeypatch.setattr(usb.util, "get_string", lambda *_: "A1")

    def find(self, custom_match: Any, **numbers: int) -> Device | None:
        assert numbers == {"idVendor": 0x0400, "idProduct": 0xC35A}
        return self.device if self.device is not None and custom_match(self.device) else None

    def claim(self, _: object, number: int) -> None:
        self.log.append(f"claim {number}")
        if self.claim_error:
            raise usb.core.USBError("no", errno=self.claim_error)


def test_the_interface_with_bulk_pipes_is_claimed_used_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device(driver=True)
    library = Library(monkeypatch, device)
    handle = usb_backend.PyUsb().open(READER)
    assert handle.pipes == (0x01, 0x82)
    assert device.detached == [1]
    assert handle.write(0x01, b"abc", 1000) == 3
    assert handle.read(0x82, 64, 100) == b"reply"
    device.read_error = usb.core.USBTimeoutError("time", errno=errno.ETIMEDOUT)
    assert handle.read(0x82, 64, 100) == b""
    device.read_error = usb.core.USBError("gone", errno=errno.ENODEV)
    with pytest.raises(OSError, match="gone") as caught:
        handle.read(0x82, 64, 100)
    assert caught.value.errno == errno.ENODEV
    handle.close()
    assert library.log == ["claim 1", "release 1", "dispose"]


def test_an_interface_that_another_program_holds_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(monkeypatch, Device())
    library.claim_error = errno.EBUSY
    with pytest.raises(OSError, match="no") as caught:
        usb_backend.PyUsb().open(READER)
    assert caught.value.errno == errno.EBUSY
    assert library.log == ["claim 1", "dispose"]


@pytest.mark.parametrize(
    ("serial", "socket", "there"), [("A1", "", True), ("B2", "", False), ("", "1-1.2", True), ("", "1-1.3", False)]
)
def test_twins_are_told_apart(monkeypatch: pytest.MonkeyPatch, serial: str, socket: str, there: bool) -> None:
    Library(monkeypatch, Device())
    address = UsbAddress(0x0400, 0xC35A, serial, socket)
    if there:
        usb_backend.PyUsb().open(address)
        return
    with pytest.raises(OSError, match="no such") as caught:
        usb_backend.PyUsb().open(address)
    assert caught.value.errno == errno.ENODEV


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (ValueError("The device has no langid"), errno.EACCES),
        (usb.core.USBError("held", errno=errno.EBUSY), errno.EBUSY),
    ],
)
def test_a_serial_number_that_cannot_be_read_is_told_as_what_it_is(
    monkeypatch: pytest.MonkeyPatch, error: Exception, number: int
) -> None:
    Library(monkeypatch, Device())

    def refused(*_: object) -> str:
        raise error

    monkeypatch.setattr(usb.util, "get_string", refused)
    with pytest.raises(OSError, match=r".") as caught:
        usb_backend.PyUsb().open(UsbAddress(0x0400, 0xC35A, "A1"))
    assert caught.value.errno == number
    usb_backend.PyUsb().open(READER)  # which asks for none


def test_a_twin_whose_serial_number_cannot_be_read_does_not_hide_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    Library(monkeypatch, None)
    ill, right = Device(), Device()

    def find(custom_match: Callable[[Device], bool], **_: int) -> Device | None:
        return next((one for one in (ill, right) if custom_match(one)), None)

    monkeypatch.setattr(usb.core, "find", find)

    def number(device: Device, _: int) -> str:
        if device is ill:
            raise ValueError("The device has no langid")
        return "A1"

    monkeypatch.setattr(usb.util, "get_string", number)
    usb_backend.PyUsb().open(UsbAddress(0x0400, 0xC35A, "A1"))


def test_without_libusb_or_bulk_pipes_it_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(monkeypatch, Device())
    monkeypatch.setattr(Device, "get_active_configuration", lambda _: [])
    with pytest.raises(Unsupported, match="bulk"):
        usb_backend.PyUsb().open(READER)

    def no_library(**_: object) -> None:
        raise usb.core.NoBackendError("No backend available")

    library.log.clear()
    monkeypatch.setattr(usb.core, "find", no_library)
    with pytest.raises(Unsupported, match="libusb"):
        usb_backend.PyUsb().open(READER)


# HID


class HidDevice:
    """As hidapi's."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.takes = True

    def open_path(self, path: bytes) -> None:
        self.path = path

    def write(self, data: bytes) -> int:
        self.written.append(data)
        return len(data) if self.takes else -1

    def read(self, size: int, timeout_ms: int) -> list[int]:
        return [0xAA, timeout_ms][:size]

    def close(self) -> None:
        raise ValueError("already closed")


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "hidraw7"
    path.write_bytes(b"")
    listed = [{"path": os.fsencode(path), "serial_number": "S1"}]
    made = SimpleNamespace(enumerate=lambda vendor, product: listed if vendor == 0x10C4 else [], device=HidDevice)
    monkeypatch.setattr(hid_backend, "_HIDAPI", made)
    return path


MIAXIS = UsbAddress(0x10C4, 0x0007)


def test_reports_go_with_the_number_0_before_them(node: Path) -> None:
    handle = hid_backend.HidApi().open(MIAXIS)
    device: HidDevice = handle._device  # type: ignore[attr-defined]
    assert device.path == os.fsencode(node)
    handle.write(b"report")
    assert device.written == [b"\0report"]
    assert handle.read(64, 100) == b"\xaa\x64"
    device.takes = False
    with pytest.raises(OSError, match="takes no report"):
        handle.write(b"report")
    handle.close()


def test_a_node_that_another_program_locks_is_busy_and_free_afterwards(node: Path) -> None:
    with node.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError):
            hid_backend.HidApi().open(MIAXIS)
    hid_backend.HidApi().open(MIAXIS).close()


def test_missing_ones_are_not_there(node: Path) -> None:
    for address in (UsbAddress(0x1234, 1), UsbAddress(0x10C4, 7, serial="S2"), UsbAddress(0x10C4, 7, socket="1-1.2")):
        with pytest.raises(OSError, match="no such") as caught:
            hid_backend.HidApi().open(address)
        assert caught.value.errno == errno.ENODEV


@pytest.mark.parametrize(("socket", "there"), [("1-1.2", True), ("1-1", False), ("1-1.2:1.0", False), ("usb1", False)])
def test_a_socket_is_the_device_s_own_and_not_that_of_the_hub_before_it(
    node: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, socket: str, there: bool
) -> None:
    made = MadeUpMachine(tmp_path / "machine")
    hub = made.usb("1-1", "05e3:0610")
    made.usb("1-1.2", "10c4:0007", classes=("03",)).rename(hub / "1-1.2")
    made.hid_channel(node.name, hub / "1-1.2")
    monkeypatch.setattr(hid_backend, "_ROOT", made.root)
    address = UsbAddress(0x10C4, 7, socket=socket)
    if there:
        hid_backend.HidApi().open(address).close()
        return
    with pytest.raises(OSError, match="no such"):
        hid_backend.HidApi().open(address)


def test_a_node_without_the_right_is_denied(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(hid_backend.os, "open", denied)
    with pytest.raises(PermissionError):
        hid_backend.HidApi().open(MIAXIS)
