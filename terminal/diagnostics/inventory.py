"""What is plugged in beside what is configured: which is which, what is missing, what could be added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from drivers import registry
from drivers.base.discovery.found import Bus, Found
from drivers.base.discovery.machine import Machine
from drivers.base.known_hardware import Hardware, Link, known
from terminal.config import DeviceEntry
from terminal.diagnostics.matching import PATHS, meant_by, names_one, other_service, real, url_of
from terminal.diagnostics.scan_checks import types_like_a_keyboard

_SMART_CARD_CLASS: Final = "0b"  # USB-IF
_NETWORK: Final = frozenset({"tcp", "http", "https", "mjpeg+http"})


@unique
class Standing(StrEnum):
    """How a row stands to the configuration."""

    IN_USE = "in_use"  # there and configured
    MISSING = "missing"  # configured and not there
    UNCLEAR = "unclear"  # configured by an address that fits several that are there
    NETWORK = "network"  # configured; whether it is there, only asking can tell
    UNSEEN = "unseen"  # configured, a scanner that types: it cannot be told from any keyboard
    FREE = "free"  # there, not configured, and this release drives what it is
    UNKNOWN = "unknown"  # a serial port, not configured: anything may hang on it
    UNSUPPORTED = "unsupported"  # there, known, and this release has no driver for it
    OTHER = "other"  # there, and nothing for a terminal as far as can be seen


@dataclass(frozen=True, slots=True)
class Row:
    """One device, plugged in or configured or both. `choices`: what an unclear entry could say instead."""

    standing: Standing
    found: Found | None = None
    hardware: Hardware | None = None
    entry: DeviceEntry | None = None
    spoken: Spoken | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a device said when it was asked: which driver understood it, at which endpoint. Empty kind: no answer.

    `shut`: the port could not be opened (held by another program, no right to it), so nothing was asked.
    """

    kind: str = ""
    url: str = ""
    facts: str = ""
    shut: bool = False
    trouble_zh: str = ""
    trouble_en: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """All rows: the configured ones in the order of the file, then what could be added, then the rest."""

    rows: tuple[Row, ...]
    pcsc_answers: bool
    kinds: tuple[str, ...] = field(default=registry.KINDS)


def take(entries: Sequence[DeviceEntry], machine: Machine, root: Path = Path("/")) -> Inventory:
    """Lay the configuration beside the machine. Reads link targets below `root`; opens nothing."""
    fitting = [meant_by(entry, machine.found, root) for entry in entries]
    given = _given(entries, fitting)
    rows: list[Row] = []
    for number, entry in enumerate(entries):
        mine = given.get(number)
        if len(fitting[number]) > 1:
            choices = (url_of(entry, one) for one in fitting[number] if one not in given.values())
            rows.append(Row(Standing.UNCLEAR, entry=entry, choices=tuple(choices)))
        else:
            rows.append(Row(_standing(entry, mine, root), mine, known(mine) if mine else None, entry))
    taken = {one.place for one in given.values() if one.place}
    left = [one for one in _worth_a_row(machine.found) if one.place not in taken and one not in given.values()]
    free = [Row(_offered(one), one, known(one)) for one in left]
    order = list(Standing)
    free.sort(key=lambda row: order.index(row.standing))
    return Inventory((*rows, *free), machine.pcsc_answers)


def endpoint_of(row: Row) -> str:
    """The endpoint under which a device that is there could be configured; empty when there is none."""
    if row.spoken is not None and row.spoken.url:
        return row.spoken.url
    found, hardware = row.found, row.hardware
    if found is None:
        return ""
    match found.bus:
        case Bus.SERIAL:
            return f"serial://{found.stable}{hardware.options if hardware and hardware.options else '?baud=115200'}"
        case Bus.VIDEO:
            return f"v4l2://{found.stable}"
        case Bus.USB | Bus.HID:
            return f"{hardware.url}?{found.stable}" if hardware and hardware.url else ""
        case Bus.PCSC:
            return f"pcsc:///?reader={quote(found.stable)}"


