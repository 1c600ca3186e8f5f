"""The hub's rows: all SQL of items, blobs, reviews and evidence. Writes run in the writer's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sync.database import Connection
from sync.protocol.envelope import Item
from sync.protocol.manifest import DocumentEntry


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item in custody."""

    id: str
    rev: int
    kind: str
    terminal: str
    epoch: int
    seq: int
    digest: str
    state: str
    code: str
    existing: str
    received_utc: str
    body: bytes


@dataclass(frozen=True, slots=True)
class BlobRow:
    """One blob, sizes in bytes. `bad`: how often its final hash was wrong."""

    sha256: str
    size: int
    have: int
    state: str
    bad: int


def find(connection: Connection, item_id: str, rev: int) -> ItemRow | None:
    """The item, whoever gave it."""
    row = connection.execute(
        """SELECT id, rev, kind, terminal, epoch, seq, digest, state, code, existing, received_utc, body
           FROM item WHERE id = ? AND rev = ?""",
        (item_id, rev),
    ).fetchone()
    return ItemRow(*row) if row else None


def other_revision(connection: Connection, item: Item) -> ItemRow | None:
    """Any other revision of the item that is here, whoever gave it."""
    row = connection.execute(
        """SELECT id, rev, kind, terminal, epoch, seq, digest, state, code, existing, received_utc, body
           FROM item WHERE id = ? AND rev <> ? LIMIT 1""",
        (item.id, item.rev),
    ).fetchone()
    return ItemRow(*row) if row else None


def all_items(connection: Connection) -> tuple[ItemRow, ...]:
    """Every item, in the order of each terminal."""
    rows = connection.execute(
        """SELECT id, rev, kind, terminal, epoch, seq, digest, state, code, existing, received_utc, body
           FROM item ORDER BY terminal, epoch, seq"""
    ).fetchall()
    return tuple(ItemRow(*row) for row in rows)


def seq_taken(connection: Connection, item: Item) -> bool:
    """Whether another item has this place in the terminal's order."""
    row = connection.execute(
        "SELECT 1 FROM item WHERE terminal = ? AND epoch = ? AND seq = ?", (item.terminal, item.epoch, item.seq)
    ).fetchone()
    return row is not None


def insert(
    connection: Connection,
    item: Item,
    documents: Sequence[DocumentEntry],
    *,
    code: str,
    existing: str,
    received_utc: str,
) -> None:
    """Keep a verified item, its list of blobs with it."""
    connection.execute(
        """INSERT INTO item(id, rev, kind, terminal, epoch, seq, digest, prev_head, suite, body, sig, state, code,
                            existing, received_utc)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'accepted', ?, ?, ?)""",
        (
            *(item.id, item.rev, item.kind, item.terminal, item.epoch, item.seq, item.digest, item.prev_head),
            *(item.suite, item.body, item.sig, code, existing, received_utc),
        ),
    )
    for document in documents:
        connection.execute(
            "INSERT INTO blob(sha256, size) VALUES (?, ?) ON CONFLICT(sha256) DO NOTHING",
            (document.blob_sha256, document.blob_size),
        )
        connection.execute(
            "INSERT INTO item_blob(id, rev, role, name, sha256) VALUES (?, ?, ?, ?, ?)",
            (item.id, item.rev, document.role, document.name, document.blob_sha256),
        )


def claim_review(connection: Connection, service_id: str, item: Item) -> str:
    """Make `item` the one review of the service; the id of the one that is already, else empty.

    Another revision of that one is no other review: the newest counts, in whatever order they come.
    """
    taken = connection.execute(
        """INSERT INTO review(service_id, id, rev) VALUES (?, ?, ?)
           ON CONFLICT(service_id) DO UPDATE SET rev = max(review.rev, excluded.rev) WHERE review.id = excluded.id""",
        (service_id, item.id, item.rev),
    )
    if taken.rowcount == 1:
        return ""
    row = connection.execute("SELECT id FROM review WHERE service_id = ?", (service_id,)).fetchone()
    return str(row[0]) if row else ""


