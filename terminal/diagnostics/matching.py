"""Which of the devices that are there an entry of the configuration means: exactly as its driver would find them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from drivers.base.discovery import pcsc
from drivers.base.discovery.found import Bus, Found
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Unsupported
from drivers.base.known_hardware import known
from drivers.base.usb_address import UsbAddress
from terminal.config import DeviceEntry

PATHS: Final[Mapping[str, Bus]] = {"serial": Bus.SERIAL, "v4l2": Bus.VIDEO}
_USB: Final[Mapping[str, Bus]] = {"usb": Bus.USB, "hid": Bus.HID}
_BY_ID: Final = "/by-id/"
_RULES: Final = "/dev/yichuang/"  # packaging/udev


def meant_by(entry: DeviceEntry, found: Sequence[Found], root: Path) -> tuple[Found, ...]:
    """The devices that fit the entry's address, each once. More than one: nobody can say which will be taken.

    Reads link targets below `root`.
    """
    try:
        endpoint = Endpoint.parse(entry.url)
        if endpoint.scheme in PATHS:
            return _at_path(endpoint, [one for one in found if one.bus is PATHS[endpoint.scheme]], root)
        if endpoint.scheme in _USB:
            address = UsbAddress.parse(endpoint)
            there = (one for one in found if one.bus is _USB[endpoint.scheme] and _is_meant(one, address))
            return tuple({one.place: one for one in reversed(tuple(there))}.values())[::-1]
    except Unsupported:  # no such address: the configuration is told elsewhere
        return ()
    if endpoint.scheme != "pcsc" or other_service(entry):
        return ()
    readers = {one.name: one for one in found if one.bus is Bus.PCSC}
    return tuple(readers[name] for name in pcsc.meant(endpoint.option("reader", ""), tuple(readers)))


def url_of(entry: DeviceEntry, one: Found) -> str:
    """The entry's address so written that it means this device and no other."""
    match one.bus:
        case Bus.SERIAL | Bus.VIDEO:
            return entry.url.replace(urlsplit(entry.url).path, one.stable, 1)
        case Bus.USB | Bus.HID:
            return f"{entry.url}{'&' if '?' in entry.url else '?'}{one.stable}"
        case Bus.PCSC:
            return f"pcsc:///?reader={quote(one.stable)}"


def names_one(entry: DeviceEntry) -> bool:
    """Whether a USB or HID address says by serial number or socket which of several it means."""
    return bool({"serial", "socket"} & set(_options(entry)))


def other_service(entry: DeviceEntry) -> str:
    """The socket of the PC/SC service that a reader's address names; empty for the machine's own."""
    return _options(entry).get("socket", "") if urlsplit(entry.url).scheme == "pcsc" else ""


def may_change(entry: DeviceEntry, one: Found) -> bool:
    """Whether the name of a port in the entry's address can come to mean another device, and a better one is there."""
    path = urlsplit(entry.url).path
    if one.bus not in PATHS.values() or not one.place or one.stable in {path, one.node}:
        return False
    return path == one.node or (_BY_ID in path and _BY_ID not in one.stable) or _is_kind(path, one)


def changes_with_order(one: Found) -> bool:
    """Whether a PC/SC reader can only be named with the numbers that pcscd gave it this time."""
    return one.bus is Bus.PCSC and pcsc.has_numbers(one.stable)


def real(root: Path, path: str) -> Path:
    """What a name below `root` leads to in the end."""
    return (root / path.lstrip("/")).resolve()


def _at_path(endpoint: Endpoint, ports: Sequence[Found], root: Path) -> tuple[Found, ...]:
    target = real(root, endpoint.path)
    mine = next((one for one in ports if real(root, one.node) == target), None)
    if mine is None:
        return ()
    path = endpoint.path
    return tuple(one for one in ports if one is mine or (one.place != mine.place and _share_a_name(path, mine, one)))


def _share_a_name(path: str, one: Found, other: Found) -> bool:
    """Whether udev gives the name `path` of `one` to `other` just as well: who came last has it."""
    if _BY_ID in path:  # made of maker, model and serial number
        return (one.usb, one.serial) == (other.usb, other.serial)
    return _is_kind(path, one) and known(one) == known(other)


def _is_kind(path: str, one: Found) -> bool:
    """Whether `path` is what the rules of packaging/udev call every device of this kind."""
    row = known(one)
    return row is not None and row.symlink != "" and path == f"{_RULES}{row.symlink}"


def _is_meant(one: Found, address: UsbAddress) -> bool:
    return (
        one.usb == f"{address.vendor:04x}:{address.product:04x}"
        and address.serial in {"", one.serial}
        and address.socket in {"", one.place}
    )


def _options(entry: DeviceEntry) -> Mapping[str, str]:
    try:
        return dict(Endpoint.parse(entry.url).options)
    except Unsupported:
        return {}
