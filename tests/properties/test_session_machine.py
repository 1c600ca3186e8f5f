"""Whatever the device does and whenever it is stopped: every ticket is answered exactly once, and nothing is left."""

from __future__ import annotations

import itertools
import os
import threading
from collections import Counter

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from drivers.base.driver import DriverContext, StatusReport
from drivers.base.errors import Cancelled, Corrupt, LinkLost, Refused, Timeout, Unsupported
from drivers.base.status import DeviceState, DeviceStatus
from terminal.devices.notices import CommandDone
from terminal.devices.session import Session
from tests.support.scripted_device import Ear, Hang, JumpingClock, Raise, Say, ScriptedDriver
from tests.support.sim_lines import until

ERRORS = st.sampled_from(
    [LinkLost("l"), Timeout("t"), Corrupt("c", 1), Refused("x.y"), Unsupported("u"), Cancelled("k"), KeyError("bug")]
)


class SessionMachine(RuleBasedStateMachine):
    """A test, a device and a session on its own thread, all at once."""

    @initialize(errors=st.lists(ERRORS, max_size=4))
    def begin(self, errors: list[Exception]) -> None:
        self.threads = threading.active_count()
        self.descriptors = len(os.listdir("/proc/self/fd"))
        self.tickets = itertools.count()
        self.submitted: list[int] = []
        self.ear = Ear()
        self.driver: ScriptedDriver | None = None
        self.first_errors = errors
        self.session = Session("d", self.make, self.ear, JumpingClock())
        self.stopped = False
        self.started = False

    def make(self, context: DriverContext) -> ScriptedDriver:
        self.driver = ScriptedDriver(context)
        self.driver.connects.extend(self.first_errors)
        return self.driver

    @precondition(lambda self: not self.started and not self.stopped)
    @rule()
    def start(self) -> None:
        self.session.start()
        self.started = True

    @rule(results=st.lists(st.integers() | ERRORS, min_size=1, max_size=5))
    def submit(self, results: list[int | Exception]) -> None:
        for result in results:
            self.submitted.append(next(self.tickets))
            self.session.submit(self.submitted[-1], Raise(result) if isinstance(result, Exception) else Say(result))

    @precondition(lambda self: self.driver is not None and not self.stopped)
    @rule(error=ERRORS)
    def next_connect_fails(self, error: Exception) -> None:
        assert self.driver is not None
        self.driver.connects.append(error)

    @precondition(lambda self: self.driver is not None and not self.stopped)
    @rule(found=ERRORS | st.sampled_from([DeviceStatus(DeviceState.OFFLINE), DeviceStatus(DeviceState.ONLINE)]))
    def next_interrogation(self, found: Exception | DeviceStatus) -> None:
        assert self.driver is not None
        self.driver.interrogations.append(found)

    @precondition(lambda self: self.driver is not None and not self.stopped)
    @rule(error=ERRORS | st.none())
    def timer(self, error: Exception | None) -> None:
        assert self.driver is not None
        self.driver.timer_error = error
        self.driver.timer_s = 0.0
        self.submit([0])

    @precondition(lambda self: self.driver is not None and not self.stopped)
    @rule(said=ERRORS | st.just("event") | st.just(StatusReport(DeviceStatus(DeviceState.USER_ERROR))))
    def speak(self, said: object) -> None:
        assert self.driver is not None
        self.driver.speak(said)

    @precondition(lambda self: self.started and not self.stopped)
    @rule()
    def settle(self) -> None:
        until(lambda: len(self.answers()) >= len(self.submitted))

    @rule(hang=st.booleans())
    def stop(self, hang: bool) -> None:
        if hang and not self.stopped:
            self.submitted.append(next(self.tickets))
            self.session.submit(self.submitted[-1], Hang())
            self.submit([1, 2])
        assert self.session.stop(5)
        self.stopped = True
        assert Counter(self.answers()) == Counter(self.submitted)
        assert self.driver is None or not self.driver.is_open

    @invariant()
    def no_answer_twice(self) -> None:
        if hasattr(self, "ear"):
            assert max(Counter(self.answers()).values(), default=0) <= 1

    def answers(self) -> list[int]:
        return [n.ticket for n in list(self.ear.notices) if isinstance(n, CommandDone)]

    def teardown(self) -> None:
        if not hasattr(self, "session"):
            return
        self.stop(hang=False)
        assert threading.active_count() <= self.threads
        assert len(os.listdir("/proc/self/fd")) <= self.descriptors


TestSessionMachine = SessionMachine.TestCase
TestSessionMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
