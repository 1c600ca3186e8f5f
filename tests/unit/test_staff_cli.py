"""`yichuang staff`: real people are entered before the first start and while the window runs."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from drivers.base.sensitive import Sensitive
from kiosk_ui.cli import app
from terminal import intents
from terminal.config import load
from terminal.custody.access import opened
from terminal.snapshot import Role
from terminal.staff import register
from terminal.staff.register import Verdict
from terminal.store.connection import transaction
from tests.support.case_bench import Bench
from tests.support.config_text import SOUND

PIN, OTHER = "380517", "941602"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "terminal.toml"
    path.write_text(SOUND, encoding="utf-8")
    return path


def staff(config: Path, *arguments: str, said: str = "") -> Result:
    return CliRunner().invoke(app, ["staff", *arguments, "--config", str(config)], input=said)


def enter(config: Path, staff_id: str = "1007", name: str = "孙立", role: str = "clerk", pin: str = PIN) -> Result:
    return staff(config, "add", staff_id, name, "--role", role, "--pin-stdin", said=f"{pin}\n")


def attempt(config: Path, pin: str, staff_id: str = "1007") -> register.Attempt:
    with opened(load(config), make=False) as connection, transaction(connection):
        return register.attempt(connection, staff_id, Sensitive(pin), datetime.now(UTC), demo_allowed=False)


def log_of(config: Path) -> list[str]:
    text = (load(config).logs_dir / "commands.log").read_text(encoding="utf-8")
    assert PIN not in text
    assert OTHER not in text
    return [json.loads(line)["event"] for line in text.splitlines()]


def test_a_member_is_entered_before_the_first_start(config: Path) -> None:
    done = enter(config)
    assert (done.exit_code, done.output) == (0, "已录入 孙立（工号 1007，窗口人员），现在就可以登录。\n")
    found = attempt(config, PIN)
    assert found.verdict is Verdict.WELCOME
    assert found.member is not None
    assert (found.member.name, found.member.role) == ("孙立", Role.CLERK)
    data = load(config).data
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert not [p for p in data.rglob("*") if p.is_file() and stat.S_IMODE(p.stat().st_mode) & 0o077]
    (line,) = log_of(config)
    assert line.startswith("staff: 1007 added as clerk, by ")


def test_the_pin_is_asked_twice_and_not_shown(config: Path) -> None:
    done = staff(config, "add", "1007", "孙立", "--role", "supervisor", said=f"{PIN}\n{OTHER}\n")
    assert done.exit_code == 1
    assert "两次输入的口令不同" in done.output
    done = staff(config, "add", "1007", "孙立", "--role", "supervisor", said=f"{PIN}\n{PIN}\n")
    assert done.exit_code == 0
    assert PIN not in done.output
    assert attempt(config, PIN).verdict is Verdict.WELCOME


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "111111", "123456", "654321", "12a456"])
def test_a_pin_that_anybody_would_try_is_refused(config: Path, pin: str) -> None:
    done = enter(config, pin=pin)
    assert done.exit_code == 1
    assert "口令须为 6 位数字" in done.output
    assert "还没有录入工作人员" in staff(config, "list").output


@pytest.mark.parametrize(
    ("staff_id", "name", "says"),
    [
        ("", "孙立", "工号须为"),
        ("1 7", "孙立", "工号须为"),
        ("1" * 17, "孙立", "工号须为"),
        ("1007", " ", "姓名须为"),
        ("1007", "孙\x07", "姓名须为"),
        ("1007", "孙" * 21, "姓名须为"),
    ],
)
def test_a_number_or_name_that_no_screen_could_take_is_refused(
    config: Path, staff_id: str, name: str, says: str
) -> None:
    done = enter(config, staff_id, name)
    assert done.exit_code == 1
    assert says in done.output
    assert not load(config).data.exists()


def test_a_number_is_given_once(config: Path) -> None:
    enter(config)
    done = enter(config, name="周宁", pin=OTHER)
    assert done.exit_code == 1
    assert "已经有人（孙立）" in done.output
    assert attempt(config, PIN).verdict is Verdict.WELCOME
    assert len(log_of(config)) == 1


def test_a_new_pin_takes_the_old_one_s_place(config: Path) -> None:
    enter(config)
    assert staff(config, "change-pin", "1007", "--pin-stdin", said=f"{OTHER}\n").exit_code == 0
    assert attempt(config, PIN).verdict is Verdict.WRONG
    assert attempt(config, OTHER).verdict is Verdict.WELCOME
    assert log_of(config)[-1].startswith("staff: 1007 has a new PIN, by ")


def test_whoever_is_removed_signs_in_no_more(config: Path) -> None:
    enter(config)
    assert staff(config, "remove", "1007").exit_code == 0
    assert attempt(config, PIN).verdict is Verdict.WRONG
    assert log_of(config)[-1].startswith("staff: 1007 removed, by ")


def test_a_locked_member_is_unlocked(config: Path) -> None:
    enter(config)
    with opened(load(config), make=False) as connection:
        connection.execute(
            "INSERT INTO staff_attempt VALUES ('1007', ?, ?)", (register.HARD_LOCK_AT, datetime.now(UTC).isoformat())
        )
    assert attempt(config, PIN).verdict is Verdict.LOCKED
    assert "已锁定" in staff(config, "list").output
    assert staff(config, "unlock", "1007").exit_code == 0
    assert attempt(config, PIN).verdict is Verdict.WELCOME


@pytest.mark.parametrize("command", [("change-pin", "1008", "--pin-stdin"), ("remove", "1008"), ("unlock", "1008")])
def test_an_unknown_number_is_told(config: Path, command: tuple[str, ...]) -> None:
    enter(config)
    done = staff(config, *command, said=f"{OTHER}\n")
    assert done.exit_code == 1
    assert "没有工号 1008" in done.output


def test_the_list_names_everybody_by_role(config: Path) -> None:
    for staff_id, name, role in (("1007", "孙立", "clerk"), ("2", "周宁", "supervisor"), ("T-1", "吴昊", "technician")):
        enter(config, staff_id, name, role)
    attempt(config, OTHER)
    rows = [line.split() for line in staff(config, "list").output.splitlines()]
    assert rows[0] == ["工号", "姓名", "角色", "状态"]
    assert rows[1] == ["1007", "孙立", "窗口人员", "口令连续输错", "1", "次"]
    assert rows[2:] == [["2", "周宁", "值班长", "可以登录"], ["T-1", "吴昊", "技术人员", "可以登录"]]


def test_before_anybody_is_entered_there_is_no_list_and_nothing_is_made(config: Path) -> None:
    done = staff(config, "list")
    assert done.exit_code == 1
    assert "还没有办件库" in done.output
    assert not load(config).data.exists()


def test_a_member_of_the_demonstration_gives_the_number_back(config: Path) -> None:
    with opened(load(config), make=True) as connection, transaction(connection):
        register.add_demo_staff(connection)
    assert "演示人员，不能登录" in staff(config, "list").output
    assert "请先执行 yichuang staff remove 1001" in enter(config, "1001").output
    config.write_text(f"demo_staff = true\n{SOUND}", encoding="utf-8")
    assert "请改为 false" in staff(config, "remove", "1001").output
    assert enter(config, "1001").exit_code == 0
    assert attempt(config, PIN, "1001").verdict is Verdict.WELCOME


def test_it_works_while_the_window_runs(config: Path) -> None:
    bench = Bench(load(config).data, demo_staff=False)
    assert bench.do(intents.SignIn("1007", Sensitive(PIN))).staff is None
    assert enter(config).exit_code == 0
    seen = bench.do(intents.SignIn("1007", Sensitive(PIN)), intents.StartCase())
    assert seen.staff is not None
    assert seen.case is not None
    assert seen.case.clerk_name == "孙立"
    bench.close()


def test_nobody_but_the_owner_gets_in(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(config)
    uid = load(config).data.stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: uid + 1)
    done = staff(config, "list")
    assert done.exit_code == 1
    assert f"请用 sudo -u '#{uid}'" in done.output


def test_a_configuration_that_cannot_be_used_is_status_2(config: Path) -> None:
    config.write_text("", encoding="utf-8")
    done = staff(config, "list")
    assert done.exit_code == 2
    assert "缺少必须写的键" in done.output
