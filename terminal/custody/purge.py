"""Retention: what the hub has receipted leaves this terminal after some days, keys first (sync.md 5)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from sync.agent import chain
from sync.agent.receipts import COMPLETED, BadReceipt, check_receipt
from sync.checkpoint import Checkpoint, Reached, pass_by
from sync.clock import timestamp
from sync.database import transaction
from sync.disk import Disk, SystemDisk
from sync.protocol.canonical import canonical
from sync.protocol.envelope import ItemHead
from sync.protocol.pins import HubPin
from sync.protocol.receipt import SignedReceipt
from terminal.store.connection import Connection, Row

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PurgeResult:
    """How many items left, how many were kept because their receipt does not verify, how many lines of history went."""

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
    """Remove the items completed before `now - retention`, and history lines purged before `now - history`.

    Each item only against its stored receipt, verified anew with the pinned key. The row with the wrapped key goes
    first and durably, then the files: a crash between leaves files that nobody can open, and `Sealer.sweep` takes
    them. Runs outside any transaction, on the connection's thread.
    """
    disk = disk or SystemDisk()
    rows = connection.execute(
        """SELECT id, rev, kind, terminal, epoch, seq, digest, prev_head, suite, receipt FROM item
           WHERE rank >= 5 AND completed_utc < ? ORDER BY epoch, seq""",
        (timestamp(now - retention),),
    ).fetchall()
    purged = kept = 0
    for row in rows:
        if _may_go(connection, row, pin):
            _purge_item(connection, row, outbox_dir, disk, now, reached)
            purged += 1
        else:
            kept += 1
    with transaction(connection):
        gone = connection.execute("DELETE FROM history WHERE purged_utc < ?", (timestamp(now - history),))
    if purged:
        disk.sync_folder(outbox_dir)
    return PurgeResult(purged, kept, gone.rowcount)


def _may_go(connection: Connection, row: Row, pin: HubPin) -> bool:
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
        receipt = check_receipt(signed, head, _blobs(connection, row), pin.keys_by_id())
    except (BadReceipt, msgspec.DecodeError) as error:
        log.error("item %s is kept: its receipt does not verify (%s)", head.id, error)
        return False
    return receipt.state in COMPLETED


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
