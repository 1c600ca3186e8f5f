"""Everything that is plugged in, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.base.discovery import pcsc, ports
from drivers.base.discovery.found import Found


@dataclass(frozen=True, slots=True)
class Machine:
    """All ports, by bus and name. `pcsc_answers`: whether the PC/SC service could be asked at all."""

    found: tuple[Found, ...]
    pcsc_answers: bool


def look(
    root: Path = Path("/"),
    serial_globs: Sequence[str] = ports.SERIAL_GLOBS,
    reader_names: Callable[[], tuple[str, ...] | None] | None = None,
) -> Machine:
    """Look around below `root`; opens no device and sends nothing. `reader_names`: instead of the PC/SC service."""
    names = (reader_names or pcsc.reader_names)()
    found = (
        *ports.serial_ports(root, serial_globs),
        *ports.usb_devices(root),
        *ports.hid_channels(root),
        *pcsc.readers(names),
        *ports.cameras(root),
    )
    return Machine(found, names is not None)
