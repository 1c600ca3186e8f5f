"""A power cut at every named point: exactly once at the hub, nothing acknowledged is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.agent.http import HubClient, HubEndpoint, HubUnreachable
from sync.checkpoint import Checkpoint
from terminal.cases.model import Case
from tests.support.custody_checks import check_everything_arrived
from tests.support.forgetful_disk import ForgetfulDisk, LazyDisk
from tests.support.sync_rig import HubBench, StillClock, Terminal, sealed_case

POINTS = [point for point in Checkpoint if point is not Checkpoint.PURGE_HALF]


class PowerCut(BaseException):
    """Everything volatile is gone."""


class Machine:
    """Terminal and embedded hub on one machine whose power can be cut."""

    def __init__(self, folder: Path, disk: Callable[[], ForgetfulDisk] = ForgetfulDisk) -> None:
        self.folder = folder
        self.clock = StillClock()
        self.terminal_disk, self.hub_disk = disk(), disk()
        self.cut_at: tuple[Checkpoint, int] | None = None
        self.passed: dict[Checkpoint, int] = {}
        self.boot()

    def boot(self) -> None:
        self.hub = HubBench(self.folder / "hub", self.clock, disk=self.hub_disk, reached=self.reached)
        self.terminal = Terminal(
            self.folder / "terminal", self.hub.folder, self.clock, disk=self.terminal_disk, reached=self.reached
        )

    def reached(self, point: Checkpoint) -> None:
        self.passed[point] = self.passed.get(point, 0) + 1
        if self.cut_at == (point, self.passed[point]):
            raise PowerCut

    def off(self) -> None:
        self.terminal.close()
        self.hub.close()

    def restart(self) -> None:
        self.off()
        self.terminal_disk.cut_power()
        self.hub_disk.cut_power()
        self.clock.advance(60)
        self.boot()

    def work(self, case: Case) -> None:
        """What the terminal does with a decided case, from wherever it stands."""
        if not self.terminal.connection.execute("SELECT 1 FROM review_lock").fetchone():
            self.terminal.rate(case)
        if case.id not in self.terminal.ranks():
            self.terminal.seal(case)
        self.terminal.exchange(self.hub.transport(self.terminal.peer())).round(self.terminal.connection)

    def offsets(self) -> dict[str, int]:
        """Acknowledged bytes by blob."""
        rows = self.terminal.connection.execute("SELECT hex(sha256), have FROM blob").fetchall()
        return {str(sha256).lower(): int(have) for sha256, have in rows}

    def work_through_power_cuts(self, case: Case) -> None:
        try:
            self.work(case)
        except PowerCut:
            promised = self.offsets()
            self.restart()
            endpoint = HubEndpoint("https://hub", self.terminal.pin)
            line = HubClient(endpoint, self.terminal.identity(), self.hub.transport(self.terminal.peer()))
            for sha256, have in promised.items():
                if have:
                    assert line.blob_position(sha256).offset >= have, "an acknowledged offset fell"
            self.work_through_power_cuts(case)


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("point", POINTS)
def test_a_power_cut_costs_nothing(tmp_path: Path, point: Checkpoint, nth: int) -> None:
    machine = Machine(tmp_path)
    machine.cut_at = (point, nth)
    case = sealed_case()
    machine.work_through_power_cuts(case)
    assert machine.passed.get(point, 0) >= 1, "the point was never passed"
    check_everything_arrived(machine.hub, machine.terminal, machine.terminal.ranks())
    assert len(machine.terminal.ranks()) == 2
    machine.off()


def test_the_check_notices_a_program_that_forgot_its_fsync(tmp_path: Path) -> None:
    machine = Machine(tmp_path, LazyDisk)
    machine.cut_at = (Checkpoint.OFFSET_COMMITTED, 3)
    with pytest.raises(AssertionError, match=r"fell|gone"):
        machine.work_through_power_cuts(sealed_case())
    machine.off()


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_process_costs_nothing(tmp_path: Path, point: Checkpoint) -> None:
    """As above with true processes: `_exit` at the point, then a process that does the rest."""
    case = sealed_case()

    def run(cut_at: str) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.crash_child", str(tmp_path), case.id, cut_at],
            cwd=Path(__file__).parents[2],
            timeout=60,
            check=False,
        )
        return done.returncode

    assert run(point) == 9, "the point was never passed"
    assert run("") == 0
    clock = StillClock()
    hub = HubBench(tmp_path / "hub", clock)
    terminal = Terminal(tmp_path / "terminal", hub.folder, clock)
    check_everything_arrived(hub, terminal, terminal.ranks())
    assert case.id in terminal.ranks()
    assert len(terminal.ranks()) == 2
    terminal.close()
    hub.close()


def test_an_unreachable_hub_costs_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    case = sealed_case()
    machine.terminal.rate(case)
    machine.terminal.seal(case)
    dead = machine.hub.transport(machine.terminal.peer(), lose=lambda _: True)
    for _ in range(3):
        with pytest.raises(HubUnreachable):
            machine.terminal.exchange(dead).round(machine.terminal.connection)
    machine.work(case)
    check_everything_arrived(machine.hub, machine.terminal, machine.terminal.ranks())
    machine.off()


def test_the_list_of_points_is_the_one_that_a_case_passes(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.work(sealed_case())
    assert set(machine.passed) == set(POINTS)
    assert list(machine.passed)[:5] == POINTS[:5]
    machine.off()
    assert os.listdir(tmp_path / "terminal" / "outbox")
