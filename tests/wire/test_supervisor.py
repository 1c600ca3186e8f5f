"""The supervisor over true bytes: simulated devices, cables torn and plugged in again."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from drivers import registry
from drivers.base.clock import SystemClock
from drivers.base.driver import Driver, DriverContext
from drivers.base.status import DeviceState
from drivers.evaluator.api import Rated, StartRating
from drivers.id_card.api import CardRead, CardRemoved, ReadMode, StartReading
from simulators.bench import SimulatedDevice
from simulators.catalogue import build_all
from terminal.config import DeviceEntry
from terminal.devices.notices import CommandDone, Happened, Notice, StatusChanged
from terminal.devices.supervisor import Supervisor
from terminal.snapshot import DeviceView
from tests.support.scripted_device import Ear
from tests.support.sim_lines import nothing_left_over, until

KINDS = ("id_card", "evaluator", "receipt_printer")
ALL_KINDS = (*KINDS, "document_camera")  # which starts a process of its own: only where it matters
BACK_WITHIN_S = 3.0
S = DeviceState


class Hall:
    """Simulated devices, and a supervisor that knows them only by their addresses."""

    def __init__(self, folder: Path, kinds: tuple[str, ...]) -> None:
        self.devices: dict[str, SimulatedDevice] = {d.name: d for d in build_all(folder, fast=True, only=kinds)}
        for device in self.devices.values():
            device.start()
        entries = [DeviceEntry(id=f"the_{d.name}", kind=d.name, url=d.endpoint()) for d in self.devices.values()]
        self.connects: Counter[str] = Counter()
        self.supervisor = Supervisor(entries, SystemClock(), self.create)
        self.ear = Ear()
        self.supervisor.start(self.ear)

    def create(self, kind: str, url: str, options: Mapping[str, str], context: DriverContext) -> Driver:
        driver = registry.create(kind, url, options, context)
        connect = driver.connect

        def counted() -> None:
            self.connects[kind] += 1
            connect()

        driver.connect = counted  # pyright: ignore[reportAttributeAccessIssue]
        return driver

    def do(self, kind: str, verb: str, **arguments: object) -> None:
        self.devices[kind].verbs()[verb](**arguments)

    def view(self, kind: str) -> DeviceView:
        return next(view for view in self.supervisor.views() if view.kind == kind)

    def await_state(self, kind: str, state: DeviceState, within_s: float = 5.0) -> None:
        until(lambda: self.view(kind).state is state, within_s)

    def await_event(self, kind: str, event: type) -> object:
        def fits(notice: Notice) -> bool:
            return (
                isinstance(notice, Happened) and notice.device_id == f"the_{kind}" and isinstance(notice.event, event)
            )

        found = self.ear.wait_for(fits, within_s=10)
        assert isinstance(found, Happened)
        return found.event


@pytest.fixture
def hall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hall]:
    with nothing_left_over():
        made = Hall(tmp_path, getattr(request, "param", KINDS))
        try:
            yield made
        finally:
            assert made.supervisor.stop(5)
            for device in made.devices.values():
                device.stop()


@pytest.mark.parametrize("hall", [ALL_KINDS], indirect=True)
def test_every_device_comes_up_and_is_told_before_it_is_posted(hall: Hall) -> None:
    for kind in ALL_KINDS:
        hall.await_state(kind, S.ONLINE)
    assert [view.id for view in hall.supervisor.views()] == [f"the_{kind}" for kind in ALL_KINDS]
    assert {n.device_id for n in hall.ear.notices if isinstance(n, StatusChanged)} == {
        f"the_{kind}" for kind in ALL_KINDS
    }
    assert not any(view.busy or view.fault_code for view in hall.supervisor.views())


def test_a_card_is_read_and_its_presence_is_known(hall: Hall) -> None:
    hall.await_state("id_card", S.ONLINE)
    hall.supervisor.submit("the_id_card", 1, StartReading())
    assert hall.ear.done(1).fault is None
    card = next(iter(hall.devices["id_card"].verbs()["cards"]()))  # pyright: ignore
    hall.do("id_card", "place_card", card=card)
    hall.await_event("id_card", CardRead)
    assert hall.view("id_card").media == "present"
    hall.do("id_card", "lift")
    hall.await_event("id_card", CardRemoved)
    assert hall.view("id_card").media == "absent"


@pytest.mark.parametrize(
    ("hall", "kind"),
    [((kind, "id_card"), kind) for kind in ALL_KINDS[1:]] + [(KINDS[:2], "id_card")],
    indirect=["hall"],
)
def test_a_torn_cable_is_told_and_the_device_is_back_within_three_seconds(
    hall: Hall, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    for each in hall.devices:
        hall.await_state(each, S.ONLINE)
    with caplog.at_level(logging.WARNING):
        hall.do(kind, "tear_cable")
        hall.await_state(kind, S.POWER_OFF)
        assert hall.view(kind).fault_code == "link.lost"
        assert hall.view(kind).media == ("unknown" if kind == "receipt_printer" else "")
        hall.supervisor.submit(f"the_{kind}", 5, "whatever")
        refused = hall.ear.done(5)
        assert refused.fault is not None
        assert refused.fault.code == "link.offline"
        until(lambda: hall.connects[kind] > 3)  # by now the waits have grown
        hall.do(kind, "plug_in")
        plugged_s = time.monotonic()
        hall.await_state(kind, S.ONLINE, BACK_WITHIN_S)
    assert time.monotonic() - plugged_s < BACK_WITHIN_S
    assert hall.view(kind).fault_code == ""
    assert all(view.state is S.ONLINE for view in hall.supervisor.views())
    assert len([r for r in caplog.records if r.name.startswith("terminal.devices")]) == 1, "one loss, one line"


def test_a_reader_goes_on_looking_after_its_cable_was_out(hall: Hall) -> None:
    hall.await_state("id_card", S.ONLINE)
    hall.supervisor.submit("the_id_card", 1, StartReading(ReadMode.CONTINUOUS))
    hall.ear.done(1)
    hall.do("id_card", "tear_cable")
    hall.await_state("id_card", S.POWER_OFF)
    hall.do("id_card", "plug_in")
    card = next(iter(hall.devices["id_card"].verbs()["cards"]()))  # pyright: ignore
    hall.do("id_card", "place_card", card=card)
    hall.await_event("id_card", CardRead)


def test_a_key_on_the_pad_arrives_as_an_event(hall: Hall) -> None:
    hall.await_state("evaluator", S.ONLINE)
    hall.supervisor.submit("the_evaluator", 1, StartRating("0a0b0c0d", 30))
    assert hall.ear.done(1).fault is None
    hall.do("evaluator", "press", level=5)
    rated = hall.await_event("evaluator", Rated)
    assert isinstance(rated, Rated)
    assert (rated.token, rated.level) == ("0a0b0c0d", 5)


def test_stopping_answers_every_command_once(hall: Hall) -> None:
    tickets = range(1, 41)
    for ticket in tickets:
        hall.supervisor.submit(f"the_{KINDS[ticket % 3]}", ticket, StartReading())
    assert hall.supervisor.stop(5)
    hall.supervisor.submit("the_id_card", 41, StartReading())
    answered = [n.ticket for n in hall.ear.notices if isinstance(n, CommandDone)]
    assert sorted(answered) == [*tickets, 41]
    assert not any(view.busy for view in hall.supervisor.views())
