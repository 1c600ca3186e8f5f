"""What tells a USB device from another of its kind: its own serial number, else the socket it is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from drivers.base.discovery.sysfs import serial_of, vid_pid

# What makers give to every piece [U]: nothing but zeros, 0001 (CP210x as delivered), 123456, 0123456789ABCDEF.
_COUNTED: Final = ("123456789ABCDEF", "1234567890")


class Twins:
    """The machine's USB devices beside one another."""

    def __init__(self, devices: Sequence[Path]) -> None:
        """`devices`: their folders in /sys."""
        self._kinds = Counter(map(vid_pid, devices))
        self._numbers = Counter((vid_pid(device), serial_of(device)) for device in devices)

    def own_serial(self, device: Path) -> str:
        """Its serial number; empty when it has none, shares it with a twin, or its maker gives it to every piece."""
        number = serial_of(device)
        if _is_anybodys(number) or self._numbers[vid_pid(device), number] > 1:
            return ""
        return number

    def is_alone(self, device: Path) -> bool:
        """Whether there is no other with its VID:PID."""
        return self._kinds[vid_pid(device)] < 2

    def named(self, device: Path) -> str:
        """What a usb:// or hid:// endpoint says to mean this one: `serial=S` or `socket=1-1.2`."""
        number = self.own_serial(device)
        return f"serial={quote(number, safe='')}" if number else f"socket={device.name}"


def _is_anybodys(number: str) -> bool:
    bare = number.upper().lstrip("0")
    return any(counted.startswith(bare) for counted in _COUNTED)
