"""`yichuang-doctor devices --probe` at simulated devices: each port is recognised by the drivers' own first question,
and a question to the wrong device does it no harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.clock import SystemClock
from drivers.base.discovery.found import Bus, Found
from simulators.bench import SimulatedDevice
from simulators.code_scanner.device import build as build_scanner
from simulators.evaluator.device import build as build_pad
from simulators.id_card.device import build as build_reader
from simulators.receipt_printer.device import build as build_printer
from terminal.diagnostics.device_checks import Surroundings
from terminal.diagnostics.inventory import Inventory, Row, Standing, block, endpoint_of, kind_of
from terminal.diagnostics.probing import probe
from tests.support.sim_lines import nothing_left_over

DEVICES = {
    "receipt_printer": lambda folder: build_printer(folder, fast=True, baud=115200),
    "receipt_printer at 9600": lambda folder: build_printer(folder, fast=True, baud=9600),
    "evaluator": lambda folder: build_pad(folder, fast=True),
    "id_card": lambda folder: build_reader(folder, True),
    "code_scanner": lambda folder: build_scanner(folder, True),
}


@pytest.fixture
def left() -> Iterator[None]:
    with nothing_left_over():
        yield


def asked(device: SimulatedDevice) -> Row:
    path = device.endpoint().removeprefix("serial://").partition("?")[0]
    row = Row(Standing.UNKNOWN, Found(Bus.SERIAL, Path(path).name, path, path))
    (found,) = probe(Inventory((row,), pcsc_answers=True), Surroundings(SystemClock())).rows
    return found


# What must be the same after the question as before it.
UNTOUCHED = {
    "receipt_printer": ("receipts", "printed_mm", "line_waiting"),
    "receipt_printer at 9600": ("receipts", "printed_mm"),  # its line: test_doctor_probe_of_printers.py
    "evaluator": ("page", "label", "ratings_started"),
    "id_card": ("cards_read",),
    "code_scanner": ("settings", "saved", "trigger", "lights"),
}


@pytest.mark.parametrize("name", DEVICES)
def test_each_device_is_recognised_left_as_it_was_and_can_be_copied(tmp_path: Path, left: None, name: str) -> None:
    kind = name.partition(" ")[0]
    device = DEVICES[name](tmp_path)
    device.start()
    try:
        before = device.verbs()["state"]()
        found = asked(device)
        after = device.verbs()["state"]()
    finally:
        device.stop()
    assert (found.standing, kind_of(found)) == (Standing.FREE, kind)
    assert endpoint_of(found) == device.endpoint()
    assert f'url = "{device.endpoint()}"' in block(found, ())
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert [after[fact] for fact in UNTOUCHED[name]] == [before[fact] for fact in UNTOUCHED[name]]
