"""Readers that are slower than one source says: heard out, learned from, told; and still found silent in time.

In memory, by a clock that jumps: every second here is the reader's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Unsupported
from drivers.base.status import DeviceState
from drivers.base.wake import Wake
from drivers.id_card import api
from drivers.id_card.driver import build
from simulators.id_card.fixtures import cards
from simulators.id_card.hand import ReaderHand
from simulators.id_card.machine import NO_LATENCY_MS, ReaderMachine
from simulators.id_card.wire import ReaderWire
from tests.faults.matrix.memory_line import MUTE_S, MemoryLine, Spoiled, in_memory
from tests.faults.matrix.session import MatrixSession
from tests.faults.matrix.spoiling import Deed
from tests.support.scripted_device import JumpingClock

ONE_SHOT = api.StartReading()


class SlowReader:
    """A session before a reader whose commands take `latency_ms`; online, or given up."""

    def __init__(self, latency_ms: Mapping[str, float], options: Mapping[str, str], spoiled: Spoiled | None) -> None:
        self.clock = JumpingClock()
        machine = ReaderMachine(NO_LATENCY_MS)
        self.hand = ReaderHand(machine, cards())
        for command, ms in latency_ms.items():
            self.hand.latency(command, ms)
        self.line = MemoryLine(ReaderWire(machine, lambda _: None), self.clock, spoiled)
        self.cancel = Wake()
        with in_memory(self.line):
            driver = build(Endpoint.parse("tcp://memory:1"), options, DriverContext(self.clock, self.cancel))
        self.session = MatrixSession(driver, self.line, self.clock)
        self.session.run(self.session.is_online, 8.0)

    def states(self) -> list[DeviceState]:
        return [event.status.state for event in self.session.events if isinstance(event, StatusReport)]

    def facts(self) -> dict[str, str]:
        return dict(self.session.status.facts)

    def lay(self, name: str, within_s: float) -> object:
        """Lay a card down and lift it again; what became of it."""
        before = len(self.session.of(api.CardRead, api.CardReadFailed))
        self.line.do(lambda: self.hand.place_card(name))
        done = self.session.run(
            lambda: len(self.session.of(api.CardRead, api.CardReadFailed)) > before, within_s=within_s
        )
        assert done, f"{name} was neither read nor failed"
        self.line.do(self.hand.lift)
        removed = len(self.session.of(api.CardRemoved))
        assert self.session.run(lambda: len(self.session.of(api.CardRemoved)) > removed, 10.0)
        return self.session.of(api.CardRead, api.CardReadFailed)[-1]


@contextmanager
def slow(
    latency_ms: Mapping[str, float], options: Mapping[str, str] | None = None, spoiled: Spoiled | None = None
) -> Iterator[SlowReader]:
    reader = SlowReader(latency_ms, options or {}, spoiled)
    try:
        yield reader
    finally:
        reader.session.close()
        reader.cancel.close()


def name_of(event: object) -> str:
    assert isinstance(event, api.CardRead), event
    return event.text.name.reveal()


@pytest.mark.parametrize(
    "latency_ms",
    [
        {"find": 250},
        {"find": 400},
        {"find": 800},
        {"select": 400},
        {"select": 800},
        {"read_base": 2300},
        {"read_base": 3200},
        {"status": 400},
        {"status": 800},
        {"sam_id": 500},
        {"read_new_address": 2200},
        {"all": 400},
        {"all": 650},
    ],
    ids=str,
)
def test_a_slow_reader_reads_its_first_card_and_never_goes_offline(latency_ms: dict[str, float]) -> None:
    with slow(latency_ms) as reader:
        assert reader.session.is_online()
        assert reader.facts()["sam"] != "unknown"
        reader.session.execute(api.StartReading(api.ReadMode.CONTINUOUS))
        assert name_of(reader.lay("zhang", within_s=8.0)) == "张桂兰"
        assert name_of(reader.lay("li", within_s=8.0)) == "李样本"
        reader.session.execute(api.StopReading())
        reader.session.run(lambda: False, 30.0)
        assert set(reader.states()) <= {DeviceState.ONLINE}
        assert reader.session.is_online()


def test_one_that_becomes_slow_while_nobody_looks_for_a_card_is_learned_from_too() -> None:
    """What arrives between two heartbeats."""
    with slow({}) as reader:
        reader.session.run(lambda: False, 5.0)
        reader.hand.latency("status", 500.0)
        reader.session.run(lambda: False, 30.0)
        assert reader.states() == [DeviceState.ONLINE]
        assert reader.facts()["patience"] == "2.5"


def test_that_a_reader_is_slow_is_told_once_among_its_facts() -> None:
    with slow({"find": 400}) as reader:
        assert "patience" not in reader.facts()
        reader.session.execute(ONE_SHOT)
        reader.session.run(lambda: False, 20.0)
        assert reader.states() == [DeviceState.ONLINE]
        assert reader.facts()["patience"] == "2"
        assert reader.facts()["patience_configured"] == "1"
        assert reader.facts()["sam"] != "unknown"


def test_late_answers_now_and_then_are_no_habit() -> None:
    """A machine that was busy for a moment: waited longer for from then on, but nothing is said of the reader."""
    with slow({}) as reader:
        reader.session.execute(ONE_SHOT)
        for _ in range(6):
            reader.hand.latency("find", 400.0)
            reader.session.run(lambda: False, 0.5)
            reader.hand.latency("find", 0.0)
            reader.session.run(lambda: False, 2.0)
        assert reader.session.events == []
        assert "patience" not in reader.facts()


def test_a_patient_terminal_misses_nothing_of_a_slow_reader() -> None:
    with slow({"all": 1500}, {"patience": "6"}) as reader:
        assert (reader.facts()["patience"], reader.facts()["sam"][:5]) == ("6", "05.01")
        assert "patience_configured" not in reader.facts()
        asked = len(reader.line.replies)
        reader.session.execute(ONE_SHOT)
        assert name_of(reader.lay("zhang", within_s=12.0)) == "张桂兰"
        assert not [heard for heard in reader.line.replies[asked:] if heard.request[7] == 0x11], "a status in between"


def test_what_is_learned_has_a_bound() -> None:
    with slow({"find": 2500}) as reader:
        reader.session.execute(ONE_SHOT)
        reader.session.run(lambda: False, 30.0)
        assert DeviceState.OFFLINE in reader.states()
        assert "patience" not in reader.facts()


# what patience must not cost


def offline_after_s(reader: SlowReader) -> float:
    silent_s = reader.clock.monotonic()
    reader.hand.latency("all", 3_600_000.0)
    assert reader.session.run(lambda: DeviceState.OFFLINE in reader.states(), 60.0)
    return reader.clock.monotonic() - silent_s


def test_a_silent_reader_is_offline_as_soon_as_ever() -> None:
    with slow({}) as reader:
        reader.session.execute(ONE_SHOT)
        reader.session.run(lambda: False, 1.0)
        assert offline_after_s(reader) < 2.0


def test_one_that_was_slow_before_takes_not_much_longer() -> None:
    with slow({"all": 650}) as reader:
        reader.session.execute(ONE_SHOT)
        reader.session.run(lambda: False, 10.0)
        assert offline_after_s(reader) < 6.0


@pytest.mark.parametrize(("position", "within_s"), [(650, 2.5), (1294, 2.5), (0, 4.0)])
def test_a_broken_base_reply_is_not_waited_for_longer_than_a_missing_one(position: int, within_s: float) -> None:
    """Nothing at all may be a slow reader; half a reply is a broken one."""
    with slow({}) as probe:
        probe.session.execute(ONE_SHOT)
        probe.lay("zhang", 3.0)
        number, heard = next((n, h) for n, h in enumerate(probe.line.replies) if len(h.reply) == 1295)
    with slow({}, spoiled=Spoiled(number, ((0.0, heard.reply[:position]),))) as reader:
        reader.session.execute(ONE_SHOT)
        reader.line.do(lambda: reader.hand.place_card("zhang"))
        reader.session.run(lambda: bool(reader.session.of(api.CardFound)), 3.0)
        found_s = reader.clock.monotonic()
        reader.session.run(lambda: bool(reader.session.of(api.CardReadFailed)), 9.0)
        failed = reader.session.of(api.CardReadFailed)[-1]
        assert isinstance(failed, api.CardReadFailed)
        assert failed.fault.code == ("id_card.corrupt" if position else "id_card.no_answer")
        assert reader.clock.monotonic() - found_s < within_s


def test_a_reader_that_was_mute_is_back_within_three_seconds() -> None:
    with slow({"all": 650}, spoiled=Spoiled(12, ((0.0, Deed.MUTE),))) as reader:
        reader.session.execute(ONE_SHOT)
        assert reader.session.run(lambda: DeviceState.OFFLINE in reader.states(), 2 * MUTE_S)
        assert reader.session.run(reader.session.is_online, MUTE_S + 3.0)
        assert reader.session.online_s - reader.line.back_s < 3.0
        assert name_of(reader.lay("zhang", within_s=8.0)) == "张桂兰"


@pytest.mark.parametrize("text", ["0", "0.5", "11", "much", "nan", "-1", ""])
def test_patience_is_a_factor_between_one_and_ten(text: str) -> None:
    cancel = Wake()
    try:
        with pytest.raises(Unsupported, match="patience"):
            build(Endpoint.parse("serial:///dev/none"), {"patience": text}, DriverContext(JumpingClock(), cancel))
    finally:
        cancel.close()
