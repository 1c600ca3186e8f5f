"""Retention: what the hub has receipted leaves this terminal after some days, keys first (sync.md 5)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Annotated

import msgspec

from sync.agent import chain
from sync.agent.receipts import COMPLETED, BadReceipt, check_receipt
from sync.checkpoint import Checkpoint, Reached, pass_by
from sync.clock import timestamp
from sync.database import transaction
from sync.disk import Disk, SystemDisk
from sync.protocol.canonical import canonical, decoded
from sync.protocol.envelope import ItemHead
from sync.protocol.pins import HubPin
from sync.protocol.receipt import SignedReceipt
from terminal.store.connection import Connection, Row

log = logging.getLogger(__name__)


_TOO_NEW = timedelta(days=1)  # a receipt of later than this was signed while the hub's clock was wrong


@dataclass(frozen=True, slots=True)
class PurgeResult:
    """How many items left, how many are kept because of what is wrong with their receipt, how many lines of history
    went.
    """

    purged: int
    kept: int
    forgotten: int


def purge(
    connection: Connection,
    *,
    outbox_dir: Path,
    pin: HubPin,
    now: datetime,
    retention: timedelta,
    history: timedelta,
    disk: Disk | None = None,
    reached: Reached = pass_by,
) -> PurgeResult:
    """Remove items that the hub receipted before `now - retention`, and lines of history purged before `now - history`.

    `now` is the hub's time (sync.agent.hub_clock), never this terminal's wall clock; each item goes only against its
    stored receipt, verified anew with the pinned key, and by the time that is signed in it. The row with the wrapped
    key goes first and durably, then the files: a crash between leaves files that nobody can open, and `Sealer.sweep`
    takes them. Runs outside any transaction, on the connection's thread.
    """
    disk = disk or SystemDisk()
    rows = connection.execute(
        """SELECT id, rev, kind, terminal, epoch, seq, digest, prev_head, suite, receipt FROM item
           WHERE rank >= 5 ORDER BY epoch, seq"""
    ).fetchall()
    purged = kept = 0
    for row in rows:
        match _fate(connection, row, pin, now, retention):
            case _Fate.GOES:
                _purge_item(connection, row, outbox_dir, disk, now, reached)
                purged += 1
            case _Fate.DOUBTED:
                kept += 1
            case _Fate.STAYS:
                pass
    with transaction(connection):
        gone = connection.execute("DELETE FROM history WHERE purged_utc < ?", (timestamp(now - history),))
    if purged:
        disk.sync_folder(outbox_dir)
    return PurgeResult(purged, kept, gone.rowcount)


class _Dated(msgspec.Struct, frozen=True):
    hub_time: Annotated[datetime, msgspec.Meta(tz=True)]


class _Fate(Enum):
    STAYS = auto()  # its days are not over
    GOES = auto()
    DOUBTED = auto()  # stays until a person has looked


def _fate(connection: Connection, row: Row, pin: HubPin, now: datetime, retention: timedelta) -> _Fate:
    head = ItemHead(
        id=row[0],
        rev=row[1],
        kind=row[2],
        terminal=row[3],
        epoch=row[4],
        seq=row[5],
        digest=bytes(row[6]).hex(),
        prev_head=bytes(row[7]).hex(),
        suite=row[8],
    )
    try:
        signed = msgspec.json.decode(bytes(row[9]), type=SignedReceipt)
        if now - retention < decoded(signed.statement, _Dated).hub_time <= now + _TOO_NEW:
            return _Fate.STAYS  # as most do, every hour: whether it is signed is looked at when it matters
        receipt = check_receipt(signed, head, _blobs(connection, row), pin.keys_by_id())
    except (BadReceipt, msgspec.DecodeError) as error:
        log.error("item %s is kept: its receipt does not verify (%s)", head.id, error)
        return _Fate.DOUBTED
    if receipt.state not in COMPLETED or datetime.fromisoformat(receipt.hub_time) > now:
        log.error("item %s is kept: its receipt is of another state or of a time to come", head.id)
        return _Fate.DOUBTED
    return _Fate.GOES


def _purge_item(
    connection: Connection, row: Row, outbox_dir: Path, disk: Disk, now: datetime, reached: Reached
) -> None:
    blobs = _blobs(connection, row)
    item_id, rev = row[0], row[1]
    at = timestamp(now)
    with transaction(connection):
        connection.execute("UPDATE item SET rank = 7 WHERE id = ? AND rev = ?", (item_id, rev))
        connection.execute("DELETE FROM item_blob WHERE id = ? AND rev = ?", (item_id, rev))
        for sha256 in blobs:
            connection.execute("DELETE FROM blob WHERE sha256 = ?", (bytes.fromhex(sha256),))
        connection.execute("DELETE FROM item WHERE id = ? AND rev = ?", (item_id, rev))
        connection.execute("UPDATE history SET purged_utc = ? WHERE id = ? AND rev = ?", (at, item_id, rev))
        chain.append(connection, canonical({"event": "purged", "id": item_id, "rev": rev, "at": at}))
    reached(Checkpoint.PURGE_HALF)
    for sha256 in blobs:
        disk.remove(outbox_dir / sha256)


def _blobs(connection: Connection, row: Row) -> tuple[str, ...]:
    rows = connection.execute("SELECT sha256 FROM item_blob WHERE id = ? AND rev = ?", (row[0], row[1])).fetchall()
    return tuple(bytes(found[0]).hex() for found in rows)
