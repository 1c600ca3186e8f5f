"""The register of staff: who may sign in, with which role, and how often a PIN may be tried.

Five tries are free; from the fifth failure on each makes the next one wait, 15 s and twice as long every time;
after fifteen failures only a supervisor or technician opens the door again. The counters live in the database:
a restart gives no free tries. All functions take the case thread's connection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

from drivers.base.sensitive import Sensitive
from terminal.snapshot import Role, StaffView
from terminal.staff.pin import Verifier, fits, make_verifier
from terminal.store.connection import Connection

FREE_TRIES = 5
FIRST_WAIT_S = 15
HARD_LOCK_AT = 15
_NOBODY = ""  # all unknown ids share one counter, so that they cannot fill the table
_UNLOCKING = frozenset({Role.SUPERVISOR, Role.TECHNICIAN})


@unique
class Verdict(StrEnum):
    """How a try ended."""

    WELCOME = "welcome"
    WRONG = "wrong"
    WAIT = "wait"  # too early; the PIN was not even looked at
    LOCKED = "locked"  # until somebody unlocks it


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a try. `wait_s`: seconds until the next one counts."""

    verdict: Verdict
    member: StaffView | None = None
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """One row of the register as a supervisor sees it."""

    id: str
    name: str
    role: Role
    failures: int
    locked: bool
    demo: bool


@dataclass(frozen=True, slots=True)
class DemoMember:
    """A member of the demonstration's staff. The PIN is public: it stands in the guides."""

    id: str
    name: str
    role: Role
    pin: str


DEMO_STAFF = (
    DemoMember("1001", "王敏", Role.CLERK, "246810"),
    DemoMember("2001", "赵建华", Role.SUPERVISOR, "135790"),
    DemoMember("9001", "周工", Role.TECHNICIAN, "864209"),
)


class StaffExists(Exception):
    """There is a member with this id already."""


class UnknownStaff(LookupError):
    """There is no such member."""


class NotPermitted(Exception):
    """This role may not do that."""


def create_tables(connection: Connection) -> None:
    """The register's tables; in the migration's transaction."""
    connection.execute(
        """CREATE TABLE staff(
             id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, salt BLOB NOT NULL, digest BLOB NOT NULL,
             demo INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"""
    )
    # Failed tries since the last success; `failed_at` is wall time, ISO 8601 with offset.
    connection.execute(
        """CREATE TABLE staff_attempt(
             id TEXT PRIMARY KEY, failures INTEGER NOT NULL, failed_at TEXT NOT NULL) WITHOUT ROWID"""
    )


def add(
    connection: Connection, staff_id: str, name: str, role: Role, pin: Sensitive[str], *, demo: bool = False
) -> None:
    """Enter a member. `StaffExists`, `WeakPin`; ValueError without id or name."""
    if not staff_id.strip() or not name.strip():
        raise ValueError("a member has an id and a name")
    if _row(connection, staff_id) is not None:
        raise StaffExists(staff_id)
    verifier = make_verifier(pin)
    connection.execute(
        "INSERT INTO staff(id, name, role, salt, digest, demo) VALUES (?, ?, ?, ?, ?, ?)",
        (staff_id, name, role, verifier.salt, verifier.digest, int(demo)),
    )


def change_pin(connection: Connection, staff_id: str, pin: Sensitive[str]) -> None:
    """Give a member a new PIN. `UnknownStaff`, `WeakPin`."""
    verifier = make_verifier(pin)
    changed = connection.execute(
        "UPDATE staff SET salt = ?, digest = ? WHERE id = ?", (verifier.salt, verifier.digest, staff_id)
    )
    if changed.rowcount != 1:
        raise UnknownStaff(staff_id)


def remove(connection: Connection, staff_id: str) -> None:
    """Take a member out; what they did keeps their id. `UnknownStaff`."""
    if connection.execute("DELETE FROM staff WHERE id = ?", (staff_id,)).rowcount != 1:
        raise UnknownStaff(staff_id)
    _forget_failures(connection, staff_id)


