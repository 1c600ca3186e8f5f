"""The register: PINs, roles, and a lockout that outlives restarts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from terminal.snapshot import Role, StaffView
from terminal.staff import pin as pins
from terminal.staff import register
from terminal.staff.pin import WeakPin, fits, make_verifier
from terminal.staff.register import DEMO_STAFF, HARD_LOCK_AT, Attempt, Verdict
from terminal.store.connection import Connection, transaction
from terminal.store.database import Database

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PIN, WRONG = Sensitive("380517"), Sensitive("000001")
SUPERVISOR = StaffView("2001", "赵建华", Role.SUPERVISOR)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    base = Database(tmp_path / "terminal.db", bytes(32))
    base.create()
    return base


@pytest.fixture
def connection(database: Database) -> Generator[Connection, None, None]:
    made = database.connect()
    register.add(made, "1001", "王敏", Role.CLERK, PIN)
    yield made
    made.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheaper scrypt for tests that count tries."""
    monkeypatch.setattr(pins, "_COST_N", 2)


def attempt(connection: Connection, pin: Sensitive[str], at: datetime = AT, staff_id: str = "1001") -> Attempt:
    with transaction(connection):
        return register.attempt(connection, staff_id, pin, at, demo_allowed=False)


def test_the_right_pin_opens_with_the_members_role(connection: Connection) -> None:
    assert attempt(connection, PIN) == Attempt(Verdict.WELCOME, StaffView("1001", "王敏", Role.CLERK))
    assert attempt(connection, WRONG) == Attempt(Verdict.WRONG)
    assert attempt(connection, PIN, staff_id="1002") == Attempt(Verdict.WRONG)


def test_the_database_holds_no_pin_and_equal_pins_look_different(connection: Connection) -> None:
    register.add(connection, "1002", "李强", Role.CLERK, PIN)
    rows = connection.execute("SELECT salt, digest FROM staff").fetchall()
    assert len({bytes(salt) for salt, _ in rows}) == len({bytes(digest) for _, digest in rows}) == 2
    assert all(PIN.reveal().encode() not in bytes(value) for row in rows for value in row)


@pytest.mark.parametrize("weak", ["111111", "123456", "654321", "12345", "1234567", "38051a", "", "３８０５１７"])
def test_a_pin_that_anybody_would_try_is_refused(connection: Connection, weak: str) -> None:
    with pytest.raises(WeakPin):
        register.add(connection, "1003", "某", Role.CLERK, Sensitive(weak))


def test_nobodys_verifier_fits_no_pin_and_takes_as_long() -> None:
    verifier = make_verifier(PIN)

    def seconds(*arguments: object) -> float:
        began = time.perf_counter()
        fits(*arguments)  # type: ignore[arg-type]
        return time.perf_counter() - began

    assert not fits(PIN, None)
    known = statistics.median(seconds(WRONG, verifier) for _ in range(5))
    unknown = statistics.median(seconds(WRONG, None) for _ in range(5))
    assert unknown > known / 3


@pytest.mark.usefixtures("quick")
def test_five_tries_are_free_then_each_waits_twice_as_long(connection: Connection) -> None:
    register.change_pin(connection, "1001", PIN)
    waits = []
    at = AT
    for _ in range(HARD_LOCK_AT - 1):
        result = attempt(connection, WRONG, at)
        assert result.verdict is Verdict.WRONG
        waits.append(result.wait_s)
        at += timedelta(seconds=result.wait_s)
    assert waits == [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 960, 1920, 3840, 7680]
    assert attempt(connection, WRONG, at) == Attempt(Verdict.LOCKED)
    assert attempt(connection, PIN, at + timedelta(days=30)) == Attempt(Verdict.LOCKED)


@pytest.mark.usefixtures("quick")
def test_during_the_wait_even_the_right_pin_is_not_looked_at(connection: Connection) -> None:
    register.change_pin(connection, "1001", PIN)
    for _ in range(5):
        attempt(connection, WRONG)
    assert attempt(connection, PIN, AT + timedelta(seconds=14)) == Attempt(Verdict.WAIT, wait_s=1)
    assert attempt(connection, PIN, AT + timedelta(seconds=15)).verdict is Verdict.WELCOME
    assert attempt(connection, WRONG, AT + timedelta(seconds=16)) == Attempt(Verdict.WRONG)  # counted from one again


