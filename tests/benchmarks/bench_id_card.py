"""What reading a card costs at 115200 baud from a card without latency: run by `make bench`. Asserts no time."""

from __future__ import annotations

import statistics
import threading

import pytest

from drivers.base.clock import SystemClock
from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.wake import Wake
from drivers.id_card import api
from drivers.id_card.driver import build
from simulators.id_card.device import DECODER
from simulators.id_card.device import build as build_simulator
from tests.support.driver_loop import pump

ROUNDS = 10
BITS_PER_BYTE = 10
BAUD = 115200
FIND_BYTES = 10 + 15  # of the command that found the card and its reply, over when CardFound is told


@pytest.mark.benchmark
def test_bench_id_card(capsys, tmp_path):
    clock, cancel, wake = SystemClock(), Wake(), Wake()
    simulator = build_simulator(tmp_path, fast=True)
    simulator.start()
    options = {"wlt_decoder": str(DECODER)}
    driver = build(Endpoint.parse(simulator.endpoint()), options, DriverContext(clock, cancel))
    finding, reading, telling, sizes = [], [], [], []

    placed = []

    def place():
        placed.append(clock.monotonic())
        simulator.verbs()["place_card"](card="zhang")

    def event(kind):
        return pump(driver, clock, wake, lambda event: isinstance(event, kind))

    try:
        driver.connect()
        driver.interrogate()
        driver.execute(api.StartReading(api.ReadMode.CONTINUOUS))
        for number in range(ROUNDS):
            # Somewhere within the 300 ms between two finds, as citizens do.
            timer = threading.Timer(0.3 + 0.3 * number / ROUNDS, place)
            timer.start()
            found = event(api.CardFound)
            timer.join()
            card = event(api.CardRead)
            told_s = clock.monotonic()
            assert not card.portrait.placeholder or number == 0  # the child may still be loading
            finding.append(found.at_s - placed[-1])
            reading.append(card.read_at_s - card.found_at_s)
            telling.append(told_s - card.found_at_s)
            sizes.append(card.bytes_on_wire - FIND_BYTES)
            simulator.verbs()["lift"]()
            event(api.CardRemoved)
    finally:
        driver.close()
        simulator.stop()
        cancel.close()
        wake.close()
    line_s = statistics.median(sizes) * BITS_PER_BYTE / BAUD
    with capsys.disabled():
        print()
        print(f"placed to found          median {_ms(finding)} ms, most {max(finding) * 1000:6.1f} ms")
        print(f"select and base read     median {_ms(reading)} ms, most {max(reading) * 1000:6.1f} ms")
        print(f"found to told, portrait  median {_ms(telling)} ms, most {max(telling) * 1000:6.1f} ms")
        print(f"bytes on the line {sizes[0]} = {line_s * 1000:.1f} ms at {BAUD} baud")
        print(f"read / line = {statistics.median(reading) / line_s:.3f} (goal 1.10 or less)")


def _ms(seconds):
    return f"{statistics.median(seconds) * 1000:6.1f}"
