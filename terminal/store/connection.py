"""Connections and transactions of the store: the outbox lies in the same database, so they are sync's."""

from __future__ import annotations

from sync.database import DATABASE_ERRORS, Connection, Row, connect, transaction

__all__ = ["DATABASE_ERRORS", "Connection", "Row", "connect", "transaction"]
