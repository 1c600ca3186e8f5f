"""`yichuang-doctor devices --probe` at a serial printer of any rate: it is found, prints nothing, and keeps nothing of
the questions that were asked at the wrong rates.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import serial

from drivers.base.clock import SystemClock
from drivers.base.discovery.found import Bus, Found
from simulators.bench import SimulatedDevice
from simulators.receipt_printer.device import build
from terminal.diagnostics.device_checks import Surroundings
from terminal.diagnostics.inventory import Inventory, Row, Standing, endpoint_of, kind_of
from terminal.diagnostics.probing import probe
from tests.support.sim_lines import nothing_left_over, until

RATES = (115200, 57600, 38400, 19200, 9600)
# What a program of another make sends, which does not begin with ESC @: a line, white up to the blade, a cut.
ANOTHER_PROGRAM_S = b"HELLO\n\x1bd\x06\x1dV\x00"


def asked(device: SimulatedDevice) -> Row:
    path = device.endpoint().removeprefix("serial://").partition("?")[0]
    row = Row(Standing.UNKNOWN, Found(Bus.SERIAL, Path(path).name, path, path))
    (found,) = probe(Inventory((row,), pcsc_answers=True), Surroundings(SystemClock())).rows
    return found


def facts(device: SimulatedDevice) -> dict[str, object]:
    state = device.verbs()["state"]()
    assert isinstance(state, dict)
    return state


@pytest.mark.parametrize("baud", RATES)
def test_a_printer_of_any_rate_is_found_and_what_it_prints_next_begins_clean(tmp_path: Path, baud: int) -> None:
    with nothing_left_over():
        device = build(tmp_path, fast=True, baud=baud)
        device.start()
        try:
            found = asked(device)
            assert (kind_of(found), endpoint_of(found)) == ("receipt_printer", device.endpoint())
            assert facts(device)["printed_mm"] == 0
            until(lambda: facts(device)["line_waiting"] is None)
            with serial.Serial(device.endpoint().removeprefix("serial://").partition("?")[0], baud) as line:
                line.write(ANOTHER_PROGRAM_S)
                until(lambda: facts(device)["receipts"] == 1)
            printed = Path(str(facts(device)["last_receipt"])).with_suffix(".txt")
        finally:
            device.stop()
    assert printed.read_text("utf-8").split() == ["HELLO"]
