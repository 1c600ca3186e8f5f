"""The udev rules, made of the table of known hardware: `python -m drivers.base.udev_rules`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Final

from drivers.base.known_hardware import Hardware, Link, table

# Groups of Debian, UOS and Kylin. The program's user is a member; whoever sits at the screen is not (no uaccess).
_GROUPS: Final[Mapping[Link, str]] = {Link.SERIAL: "dialout", Link.USB: "plugdev", Link.HID: "plugdev"}
_HEAD: Final = """\
# Made of drivers/base/known_hardware.toml by `python -m drivers.base.udev_rules`; do not edit it by hand.
#
# Opens the devices of a terminal for the program's user alone, who is in the groups dialout (serial ports), plugdev
# (USB and HID) and video (cameras), and gives known devices names below /dev/yichuang: one for the kind, which of
# several the last one plugged in has, and one with the USB socket, which no other takes over: with twins use that.
# To use it: copy to /etc/udev/rules.d, then
#   udevadm control --reload && udevadm trigger
"""


def rules() -> str:
    """The whole file."""
    return _HEAD + "".join(line for row in table() for line in _rule(row))


def _rule(row: Hardware) -> Iterator[str]:
    # A bulk device is the USB device itself (%k is its socket); a tty or hidraw hangs below one (%b is that one's).
    own = row.link is Link.USB
    key, socket = ("ATTR", "%k") if own else ("ATTRS", "%b")
    match = {
        Link.SERIAL: 'SUBSYSTEM=="tty"',
        Link.USB: 'SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device"',
        Link.HID: 'KERNEL=="hidraw*", SUBSYSTEM=="hidraw"',
    }[row.link]
    parts = [match, f'{key}{{idVendor}}=="{row.vendor}"']
    if row.product != "*":
        parts.append(f'{key}{{idProduct}}=="{row.product}"')
    parts += [f'GROUP="{_GROUPS[row.link]}"', 'MODE="0660"']
    if row.symlink:
        parts.append(f'SYMLINK+="yichuang/{row.symlink} yichuang/{row.symlink}-{socket}"')
    yield f"\n# {row.en}; {row.source} [{row.certainty}]\n"
    yield ", ".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(rules())
