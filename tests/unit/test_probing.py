"""Asking what hangs on a port, on made-up machines with scripted drivers: who is asked what, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from drivers.base.clock import SystemClock
from drivers.base.discovery.machine import look
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import LinkLost
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.receipt_printer.api import DropLine
from terminal.config import DeviceEntry
from terminal.diagnostics.device_checks import Surroundings
from terminal.diagnostics.devices_cli import sentence
from terminal.diagnostics.inventory import Row, Standing, block, kind_of, take
from terminal.diagnostics.probing import probe
from tests.support.made_up_machine import MadeUpMachine
from tests.support.scripted_device import ScriptedDriver

CH340 = "1a86:7523"


@pytest.fixture
def made(tmp_path: Path) -> MadeUpMachine:
    return MadeUpMachine(tmp_path)


class Answers:
    """Makes drivers of which only those for `kind` at `baud` hear something."""

    def __init__(self, kind: str, baud: int, status: DeviceStatus, *, gone_again: bool = False) -> None:
        self._kind, self._baud, self._status, self._gone_again = kind, baud, status, gone_again
        self.tried: list[tuple[str, str]] = []
        self.told: list[object] = []

    def create(self, kind: str, url: str, options: Mapping[str, str], context: DriverContext) -> Driver:
        del options
        self.tried.append((kind, url.rpartition("=")[2]))
        driver = ScriptedDriver(context)
        silent = DeviceStatus(DeviceState.OFFLINE, Fault(f"{kind}.silent", FaultAction.CLEAR))
        fits = kind == self._kind and url.endswith(f"={self._baud}")
        driver.interrogations.append(self._status if fits else silent)

        def execute(command: object) -> object:
            if self._gone_again:
                raise LinkLost("unplugged")
            return self.told.append(command)

        driver.execute = execute  # pyright: ignore[reportAttributeAccessIssue]
        return driver

    def around(self) -> Surroundings:
        return Surroundings(SystemClock(), create=self.create)


def asked(made: MadeUpMachine, answers: Answers, *entries: DeviceEntry) -> Row:
    (row,) = probe(take(entries, look(made.root, reader_names=tuple), made.root), answers.around()).rows
    return row


def test_a_port_is_tried_until_a_driver_understands_it(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340, by_id="usb-x-if00", number="x")
    answers = Answers("evaluator", 115200, DeviceStatus(DeviceState.ONLINE, facts=(("model", "P"),)))
    row = asked(made, answers)
    rates = ("115200", "57600", "38400", "19200", "9600")
    assert answers.tried == [*(("receipt_printer", rate) for rate in rates), ("evaluator", "115200")]
    assert answers.told == [], "only a printer has a line to drop"
    assert (row.standing, kind_of(row)) == (Standing.FREE, "evaluator")
    assert 'url = "serial:///dev/serial/by-id/usb-x-if00?baud=115200"' in block(row, ())


def test_a_printer_without_paper_speaks_all_the_same(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340)
    out = DeviceStatus(DeviceState.USER_ERROR, Fault("receipt_printer.paper_out", FaultAction.CLEAR))
    row = asked(made, Answers("receipt_printer", 9600, out))
    assert kind_of(row) == "receipt_printer"
    assert "baud=9600" in block(row, ())
    assert row.spoken is not None
    assert "缺纸" in row.spoken.trouble_zh


def test_a_printer_that_was_asked_at_a_wrong_rate_drops_the_noise_of_it(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340)
    works = DeviceStatus(DeviceState.ONLINE)
    for baud, told in ((115200, []), (57600, [DropLine()])):
        answers = Answers("receipt_printer", baud, works)
        row = asked(made, answers)
        assert answers.told == told
        assert row.spoken is not None
        assert row.spoken.trouble_zh == ""
    row = asked(made, Answers("receipt_printer", 9600, works, gone_again=True))
    assert row.spoken is not None
    assert kind_of(row) == "receipt_printer"
    assert "乱码" in row.spoken.trouble_zh


def test_a_port_on_which_nobody_speaks_stays_unknown(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340)
    row = asked(made, Answers("nobody", 0, DeviceStatus(DeviceState.ONLINE)))
    assert (row.standing, block(row, ())) == (Standing.UNKNOWN, "")
    assert "打印机" in sentence(row, english=False, asked=True), "which may have kept the questions as text"


def test_a_line_on_which_no_family_answers_is_no_scanner(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340)
    generic = DeviceStatus(DeviceState.ONLINE, facts=(("family", "generic"), ("firmware", "unknown")))
    row = asked(made, Answers("code_scanner", 115200, generic))
    assert (row.standing, block(row, ())) == (Standing.UNKNOWN, "")


def test_a_port_that_cannot_be_opened_is_not_tried_again(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340)
    held = DeviceStatus(DeviceState.OFFLINE, Fault("link.busy", FaultAction.CLEAR))
    answers = Answers("receipt_printer", 115200, held)
    row = asked(made, answers)
    assert len(answers.tried) == 1
    assert row.spoken is not None
    assert row.spoken.shut


def test_what_is_configured_is_asked_as_what_it_is(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340)
    answers = Answers("id_card", 9600, DeviceStatus(DeviceState.ONLINE))
    row = asked(made, answers, DeviceEntry(id="d", kind="id_card", url="serial:///dev/ttyUSB0?baud=9600"))
    assert answers.tried == [("id_card", "9600")]
    assert (row.standing, kind_of(row)) == (Standing.IN_USE, "id_card")


def test_a_scanner_that_types_is_not_said_to_speak(made: MadeUpMachine) -> None:
    entries = (DeviceEntry(id="d", kind="code_scanner", url="wedge://"),)
    found = take(entries, look(made.root, reader_names=tuple), made.root)
    (row,) = probe(found, Surroundings(SystemClock())).rows
    assert row.spoken is not None
    assert row.spoken.kind == ""
    assert "无从知道" in sentence(row, english=False, asked=True)
