"""What all serial devices together cost while nothing happens: run by `make bench`."""

from __future__ import annotations

import threading
import time

import pytest

from drivers.base.clock import SystemClock
from drivers.base.status import DeviceState
from drivers.id_card.api import StartReading
from simulators.code_scanner.device import build as build_scanner
from simulators.evaluator.device import build as build_pad
from simulators.id_card.device import build as build_reader
from simulators.receipt_printer.device import build as build_printer
from terminal.config import DeviceEntry
from terminal.devices.supervisor import Supervisor
from tests.support.scripted_device import Ear
from tests.support.sim_lines import nothing_left_over, until

SETTLES_S = 0.5
WATCHED_S = 5.0
OF_A_CORE = 0.02


def cpu_s(threads):
    """CPU seconds of these threads so far; the simulators' own do not count."""
    return sum(time.clock_gettime(time.pthread_getcpuclockid(thread.ident)) for thread in threads)


@pytest.mark.benchmark
@pytest.mark.parametrize("looks_for_a_card", [False, True], ids=["idle", "looking for a card"])
def test_bench_idle_serial_devices(capsys, tmp_path, looks_for_a_card):
    """Processor time of our threads, which other programs do not add to; one stretch of five seconds."""
    with nothing_left_over():
        devices = [build(tmp_path, True) for build in (build_reader, build_pad, build_scanner)]
        devices.append(build_printer(tmp_path, fast=True, baud=115200))
        for device in devices:
            device.start()
        supervisor = Supervisor(
            [DeviceEntry(id=device.name, kind=device.name, url=device.endpoint()) for device in devices], SystemClock()
        )
        try:
            before = set(threading.enumerate())
            supervisor.start(Ear())
            until(lambda: all(view.state is DeviceState.ONLINE for view in supervisor.views()), 15.0)
            threads = set(threading.enumerate()) - before
            if looks_for_a_card:
                supervisor.submit("id_card", 1, StartReading())
            watched = threading.Event()  # nothing sets it: what is measured is time going by
            watched.wait(SETTLES_S)
            began_s, start_s = cpu_s(threads), time.monotonic()
            watched.wait(WATCHED_S)
            part = (cpu_s(threads) - began_s) / (time.monotonic() - start_s)
        finally:
            supervisor.stop(5.0)
            for device in devices:
                device.stop()
    with capsys.disabled():
        names = ", ".join(device.name for device in devices)
        doing = "looking for a card" if looks_for_a_card else "idle"
        print(
            f"\n{names}, {doing}: {part * 100:.2f} % of a core (at most {OF_A_CORE * 100:.0f} %), in {len(threads)} "
            f"threads over {WATCHED_S:.0f} s"
        )
    assert len(threads) >= len(devices)
    assert part <= OF_A_CORE
