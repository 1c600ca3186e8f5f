"""Cases at the simulated reader: the card of one citizen never becomes the identity of another's case."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.errors import DriverError, LinkLost
from drivers.base.status import DeviceState, DeviceStatus
from terminal import intents
from terminal.cases.model import Step
from terminal.devices.faults import fault_of, refusal_of
from terminal.devices.notices import CommandDone, Happened, StatusChanged
from tests.support.case_bench import Bench
from tests.support.id_card_rig import SimulatedRig
from tests.support.sim_lines import nothing_left_over

ID = "id_card-1"
AWAY = DeviceStatus(DeviceState.POWER_OFF)


class Window:
    """One window: the case's rules, the reader's driver and the reader; all of them on the test's thread."""

    def __init__(self, folder: Path) -> None:
        self.reader = SimulatedRig(folder)
        self.bench = Bench(folder / "terminal").seat()
        self._others = self.bench.devices.submit
        self.bench.devices.submit = self._submit
        self._answers: deque[CommandDone] = deque()
        self._connected = False
        self.connect()

    def connect(self) -> None:
        """As the session does, with what was asked for while the reader was away refused."""
        status = self.reader.start()
        self._connected = True
        self.bench.set_state("id_card", status.state)
        self.bench.do(StatusChanged(ID, status))
        self._told()

    def tear_cable(self) -> None:
        self.reader.do("tear_cable")
        with pytest.raises(LinkLost):
            self.reader.event(object, within_steps=9)  # the loss comes before any
        self.reader.driver.close()
        self._connected = False
        self.bench.set_state("id_card", AWAY.state)
        self.bench.do(StatusChanged(ID, AWAY))

    def plug_in(self) -> None:
        self.reader.do("plug_in")
        self.connect()

    def do(self, *messages: object) -> None:
        self.bench.do(*messages)
        self._told()

    def steps(self, count: int) -> None:
        for _ in range(count):
            self.reader.step()
            while self.reader.reported:
                self.bench.do(Happened(ID, self.reader.reported.popleft()))
            self._told()

    def until_found(self) -> None:
        for _ in range(9):
            self.steps(1)
            if self.bench.seen.reader.phase == "reading":
                return
        raise AssertionError("no card was found")

    def name(self) -> str | None:
        case = self.bench.seen.case
        return None if case is None or case.identity is None else case.identity.name.reveal()

    def close(self) -> None:
        self.bench.close()
        self.reader.close()

    def _submit(self, device_id: str, ticket: int, command: object) -> None:
        if device_id != ID:
            self._others(device_id, ticket, command)
            return
        result, fault = None, refusal_of(AWAY)
        if self._connected:
            try:
                result, fault = self.reader.driver.execute(command), None
            except DriverError as error:
                fault = fault_of(error)
        self._answers.append(CommandDone(device_id, ticket, result, fault))

    def _told(self) -> None:
        while self._answers:
            self.bench.do(self._answers.popleft())


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    with nothing_left_over():
        made = Window(tmp_path)
        made.steps(4)
        yield made
        made.close()


def begin(window: Window) -> str:
    window.do(intents.StartCase())
    assert window.bench.case.step is Step.IDENTIFY
    return window.bench.case.id


def assert_only_another_card_is_read(window: Window) -> None:
    """Zhang's card still lies there, and this case is not hers."""
    window.steps(8)
    assert (window.name(), window.bench.case.step) == (None, Step.IDENTIFY)
    assert "fault.id_card.lift_first" in window.bench.said
    window.reader.do("lift")
    window.steps(4)
    window.reader.do("place_card", card="li")
    window.steps(4)
    assert window.name() == "李样本"


def test_a_card_that_was_found_for_an_abandoned_case_is_not_read_into_the_next(window: Window) -> None:
    begin(window)
    window.reader.do("place_card", card="zhang")
    window.until_found()
    window.do(intents.AbandonCase("群众离开"))
    window.steps(3)
    begin(window)
    assert_only_another_card_is_read(window)


def test_nor_one_whose_case_was_abandoned_while_the_cable_was_out(window: Window) -> None:
    """The reader was never told that the case was over: it is told before anything else when it is back."""
    first = begin(window)
    window.reader.do("place_card", card="zhang")
    window.until_found()
    window.tear_cable()
    window.do(intents.AbandonCase("群众离开"))
    assert begin(window) != first
    window.plug_in()
    assert_only_another_card_is_read(window)


def test_nor_one_that_was_read_before_the_reader_could_be_told(window: Window) -> None:
    """What it says before it knows of the end of the case before is that one's."""
    begin(window)
    window.reader.do("place_card", card="zhang")
    window.until_found()
    window.tear_cable()
    window.do(intents.AbandonCase("群众离开"))
    begin(window)
    window.reader.do("plug_in")
    window.reader.start()
    for _ in range(4):  # interrupted, found, read: told to the case before it has heard that the reader is back
        window.reader.step()
    for event in window.reader.reported:
        window.bench.do(Happened(ID, event))
    window.reader.reported.clear()
    assert window.name() is None
    window.connect()
    assert_only_another_card_is_read(window)


def test_the_card_of_the_same_case_is_read_once_the_cable_is_back(window: Window) -> None:
    case = begin(window)
    window.reader.do("place_card", card="zhang")
    window.until_found()
    window.tear_cable()
    window.plug_in()
    window.steps(6)
    assert (window.name(), window.bench.case.id) == ("张桂兰", case)


def test_a_carelessly_made_card_brings_its_findings_into_the_case(window: Window) -> None:
    begin(window)
    window.reader.do("place_card", card="qian")
    window.until_found()
    window.steps(2)
    assert (window.name(), window.bench.case.step) == ("钱异常", Step.VERIFY_FACE)
    assert window.bench.said == ["card.end_unreadable", "card.birth_unreadable", "card.unknown_region"]


def test_a_card_laid_down_while_the_reader_was_away_is_read_for_the_case_that_waits(window: Window) -> None:
    window.tear_cable()
    begin(window)
    window.reader.do("place_card", card="zhang")
    window.plug_in()
    window.steps(4)
    assert window.name() == "张桂兰"
