"""Whatever hands, power, cable and desk do, in any order: no card is read for a citizen it was not laid down for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.status import Fault
from drivers.base.wake import Wake
from drivers.id_card import api
from drivers.id_card.driver import build
from simulators.id_card.fixtures import cards
from simulators.id_card.hand import ReaderHand
from simulators.id_card.machine import Malformation, ReaderMachine
from simulators.id_card.wire import ReaderWire
from tests.faults.matrix.memory_line import MemoryLine, in_memory
from tests.faults.matrix.session import MatrixSession
from tests.support.scripted_device import JumpingClock

LATENCY_MS = 40.0  # of every command, so that hands come in between
NAMES = ("zhang", "li", "wang", "zhao")
THEN = st.sampled_from((None, None, 0.0, 0.05, 0.7, 4.0))  # seconds that go by; None: up to the next event
TROUBLE = (
    0.0,
    100.0,
    400.0,
    2500.0,
    True,
    True,
    False,
    Malformation.WRONG_CHECKSUM,
    Malformation.HALF_PREAMBLE,
    None,
    None,
)


@dataclass
class Lying:
    """A card that a hand laid on the reader."""

    name: str
    for_order: int  # which order stood then, or would be the next
    was_read: bool = False


class Reader(RuleBasedStateMachine):
    """The desk gives orders and ends them; what it does with a reader that was away is identification.py's way."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = JumpingClock()
        self.machine = ReaderMachine({})
        self.hand = ReaderHand(self.machine, cards())
        self.hand.latency("all", LATENCY_MS)
        self.line = MemoryLine(ReaderWire(self.machine, lambda _: None), self.clock)
        self.cancel = Wake()
        with in_memory(self.line):
            driver = build(Endpoint.parse("tcp://memory:1"), {}, DriverContext(self.clock, self.cancel))
        self.session = MatrixSession(driver, self.line, self.clock)
        self.seen = 0
        self.order = 0
        self.wanted = self.unheard = False
        self.lies: Lying | None = None
        self.lay: list[Lying] = []  # what lay there since the last look
        self.was_lifted = False
        self.run_for(1.0)

    def run_for(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        connected = self.session.is_online()
        self.session.run(until, seconds)
        if self.lies is not None and self.machine.card_name != self.lies.name:  # a planned hand has moved
            self._gone()
            if self.machine.card_name:
                self._laid(self.machine.card_name)
        self._look()
        if not connected and self.session.is_online():  # the desk hears that the reader is back
            if self.unheard or not self.wanted:
                self._stop()
            if self.wanted:
                self.session.execute(api.StartReading())

    # hands

    @precondition(lambda self: self.lies is None)
    @rule(name=st.sampled_from(NAMES), then=THEN)
    def place(self, name: str, then: float | None) -> None:
        self.line.do(lambda: self.hand.place_card(name))
        self._laid(name)
        self.pass_time(then)

    @precondition(lambda self: self.lies is not None)
    @rule(then=THEN)
    def lift(self, then: float | None) -> None:
        self.line.do(self.hand.lift)
        self._gone()
        self.pass_time(then)

    @precondition(lambda self: self.lies is not None)
    @rule(other=st.sampled_from((*NAMES, "")), after_ms=st.sampled_from((0.0, 20.0, 39.0)))
    def plan(self, other: str, after_ms: float) -> None:
        assert self.lies is not None
        if other == "":
            self.line.do(lambda: self.hand.lift_during_read(after_ms))
        elif other != self.lies.name:
            self.line.do(lambda: self.hand.swap_during_read(other, after_ms))

    # the reader and its line

    @rule(what=st.sampled_from(TROUBLE), then=THEN)
    def trouble(self, what: object, then: float | None) -> None:
        match what:
            case float():
                self.line.do(lambda: self.hand.blink_power(what))
            case bool():
                self.line.do(lambda: self.hand.find_again(what))
            case Malformation():
                self.line.do(lambda: self.hand.malform_next_reply(what))
            case _ if self.line.plugged:
                self.line._tear(self.clock.now_s)
            case _:
                pass
        self.pass_time(then)

    # the desk

    @precondition(lambda self: not self.wanted)
    @rule(mode=st.sampled_from(list(api.ReadMode)), then=THEN)
    def begin(self, mode: api.ReadMode, then: float | None) -> None:
        self.wanted = True
        if self.unheard:
            self._stop()
        self.session.execute(api.StartReading(mode))
        self.pass_time(then)

    @precondition(lambda self: self.wanted)
    @rule(then=THEN)
    def read_again(self, then: float | None) -> None:
        self.session.execute(api.StartReading())
        self.pass_time(then)

    @precondition(lambda self: self.wanted)
    @rule(then=THEN)
    def end(self, then: float | None) -> None:
        self.wanted = False
        self.order += 1
        self._stop()
        self.pass_time(then)

    @rule(then=THEN)
    def pass_time(self, then: float | None) -> None:
        events = len(self.session.events)
        if then is None:
            self.run_for(1.0, lambda: len(self.session.events) > events)
        else:
            self.run_for(then)

    def teardown(self) -> None:
        try:
            if self.wanted:
                self.end(0.0)
            self.run_for(12.0)
            if self.lies is not None:
                self.lift(0.0)
            self.machine._planned = self.machine.malformation = None
            self.run_for(12.0)
            self.begin(api.ReadMode.ONE_SHOT, 0.0)
            self.place("wang", 3.0)
            assert self.lies is not None
            assert self.lies.was_read, "a card that is laid down on an empty reader is not read"
        finally:
            self.session.close()
            self.cancel.close()

    # what must hold

    def _look(self) -> None:
        for event in self.session.events[self.seen :]:
            if isinstance(event, api.CardRead) and not self.unheard:
                self._check(event)
            elif isinstance(event, api.CardRemoved):
                assert self.was_lifted, "a removal was told, and nobody lifted anything"
                self.was_lifted = False
        self.seen = len(self.session.events)
        self.lay = [] if self.lies is None else [self.lies]

    def _check(self, event: api.CardRead) -> None:
        assert self.wanted, "a card was read that nobody ordered"
        said = event.text.name.reveal()
        read = [lying for lying in self.lay if cards()[lying.name].name == said]
        assert read, f"{said} was read and did not lie there"
        assert read[-1].for_order == self.order, "the card of the citizen before"
        assert not read[-1].was_read, "told twice"
        read[-1].was_read = True

    def _stop(self) -> None:
        self.unheard = isinstance(self.session.execute(api.StopReading()), Fault)

    def _laid(self, name: str) -> None:
        self.lies = Lying(name, self.order)
        self.lay.append(self.lies)

    def _gone(self) -> None:
        self.lies, self.was_lifted = None, True


Reader.TestCase.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
TestReader = Reader.TestCase
