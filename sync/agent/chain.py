"""The terminal's audit chain: h(n) = SHA-256(h(n-1) || canonical event) (sync.md 5)."""

from __future__ import annotations

import hashlib

from sync.database import Connection
from sync.protocol.envelope import NO_HEAD


def head(connection: Connection) -> str:
    """Hash of the last event, 64 hex digits; zeros before the first."""
    row = connection.execute("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return bytes(row[0]).hex() if row else NO_HEAD


def append(connection: Connection, event: bytes) -> str:
    """Add `event` (canonical bytes) in the caller's transaction; the new head."""
    previous = bytes.fromhex(head(connection))
    new = hashlib.sha256(previous + event).digest()
    connection.execute("INSERT INTO audit(prev, hash, event) VALUES (?, ?, ?)", (previous, new, event))
    return new.hex()


def first_break(connection: Connection) -> int | None:
    """Number of the first event that does not fit the chain; None when the chain holds."""
    previous = bytes.fromhex(NO_HEAD)
    rows = connection.execute("SELECT seq, prev, hash, event FROM audit ORDER BY seq")
    for expected, (seq, prev, hashed, event) in enumerate(rows, start=1):
        fits = bytes(prev) == previous and hashlib.sha256(previous + bytes(event)).digest() == bytes(hashed)
        if not fits or int(seq) != expected:
            return expected
        previous = bytes(hashed)
    return None
