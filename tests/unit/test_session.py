"""The one actor around every driver: it reconnects, asks anew, answers everything once, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import errno
import logging
import threading
from collections.abc import Callable, Iterator

import pytest

from drivers.base.driver import DriverContext, StatusReport
from drivers.base.errors import Cancelled, Corrupt, LinkLost, Refused, Timeout, Unsupported
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from terminal.devices import backoff
from terminal.devices.notices import CommandDone, Happened, StatusChanged
from terminal.devices.session import Session
from tests.support.scripted_device import Ear, Hang, Ignore, JumpingClock, Raise, Say, ScriptedDriver
from tests.support.sim_lines import nothing_left_over, until

S = DeviceState


class Stage:
    """One session with everything a test touches."""

    def __init__(self, prepare: Callable[[ScriptedDriver], None] = lambda _: None) -> None:
        self.clock = JumpingClock()
        self.ear = Ear()
        self.drivers: list[ScriptedDriver] = []
        self._prepare = prepare
        self.session = Session("reader", self._make, self.ear, self.clock, chance=lambda: 1.0)

    def _make(self, context: DriverContext) -> ScriptedDriver:
        driver = ScriptedDriver(context)
        self._prepare(driver)
        self.drivers.append(driver)
        return driver

    @property
    def driver(self) -> ScriptedDriver:
        return self.drivers[0]

    def online(self) -> Stage:
        self.session.start()
        self.ear.wait_for(lambda n: isinstance(n, StatusChanged) and n.status.state is S.ONLINE)
        return self

    def ask(self, ticket: int, command: object) -> CommandDone:
        self.session.submit(ticket, command)
        return self.ear.done(ticket)


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    with nothing_left_over():
        yield


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    assert made.session.stop(5)
    assert not any(driver.is_open for driver in made.drivers)


@contextlib.contextmanager
def failing(*errors: Exception | None) -> Iterator[Stage]:
    """A device that does not connect so many times, and then does."""
    made = Stage(lambda driver: driver.connects.extend(errors))
    try:
        yield made
    finally:
        assert made.session.stop(5)
    assert not any(driver.is_open for driver in made.drivers)


def code(done: CommandDone) -> str:
    assert done.result is None
    assert done.fault is not None
    return done.fault.code


def test_a_command_is_answered_with_its_result(stage: Stage) -> None:
    stage.online()
    assert stage.ask(7, Say("card")) == CommandDone("reader", 7, "card", None)
    assert stage.ear.states() == [S.ONLINE]


def test_commands_that_wait_are_done_in_order_without_waiting_for_the_device(stage: Stage) -> None:
    for ticket in range(20):
        stage.session.submit(ticket, Say(ticket))
    stage.online()
    stage.ear.done(19)
    assert [n.result for n in stage.ear.notices if isinstance(n, CommandDone)] == list(range(20))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Refused("id_card.lifted", "41"), Fault("id_card.lifted", FaultAction.CLEAR, "41")),
        (Timeout("no answer"), Fault("link.timeout", FaultAction.SUSPEND, "no answer")),
        (Corrupt("checksum", 7), Fault("link.corrupt", FaultAction.MAINTENANCE, "checksum; 7 bytes dropped")),
        (Unsupported("no lamp"), Fault("driver.unsupported", FaultAction.CONFIGURATION, "no lamp")),
        (Cancelled("given up"), Fault("driver.cancelled", FaultAction.CLEAR, "given up")),
    ],
)
def test_a_failed_command_is_a_fault_and_the_session_goes_on(stage: Stage, error: Exception, expected: Fault) -> None:
    stage.online()
    assert stage.ask(1, Raise(error)).fault == expected
    assert stage.ask(2, Say("still here")).result == "still here"
    assert stage.ear.states() == [S.ONLINE]
    assert stage.driver.opened == 1


def test_a_link_lost_in_a_command_faults_it_and_the_device_is_asked_anew(stage: Stage) -> None:
    stage.online()
    stage.driver.interrogations.append(DeviceStatus(S.ONLINE, facts=(("serial", "2"),)))
    assert code(stage.ask(1, Raise(LinkLost("pulled")))) == "link.lost"
    stage.ear.wait_states(S.ONLINE, S.POWER_OFF, S.ONLINE)
    assert stage.ear.notices[-1] == StatusChanged("reader", DeviceStatus(S.ONLINE, facts=(("serial", "2"),)))
    assert stage.ask(2, Say("back")).result == "back"
    assert len(stage.drivers) == 1, "the driver remembers what it was asked to do"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (LinkLost("pulled"), S.POWER_OFF),
        (Timeout("silent"), S.OFFLINE),
        (Corrupt("noise", 3), S.OFFLINE),
        (Refused("id_card.self_test"), S.HARDWARE_ERROR),
    ],
)
@pytest.mark.parametrize("where", ["on_readable", "on_timer"])
def test_a_device_lost_while_it_was_not_asked_comes_back(
    stage: Stage, error: Exception, state: DeviceState, where: str
) -> None:
    stage.online()
    if where == "on_readable":
        stage.driver.speak("said before", error)
    else:
        stage.driver.timer_error = error
        stage.driver.timer_s = stage.clock.now_s + 3
        stage.ask(1, Say("now the timer is looked at"))
    stage.ear.wait_states(S.ONLINE, state, S.ONLINE)
    assert (Happened("reader", "said before") in stage.ear.notices) is (where == "on_readable")
    assert stage.driver.opened == 2


def test_two_commands_in_a_row_without_answer_have_the_device_asked_anew(stage: Stage) -> None:
    stage.online()
    for ticket in (1, 2, 3):
        stage.ask(ticket, Raise(Timeout("silent")) if ticket != 2 else Say("answers"))
    assert stage.driver.opened == 1
    stage.ask(4, Raise(Timeout("silent")))
    stage.ear.wait_states(S.ONLINE, S.OFFLINE, S.ONLINE)
    assert stage.driver.opened == 2


def test_the_device_speaks_unasked_and_its_own_status_is_the_sessions(stage: Stage) -> None:
    stage.online()
    paper_out = DeviceStatus(S.USER_ERROR, Fault("receipt_printer.paper_out", FaultAction.CLEAR))
    stage.driver.speak("card", StatusReport(paper_out), StatusReport(paper_out))
    stage.ear.wait_states(S.ONLINE, S.USER_ERROR)
    stage.driver.speak("end")
    stage.ear.wait_for(lambda n: n == Happened("reader", "end"))
    assert stage.ear.notices[1:] == [
        Happened("reader", "card"),
        StatusChanged("reader", paper_out),
        Happened("reader", "end"),
    ]


def test_a_timer_is_called_when_it_is_due(stage: Stage) -> None:
    stage.online()
    stage.driver.timer_events = ["looked for a card"]
    stage.driver.timer_s = stage.clock.now_s + 0.3
    stage.ask(1, Say(None))
    stage.ear.wait_for(lambda n: n == Happened("reader", "looked for a card"))
    assert pytest.approx(sum(stage.clock.jumps)) == 0.3


def test_an_unforeseen_exception_is_one_fault_and_quotes_nobody(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.online()
    with caplog.at_level(logging.DEBUG):
        done = stage.ask(1, Raise(ValueError("李建国 11010519491231002X")))
        stage.ear.wait_states(S.ONLINE, S.HARDWARE_ERROR, S.ONLINE)
    assert done.fault == Fault("driver.internal", FaultAction.SOFTWARE_ERROR, "ValueError")
    assert "ValueError" in caplog.text
    assert "scripted_device.py" in caplog.text
    assert "李建国" not in caplog.text
    assert stage.ask(2, Say("on")).result == "on"


def test_a_device_that_is_not_there_is_tried_until_it_is() -> None:
    with failing(*(LinkLost("not there") for _ in range(9))) as stage:
        stage.online()
        assert stage.ear.states() == [S.POWER_OFF, S.ONLINE], "the same trouble is told once"
        assert stage.clock.jumps == pytest.approx([0.1, 0.2, 0.4, 0.8, *[backoff.CAP_S] * 5])


def test_a_device_that_flaps_is_not_asked_ever_faster(stage: Stage) -> None:
    stage.online()
    for _ in range(6):
        stage.ear.forget()
        stage.driver.speak(LinkLost("flap"))
        stage.ear.wait_states(S.POWER_OFF, S.ONLINE)
    assert stage.clock.jumps == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.0, 1.0])
    stage.clock.now_s += backoff.STEADY_S
    stage.ear.forget()
    stage.driver.speak(LinkLost("after a steady hour"))
    stage.ear.wait_states(S.POWER_OFF, S.ONLINE)
    assert stage.clock.jumps[-1] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("number", "state", "expected"),
    [
        (errno.EBUSY, S.OFFLINE, "link.busy"),
        (errno.EAGAIN, S.OFFLINE, "link.busy"),
        (errno.EACCES, S.HARDWARE_ERROR, "link.not_allowed"),
        (errno.ENOENT, S.POWER_OFF, "link.lost"),
    ],
)
def test_why_a_line_cannot_be_opened_is_told_apart(number: int, state: DeviceState, expected: str) -> None:
    error = LinkLost("cannot open")
    error.__cause__ = OSError(number, "x")
    with failing(error) as stage:
        stage.online()
        told = next(n for n in stage.ear.notices if isinstance(n, StatusChanged))
        assert (told.status.state, told.status.fault and told.status.fault.code) == (state, expected)


def test_a_driver_that_cannot_be_built_says_why_and_commands_get_that_fault() -> None:
    clock, ear = JumpingClock(), Ear()
    clock.standing = True

    def make(_: DriverContext) -> ScriptedDriver:
        raise Unsupported("no such option")

    session = Session("reader", make, ear, clock)
    session.start()
    ear.wait_states(S.HARDWARE_ERROR)
    until(clock.waiting.is_set)
    session.submit(1, Say("x"))
    assert code(ear.done(1)) == "driver.unsupported"
    assert session.stop(5)


def test_commands_are_refused_at_once_while_the_device_is_away() -> None:
    with failing(LinkLost("not there")) as stage:
        stage.clock.standing = True
        stage.session.start()
        until(stage.clock.waiting.is_set)
        for ticket in range(5):
            done = stage.ask(ticket, Say("x"))
            assert done.fault == Fault("link.offline", FaultAction.RESET, "link.lost")
        assert not stage.driver.executed


def test_a_stop_ends_the_wait_before_the_next_attempt() -> None:
    with failing(LinkLost("not there"), *(AssertionError("tried again") for _ in range(3))) as stage:
        stage.clock.standing = True
        stage.session.start()
        until(stage.clock.waiting.is_set)
        assert stage.session.stop(5)
        assert stage.ear.states() == [S.POWER_OFF]


def test_a_stop_cancels_the_running_command_and_answers_the_waiting_ones(stage: Stage) -> None:
    stage.online()
    stage.session.submit(1, Hang())
    assert stage.driver.executing.wait(5)
    stage.session.submit(2, Say("too late"))
    assert stage.session.stop(5)
    assert code(stage.ear.done(1)) == "driver.cancelled"
    assert code(stage.ear.done(2)) == "driver.stopped"
    stage.session.submit(3, Say("much too late"))
    assert code(stage.ear.done(3)) == "driver.stopped"
    assert stage.driver.executed == [Hang()]


def test_a_driver_that_ignores_its_cancel_is_closed_when_it_comes_back(stage: Stage) -> None:
    stage.online()
    release = threading.Event()
    stage.session.submit(1, Ignore(release))
    assert stage.driver.executing.wait(5)
    assert not stage.session.stop(0.05)
    release.set()
    assert stage.session.stop(5)
    assert not stage.driver.is_open


def test_a_session_that_was_never_started_answers_and_leaves_nothing() -> None:
    made = Stage()
    made.session.submit(1, Say("x"))
    assert made.session.stop(5)
    assert code(made.ear.done(1)) == "driver.stopped"
    assert made.session.stop(5)


def test_a_driver_that_raises_on_close_does_not_end_the_session(stage: Stage) -> None:
    stage.online()
    closing = stage.driver.close

    def close_badly() -> None:
        closing()
        raise OSError("already gone")

    stage.driver.close = close_badly  # pyright: ignore[reportAttributeAccessIssue]
    stage.ask(1, Raise(LinkLost("pulled")))
    stage.ear.wait_states(S.ONLINE, S.POWER_OFF, S.ONLINE)
    assert stage.ask(2, Say("on")).result == "on"
