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
    """One port. `stable` names it in an endpoint so that no other ever takes its place, as far as that can be had.

    Of a serial port or camera it is a path: by-id where the device has a serial number of its own, else by-path, else
    `node` itself. Of a USB or HID device `serial=S`, else `socket=1-1.2`. Of a PC/SC reader its name without the order
    of plugging.

    `usb` is VID:PID in small hex digits, `place` the USB socket (1-1.2), which all functions of one device share,
    `serial` the serial number, which need not be its own; all three empty for what is no USB device. `maker` is what
    the device says of itself, for people only.
    """

    bus: Bus
    name: str  # ttyUSB0, 1-1.2, hidraw0, video0, or the PC/SC reader's name
    node: str = ""  # /dev/ttyUSB0; empty for PC/SC
    stable: str = ""
    usb: str = ""
    place: str = ""
    maker: str = ""
    classes: tuple[str, ...] = ()  # USB interface classes, two hex digits each; of USB devices only
    serial: str = ""
