"""The code scanner's driver and a simulated scanner on a line in memory: seconds pass without being waited for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.status import DeviceStatus
from drivers.base.wake import Wake
from drivers.code_scanner.api import Arm, CodeScanned
from drivers.code_scanner.driver import build
from simulators.code_scanner.hand import ScannerHand
from simulators.code_scanner.machine import ScannerMachine
from simulators.code_scanner.wire import ScannerWire
from tests.faults.matrix.memory_line import MemoryLine, in_memory
from tests.support.scripted_device import JumpingClock

E = TypeVar("E")
TURN_S = 0.02
NOBODY_CALLS = Wake()  # shared: never set


class _Listened:
    """A wire of which is known what it was asked, and which can be mute."""

    def __init__(self, wire: ScannerWire) -> None:
        self._wire = wire
        self.sent: list[bytes] = []
        self.is_mute = False

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        self.sent.append(data)
        said = self._wire.on_bytes(data, now_s)
        return () if self.is_mute else said

    def on_time(self, now_s: float) -> Sequence[bytes]:
        said = self._wire.on_time(now_s)
        return () if self.is_mute else said

    def next_time_s(self) -> float | None:
        return self._wire.next_time_s()

    def on_link(self, up: bool, now_s: float) -> None:
        self._wire.on_link(up, now_s)


class ScannerInMemory:
    """`options` are the driver's; `events` is what it reported."""

    def __init__(self, scanner: str, **options: str) -> None:
        self.clock = JumpingClock()
        self.machine = ScannerMachine()
        self.wire = ScannerWire(self.machine, scanner)
        self._listened = _Listened(self.wire)
        self.line = MemoryLine(self._listened, self.clock)
        self._hand = ScannerHand(self.machine, self.wire, self.clock.monotonic).verbs()
        self.events: list[object] = []
        with in_memory(self.line):
            self.driver = build(Endpoint.parse("tcp://memory:1"), options, DriverContext(self.clock, NOBODY_CALLS))

    @property
    def sent(self) -> list[bytes]:
        """What the scanner was asked and told."""
        return self._listened.sent

    @property
    def is_lit(self) -> bool:
        return self.machine.lit_until_s is not None

    def do(self, verb: str, **arguments: object) -> object:
        return self.line.do(lambda: self._hand[verb](**arguments))

    def mute(self, *, on: bool = True) -> None:
        """It hears, works and says nothing."""
        self._listened.is_mute = on

    def start(self) -> DeviceStatus:
        self.driver.connect()
        return self.driver.interrogate()

    def replug(self) -> DeviceStatus:
        """Out and in again, and the session has noticed."""
        self.driver.close()
        return self.start()

    def scan(self, purpose: str, code: str) -> float:
        """Arm, show `code`, take it away again; seconds until it was read."""
        began_s = self.clock.now_s
        self.driver.execute(Arm(purpose, None))
        self.do("show_code", text=code)
        assert self.event(CodeScanned).text.reveal() == code
        self.do("hide_code")
        return self.clock.now_s - began_s

    def turn(self, within_s: float = TURN_S) -> list[object]:
        """One turn of the session's loop."""
        timer_s, end_s = self.driver.next_timer_s(), self.clock.now_s + within_s
        ready = self.driver.wait(Deadline(self.clock, end_s if timer_s is None else min(timer_s, end_s)), NOBODY_CALLS)
        events = list(self.driver.on_readable()) if ready.readable else []
        timer_s = self.driver.next_timer_s()
        if timer_s is not None and self.clock.now_s >= timer_s:
            events += self.driver.on_timer()
        self.events += events
        return events

    def pass_time(self, seconds: float) -> None:
        self.run_until(lambda: False, seconds, is_awaited=False)

    def run_until(self, condition: Callable[[], bool], within_s: float = 30.0, *, is_awaited: bool = True) -> None:
        end_s = self.clock.now_s + within_s
        while not condition():
            if self.clock.now_s >= end_s:
                assert not is_awaited, f"did not happen within {within_s} s"
                return
            self.turn(min(TURN_S, end_s - self.clock.now_s))

    def event(self, kind: type[E], within_s: float = 30.0) -> E:
        """The next event of `kind`."""
        known = len(self.of(kind))
        self.run_until(lambda: len(self.of(kind)) > known, within_s)
        return self.of(kind)[known]

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def reports(self) -> list[tuple[str, str, str]]:
        return [told(report.status) for report in self.of(StatusReport)]


def told(status: DeviceStatus) -> tuple[str, str, str]:
    """State, fault code and family."""
    return status.state, status.fault.code if status.fault else "", dict(status.facts).get("family", "")
