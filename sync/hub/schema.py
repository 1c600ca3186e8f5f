"""The hub's tables."""

from __future__ import annotations

from pathlib import Path

from sync.database import Connection, open_encrypted, transaction

_DATABASE = "hub.db"
_VERSION = 1
_TABLES = (
    """CREATE TABLE item(
         id TEXT NOT NULL, rev INTEGER NOT NULL, kind TEXT NOT NULL, terminal TEXT NOT NULL, epoch INTEGER NOT NULL,
         seq INTEGER NOT NULL, digest TEXT NOT NULL, prev_head TEXT NOT NULL, suite TEXT NOT NULL,
         body BLOB NOT NULL, sig BLOB NOT NULL, state TEXT NOT NULL, code TEXT NOT NULL DEFAULT '',
         existing TEXT NOT NULL DEFAULT '', received_utc TEXT NOT NULL,
         PRIMARY KEY(id, rev), UNIQUE(terminal, epoch, seq))""",
    # One effective review per service, whatever the terminal, channel and order of arrival.
    "CREATE TABLE review(service_id TEXT PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL)",
    """CREATE TABLE blob(
         sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, have INTEGER NOT NULL DEFAULT 0,
         state TEXT NOT NULL DEFAULT 'expected', bad INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE item_blob(
         id TEXT NOT NULL, rev INTEGER NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL,
         sha256 TEXT NOT NULL REFERENCES blob, PRIMARY KEY(id, rev, role, name))""",
    "CREATE INDEX item_blob_by_blob ON item_blob(sha256)",
    """CREATE TABLE receipt(
         id TEXT NOT NULL, rev INTEGER NOT NULL, state TEXT NOT NULL, at_utc TEXT NOT NULL, statement BLOB NOT NULL,
         kid TEXT NOT NULL, sig BLOB NOT NULL, PRIMARY KEY(id, rev, state))""",
    # Whatever a known terminal gave us and we could not take as an item: kept as it came.
    """CREATE TABLE evidence(
         terminal TEXT NOT NULL, sha256 TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, code TEXT NOT NULL,
         detail TEXT NOT NULL, raw BLOB NOT NULL, received_utc TEXT NOT NULL, result BLOB NOT NULL,
         PRIMARY KEY(terminal, sha256))""",
    "CREATE TABLE audit(seq INTEGER PRIMARY KEY, prev TEXT NOT NULL, hash TEXT NOT NULL, event BLOB NOT NULL)",
    "CREATE TABLE heartbeat(terminal TEXT PRIMARY KEY, at_utc TEXT NOT NULL, body BLOB NOT NULL)",
    """CREATE TRIGGER item_seal BEFORE UPDATE OF digest, body, seq, sig, terminal, epoch ON item
         BEGIN SELECT RAISE(ABORT, 'sealed'); END""",
    "CREATE TRIGGER audit_seal BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'sealed'); END",
    "CREATE TRIGGER audit_keep BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'sealed'); END",
)


def connect(data_dir: Path, key: bytes) -> Connection:
    """A connection to the hub's database; makes its tables on the first start."""
    connection = open_encrypted(data_dir / _DATABASE, key)
    create_tables(connection)
    return connection


def create_tables(connection: Connection) -> None:
    """Make the tables if the database is new; RuntimeError when a newer release made it."""
    with transaction(connection):
        row = connection.execute("PRAGMA user_version").fetchone()
        version = int(row[0]) if row else 0
        if version > _VERSION:
            raise RuntimeError(f"the hub's database has schema {version}, this release knows {_VERSION}")
        if version == 0:
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
