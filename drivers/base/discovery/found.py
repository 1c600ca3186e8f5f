"""What discovery finds: one value a port, whatever hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Bus(StrEnum):
    """The way by which a program would reach it."""

    SERIAL = "serial"
    USB = "usb"  # the device itself, for drivers that speak over its bulk pipes
    HID = "hid"
    PCSC = "pcsc"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Found:
    """One port. `stable` is the address that stays after a restart: by-id, else by-path, else `node` itself.

    `usb` is VID:PID in small hex digits, `place` the USB socket (1-1.2), which all functions of one device share;
    both empty for what is no USB device. `maker` is what the device says of itself, for people only.
    """

    bus: Bus
    name: str  # ttyUSB0, 1-1.2, hidraw0, video0, or the PC/SC reader's name
    node: str = ""  # /dev/ttyUSB0; empty for PC/SC
    stable: str = ""
    usb: str = ""
    place: str = ""
    maker: str = ""
    classes: tuple[str, ...] = ()  # USB interface classes, two hex digits each; of USB devices only
