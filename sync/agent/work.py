"""The agent's view of the outbox: what is due, and how far each item has come. All functions but the queries
run in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from sync.clock import timestamp
from sync.database import Connection, Row
from sync.protocol.envelope import Item
from sync.protocol.receipt import SignedReceipt
from sync.protocol.vocabulary import Rank

# In every query of what is due, a next_at that lies far ahead counts as due: it was written before the clock fell back.


@dataclass(frozen=True, slots=True)
class BlobJob:
    """One file to be sent. `path` is relative to the outbox folder, `size` in bytes."""

    sha256: str
    size: int
    path: str
    attempts: int


def due_items(connection: Connection, now_s: int, limit: int, max_bytes: int) -> tuple[Item, ...]:
    """Sealed items that the hub has not acknowledged, in sealing order: at most `limit`, about `max_bytes`."""
    rows = connection.execute(
        """SELECT id, rev FROM item WHERE rank < 3 AND code = '' AND (next_at <= ?1 OR next_at > ?1 + 3600)
           ORDER BY lane, epoch, seq LIMIT ?2""",
        (now_s, limit),
    ).fetchall()
    taken: list[Item] = []
    size = 0
    for item in _load(connection, rows):
        size += len(item.body) * 4 // 3 + 1024
        if taken and size > max_bytes:
            break
        taken.append(item)
    return tuple(taken)


def items_of_blob(connection: Connection, sha256: str) -> tuple[Item, ...]:
    """The items that list a blob."""
    rows = connection.execute("SELECT id, rev FROM item_blob WHERE sha256 = ?", (bytes.fromhex(sha256),)).fetchall()
    return tuple(_load(connection, rows))


def unsettled_items(connection: Connection, now_s: int, limit: int) -> tuple[Item, ...]:
    """Items whose blobs are all at the hub, but whose receipt of completion is not here."""
    rows = connection.execute(
        """SELECT id, rev FROM item WHERE rank IN (3, 4) AND code = '' AND (next_at <= ?1 OR next_at > ?1 + 3600)
           AND NOT EXISTS (SELECT 1 FROM item_blob JOIN blob USING(sha256)
                           WHERE item_blob.id = item.id AND item_blob.rev = item.rev AND blob.state <> 'verified')
           ORDER BY epoch, seq LIMIT ?2""",
        (now_s, limit),
    ).fetchall()
    return tuple(_load(connection, rows))


def due_blob(connection: Connection, now_s: int) -> BlobJob | None:
    """The next file to send: lower lanes first, then in sealing order."""
    row = connection.execute(
        """SELECT blob.sha256, size, path, blob.attempts FROM blob JOIN item_blob USING(sha256)
           JOIN item ON item.id = item_blob.id AND item.rev = item_blob.rev
           WHERE blob.state <> 'verified' AND item.rank IN (3, 4) AND item.code = ''
           AND (blob.next_at <= ?1 OR blob.next_at > ?1 + 3600)
           ORDER BY blob.lane, item.epoch, item.seq, role, name LIMIT 1""",
        (now_s,),
    ).fetchone()
    return BlobJob(bytes(row[0]).hex(), int(row[1]), str(row[2]), int(row[3])) if row else None


def next_due_in_s(connection: Connection, now_s: int) -> int | None:
    """Seconds until something put off is due again; None when nothing is put off."""
    row = connection.execute(
        """SELECT min(next_at) FROM (
             SELECT next_at FROM item WHERE rank < 5 AND code = ''
             UNION ALL SELECT next_at FROM blob WHERE state <> 'verified') WHERE next_at > ?""",
        (now_s,),
    ).fetchone()
    return max(0, int(row[0]) - now_s) if row and row[0] is not None else None


def blobs_of(connection: Connection, item: Item) -> tuple[str, ...]:
    """The hashes that `item` lists here."""
    rows = connection.execute("SELECT sha256 FROM item_blob WHERE id = ? AND rev = ?", (item.id, item.rev)).fetchall()
    return tuple(bytes(row[0]).hex() for row in rows)


def raise_rank(connection: Connection, items: Sequence[Item], rank: Rank) -> None:
    """Lift the items' rank where it is lower."""
    for item in items:
        connection.execute(
            "UPDATE item SET rank = ? WHERE id = ? AND rev = ? AND rank < ?", (rank, item.id, item.rev, rank)
        )


def mark_uploading(connection: Connection, sha256: str) -> None:
    """The items that list a blob are on their way."""
    connection.execute(
        """UPDATE item SET rank = 4 WHERE rank = 3
           AND (id, rev) IN (SELECT id, rev FROM item_blob WHERE sha256 = ?)""",
        (bytes.fromhex(sha256),),
    )