def missing(connection: Connection, item_id: str, rev: int) -> tuple[str, ...]:
    """Hashes of the item's blobs that are not verified."""
    rows = connection.execute(
        """SELECT DISTINCT sha256 FROM item_blob JOIN blob USING(sha256)
           WHERE id = ? AND rev = ? AND blob.state <> 'verified' ORDER BY sha256""",
        (item_id, rev),
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def blobs_of(connection: Connection, item_id: str, rev: int) -> tuple[str, ...]:
    """Hashes of all of the item's blobs."""
    rows = connection.execute(
        "SELECT DISTINCT sha256 FROM item_blob WHERE id = ? AND rev = ? ORDER BY sha256", (item_id, rev)
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def listed_blob(connection: Connection, terminal: str, sha256: str) -> BlobRow | None:
    """The blob, if an accepted manifest of `terminal` lists it."""
    row = connection.execute(
        """SELECT sha256, size, have, state, bad FROM blob WHERE sha256 = ?1 AND EXISTS (
             SELECT 1 FROM item_blob JOIN item USING(id, rev) WHERE item_blob.sha256 = ?1 AND terminal = ?2)""",
        (sha256, terminal),
    ).fetchone()
    return BlobRow(*row) if row else None


def blob(connection: Connection, sha256: str) -> BlobRow | None:
    """The blob, whoever lists it."""
    row = connection.execute("SELECT sha256, size, have, state, bad FROM blob WHERE sha256 = ?", (sha256,)).fetchone()
    return BlobRow(*row) if row else None


def set_have(connection: Connection, sha256: str, have: int) -> None:
    """So many bytes are durable."""
    connection.execute("UPDATE blob SET have = ? WHERE sha256 = ? AND state <> 'verified'", (have, sha256))


def set_bad(connection: Connection, sha256: str) -> int:
    """The final hash was wrong: from the beginning again; how often that happened."""
    row = connection.execute(
        "UPDATE blob SET have = 0, bad = bad + 1 WHERE sha256 = ? RETURNING bad", (sha256,)
    ).fetchone()
    return int(row[0]) if row else 0


def set_verified(connection: Connection, sha256: str) -> tuple[tuple[str, int], ...]:
    """The blob is whole and durable; the items (id, rev) that are complete by it."""
    connection.execute("UPDATE blob SET have = size, state = 'verified' WHERE sha256 = ?", (sha256,))
    rows = connection.execute(
        """SELECT DISTINCT id, rev FROM item JOIN item_blob USING(id, rev)
           WHERE item_blob.sha256 = ? AND item.state = 'accepted' ORDER BY id, rev""",
        (sha256,),
    ).fetchall()
    return tuple((str(row[0]), int(row[1])) for row in rows if not missing(connection, str(row[0]), int(row[1])))


def set_state(connection: Connection, item_id: str, rev: int, state: str) -> None:
    """The item has come so far."""
    connection.execute("UPDATE item SET state = ? WHERE id = ? AND rev = ?", (state, item_id, rev))


def insert_evidence(
    connection: Connection,
    *,
    terminal: str,
    sha256: str,
    item_id: str,
    rev: int,
    code: str,
    detail: str,
    raw: bytes,
    received_utc: str,
    result: bytes,
) -> None:
    """Keep bytes that are no item, with the answer that was given."""
    connection.execute(
        """INSERT INTO evidence(terminal, sha256, id, rev, code, detail, raw, received_utc, result)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (terminal, sha256, item_id, rev, code, detail, raw, received_utc, result),
    )


def evidence_result(connection: Connection, terminal: str, sha256: str) -> bytes | None:
    """The answer that was given to the same bytes."""
    row = connection.execute(
        "SELECT result FROM evidence WHERE terminal = ? AND sha256 = ?", (terminal, sha256)
    ).fetchone()
    return bytes(row[0]) if row else None


def keep_heartbeat(connection: Connection, terminal: str, at_utc: str, body: bytes) -> None:
    """The terminal's last word."""
    connection.execute(
        """INSERT INTO heartbeat(terminal, at_utc, body) VALUES (?, ?, ?)
           ON CONFLICT(terminal) DO UPDATE SET at_utc = excluded.at_utc, body = excluded.body""",
        (terminal, at_utc, body),
    )