@pytest.mark.usefixtures("quick")
def test_a_restart_and_a_clock_set_back_give_no_free_tries_and_no_endless_wait(database: Database) -> None:
    first = database.connect()
    register.add(first, "1001", "王敏", Role.CLERK, PIN)
    for _ in range(6):
        attempt(first, WRONG, AT)
        first.execute("UPDATE staff_attempt SET failed_at = ?", ((AT - timedelta(days=1)).isoformat(),))
    attempt(first, WRONG, AT)
    first.close()
    second = database.connect()
    assert attempt(second, PIN, AT) == Attempt(Verdict.WAIT, wait_s=60)
    assert attempt(second, PIN, AT - timedelta(days=365)) == Attempt(Verdict.WAIT, wait_s=60)
    second.close()


@pytest.mark.usefixtures("quick")
def test_unknown_ids_share_one_counter(connection: Connection) -> None:
    for number in range(5):
        attempt(connection, WRONG, staff_id=f"7{number}")
    assert attempt(connection, WRONG, staff_id="79").verdict is Verdict.WAIT
    assert connection.execute("SELECT count(*) FROM staff_attempt").fetchone() == (1,)
    register.change_pin(connection, "1001", PIN)
    assert attempt(connection, PIN).verdict is Verdict.WELCOME


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("role", list(Role))
def test_who_unlocks(connection: Connection, role: Role) -> None:
    connection.execute("INSERT INTO staff_attempt VALUES ('1001', ?, ?)", (HARD_LOCK_AT, AT.isoformat()))
    assert [member.locked for member in register.members(connection)] == [True]
    by = StaffView("5001", "某", role)
    if role is Role.CLERK:
        with pytest.raises(register.NotPermitted):
            register.unlock(connection, "1001", by)
        return
    register.unlock(connection, "1001", by)
    assert [member.locked for member in register.members(connection)] == [False]


def test_nobody_unlocks_themselves_or_a_stranger(connection: Connection) -> None:
    with pytest.raises(register.NotPermitted):
        register.unlock(connection, "2001", SUPERVISOR)
    with pytest.raises(register.UnknownStaff):
        register.unlock(connection, "7777", SUPERVISOR)


def test_members_are_added_once_changed_and_removed(connection: Connection) -> None:
    with pytest.raises(register.StaffExists):
        register.add(connection, "1001", "另一个", Role.CLERK, PIN)
    with pytest.raises(ValueError, match="id and a name"):
        register.add(connection, " ", "某", Role.CLERK, PIN)
    register.change_pin(connection, "1001", Sensitive("941730"))
    assert attempt(connection, PIN).verdict is Verdict.WRONG
    assert attempt(connection, Sensitive("941730")).verdict is Verdict.WELCOME
    register.remove(connection, "1001")
    assert register.members(connection) == ()
    with pytest.raises(register.UnknownStaff):
        register.remove(connection, "1001")
    with pytest.raises(register.UnknownStaff):
        register.change_pin(connection, "1001", PIN)


def test_the_demonstrations_staff_is_entered_once_and_is_nobody_where_it_is_not_allowed(
    connection: Connection,
) -> None:
    register.remove(connection, "1001")
    register.add_demo_staff(connection)
    register.add_demo_staff(connection)
    assert [(m.id, m.role, m.demo) for m in register.members(connection)] == [
        ("1001", Role.CLERK, True),
        ("2001", Role.SUPERVISOR, True),
        ("9001", Role.TECHNICIAN, True),
    ]
    clerk = DEMO_STAFF[0]
    allowed = register.attempt(connection, clerk.id, Sensitive(clerk.pin), AT, demo_allowed=True)
    assert allowed.member == StaffView(clerk.id, "王敏", Role.CLERK)
    assert attempt(connection, Sensitive(clerk.pin)) == Attempt(Verdict.WRONG)


def test_the_demonstrations_pins_stand_in_the_guide() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "demo-staff.md").read_text("utf-8")
    for member in DEMO_STAFF:
        assert f"| {member.id} | {member.name} |" in page
        assert f"| {member.pin} |" in page
