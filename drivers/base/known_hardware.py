"""The table of known hardware (known_hardware.toml): what a USB number means, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from functools import cache
from importlib import resources
from typing import Annotated, Final

import msgspec

from drivers.base.discovery.found import Bus, Found


@unique
class Link(StrEnum):
    """How a driver reaches it."""

    SERIAL = "serial"
    USB = "usb"
    HID = "hid"


_BUSES: Final[Mapping[Link, Bus]] = {Link.SERIAL: Bus.SERIAL, Link.USB: Bus.USB, Link.HID: Bus.HID}


class Hardware(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row; the file's head explains the columns."""

    usb: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{4}:([0-9a-f]{4}|\*)$")]
    zh: str
    en: str
    link: Link
    kind: str
    family: str
    symlink: Annotated[str, msgspec.Meta(pattern=r"^[a-z-]*$")]
    certainty: Annotated[str, msgspec.Meta(pattern=r"^(V \d+|1|U)$")]
    source: str
    url: Annotated[str, msgspec.Meta(pattern=r"^[^?]*$")] = ""
    options: str = ""

    @property
    def vendor(self) -> str:
        """VID."""
        return self.usb[:4]

    @property
    def product(self) -> str:
        """PID; "*" for every product."""
        return self.usb[5:]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hardware: tuple[Hardware, ...]


@cache
def table() -> tuple[Hardware, ...]:
    """All rows, in the order of the file."""
    data = resources.files("drivers.base").joinpath("known_hardware.toml").read_bytes()
    return msgspec.toml.decode(data, type=_Table).hardware


def known(found: Found) -> Hardware | None:
    """The row for what was found on this bus; a whole number outdoes a maker's. None for a stranger."""
    fitting = [row for row in table() if _BUSES[row.link] is found.bus and row.vendor == found.usb[:4]]
    exact = [row for row in fitting if row.usb == found.usb]
    return next(iter(exact or [row for row in fitting if row.product == "*"]), None)