def store_receipt(
    connection: Connection, item: Item, receipt: SignedReceipt, rank: Rank, at: datetime, code: str = ""
) -> None:
    """Keep a verified receipt and rise to `rank`; a receipt of completion is never replaced by a lesser one."""
    at_text = timestamp(at)
    connection.execute(
        """UPDATE item SET receipt = ?, rank = max(rank, ?), code = ?, attempts = 0, next_at = 0,
                           completed_utc = CASE WHEN ? >= 5 THEN coalesce(completed_utc, ?) ELSE completed_utc END
           WHERE id = ? AND rev = ? AND (rank < 5 OR ? >= 5)""",
        (msgspec.json.encode(receipt), rank, code, rank, at_text, item.id, item.rev, rank),
    )
    connection.execute(
        "INSERT INTO kv(k, v) VALUES ('last_receipt_utc', ?) ON CONFLICT(k) DO UPDATE SET v = excluded.v", (at_text,)
    )


def set_missing(connection: Connection, item: Item, missing: Sequence[str]) -> None:
    """Believe the hub about which of the item's blobs it still lacks."""
    lacking = set(missing)
    for sha256 in blobs_of(connection, item):
        connection.execute(
            "UPDATE blob SET state = ? WHERE sha256 = ?",
            ("expected" if sha256 in lacking else "verified", bytes.fromhex(sha256)),
        )


def set_progress(connection: Connection, sha256: str, have: int, *, verified: bool) -> None:
    """How many bytes of a blob the hub has acknowledged."""
    connection.execute(
        "UPDATE blob SET have = ?, state = ? WHERE sha256 = ?",
        (have, "verified" if verified else "expected", bytes.fromhex(sha256)),
    )


def put_off_items(connection: Connection, items: Sequence[Item], next_at_s: int) -> None:
    """Try again at `next_at_s` (seconds of the wall clock)."""
    for item in items:
        connection.execute(
            "UPDATE item SET attempts = attempts + 1, next_at = ? WHERE id = ? AND rev = ?",
            (next_at_s, item.id, item.rev),
        )


def put_off_blob(connection: Connection, sha256: str, next_at_s: int) -> None:
    """Try again at `next_at_s` (seconds of the wall clock)."""
    connection.execute(
        "UPDATE blob SET attempts = attempts + 1, next_at = ? WHERE sha256 = ?", (next_at_s, bytes.fromhex(sha256))
    )


def block(connection: Connection, items: Sequence[Item], code: str) -> None:
    """A person must look at these; the queue goes on without them."""
    for item in items:
        connection.execute("UPDATE item SET code = ? WHERE id = ? AND rev = ? AND rank < 5", (code, item.id, item.rev))


def unblock(connection: Connection) -> int:
    """A person has looked: try everything blocked again, also a stopped queue; how many items."""
    connection.execute("DELETE FROM kv WHERE k = 'stopped'")
    return connection.execute("UPDATE item SET code = '', next_at = 0 WHERE rank < 5 AND code <> ''").rowcount


def stop_queue(connection: Connection, code: str) -> None:
    """Send nothing more until the terminal is enrolled anew (E_SEQ_REUSED, E_EPOCH): this may be a copied disk."""
    connection.execute(
        "INSERT INTO kv(k, v) VALUES ('stopped', ?) ON CONFLICT(k) DO UPDATE SET v = excluded.v", (code,)
    )


def stopped(connection: Connection) -> str:
    """Why the queue is stopped; empty when it is not."""
    row = connection.execute("SELECT v FROM kv WHERE k = 'stopped'").fetchone()
    return str(row[0]) if row else ""


def _load(connection: Connection, names: Sequence[Row]) -> Iterator[Item]:
    for item_id, rev in names:
        row = connection.execute(
            """SELECT id, rev, kind, terminal, epoch, seq, digest, prev_head, suite, body, sig FROM item
               WHERE id = ? AND rev = ?""",
            (item_id, rev),
        ).fetchone()
        if row is not None:
            yield _item(row)


def _item(row: Row) -> Item:
    return Item(
        id=str(row[0]),
        rev=int(row[1]),
        kind=str(row[2]),
        terminal=str(row[3]),
        epoch=int(row[4]),
        seq=int(row[5]),
        digest=bytes(row[6]).hex(),
        prev_head=bytes(row[7]).hex(),
        suite=str(row[8]),
        body=bytes(row[9]),
        sig=bytes(row[10]),
    )
