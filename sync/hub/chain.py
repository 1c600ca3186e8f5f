"""The hub's audit chain, built like the terminal's: h(n) = SHA-256(h(n-1) || canonical event)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sync.database import Connection
from sync.protocol.canonical import canonical
from sync.protocol.envelope import NO_HEAD


def head(connection: Connection) -> str:
    """Hash of the last event; zeros before the first."""
    row = connection.execute("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return str(row[0]) if row else NO_HEAD


def append(connection: Connection, event: Mapping[str, str | int]) -> str:
    """Add `event` in the writer's transaction; the new head."""
    previous = head(connection)
    encoded = canonical(event)
    new = hashlib.sha256(bytes.fromhex(previous) + encoded).hexdigest()
    connection.execute("INSERT INTO audit(prev, hash, event) VALUES (?, ?, ?)", (previous, new, encoded))
    return new
