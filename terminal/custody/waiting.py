"""What waits for the hub, for people who look after the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sync.agent import outbox, work
from terminal.store.connection import Connection

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One sealed item that the hub has not yet taken completely; nothing of the person.

    `number`: the project number, of a review with its node. `code`: why it is blocked, as in
    sync/protocol/vocabulary.py. `taken`: the hub has the item, `missing` files (`missing_bytes`) are on their way.
    """

    id: str
    kind: str
    number: str
    sealed_at: datetime
    taken: bool
    missing: int
    missing_bytes: int
    code: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that waits. `items`: the first hundred, blocked ones first. `stopped`: why nothing at all is sent.

    `unsealed`: project numbers of decided cases that are not sealed yet, be it because somebody works on them.
    """

    queued: int
    blocked: int
    stopped: str
    last_receipt_at: datetime | None
    items: tuple[WaitingItem, ...]
    unsealed: tuple[str, ...] = ()


def waiting(connection: Connection, now: datetime) -> Waiting:
    """What waits now."""
    summary = outbox.pending_summary(connection, now)
    rows = connection.execute(
        """SELECT item.id, item.kind, coalesce(label, ''), item.sealed_utc, rank >= 3, code,
                  count(sha256), coalesce(sum(size - have), 0)
           FROM item LEFT JOIN history ON history.id = item.id AND history.rev = item.rev
           LEFT JOIN (item_blob JOIN blob USING(sha256)) AS file
             ON file.id = item.id AND file.rev = item.rev AND file.state <> 'verified'
           WHERE rank < 5 GROUP BY item.id, item.rev ORDER BY code = '', epoch, seq LIMIT ?""",
        (_SHOWN,),
    ).fetchall()
    return Waiting(
        queued=summary.queued,
        blocked=summary.blocked,
        stopped=work.stopped(connection),
        last_receipt_at=summary.last_receipt_at,
        items=tuple(
            WaitingItem(
                id=str(row[0]),
                kind=str(row[1]),
                number=str(row[2]).partition(" ")[0],  # item and masked name follow
                sealed_at=datetime.fromisoformat(str(row[3])),
                taken=bool(row[4]),
                missing=int(row[6]),
                missing_bytes=int(row[7]),
                code=str(row[5]),
            )
            for row in rows
        ),
        unsealed=tuple(
            str(row[0])
            for row in connection.execute(
                "SELECT project_number FROM work WHERE open = 1 AND decision <> '' ORDER BY opened_at"
            ).fetchall()
        ),
    )
