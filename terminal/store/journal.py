"""The journal of open cases and the work list beside it. Functions take the case thread's connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from terminal.cases import events as ev
from terminal.cases import masking
from terminal.cases.fold import fold
from terminal.cases.machine import NotAllowed
from terminal.cases.model import Case, Step
from terminal.profile import ProfileName
from terminal.store.connection import Connection


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """One stored row of the work list; it outlives the journal, so the citizen's name is masked (张*)."""

    case_id: str
    opened_at: datetime
    step: Step
    project_number: str
    citizen: str
    item_name: str
    decision: str
    item_id: str


def append(connection: Connection, case: Case, event: ev.Event, at: datetime) -> None:
    """Journal `event`, which made `case`, and bring its work row up to date; in the caller's transaction."""
    row = connection.execute("SELECT coalesce(max(n), 0) FROM journal WHERE case_id = ?", (case.id,)).fetchone()
    number = int(row[0]) + 1 if row else 1
    connection.execute(
        "INSERT INTO journal(case_id, n, at, event) VALUES (?, ?, ?, ?)",
        (case.id, number, at.isoformat(), ev.encode(event)),
    )
    connection.execute(
        """INSERT INTO work(case_id, opened_at, profile, window, step, project_number, citizen, item_name,
                            decision, item_id)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT(case_id) DO UPDATE SET step = excluded.step, project_number = excluded.project_number,
             citizen = excluded.citizen, item_name = excluded.item_name, decision = excluded.decision,
             item_id = excluded.item_id""",
        (
            case.id,
            case.opened_at.isoformat(),
            case.profile,
            case.window,
            case.step,
            case.decision.project_number if case.decision else "",
            masking.name(case.identity.name.reveal()) if case.identity else "",
            case.item.item_name if case.item else "",
            case.decision.kind if case.decision else "",
            case.seal.item_id if case.seal else "",
        ),
    )


class Unreadable(Exception):
    """The journal of the case in the argument is damaged, or was written by a release that this one does not fit."""


def load(connection: Connection, case_id: str) -> Case:
    """The case as its journal tells it; `Unreadable`."""
    try:
        return fold(events(connection, case_id))
    except (ValueError, NotAllowed) as error:
        raise Unreadable(case_id) from error


def events(connection: Connection, case_id: str) -> tuple[ev.Event, ...]:
    """Everything that is journalled of the case, in its order; `Unreadable`."""
    rows = connection.execute("SELECT event FROM journal WHERE case_id = ? ORDER BY n", (case_id,)).fetchall()
    try:
        return tuple(ev.decode(bytes(row[0])) for row in rows)
    except ValueError as error:
        raise Unreadable(case_id) from error


def open_cases(
    connection: Connection, profile: ProfileName | None = None, *, decided: bool | None = None
) -> tuple[str, ...]:
    """Ids of the cases that were neither sealed nor abandoned, newest first: of `profile` alone, if one is given, and
    of those with or without a decision.
    """
    rows = connection.execute(
        """SELECT case_id FROM work WHERE open = 1 AND (?1 = '' OR profile = ?1) AND (?2 < 0 OR (decision <> '') = ?2)
           ORDER BY opened_at DESC""",
        (profile or "", -1 if decided is None else int(decided)),
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def close(connection: Connection, case_id: str) -> None:
    """The case is sealed or abandoned: its journal, and the person in it, leave this terminal's database.

    What the write-ahead log still holds of them goes with `terminal.store.database.clear_log` after the transaction.
    """
    connection.execute("DELETE FROM journal WHERE case_id = ?", (case_id,))
    connection.execute("UPDATE work SET open = 0 WHERE case_id = ?", (case_id,))


def forget(connection: Connection, case_id: str) -> None:
    """Purge an unsealed case without a trace (kiosk)."""
    connection.execute("DELETE FROM journal WHERE case_id = ?", (case_id,))
    connection.execute("DELETE FROM work WHERE case_id = ?", (case_id,))


def forget_before(connection: Connection, before: datetime) -> int:
    """Remove the rows of ended cases that were opened before `before`; how many. In the caller's transaction."""
    gone = connection.execute("DELETE FROM work WHERE open = 0 AND opened_at < ?", (before.isoformat(),))
    return gone.rowcount


def work_list(connection: Connection, since: datetime) -> tuple[WorkEntry, ...]:
    """The cases opened since `since`, newest first; abandoned ones are left out."""
    rows = connection.execute(
        """SELECT case_id, opened_at, step, project_number, citizen, item_name, decision, item_id
           FROM work WHERE (opened_at >= ? OR open = 1) AND step <> ? ORDER BY opened_at DESC LIMIT 200""",
        (since.isoformat(), Step.ABANDONED),
    ).fetchall()
    return tuple(_entry(row) for row in rows)


def case_numbered(connection: Connection, project_number: str) -> WorkEntry | None:
    """The case with this number, of whatever day; None when this terminal has, or keeps, none."""
    row = connection.execute(
        """SELECT case_id, opened_at, step, project_number, citizen, item_name, decision, item_id
           FROM work WHERE project_number = ? AND project_number <> '' ORDER BY opened_at DESC LIMIT 1""",
        (project_number,),
    ).fetchone()
    return _entry(row) if row is not None else None


def _entry(row: Sequence[object]) -> WorkEntry:
    return WorkEntry(
        case_id=str(row[0]),
        opened_at=datetime.fromisoformat(str(row[1])),
        step=Step(str(row[2])),
        project_number=str(row[3]),
        citizen=str(row[4]),
        item_name=str(row[5]),
        decision=str(row[6]),
        item_id=str(row[7]),
    )


def next_number(connection: Connection, name: str) -> int:
    """Take the next running number of `name` (from 1); in the transaction that uses it."""
    row = connection.execute(
        "INSERT INTO sequence(name, last) VALUES (?, 1) ON CONFLICT(name) DO UPDATE SET last = last + 1 RETURNING last",
        (name,),
    ).fetchone()
    if row is None:
        raise RuntimeError("no number came back")
    return int(row[0])