def kind_of(row: Row) -> str:
    """The driver that fits what is there; empty when that cannot be told."""
    if row.spoken is not None and row.spoken.kind:
        return row.spoken.kind
    if row.hardware is not None and row.hardware.kind:
        return row.hardware.kind
    if row.found is None:
        return ""
    return {Bus.VIDEO: "document_camera", Bus.PCSC: "smart_card"}.get(row.found.bus, "")


def block(row: Row, used_ids: Iterable[str]) -> str:
    """A `[[device]]` table for the configuration; empty when kind or endpoint are not known."""
    kind, url = kind_of(row), endpoint_of(row)
    if row.standing is not Standing.FREE or kind not in registry.KINDS or not url:
        return ""
    used = set(used_ids)
    names = (kind if number == 1 else f"{kind}-{number}" for number in range(1, len(used) + 2))
    name = next(name for name in names if name not in used)
    return f'[[device]]\nid = "{name}"\nkind = "{kind}"\nurl = "{url}"\nneeded = "degraded"\n'


def is_network(entry: DeviceEntry) -> bool:
    """Whether the device hangs on no port of this machine."""
    return urlsplit(entry.url).scheme in _NETWORK


def _worth_a_row(found: Sequence[Found]) -> list[Found]:
    """Without USB devices that are there already as a port, second channels of HID ones, and what PC/SC speaks for."""
    shown = {one.place for one in found if one.bus in {Bus.SERIAL, Bus.VIDEO}}
    shown |= {one.place for one in found if one.bus is Bus.HID and known(one)}
    bulk = {one.place for one in found if one.bus is Bus.USB and known(one)}
    has_reader = any(one.bus is Bus.PCSC for one in found)
    first_channel = {one.place: one for one in reversed(found) if one.bus is Bus.HID}

    def redundant(one: Found) -> bool:
        if one.bus is Bus.HID:
            return known(one) is None or one.place in bulk or one != first_channel[one.place]
        if one.bus is not Bus.USB or known(one):
            return False
        return one.place in shown or (has_reader and _SMART_CARD_CLASS in one.classes)

    return [one for one in found if not redundant(one)]


def _given(entries: Sequence[DeviceEntry], fitting: Sequence[Sequence[Found]]) -> dict[int, Found]:
    """Which device is whose, by the entry's number. Who names one by serial number or socket comes first."""
    given: dict[int, Found] = {}
    for number in sorted(range(len(entries)), key=lambda number: not names_one(entries[number])):
        if len(fitting[number]) == 1 and fitting[number][0] not in given.values():
            given[number] = fitting[number][0]
    return given


def _standing(entry: DeviceEntry, mine: Found | None, root: Path) -> Standing:
    if mine is not None:
        return Standing.IN_USE
    if is_network(entry):
        return Standing.NETWORK
    if types_like_a_keyboard(entry):
        return Standing.UNSEEN
    parts = urlsplit(entry.url)
    # What discovery does not list (a port of another name, a pseudo-terminal, another PC/SC service) may be there.
    path = parts.path if parts.scheme in PATHS else other_service(entry)
    return Standing.IN_USE if path and real(root, path).exists() else Standing.MISSING


def _offered(one: Found) -> Standing:
    row = Row(Standing.FREE, one, known(one))
    kind = kind_of(row)
    if kind:
        return Standing.FREE if kind in registry.KINDS and endpoint_of(row) else Standing.UNSUPPORTED
    if one.bus is Bus.SERIAL:
        return Standing.UNKNOWN
    return Standing.UNSUPPORTED if row.hardware or _SMART_CARD_CLASS in one.classes else Standing.OTHER


def is_serial(row: Row) -> bool:
    """Whether a driver could be tried on it."""
    hardware = row.hardware
    return row.found is not None and row.found.bus is Bus.SERIAL and (hardware is None or hardware.link is Link.SERIAL)
