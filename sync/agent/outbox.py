"""The outbox: what is sealed and must reach the hub (sync.md 7.1). Functions take the caller's connection and
transaction, so that a case ends in one commit together with its journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.agent import chain
from sync.clock import timestamp
from sync.database import Connection
from sync.protocol.canonical import canonical
from sync.protocol.envelope import Item
from sync.protocol.vocabulary import Lane, Rank

_TABLES = (
    """CREATE TABLE item(
         id TEXT NOT NULL, rev INTEGER NOT NULL, kind TEXT NOT NULL, terminal TEXT NOT NULL, epoch INTEGER NOT NULL,
         seq INTEGER NOT NULL, digest BLOB NOT NULL, prev_head BLOB NOT NULL, suite TEXT NOT NULL,
         body BLOB NOT NULL, sig BLOB NOT NULL, lane INTEGER NOT NULL, rank INTEGER NOT NULL DEFAULT 1,
         code TEXT NOT NULL DEFAULT '', sealed_utc TEXT NOT NULL, completed_utc TEXT,
         attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0, receipt BLOB,
         PRIMARY KEY(id, rev), UNIQUE(epoch, seq))""",
    """CREATE TABLE blob(
         sha256 BLOB PRIMARY KEY, size INTEGER NOT NULL, path TEXT NOT NULL, enc_header BLOB NOT NULL,
         have INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'expected', lane INTEGER NOT NULL,
         attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE item_blob(
         id TEXT NOT NULL, rev INTEGER NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL,
         sha256 BLOB NOT NULL REFERENCES blob, PRIMARY KEY(id, rev, role, name))""",
    "CREATE INDEX item_blob_by_blob ON item_blob(sha256)",
    # One review per service, already on the terminal. Rows outlive the item.
    "CREATE TABLE review_lock(service_id TEXT PRIMARY KEY, id TEXT NOT NULL)",
    "CREATE TABLE audit(seq INTEGER PRIMARY KEY, prev BLOB NOT NULL, hash BLOB NOT NULL, event BLOB NOT NULL)",
    "CREATE TABLE kv(k TEXT PRIMARY KEY, v)",  # last_seq.<epoch>, last_receipt_utc, stopped, hub_clock
    # What stays after the purge: a masked line, no document, no key.
    """CREATE TABLE history(
         id TEXT NOT NULL, rev INTEGER NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL, digest BLOB NOT NULL,
         sealed_utc TEXT NOT NULL, purged_utc TEXT, PRIMARY KEY(id, rev))""",
    "CREATE INDEX item_due ON item(lane, next_at) WHERE rank < 5",
    "CREATE INDEX blob_due ON blob(lane, next_at) WHERE state <> 'verified'",
    """CREATE TRIGGER item_mono BEFORE UPDATE OF rank ON item WHEN NEW.rank < OLD.rank
         BEGIN SELECT RAISE(ABORT, 'rank fell'); END""",
    """CREATE TRIGGER item_seal BEFORE UPDATE OF digest, body, seq, epoch, sig ON item
         BEGIN SELECT RAISE(ABORT, 'sealed'); END""",
    """CREATE TRIGGER item_receipt BEFORE UPDATE OF rank ON item WHEN NEW.rank >= 5 AND NEW.receipt IS NULL
         BEGIN SELECT RAISE(ABORT, 'no receipt'); END""",
    """CREATE TRIGGER item_keep BEFORE DELETE ON item WHEN OLD.rank < 5
         BEGIN SELECT RAISE(ABORT, 'not yet at the hub'); END""",
    "CREATE TRIGGER audit_seal BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'sealed'); END",
    "CREATE TRIGGER audit_keep BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'sealed'); END",
)

_SHOWN_FOR = timedelta(days=2)


class ReviewExists(Exception):
    """This service has its one review already; the argument is the service id."""


@dataclass(frozen=True, slots=True)
class OutboxBlob:
    """One encrypted file of a sealed item. `path` is relative to the outbox folder, sizes in bytes."""

    role: str
    name: str
    sha256: str
    size: int
    path: str
    enc_header: bytes
    lane: Lane = Lane.DOCUMENTS


@dataclass(frozen=True, slots=True)
class PendingSummary:
    """What waits. `item_states` as in `AgentStatus`."""

    queued: int
    blocked: int
    oldest_unsent_at: datetime | None
    last_receipt_at: datetime | None
    item_states: tuple[tuple[str, str], ...]


def create_tables(connection: Connection) -> None:
    """The outbox schema; in the caller's transaction, once."""
    for statement in _TABLES:
        connection.execute(statement)


def next_seq(connection: Connection, epoch: int) -> int:
    """Take the next sequence number of `epoch` (from 1); in the transaction that seals."""
    row = connection.execute(
        "INSERT INTO kv(k, v) VALUES (?, 1) ON CONFLICT(k) DO UPDATE SET v = v + 1 RETURNING v",
        (f"last_seq.{epoch}",),
    ).fetchone()
    if row is None:
        raise RuntimeError("no number came back")
    return int(row[0])


def enqueue(
    connection: Connection, item: Item, blobs: Sequence[OutboxBlob], *, sealed_at: datetime, label: str = ""
) -> None:
    """Write the sealed `item`, its blobs, its audit event and its line of history, in the caller's transaction.

    `label` is what the history keeps after the purge: masked already. A second sealing of the same revision or
    a reused sequence number fails on its unique key.
    """
    at = timestamp(sealed_at)
    connection.execute(
        """INSERT INTO item(id, rev, kind, terminal, epoch, seq, digest, prev_head, suite, body, sig, lane, rank,
                            sealed_utc)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            *(item.id, item.rev, item.kind, item.terminal, item.epoch, item.seq, bytes.fromhex(item.digest)),
            *(bytes.fromhex(item.prev_head), item.suite, item.body, item.sig, Lane.ITEMS, Rank.SEALED, at),
        ),
    )
    for blob in blobs:
        connection.execute(
            "INSERT INTO blob(sha256, size, path, enc_header, lane) VALUES (?, ?, ?, ?, ?)",
            (bytes.fromhex(blob.sha256), blob.size, blob.path, blob.enc_header, blob.lane),
        )
        connection.execute(
            "INSERT INTO item_blob(id, rev, role, name, sha256) VALUES (?, ?, ?, ?, ?)",
            (item.id, item.rev, blob.role, blob.name, bytes.fromhex(blob.sha256)),
        )
    connection.execute(
        "INSERT INTO history(id, rev, kind, label, digest, sealed_utc) VALUES (?, ?, ?, ?, ?, ?)",
        (item.id, item.rev, item.kind, label, bytes.fromhex(item.digest), at),
    )
    event = {"event": "sealed", "id": item.id, "rev": item.rev, "seq": item.seq, "digest": item.digest, "at": at}
    chain.append(connection, canonical(event))


def reserve_review(connection: Connection, service_id: str, review_id: str) -> None:
    """Take the one review of `service_id` for `review_id`; `ReviewExists` when it is taken, by any channel."""
    taken = connection.execute(
        "INSERT INTO review_lock(service_id, id) VALUES (?, ?) ON CONFLICT(service_id) DO NOTHING",
        (service_id, review_id),
    )
    if taken.rowcount != 1:
        raise ReviewExists(service_id)


def review_of(connection: Connection, service_id: str) -> tuple[str, bytes] | None:
    """Id and first body of the review of `service_id` that was sealed here; None when there is none, or no longer."""
    row = connection.execute(
        "SELECT item.id, body FROM review_lock JOIN item USING(id) WHERE service_id = ? AND rev = 1", (service_id,)
    ).fetchone()
    return (str(row[0]), bytes(row[1])) if row else None


def pending_summary(connection: Connection, now: datetime) -> PendingSummary:
    """What waits for the hub and how the items of the last two days stand."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(code <> ''), 0), min(sealed_utc) FROM item WHERE rank < 5"
    ).fetchone()
    queued, blocked, oldest = row if row is not None else (0, 0, None)
    last = connection.execute("SELECT v FROM kv WHERE k = 'last_receipt_utc'").fetchone()
    states = connection.execute(
        """SELECT id, CASE WHEN rank >= 5 THEN 'complete' WHEN code <> '' THEN 'blocked'
                           WHEN rank >= 3 THEN 'accepted' ELSE 'queued' END
           FROM item WHERE rank < 5 OR sealed_utc >= ? ORDER BY epoch, seq""",
        (timestamp(now - _SHOWN_FOR),),
    ).fetchall()
    return PendingSummary(
        queued=int(queued),
        blocked=int(blocked),
        oldest_unsent_at=datetime.fromisoformat(str(oldest)) if oldest else None,
        last_receipt_at=datetime.fromisoformat(str(last[0])) if last else None,
        item_states=tuple((str(state[0]), str(state[1])) for state in states),
    )
