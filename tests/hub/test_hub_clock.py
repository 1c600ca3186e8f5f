"""Retention by the hub's time: a terminal's own clock may stand anywhere, and nothing goes early or stays for ever."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sync.agent import hub_clock
from sync.agent.http import HubClient, HubEndpoint
from sync.database import transaction
from sync.protocol.messages import Heartbeat
from terminal.custody.purge import PurgeResult, purge
from tests.support.sync_rig import START, HubBench, StillClock, Terminal

WEEK = timedelta(days=7)
DAY_S = 86400.0
TEN_YEARS_S = 3652 * DAY_S


class TwoClocks:
    """A hub whose clock is right, and a terminal whose wall clock says anything; true time goes on for both."""

    def __init__(self, folder: Path) -> None:
        self.hub_clock, self.own = StillClock(), StillClock()
        self.hub = HubBench(folder / "hub", self.hub_clock)
        self.terminal = Terminal(folder / "terminal", self.hub.folder, self.own)

    def pass_time(self, seconds: float, *, off: bool = False) -> None:
        """True time; where a terminal was off, its monotonic clock counts anew."""
        self.hub_clock.advance(seconds)
        if off:
            self.own = StillClock(self.own.wall())
            self.terminal.clock = self.own
        else:
            self.own.advance(seconds)

    def beat(self) -> None:
        """A heartbeat over the real protocol."""
        line = self.hub.transport(self.terminal.peer())
        client = HubClient(HubEndpoint("https://hub", self.terminal.pin), self.terminal.identity(), line)
        told = client.heartbeat(Heartbeat(app_version="1", queued=0, oldest_unsent_age_s=0, blocked=0, wall="")).time
        with transaction(self.terminal.connection):
            hub_clock.hear(self.terminal.connection, told, self.own)

    def send(self) -> str:
        """A case that the hub has completely."""
        seal = self.terminal.seal(size=10)
        self.terminal.exchange(self.hub.transport(self.terminal.peer())).round(self.terminal.connection)
        return seal.item_id

    def known(self) -> datetime | None:
        """What the terminal takes for the hub's time."""
        return hub_clock.now(self.terminal.connection, self.own)

    def purge(self) -> PurgeResult:
        """As the terminal's housekeeping does it."""
        with transaction(self.terminal.connection):
            hub_clock.keep(self.terminal.connection, self.own)
        now = self.known()
        if now is None:
            return PurgeResult(0, 0, 0)
        return purge(
            self.terminal.connection,
            outbox_dir=self.terminal.outbox_dir,
            pin=self.terminal.pin,
            now=now,
            retention=WEEK,
            history=timedelta(days=365),
        )

    def close(self) -> None:
        self.terminal.close()
        self.hub.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[TwoClocks]:
    made = TwoClocks(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("jump_s", [TEN_YEARS_S, -TEN_YEARS_S, 8 * DAY_S, -8 * DAY_S])
@pytest.mark.parametrize("before", [True, False], ids=["before the receipt", "after it"])
def test_a_wall_clock_that_is_wrong_makes_nothing_go_early_and_nothing_stay(
    pair: TwoClocks, jump_s: float, before: bool
) -> None:
    if before:
        pair.own.jump(jump_s)
    pair.beat()
    pair.send()
    if not before:
        pair.own.jump(jump_s)
    pair.pass_time(6.9 * DAY_S)
    pair.beat()
    assert pair.purge() == PurgeResult(0, 0, 0)
    pair.pass_time(0.2 * DAY_S)
    pair.beat()
    assert pair.purge() == PurgeResult(1, 0, 0)


def test_nothing_goes_before_a_hub_has_told_the_time(pair: TwoClocks) -> None:
    pair.send()
    pair.pass_time(1000 * DAY_S)
    assert pair.known() is None
    assert pair.purge() == PurgeResult(0, 0, 0)


def test_while_the_hub_is_away_its_time_goes_on_by_the_monotonic_clock(pair: TwoClocks) -> None:
    pair.beat()
    pair.send()
    pair.pass_time(7.1 * DAY_S)
    assert pair.purge() == PurgeResult(1, 0, 0)


def test_what_was_counted_is_kept_over_a_restart_and_the_time_off_is_not_guessed(pair: TwoClocks) -> None:
    pair.beat()
    pair.send()
    pair.pass_time(6 * DAY_S)
    assert pair.purge() == PurgeResult(0, 0, 0)
    pair.pass_time(30 * DAY_S, off=True)
    pair.own.jump(TEN_YEARS_S)
    assert pair.known() == START + timedelta(days=6)
    assert pair.purge() == PurgeResult(0, 0, 0)
    pair.beat()
    assert pair.purge() == PurgeResult(1, 0, 0)


def test_a_hub_whose_clock_was_wrong_and_is_put_right_is_believed(pair: TwoClocks) -> None:
    pair.hub_clock.jump(TEN_YEARS_S)
    pair.beat()
    later = pair.send()  # receipted in ten years
    pair.hub_clock.jump(-TEN_YEARS_S)
    pair.beat()
    pair.send()
    pair.pass_time(7.1 * DAY_S)
    assert pair.purge() == PurgeResult(1, 1, 0), "the other one is kept, and said to be"
    assert set(pair.terminal.ranks()) == {later}


def test_a_heartbeat_that_agrees_writes_nothing(pair: TwoClocks) -> None:
    pair.beat()
    first = pair.terminal.connection.execute("SELECT v FROM kv WHERE k = 'hub_clock'").fetchone()
    pair.pass_time(60)
    pair.beat()
    assert pair.terminal.connection.execute("SELECT v FROM kv WHERE k = 'hub_clock'").fetchone() == first
    assert pair.known() == START + timedelta(seconds=60)


@pytest.mark.parametrize("told", ["", "soon", "2026-11-24T09:00:00", "1795510800"])
def test_what_is_no_time_is_not_taken(pair: TwoClocks, told: str) -> None:
    with transaction(pair.terminal.connection):
        hub_clock.hear(pair.terminal.connection, told, pair.own)
    assert pair.known() is None


def test_a_damaged_note_is_as_none(pair: TwoClocks) -> None:
    pair.beat()
    with transaction(pair.terminal.connection):
        pair.terminal.connection.execute("UPDATE kv SET v = '{}' WHERE k = 'hub_clock'")
    assert pair.known() is None
    pair.beat()
    assert pair.known() == START


class Retention(RuleBasedStateMachine):
    """Any order of true time, power cuts, wrong wall clocks, heartbeats, cases and housekeeping."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.pair = TwoClocks(Path(self.folder.name))
        self.sent: dict[str, datetime] = {}

    @rule(days=st.sampled_from([0.01, 1, 3, 6.99, 7.01]), off=st.booleans())
    def time_goes_by(self, days: float, off: bool) -> None:
        self.pair.pass_time(days * DAY_S, off=off)

    @rule(seconds=st.floats(-TEN_YEARS_S, TEN_YEARS_S))
    def somebody_sets_the_terminal_s_clock(self, seconds: float) -> None:
        wall = self.pair.own.wall() + timedelta(seconds=seconds)
        if datetime(1970, 1, 2, tzinfo=UTC) < wall < datetime(2200, 1, 1, tzinfo=UTC):
            self.pair.own.jump(seconds)

    @rule()
    def the_hub_answers(self) -> None:
        self.pair.beat()

    @rule()
    def a_case_arrives(self) -> None:
        self.sent[self.pair.send()] = self.pair.hub_clock.wall()

    @rule()
    def housekeeping(self) -> None:
        self.pair.purge()

    @rule()
    def housekeeping_beside_a_hub_that_answers(self) -> None:
        self.pair.beat()
        self.pair.purge()
        now = self.pair.hub_clock.wall()
        left = {item for item, at in self.sent.items() if now - at < WEEK}
        assert set(self.pair.terminal.ranks()) == left, "what is over stays"

    @invariant()
    def nothing_goes_before_its_days_are_over(self) -> None:
        now = self.pair.hub_clock.wall()
        young = {item for item, at in self.sent.items() if now - at < WEEK}
        assert young <= set(self.pair.terminal.ranks())

    @invariant()
    def the_known_time_is_never_ahead_of_the_hub(self) -> None:
        known = self.pair.known()
        assert known is None or known <= self.pair.hub_clock.wall()

    def teardown(self) -> None:
        self.pair.close()
        self.folder.cleanup()


TestRetention = Retention.TestCase
TestRetention.settings = settings(max_examples=25, stateful_step_count=20)
