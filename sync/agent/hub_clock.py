"""What time it is at the hub, as far as this terminal knows: the clock by which sealed items may leave it.

The terminal's own wall clock is never asked: it may stand years ahead, or fall back with every power cut. Every
heartbeat brings the hub's time over the pinned connection; from then on the kernel's monotonic clock, which nobody
sets, carries it on. That one counts from each start of the machine: after another start it says less than has really
passed, never more. So what is known never runs ahead of the hub, and falls behind only while the terminal is off.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

import msgspec

from sync.clock import Clock, timestamp
from sync.database import Connection

log = logging.getLogger(__name__)

_KEY: Final = "hub_clock"
_AGREES: Final = timedelta(
    minutes=1
)  # closer than this, what is known is not written anew: a minute's wear of the disk


class _Known(msgspec.Struct, frozen=True):
    time: datetime  # the hub's, when the monotonic clock said
    monotonic_ms: int


def hear(connection: Connection, hub_time: str, clock: Clock) -> None:
    """Take the time that the hub has just told, be it before or after what was known; in the caller's transaction.

    What is no time with its zone (RFC 3339) is not taken.
    """
    try:
        told = datetime.fromisoformat(hub_time)
    except ValueError:
        told = datetime.min
    if told.tzinfo is None:
        log.warning("the hub told a time that is none")
        return
    known = now(connection, clock)
    if known is None or abs(known - told) > _AGREES:
        _write(connection, told, clock)


def now(connection: Connection, clock: Clock) -> datetime | None:
    """The hub's time now, UTC, or an earlier one when the terminal was off since; None: no hub has told it yet."""
    known = _known(connection)
    if known is None:
        return None
    return known.time + timedelta(milliseconds=max(0, int(clock.monotonic() * 1000) - known.monotonic_ms))


def keep(connection: Connection, clock: Clock) -> None:
    """Write down how far the hub's time has come, so that a restart takes at most back to here; in a transaction."""
    known = now(connection, clock)
    if known is not None:
        _write(connection, known, clock)


def _known(connection: Connection) -> _Known | None:
    row = connection.execute("SELECT v FROM kv WHERE k = ?", (_KEY,)).fetchone()
    try:
        return msgspec.json.decode(str(row[0]), type=_Known) if row else None
    except msgspec.DecodeError:
        log.error("what was known of the hub's time cannot be read")
        return None


def _write(connection: Connection, time: datetime, clock: Clock) -> None:
    known = {"time": timestamp(time), "monotonic_ms": int(clock.monotonic() * 1000)}
    connection.execute(
        "INSERT INTO kv(k, v) VALUES (?, ?) ON CONFLICT(k) DO UPDATE SET v = excluded.v",
        (_KEY, msgspec.json.encode(known).decode()),
    )
