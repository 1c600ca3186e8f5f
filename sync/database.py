"""SQLite as both ends see it: the typed face of the untyped sqlcipher3, transactions, and the hub's encrypted file."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

from sqlcipher3 import dbapi2  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

Value = None | int | float | str | bytes
Row = tuple[Any, ...]

_dbapi = cast("Any", dbapi2)
SQLITE_VERSION = cast("tuple[int, ...]", _dbapi.sqlite_version_info)
DATABASE_ERRORS: tuple[type[Exception], ...] = (cast("type[Exception]", _dbapi.DatabaseError),)
# SQLite 3.7.0-3.51.2 may corrupt a database when the WAL is reset while another connection reads (sync.md 0.6).
OLDEST_SAFE_SQLITE = (3, 51, 3)


class UnsafeSqlite(Exception):
    """This SQLite may corrupt a database that two connections use."""


class Cursor(Protocol):
    """What an executed statement gives back."""

    rowcount: int

    def fetchone(self) -> Row | None:
        """The next row."""
        ...

    def fetchall(self) -> list[Row]:
        """All rows left."""
        ...

    def __iter__(self) -> Iterator[Row]: ...


class Connection(Protocol):
    """One connection in autocommit mode, used by one thread. Transactions are explicit, see `transaction`."""

    def execute(self, sql: str, parameters: Sequence[Value] = (), /) -> Cursor:
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: Sequence[Sequence[Value]], /) -> Cursor:
        """Run one statement for many rows."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def connect(path: Path) -> Connection:
    """A raw connection in autocommit mode; the caller keys it."""
    return cast("Connection", _dbapi.connect(str(path), isolation_level=None, check_same_thread=False))


@contextmanager
def transaction(connection: Connection) -> Generator[Connection, None, None]:
    """One write transaction: durable at the end (synchronous=FULL), undone on any error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def open_encrypted(path: Path, key: bytes) -> Connection:
    """A keyed connection (32-byte key): WAL, synchronous=FULL, foreign keys. `UnsafeSqlite`; database errors
    when the key does not fit. The file is made readable by its owner alone.
    """
    assert_safe(SQLITE_VERSION)
    path.touch(mode=0o600, exist_ok=True)
    connection = connect(path)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in (
            "cipher_log_level = NONE",
            "busy_timeout = 5000",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except DATABASE_ERRORS:
        connection.close()
        raise
    return connection


def assert_safe(version: tuple[int, ...]) -> None:
    """`UnsafeSqlite` when `version` is inside the range of the WAL-reset bug."""
    if version < OLDEST_SAFE_SQLITE:
        raise UnsafeSqlite(".".join(map(str, version)))
