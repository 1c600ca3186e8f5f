"""Two terminals and a hub under any order of sealing, sending, crashes, lost replies, repeats and clock jumps."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sync.agent import work
from sync.agent.http import HubClient, HubEndpoint, HubUnreachable
from sync.checkpoint import Checkpoint
from sync.protocol.vocabulary import Code
from terminal.custody.seal import ReviewExists
from tests.support.custody_checks import check_custody, check_everything_arrived
from tests.support.forgetful_disk import ForgetfulDisk
from tests.support.sync_rig import HubBench, StillClock, Terminal, sealed_case

TERMINALS = st.sampled_from([0, 1])
SERVICES = st.sampled_from(["410724202611240000017", "410724202611240000018", "410724202611240000019"])


class PowerCut(BaseException):
    """Everything volatile is gone."""


class Sync(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = StillClock()
        self.disks = [ForgetfulDisk(), ForgetfulDisk(), ForgetfulDisk()]
        self.cut_after: int | None = None
        self.winners: dict[str, str] = {}
        self.receipts: dict[tuple[str, int, str], bytes] = {}
        self.ranks: dict[str, int] = {}
        self.hub = self.make_hub()
        self.terminals = [self.make_terminal(0), self.make_terminal(1)]

    def make_hub(self) -> HubBench:
        return HubBench(self.folder / "hub", self.clock, disk=self.disks[2], reached=self.reached)

    def make_terminal(self, number: int) -> Terminal:
        folder = self.folder / f"terminal-{number}"
        return Terminal(folder, self.folder / "hub", self.clock, disk=self.disks[number], reached=self.reached)

    def reached(self, _: Checkpoint) -> None:
        if self.cut_after is not None:
            self.cut_after -= 1
            if self.cut_after < 0:
                self.cut_after = None
                raise PowerCut

    def crash_terminal(self, number: int) -> None:
        self.terminals[number].close()
        self.disks[number].cut_power()
        self.terminals[number] = self.make_terminal(number)

    def crash_hub(self) -> None:
        self.hub.close()
        self.disks[2].cut_power()
        self.hub = self.make_hub()

    @rule(number=TERMINALS, size=st.sampled_from([0, 10, 70_000]), cut_after=st.none() | st.integers(0, 12))
    def seal(self, number: int, size: int, cut_after: int | None) -> None:
        self.cut_after = cut_after
        try:
            self.terminals[number].seal(size=size)
        except PowerCut:
            self.crash_terminal(number)
        self.cut_after = None

    @rule(number=TERMINALS, service=SERVICES, level=st.integers(1, 5))
    def rate(self, number: int, service: str, level: int) -> None:
        terminal = self.terminals[number]
        taken = terminal.connection.execute(
            "SELECT 1 FROM review_lock WHERE service_id = ?", (f"{service}-2",)
        ).fetchone()
        try:
            terminal.rate(sealed_case(project_number=service), level)
            assert taken is None, "a second review of one service was sealed"
        except ReviewExists:
            assert taken is not None

    @rule(number=TERMINALS, lost=st.sets(st.integers(0, 12), max_size=3), cut_after=st.none() | st.integers(0, 40))
    def send(self, number: int, lost: set[int], cut_after: int | None) -> None:
        terminal = self.terminals[number]

        def lose(_: httpx.Request) -> bool:
            return len(line.requests) - 1 in lost

        line = self.hub.transport(terminal.peer(), lose)
        self.cut_after = cut_after
        try:
            terminal.exchange(line).round(terminal.connection)
        except HubUnreachable:
            pass
        except PowerCut:
            self.crash_hub()
            self.crash_terminal(number)
        self.cut_after = None

    @rule(number=TERMINALS)
    def send_everything_again(self, number: int) -> None:
        terminal = self.terminals[number]
        rows = terminal.connection.execute("SELECT DISTINCT sha256 FROM item_blob").fetchall()
        items = {i.id: i for row in rows for i in work.items_of_blob(terminal.connection, bytes(row[0]).hex())}
        line = self.hub.transport(terminal.peer())
        client = HubClient(HubEndpoint("https://hub", terminal.pin), terminal.identity(), line)
        for item in reversed(items.values()):
            (result,) = client.post_items([item]).results
            assert result.status in {"created", "duplicate"}

    @rule(number=TERMINALS)
    def restart_terminal(self, number: int) -> None:
        self.crash_terminal(number)

    @rule()
    def restart_hub(self) -> None:
        self.crash_hub()

    @rule(seconds=st.sampled_from([5, 3600, -3600, 10 * 365 * 86400, -10 * 365 * 86400]))
    def set_the_clock(self, seconds: int) -> None:
        self.clock.jump(seconds)

    @invariant()
    def custody_holds(self) -> None:
        for terminal in self.terminals:
            check_custody(self.hub, terminal)
            for item_id, rank in terminal.ranks().items():
                assert rank >= self.ranks.get(item_id, 0), "a rank fell"
                self.ranks[item_id] = rank

    @invariant()
    def a_review_once_counted_stays(self) -> None:
        for service, item_id in self.hub.rows("SELECT service_id, id FROM review"):
            assert self.winners.setdefault(service, item_id) == item_id

    @invariant()
    def a_receipt_once_given_stays(self) -> None:
        for item_id, rev, state, statement in self.hub.rows("SELECT id, rev, state, statement FROM receipt"):
            assert self.receipts.setdefault((item_id, rev, state), statement) == statement

    def teardown(self) -> None:
        try:
            for _ in range(3):
                for terminal in self.terminals:
                    terminal.exchange(self.hub.transport(terminal.peer())).round(terminal.connection)
                self.clock.advance(10)
            for terminal in self.terminals:
                check_everything_arrived(self.hub, terminal, terminal.ranks())
                assert set(terminal.codes().values()) <= {"", Code.REVIEW_EXISTS}
            reviews = self.hub.rows("SELECT count(*) FROM item WHERE kind = 'review' AND code = ''")
            assert reviews == self.hub.rows("SELECT count(*) FROM review")
        finally:
            for terminal in self.terminals:
                terminal.close()
            self.hub.close()
            shutil.rmtree(self.folder)


TestSync = Sync.TestCase
TestSync.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
