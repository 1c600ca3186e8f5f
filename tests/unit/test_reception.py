"""Signing in and out at the window."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from terminal import intents
from terminal.cases.model import Step
from terminal.cases.reception import LONGEST_PAUSE_S, SELF_SERVICE
from terminal.profile import ProfileName
from terminal.snapshot import Role
from terminal.staff import pin as pins
from tests.support import case_bench as b
from tests.support.case_bench import Bench

WRONG = Sensitive("000001")


@pytest.fixture
def bench(tmp_path: Path) -> Generator[Bench, None, None]:
    made = Bench(tmp_path)
    yield made
    made.close()


def fail(bench: Bench, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong PINs, waiting in between as long as asked; what they cost is tested in test_staff_register.py."""
    monkeypatch.setattr(pins, "_COST_N", 2)
    for _ in range(times):
        bench.do(intents.SignIn("1001", WRONG))
        bench.clock.advance(8000)


@pytest.mark.parametrize("who", [b.CLERK, b.SUPERVISOR])
def test_clerk_and_supervisor_take_cases(bench: Bench, who: b.register.DemoMember) -> None:
    bench.sign_in(who)
    assert bench.seen.staff is not None
    assert (bench.seen.staff.id, bench.seen.staff.role) == (who.id, who.role)
    bench.do(intents.StartCase())
    assert (bench.case.clerk_id, bench.case.clerk_name) == (who.id, who.name)


def test_a_technician_takes_none_and_is_told_so(bench: Bench) -> None:
    bench.sign_in(b.TECHNICIAN)
    assert bench.seen.staff is not None
    assert bench.seen.staff.role is Role.TECHNICIAN
    assert bench.said == ["staff.takes_no_cases"]
    assert bench.reception.clerk() is None


def test_a_wrong_pin_is_said_and_the_right_one_takes_the_message_away(bench: Bench) -> None:
    bench.do(intents.SignIn(b.CLERK.id, WRONG))
    assert (bench.seen.staff, bench.said, bench.seen.sign_in_wait_s) == (None, ["staff.wrong"], 0)
    bench.do(intents.SignIn(f" {b.CLERK.id} ", Sensitive(b.CLERK.pin)))
    assert bench.seen.staff is not None
    assert bench.said == []


def test_the_wait_is_shown_runs_off_and_survives_a_restart(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(bench, 4, monkeypatch)
    bench.do(intents.SignIn("1001", WRONG))
    assert bench.seen.sign_in_wait_s == 15
    bench.clock.advance(5)
    assert bench.reception.wait_s() == 10
    bench.do(intents.SignIn("1001", WRONG))  # not looked at, not counted
    assert bench.rows("SELECT failures FROM staff_attempt WHERE id = '1001'") == [(5,)]
    again = bench.again()
    again.do(intents.SignIn("1001", WRONG))
    assert again.rows("SELECT failures FROM staff_attempt WHERE id = '1001'") == [(5,)]
    assert again.said == ["staff.wait"]
    assert again.seen.sign_in_wait_s == 10
    again.close()


def test_a_long_wait_of_one_does_not_shut_the_terminal_for_the_supervisor(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(bench, 9, monkeypatch)
    bench.do(intents.SignIn("1001", WRONG))
    assert bench.seen.sign_in_wait_s == LONGEST_PAUSE_S
    bench.clock.advance(LONGEST_PAUSE_S)
    bench.do(intents.SignIn("1001", WRONG))
    assert bench.seen.messages[-1].args == (("minutes", "8"),)
    bench.clock.advance(LONGEST_PAUSE_S)
    monkeypatch.undo()
    bench.sign_in(b.SUPERVISOR)
    bench.do(intents.UnlockStaff("1001"))
    assert bench.said == ["staff.unlocked"]
    bench.do(intents.SignOut())
    bench.sign_in(b.CLERK)
    assert bench.seen.staff is not None


def test_after_fifteen_failures_only_somebody_else_opens(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(bench, 15, monkeypatch)
    assert bench.said == ["staff.locked"]
    assert bench.reception.wait_s() == 0
    monkeypatch.undo()
    bench.sign_in(b.CLERK)
    assert (bench.seen.staff, bench.said) == (None, ["staff.locked"])
    bench.sign_in(b.TECHNICIAN)
    bench.do(intents.UnlockStaff("1001"), intents.SignOut())
    bench.sign_in(b.CLERK)
    assert bench.seen.staff is not None


def test_a_clerk_unlocks_nobody(bench: Bench) -> None:
    bench.do(intents.UnlockStaff("2001"))
    assert bench.said == ["staff.may_not_unlock"]
    bench.seat(b.CLERK).do(intents.UnlockStaff("2001"))
    assert bench.said == ["staff.may_not_unlock"]
    bench.seat(b.SUPERVISOR).do(intents.UnlockStaff("7777"))
    assert bench.said == ["staff.unknown"]


def test_whoever_signs_in_next_finds_the_open_case(bench: Bench) -> None:
    bench.to(Step.FILL_FORM)
    before = bench.case
    bench.do(intents.SignOut())
    assert bench.seen.staff is None
    assert bench.sign_in(b.SUPERVISOR).case == before


def test_the_demonstrations_staff_cannot_sign_in_where_it_is_switched_off(tmp_path: Path) -> None:
    bench = Bench(tmp_path, demo_staff=False)
    bench.sign_in(b.CLERK)
    assert (bench.seen.staff, bench.said) == (None, ["staff.wrong"])
    bench.close()


def test_a_kiosk_serves_by_itself(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ProfileName.KIOSK)
    assert bench.reception.clerk() == SELF_SERVICE
    bench.close()


def test_a_failure_is_durable_before_it_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    other = bench.database.connect()

    def look(*_: object, **__: object) -> None:
        row = other.execute("SELECT failures FROM staff_attempt WHERE id = '1001'").fetchone()
        seen.append(int(row[0]) if row else 0)

    monkeypatch.setattr(bench.desk, "say", look)
    bench.do(intents.SignIn("1001", WRONG))
    assert seen == [1]
    other.close()
