"""Opening the terminal's encrypted database."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sync.database import SQLITE_VERSION, UnsafeSqlite, assert_safe
from terminal.store.connection import DATABASE_ERRORS, Connection, connect
from terminal.store.migrations import migrate

_BUSY_MS: Final = 5000


class StoreError(Exception):
    """The store cannot be used. `code` keys the sentence for the clerk."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Database:
    """The encrypted database file. Each thread opens its own connection."""

    def __init__(self, path: Path, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the database key has 32 bytes")
        try:
            assert_safe(SQLITE_VERSION)
        except UnsafeSqlite as error:
            raise StoreError("store.unsafe_sqlite", str(error)) from error
        self.path = path
        self._key = key

    def connect(self) -> Connection:
        """A keyed connection: WAL, synchronous=FULL, foreign keys. `StoreError` when the key does not fit."""
        connection = connect(self.path)
        try:
            connection.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
        except DATABASE_ERRORS as error:
            connection.close()
            raise StoreError("store.locked", "the key does not open the database") from error
        return connection

    def create(self) -> None:
        """Bring the schema to this release's version; the file is readable by its owner alone."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600, exist_ok=True)
        connection = self.connect()
        try:
            migrate(connection)
        finally:
            connection.close()


def clear_log(connection: Connection) -> bool:
    """Bring the write-ahead log into the database and empty it, so that what was deleted is nowhere any more.

    False when another connection reads just then: nothing waits for it, the next time will do. Outside transactions.
    """
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    return row is not None and row[0] == 0
