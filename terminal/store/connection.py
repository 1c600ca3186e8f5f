"""The typed face of sqlcipher3's DB-API: the only file that imports the untyped package."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

from sqlcipher3 import dbapi2  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

Value = None | int | float | str | bytes
Row = tuple[Any, ...]

_dbapi = cast("Any", dbapi2)
DATABASE_ERRORS: tuple[type[Exception], ...] = (cast("type[Exception]", _dbapi.DatabaseError),)
SQLITE_VERSION = cast("tuple[int, ...]", _dbapi.sqlite_version_info)


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
    """One connection, used by one thread. Transactions are explicit, see `transaction`."""

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
    """One write transaction: committed (and fsynced, synchronous=FULL) at the end, rolled back on any error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
