"""The clocks of a sealed item; none of them decides an order (sync.md 7)."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sync.clock import Clock, timestamp


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """When something happened, by the terminal: wall clock (may be wrong), milliseconds since boot, and which boot."""

    wall: str
    monotonic_ms: int
    boot_id: str


def read_times(clock: Clock, boot_id: str) -> Times:
    """Now."""
    return Times(wall=timestamp(clock.wall()), monotonic_ms=int(clock.monotonic() * 1000), boot_id=boot_id)


def boot_id() -> str:
    """The kernel's id of this boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
