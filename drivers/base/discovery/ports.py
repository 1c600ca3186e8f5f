"""Serial ports, USB devices, HID channels and cameras, as the kernel lists them. Reads below `root`; opens nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from drivers.base.discovery.found import Bus, Found
from drivers.base.discovery.sysfs import (
    entries,
    maker_of,
    names_for,
    text_of,
    usb_device_of,
    vid_pid,
)

# What Linux calls the ports of adapters, USB modems and boards (x86, arm64).
SERIAL_GLOBS: Final = ("/dev/ttyUSB*", "/dev/ttyACM*", "/dev/ttyS*", "/dev/ttyAMA*")
_NO_UART: Final = "0"  # /sys/class/tty/ttyS*/type of a port that the kernel keeps a name for and the board has not
_HUB: Final = "09"


def serial_ports(root: Path, globs: Sequence[str] = SERIAL_GLOBS) -> tuple[Found, ...]:
    """Serial ports that match `globs` (domain.md h: by-id first; twins without serial numbers differ by path only)."""
    by_id, by_path = names_for(root, "serial/by-id"), names_for(root, "serial/by-path")
    ports: list[Found] = []
    for entry in entries(root / "sys/class/tty"):
        node = f"/dev/{entry.name}"
        if not any(fnmatch(node, pattern) for pattern in globs) or text_of(entry / "type") == _NO_UART:
            continue
        stable = by_id.get(entry.name) or by_path.get(entry.name) or node
        ports.append(_found(Bus.SERIAL, entry, node, stable, root))
    return _told_apart(ports, by_path)


def usb_devices(root: Path) -> tuple[Found, ...]:
    """USB devices without hubs, by VID:PID and the classes of their interfaces; no library asked, none opened."""
    folder = root / "sys/bus/usb/devices"
    devices: list[Found] = []
    for entry in entries(folder):
        if not (entry / "idVendor").is_file() or text_of(entry / "bDeviceClass") == _HUB:
            continue
        classes = {text_of(part / "bInterfaceClass").lower() for part in entries(entry.resolve())}
        bus, number = text_of(entry / "busnum"), text_of(entry / "devnum")
        node = f"/dev/bus/usb/{int(bus):03}/{int(number):03}" if bus.isdecimal() and number.isdecimal() else ""
        devices.append(
            Found(
                Bus.USB,
                entry.name,
                node,
                node,
                vid_pid(entry),
                entry.name,
                maker_of(entry),
                tuple(sorted(classes - {""})),
            )
        )
    return tuple(devices)


def hid_channels(root: Path) -> tuple[Found, ...]:
    """HID devices (hidraw), of USB ones with their VID:PID."""
    return tuple(
        _found(Bus.HID, entry, f"/dev/{entry.name}", f"/dev/{entry.name}", root)
        for entry in entries(root / "sys/class/hidraw")
    )


def cameras(root: Path) -> tuple[Found, ...]:
    """Cameras (V4L2); nodes that carry no picture are left out."""
    by_id, by_path = names_for(root, "v4l/by-id"), names_for(root, "v4l/by-path")
    found: list[Found] = []
    for entry in entries(root / "sys/class/video4linux"):
        if text_of(entry / "index") not in {"", "0"}:  # 0 gives pictures, the others metadata
            continue
        node = f"/dev/{entry.name}"
        stable = by_id.get(entry.name) or by_path.get(entry.name) or node
        one = _found(Bus.VIDEO, entry, node, stable, root)
        found.append(one if one.maker else replace(one, maker=text_of(entry / "name")))
    return _told_apart(found, by_path)


def _found(bus: Bus, entry: Path, node: str, stable: str, root: Path) -> Found:
    device = usb_device_of(entry, root)
    if device is None:
        return Found(bus, entry.name, node, stable)
    return Found(bus, entry.name, node, stable, vid_pid(device), device.name, maker_of(device))


def _told_apart(found: Sequence[Found], by_path: Mapping[str, str]) -> tuple[Found, ...]:
    """Twins without serial numbers share one by-id link, which is now this one and now that: each gets its by-path."""

    def unsure(one: Found) -> bool:
        twins = [other for other in found if other.usb and other.usb == one.usb]
        return len(twins) > 1 and any("/by-id/" not in twin.stable for twin in twins)

    return tuple(replace(one, stable=by_path.get(one.name, one.node)) if unsure(one) else one for one in found)
