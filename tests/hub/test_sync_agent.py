"""The agent's thread: it tells what it does, backs off, wakes up, ends."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from sync.agent import hub_clock
from sync.agent.http import HubEndpoint
from sync.agent.policy import SendPolicy
from sync.agent.status import AgentStatus
from sync.agent.uploader import SyncAgent
from sync.clock import SystemClock
from sync.database import Connection
from tests.support.sync_rig import START, AppTransport, HubBench, StillClock, Terminal

QUICK = SendPolicy(backoff_base_s=0.01, backoff_cap_s=0.05)
SLOW = SendPolicy(backoff_base_s=300, backoff_cap_s=300)


class Switch(httpx.BaseTransport):
    """A line that can be cut, made on the agent's thread because the hub's loop lives on it."""

    def __init__(self, make: Callable[[], AppTransport]) -> None:
        self._make = make
        self._line: AppTransport | None = None
        self.up = True
        self.answer: httpx.Response | None = None
        self.beats: list[bytes] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self.up:
            raise httpx.ConnectError("no route", request=request)
        if self.answer is not None:
            return self.answer
        if request.url.path == "/v1/heartbeat":
            self.beats.append(request.read())
        self._line = self._line or self._make()
        return self._line.handle_request(request)


class Bench:
    def __init__(self, hub: HubBench, terminal: Terminal) -> None:
        self.news: queue.SimpleQueue[AgentStatus] = queue.SimpleQueue()
        self.terminal = terminal
        self.switch = Switch(lambda: hub.transport(terminal.peer()))
        self.agent: SyncAgent | None = None

    def start(self, policy: SendPolicy = QUICK) -> SyncAgent:
        self.agent = SyncAgent(
            connect=self.terminal.connect,
            hub=HubEndpoint("https://hub", self.terminal.pin),
            identity=self.terminal.identity(),
            outbox_dir=self.terminal.outbox_dir,
            on_change=self.news.put,
            clock=SystemClock(),
            policy=policy,
            transport=self.switch,
            jitter=lambda: 1.0,
        )
        self.agent.start()
        return self.agent

    def until(self, wanted: Callable[[AgentStatus], bool]) -> AgentStatus:
        while True:
            status = self.news.get(timeout=20)  # queue.Empty is the failure
            if wanted(status):
                return status


@pytest.fixture
def bench(hub: HubBench, terminal: Terminal) -> Iterator[Bench]:
    made = Bench(hub, terminal)
    yield made
    if made.agent is not None:
        assert made.agent.stop()


def test_a_poke_brings_what_was_sealed_to_the_hub_and_says_so(bench: Bench) -> None:
    agent = bench.start(SLOW)
    bench.until(lambda status: status.state == "online")
    seal = bench.terminal.seal()
    agent.poke()
    status = bench.until(lambda status: status.queued == 0 and status.last_receipt_at is not None)
    assert (status.state, status.item_states, status.last_error) == ("online", ((seal.item_id, "complete"),), "")


def test_the_way_of_an_item_is_told_in_rising_order(bench: Bench) -> None:
    bench.terminal.seal(size=500_000)
    bench.start()
    told: list[str] = []

    def complete(status: AgentStatus) -> bool:
        told.extend(state for _, state in status.item_states)
        return status.queued == 0

    bench.until(complete)
    order = ["queued", "accepted", "complete"]
    assert [order.index(state) for state in told] == sorted(order.index(state) for state in told)
    assert set(told) == set(order)


def test_every_heartbeat_tells_the_hub_s_time_whatever_the_terminal_s_own_clock_says(bench: Bench) -> None:
    bench.start()
    bench.until(lambda status: status.state == "online")
    known = hub_clock.now(bench.terminal.connection, SystemClock())
    assert known is not None
    assert START <= known < START + timedelta(minutes=1), "the hub's clock stands at START, ours at today"


def test_an_unreachable_hub_is_told_and_tried_again_until_it_answers(bench: Bench) -> None:
    bench.switch.up = False
    bench.terminal.seal()
    bench.start()
    status = bench.until(lambda status: status.state == "unreachable")
    assert (status.queued, status.oldest_unsent_at is not None) == (1, True)
    bench.switch.up = True
    bench.until(lambda status: status.state == "online" and status.queued == 0)


@pytest.mark.parametrize(("status", "code"), [(401, "E_AUTH"), (403, "E_REVOKED"), (426, "E_UPGRADE")])
def test_a_hub_that_refuses_the_terminal_blocks_it_until_that_is_mended(bench: Bench, status: int, code: str) -> None:
    problem = {"type": "x", "title": code, "status": status, "code": code}
    bench.switch.answer = httpx.Response(status, content=msgspec.json.encode(problem))
    bench.terminal.seal()
    bench.start()
    told = bench.until(lambda told: told.state == "blocked")
    assert (told.last_error, told.queued) == (code, 1)
    bench.switch.answer = None
    bench.until(lambda told: told.state == "online" and told.queued == 0)


def test_the_hub_may_ask_for_patience(bench: Bench) -> None:
    bench.switch.answer = httpx.Response(503, headers={"Retry-After": "120"})
    agent = bench.start()
    bench.until(lambda status: status.state == "unreachable")
    bench.switch.answer = None
    bench.terminal.seal()
    with pytest.raises(queue.Empty):
        bench.news.get(timeout=0.3)
    agent.poke()
    bench.until(lambda status: status.state == "online" and status.queued == 0)


def test_the_heartbeat_tells_the_depth_of_the_queue_and_nothing_else(bench: Bench) -> None:
    bench.terminal.seal()
    bench.start()
    bench.until(lambda status: status.queued == 0 and status.state == "online")
    beat = msgspec.json.decode(bench.switch.beats[0])
    assert set(beat) == {"app_version", "queued", "oldest_unsent_age_s", "blocked", "wall"}
    assert beat["queued"] == 1


def test_it_ends_at_once_while_it_waits_and_may_be_ended_twice(bench: Bench) -> None:
    bench.switch.up = False
    agent = bench.start(SLOW)
    bench.until(lambda status: status.state == "unreachable")
    assert agent.stop(2)
    assert agent.stop(2)


def test_an_agent_that_never_started_can_be_ended(bench: Bench) -> None:
    agent = bench.start()
    agent.stop()
    unused = SyncAgent(
        connect=bench.terminal.connect,
        hub=HubEndpoint("https://hub", bench.terminal.pin),
        identity=bench.terminal.identity(),
        outbox_dir=bench.terminal.outbox_dir,
        on_change=bench.news.put,
        clock=SystemClock(),
    )
    assert unused.stop(1)


def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path, terminal: Terminal) -> None:
    news: queue.SimpleQueue[AgentStatus] = queue.SimpleQueue()

    def broken() -> object:
        raise OSError("gone")

    agent = SyncAgent(
        connect=broken,  # type: ignore[arg-type]
        hub=HubEndpoint("https://hub", terminal.pin),
        identity=terminal.identity(),
        outbox_dir=terminal.outbox_dir,
        on_change=news.put,
        clock=StillClock(),
    )
    agent.start()
    assert news.get(timeout=20).state == "blocked"
    assert agent.stop()


def test_a_database_that_fails_for_a_while_does_not_end_the_agent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = bench.terminal.connect, [OSError("gone"), OSError("gone")]

    def connect() -> Connection:
        if failures:
            raise failures.pop()
        return real()

    monkeypatch.setattr(bench.terminal, "connect", connect)
    bench.start()
    bench.until(lambda status: status.state == "blocked")
    bench.until(lambda status: status.state == "online")


def test_the_back_off_has_full_jitter_and_a_cap() -> None:
    policy = SendPolicy()
    assert [policy.backoff_s(n, lambda: 1.0) for n in (1, 2, 3, 8, 9, 1000)] == [2, 4, 8, 256, 300, 300]
    assert policy.backoff_s(5, lambda: 0.0) == 0
