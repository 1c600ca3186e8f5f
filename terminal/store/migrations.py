"""The schema, one migration after another; PRAGMA user_version counts them."""

from __future__ import annotations

from collections.abc import Callable

from sync.agent import outbox
from terminal.staff import register
from terminal.store.connection import Connection, transaction


def _first(connection: Connection) -> None:
    for statement in (
        # Every step and field edit of an open case; `event` is JSON of terminal.cases.events.
        """CREATE TABLE journal(
             case_id TEXT NOT NULL, n INTEGER NOT NULL, at TEXT NOT NULL, event BLOB NOT NULL,
             PRIMARY KEY(case_id, n)) WITHOUT ROWID""",
        # The work list: one row a case, from opening until its history is over.
        """CREATE TABLE work(
             case_id TEXT PRIMARY KEY, opened_at TEXT NOT NULL, profile TEXT NOT NULL, window TEXT NOT NULL,
             step TEXT NOT NULL, project_number TEXT NOT NULL DEFAULT '', citizen TEXT NOT NULL DEFAULT '',
             item_name TEXT NOT NULL DEFAULT '',
             decision TEXT NOT NULL DEFAULT '', item_id TEXT NOT NULL DEFAULT '',
             open INTEGER NOT NULL DEFAULT 1)""",
        "CREATE INDEX work_by_day ON work(opened_at)",
        # Running numbers; a number is taken in the transaction that uses it.
        "CREATE TABLE sequence(name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID",
    ):
        connection.execute(statement)
    outbox.create_tables(connection)
    register.create_tables(connection)


def _masked_names(connection: Connection) -> None:
    # The work list kept full names; as terminal.cases.masking.name, which may change without changing this.
    connection.execute(
        """UPDATE work SET citizen = substr(citizen, 1, 1) || CASE WHEN length(citizen) > 2 THEN '**' ELSE '*' END
           WHERE citizen <> ''"""
    )


def _decided_cases_stay(_: Connection) -> None:
    # No table changes. A release before this one would purge a kiosk's decided case and cannot read journals of rescans
    # and gaps: it must not open the store any more.
    pass


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_first, _masked_names, _decided_cases_stay)


class NewerStore(Exception):
    """A newer release made the store: this one must not touch it."""


def migrate(connection: Connection) -> None:
    """Run the migrations that are missing, each in its own transaction. `NewerStore` when a newer release ran."""
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise NewerStore(f"the database has schema {version}, this release knows {len(MIGRATIONS)}")
    for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
        with transaction(connection):
            if _version(connection) < number:  # asked within: another program may be doing the same
                migration(connection)
                connection.execute(f"PRAGMA user_version = {number}")


def _version(connection: Connection) -> int:
    row = connection.execute("PRAGMA user_version").fetchone()
    return int(row[0]) if row else 0
