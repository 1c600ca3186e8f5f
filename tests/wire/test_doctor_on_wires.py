"""The doctor at a place that lives: simulated devices on their lines, a hub in a process of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.clock import SystemClock
from drivers.base.status import DeviceState
from simulators.bench import SimulatedDevice
from simulators.catalogue import build_all
from sync.hub.pairing import pair_embedded
from terminal.config import Config, DeviceEntry, Hall, HubEntry, make_data_folder
from terminal.custody.keys import FileKeyStore
from terminal.devices.supervisor import Supervisor
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.diagnostics.doctor import Report, examine
from terminal.diagnostics.place_checks import HubCheck
from tests.support.scripted_device import Ear
from tests.support.sim_lines import nothing_left_over, until
from tests.support.technician import Technician

HUB = [sys.executable, "-c", "from sync.hub.cli import main; main()", "serve", "--with-parent", "--port", "0", "--data"]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Config, dict[str, SimulatedDevice]]]:
    with nothing_left_over():
        devices = {d.name: d for d in build_all(tmp_path, fast=True, only=("id_card", "evaluator"))}
        for device in devices.values():
            device.start()
        entries = tuple(
            DeviceEntry(id=name, kind=name, url=device.endpoint(), needed="required")
            for name, device in devices.items()
        )
        hall = Hall(name="获嘉县政务服务中心", window="综合受理-03", region="410724", phone="0373-0000000")
        yield (
            Config(
                hall=hall,
                hub=HubEntry("https://127.0.0.1:1", "hub"),
                data_dir="data",
                device=entries,
                folder=str(tmp_path),
            ),
            devices,
        )
        for device in devices.values():
            device.stop()


def look(config: Config, level: Level = Level.INTERNAL) -> Report:
    return examine(config, level, SystemClock(), Technician())


def of(report: Report, subject: str) -> Finding:
    return next(finding for finding in report.findings if finding.subject == subject)


def test_devices_that_answer_work_and_a_torn_cable_is_seen(
    place: tuple[Config, dict[str, SimulatedDevice]],
) -> None:
    config, devices = place
    report = look(config)
    assert report.ready, report.findings
    assert not report.terminal_runs
    devices["evaluator"].verbs()["tear_cable"]()
    report = look(config)
    assert not report.ready
    assert (of(report, "evaluator").outcome, of(report, "evaluator").fault_code) == (Outcome.BROKEN, "link.lost")
    assert of(report, "id_card").outcome is Outcome.WORKS


def test_a_reader_whose_module_is_not_authorised_is_broken(place: tuple[Config, dict[str, SimulatedDevice]]) -> None:
    config, devices = place
    devices["id_card"].verbs()["authorise"](on=False)
    found = of(look(config), "id_card")
    assert (found.outcome, found.fault_code) == (Outcome.BROKEN, "id_card.not_authorised")


def test_devices_of_the_running_terminal_are_left_alone_and_said_to_be_held(
    place: tuple[Config, dict[str, SimulatedDevice]],
) -> None:
    config, _ = place
    supervisor = Supervisor(config.device, SystemClock())
    supervisor.start(Ear())
    until(lambda: all(view.state is DeviceState.ONLINE for view in supervisor.views()))
    make_data_folder(config)
    lock = os.open(config.lock_path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        report = look(config)
        assert report.terminal_runs
        for name in ("id_card", "evaluator"):
            assert (of(report, name).outcome, of(report, name).state) == (Outcome.NOT_EXAMINED, "deviceBusy")
        assert all(view.state is DeviceState.ONLINE for view in supervisor.views()), "the doctor disturbed them"
    finally:
        os.close(lock)
        assert supervisor.stop(5)


@contextlib.contextmanager
def hub(data: Path) -> Iterator[str]:
    with subprocess.Popen(
        [*HUB, str(data)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    ) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert ready.startswith("yichuang-hub ready https://")
            yield ready.split()[-1]
        finally:
            process.terminate()


def test_a_hub_answers_its_own_terminal_and_refuses_another(tmp_path: Path) -> None:
    hall = Hall(name="获嘉县政务服务中心", window="综合受理-03", region="410724", phone="0373-0000000")
    keys = FileKeyStore(tmp_path / "data" / "keys")
    pair_embedded(tmp_path / "hub", keys.pin())
    FileKeyStore(tmp_path / "stranger" / "keys")
    with hub(tmp_path / "hub") as url:
        own = Config(hall=hall, hub=HubEntry(url, "hub"), data_dir="data", folder=str(tmp_path))
        other = Config(hall=hall, hub=HubEntry(url, "hub"), data_dir="stranger", folder=str(tmp_path))
        found, refused = HubCheck(own).run(), HubCheck(other).run()
    assert (found.outcome, found.subject) == (Outcome.WORKS, url)
    assert refused.outcome is Outcome.BROKEN
    assert not refused.stands_in_the_way
