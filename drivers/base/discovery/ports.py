"""Serial ports, USB devices, HID channels and cameras, as the kernel lists them. Reads below `root`; opens nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from drivers.base.discovery.found import Bus, Found
from drivers.base.discovery.sysfs import (
    entries,
    maker_of,
    names_for,
    serial_of,
    text_of,
    usb_device_of,
    usb_folders,
    vid_pid,
)
from drivers.base.discovery.twins import Twins

# What Linux calls the ports of adapters, USB modems and boards (x86, arm64).
SERIAL_GLOBS: Final = ("/dev/ttyUSB*", "/dev/ttyACM*", "/dev/ttyS*", "/dev/ttyAMA*")
_NO_UART: Final = "0"  # /sys/class/tty/ttyS*/type of a port that the kernel keeps a name for and the board has not
_HUB: Final = "09"


def serial_ports(root: Path, globs: Sequence[str] = SERIAL_GLOBS) -> tuple[Found, ...]:
    """Serial ports that match `globs` (domain.md h: by-id first; twins without serial numbers differ by path only)."""
    links = _Links(root, "serial")
    ports: list[Found] = []
    for entry in entries(root / "sys/class/tty"):
        node = f"/dev/{entry.name}"
        if not any(fnmatch(node, pattern) for pattern in globs) or text_of(entry / "type") == _NO_UART:
            continue
        ports.append(_found(Bus.SERIAL, entry, node, links.stable(entry), root))
    return tuple(ports)


def usb_devices(root: Path) -> tuple[Found, ...]:
    """USB devices without hubs, by VID:PID and the classes of their interfaces; no library asked, none opened."""
    folders = usb_folders(root)
    twins = Twins(folders)
    devices: list[Found] = []
    for device in folders:
        if text_of(device / "bDeviceClass") == _HUB:
            continue
        classes = {text_of(part / "bInterfaceClass").lower() for part in entries(device)}
        bus, number = text_of(device / "busnum"), text_of(device / "devnum")
        node = f"/dev/bus/usb/{int(bus):03}/{int(number):03}" if bus.isdecimal() and number.isdecimal() else ""
        found = _found(Bus.USB, device, node, twins.named(device), root)
        devices.append(replace(found, classes=tuple(sorted(classes - {""}))))
    return tuple(devices)


def hid_channels(root: Path) -> tuple[Found, ...]:
    """HID devices (hidraw), of USB ones with their VID:PID."""
    twins = Twins(usb_folders(root))
    channels: list[Found] = []
    for entry in entries(root / "sys/class/hidraw"):
        device, node = usb_device_of(entry, root), f"/dev/{entry.name}"
        channels.append(_found(Bus.HID, entry, node, twins.named(device) if device else node, root))
    return tuple(channels)


def cameras(root: Path) -> tuple[Found, ...]:
    """Cameras (V4L2); nodes that carry no picture are left out."""
    links = _Links(root, "v4l")
    found: list[Found] = []
    for entry in entries(root / "sys/class/video4linux"):
        if text_of(entry / "index") not in {"", "0"}:  # 0 gives pictures, the others metadata
            continue
        node = f"/dev/{entry.name}"
        one = _found(Bus.VIDEO, entry, node, links.stable(entry), root)
        found.append(one if one.maker else replace(one, maker=text_of(entry / "name")))
    return tuple(found)


class _Links:
    """The names that udev gives to ports below /dev/`folder`, and which of them stays with its device."""

    def __init__(self, root: Path, folder: str) -> None:
        self._root = root
        self._by_id, self._by_path = names_for(root, f"{folder}/by-id"), names_for(root, f"{folder}/by-path")
        self._twins = Twins(usb_folders(root))

    def stable(self, entry: Path) -> str:
        """The name for a class entry. Devices without a serial number of their own have one by-id link for all."""
        device = usb_device_of(entry, self._root)
        by_id, by_path = (names.get(entry.name, "") for names in (self._by_id, self._by_path))
        is_own = device is None or bool(self._twins.own_serial(device))
        is_alone = device is None or self._twins.is_alone(device)
        return (is_own and by_id) or by_path or (is_alone and by_id) or f"/dev/{entry.name}"


def _found(bus: Bus, entry: Path, node: str, stable: str, root: Path) -> Found:
    device = usb_device_of(entry, root)
    if device is None:
        return Found(bus, entry.name, node, stable)
    usb, serial = vid_pid(device), serial_of(device)
    return Found(bus, entry.name, node, stable, usb, device.name, maker_of(device), serial=serial)