def members(connection: Connection) -> tuple[Member, ...]:
    """Everybody, by id."""
    rows = connection.execute(
        """SELECT staff.id, name, role, coalesce(failures, 0), demo
           FROM staff LEFT JOIN staff_attempt ON staff_attempt.id = staff.id ORDER BY staff.id"""
    ).fetchall()
    return tuple(
        Member(str(r[0]), str(r[1]), Role(str(r[2])), int(r[3]), int(r[3]) >= HARD_LOCK_AT, bool(r[4])) for r in rows
    )


def add_demo_staff(connection: Connection) -> None:
    """Enter the demonstration's staff where it is missing; only ever called when the configuration asks for it."""
    present = {member.id for member in members(connection)}
    for member in DEMO_STAFF:
        if member.id not in present:
            add(connection, member.id, member.name, member.role, Sensitive(member.pin), demo=True)


def attempt(connection: Connection, staff_id: str, pin: Sensitive[str], at: datetime, *, demo_allowed: bool) -> Attempt:
    """Try `pin` at `at` (aware); in a transaction of the caller, which must commit also a failure.

    An unknown id takes as long as a known one. A member of the demonstration is unknown unless it is allowed.
    """
    row = _row(connection, staff_id)
    if row is not None and row[1] and not demo_allowed:
        row = None
    counter = staff_id if row is not None else _NOBODY
    failures, wait_s = _standing(connection, counter, at)
    if row is not None and failures >= HARD_LOCK_AT:
        return Attempt(Verdict.LOCKED)
    if wait_s:
        return Attempt(Verdict.WAIT, wait_s=wait_s)
    if fits(pin, row[2] if row is not None else None) and row is not None:
        _forget_failures(connection, counter)
        return Attempt(Verdict.WELCOME, row[0])
    connection.execute(
        """INSERT INTO staff_attempt(id, failures, failed_at) VALUES (?, 1, ?)
           ON CONFLICT(id) DO UPDATE SET failures = failures + 1, failed_at = excluded.failed_at""",
        (counter, at.isoformat()),
    )
    failures, wait_s = _standing(connection, counter, at)
    if row is not None and failures >= HARD_LOCK_AT:
        return Attempt(Verdict.LOCKED)
    return Attempt(Verdict.WRONG, wait_s=wait_s)


def unlock(connection: Connection, staff_id: str, by: StaffView) -> None:
    """Forget the failures of a member. `NotPermitted` unless `by` is a supervisor or technician, and for oneself;
    `UnknownStaff`.
    """
    if by.role not in _UNLOCKING or by.id == staff_id:
        raise NotPermitted(by.role)
    if _row(connection, staff_id) is None:
        raise UnknownStaff(staff_id)
    _forget_failures(connection, staff_id)


def wait_after(failures: int) -> int:
    """Seconds to wait after that many failures in a row."""
    if failures < FREE_TRIES:
        return 0
    return FIRST_WAIT_S << (min(failures, HARD_LOCK_AT) - FREE_TRIES)


def _row(connection: Connection, staff_id: str) -> tuple[StaffView, bool, Verifier] | None:
    row = connection.execute(
        "SELECT id, name, role, demo, salt, digest FROM staff WHERE id = ?", (staff_id,)
    ).fetchone()
    if row is None:
        return None
    view = StaffView(str(row[0]), str(row[1]), Role(str(row[2])))
    return view, bool(row[3]), Verifier(bytes(row[4]), bytes(row[5]))


def _standing(connection: Connection, counter: str, at: datetime) -> tuple[int, int]:
    """Failures in a row, and seconds left to wait: never more than the whole wait, whatever was done to the clock."""
    row = connection.execute("SELECT failures, failed_at FROM staff_attempt WHERE id = ?", (counter,)).fetchone()
    if row is None:
        return 0, 0
    whole_s = wait_after(int(row[0]))
    left_s = (datetime.fromisoformat(str(row[1])) + timedelta(seconds=whole_s) - at).total_seconds()
    return int(row[0]), max(0, min(whole_s, math.ceil(left_s)))


def _forget_failures(connection: Connection, counter: str) -> None:
    connection.execute("DELETE FROM staff_attempt WHERE id = ?", (counter,))
