"""The doctor: every check works on what is sound, and is proved able to fail."""

from __future__ import annotations

import errno
import fcntl
import io
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import msgspec
import pytest
from rich.console import Console
from typer.testing import CliRunner

from drivers.base.clock import SystemClock
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import LinkLost, Refused, Timeout, Unsupported
from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.document_camera.api import CapturePage, Page
from drivers.id_card.api import CardFound, StartReading
from drivers.receipt_printer.api import JobOutcome, PrintJob, PrintResult
from terminal.config import DeviceEntry, make_data_folder
from terminal.diagnostics import cli, device_checks, doctor
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.diagnostics.device_checks import CaptureCheck, CardCheck, DeviceCheck, PrintCheck, Surroundings
from terminal.diagnostics.language import Shown
from tests.support.doctor_place import config
from tests.support.scripted_device import JumpingClock, ScriptedDriver
from tests.support.sim_lines import nothing_left_over

S = DeviceState
W = Outcome


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    with nothing_left_over():
        yield


class Bench:
    """Makes scripted drivers and counts that each is closed again."""

    def __init__(self, prepare: Callable[[ScriptedDriver], None] = lambda _: None) -> None:
        self._prepare = prepare
        self.made: list[ScriptedDriver] = []

    def create(self, kind: str, url: str, options: Mapping[str, str], context: DriverContext) -> Driver:
        del kind, url, options
        driver = ScriptedDriver(context)
        self._prepare(driver)
        self.made.append(driver)
        return driver

    def around(self, *, terminal_runs: bool = False) -> Surroundings:
        return Surroundings(JumpingClock(), terminal_runs, frozenset(), self.create)


def entry(kind: str = "id_card", url: str = "serial:///dev/x", needed: str = "required") -> DeviceEntry:
    return DeviceEntry(id="d", kind=kind, url=url, needed=needed)


def finds(found: DeviceStatus | Exception) -> Bench:
    return Bench(lambda driver: driver.interrogations.append(found))


def busy() -> LinkLost:
    error = LinkLost("/dev/x is busy")
    error.__cause__ = OSError(errno.EBUSY, "busy")
    return error


# devices, internal


def test_a_device_that_answers_works() -> None:
    bench = finds(DeviceStatus(S.ONLINE, facts=(("firmware", "1.4"),)))
    found = DeviceCheck(entry(), bench.around()).run()
    assert (found.outcome, found.state, found.detail) == (W.WORKS, "online", "firmware 1.4")
    assert not found.stands_in_the_way
    assert not bench.made[0].is_open


@pytest.mark.parametrize(
    ("trouble", "code", "state"),
    [
        (LinkLost("gone"), "link.lost", "powerOff"),
        (Timeout("silent"), "link.timeout", "offline"),
        (Refused("id_card.self_test"), "id_card.self_test", "hardwareError"),
        (Unsupported("no such option"), "driver.unsupported", "hardwareError"),
        (ZeroDivisionError("a bug"), "driver.internal", "hardwareError"),
        (busy(), "link.busy", "offline"),
        (
            DeviceStatus(S.USER_ERROR, Fault("receipt_printer.unconfirmed", FaultAction.CLEAR)),
            "receipt_printer.unconfirmed",
            "userError",
        ),
        (DeviceStatus(S.OFFLINE), "", "offline"),
    ],
)
def test_a_device_that_does_not_work_is_broken_and_says_why(
    trouble: DeviceStatus | Exception, code: str, state: str
) -> None:
    bench = finds(trouble)
    found = DeviceCheck(entry(), bench.around()).run()
    assert (found.outcome, found.fault_code, found.state) == (W.BROKEN, code, state)
    assert found.zh.endswith("。")
    assert found.en.endswith(".")
    assert found.stands_in_the_way
    assert not bench.made[0].is_open


def test_only_what_is_required_stands_in_the_way() -> None:
    around = finds(LinkLost("gone")).around()
    assert not DeviceCheck(entry(needed="degraded"), around).run().stands_in_the_way
    required = Surroundings(around.clock, False, frozenset({"id_card"}), around.create)
    assert DeviceCheck(entry(needed="degraded"), required).run().stands_in_the_way


@pytest.mark.parametrize(
    ("url", "trouble", "held"),
    [
        ("serial:///dev/x", busy(), True),
        ("serial:///dev/x", LinkLost("unplugged"), False),
        ("tcp://10.0.0.9:9100", LinkLost("closed by the other side"), True),
        ("tcp://10.0.0.9:9100", Refused("id_card.self_test"), False),
    ],
)
def test_a_device_held_by_the_running_terminal_is_not_called_broken(url: str, trouble: Exception, held: bool) -> None:
    found = DeviceCheck(entry(url=url), finds(trouble).around(terminal_runs=True)).run()
    assert (found.outcome is W.NOT_EXAMINED) is held
    assert found.stands_in_the_way, "nobody has seen it work"
    assert DeviceCheck(entry(url=url), finds(trouble).around()).run().outcome is W.BROKEN


# devices, external and interactive


def answering(result: object) -> Bench:
    def prepare(driver: ScriptedDriver) -> None:
        def execute(command: object) -> object:
            driver.executed.append(command)
            if isinstance(result, Exception):
                raise result
            return result

        driver.execute = execute  # pyright: ignore[reportAttributeAccessIssue]

    return Bench(prepare)


@pytest.mark.parametrize(
    ("result", "outcome", "code"),
    [
        (PrintResult("j", JobOutcome.DONE), W.WORKS, ""),
        (PrintResult("j", JobOutcome.INDETERMINATE), W.BROKEN, "receipt_printer.unconfirmed"),
        (
            PrintResult("j", JobOutcome.FAILED, Fault("link.timeout", FaultAction.SUSPEND)),
            W.BROKEN,
            "link.timeout",
        ),
        (Timeout("silent"), W.BROKEN, "link.timeout"),
    ],
)
def test_a_slip_is_printed_once_and_judged_by_its_outcome(result: object, outcome: Outcome, code: str) -> None:
    bench = answering(result)
    found = PrintCheck(entry("receipt_printer"), bench.around()).run()
    assert (found.outcome, found.fault_code, found.level) == (outcome, code, Level.EXTERNAL)
    (command,) = bench.made[0].executed
    assert isinstance(command, PrintJob)


def test_nothing_is_printed_by_a_printer_that_says_it_cannot() -> None:
    bench = finds(DeviceStatus(S.USER_ERROR, Fault("x.y", FaultAction.CLEAR)))
    assert PrintCheck(entry("receipt_printer"), bench.around()).run().outcome is W.BROKEN
    assert bench.made[0].executed == []


def page(*, straightened: bool, findings: tuple[str, ...] = ()) -> Page:
    return Page(Sensitive(b"jpeg"), 10, 20, 200, straightened, (), findings)


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (page(straightened=True), W.WORKS),
        (page(straightened=False), W.WARNING),
        (page(straightened=True, findings=("blurred",)), W.WARNING),
        (Refused("document_camera.stalled"), W.BROKEN),
        (None, W.BROKEN),
    ],
)
def test_a_page_is_taken_and_judged(result: object, outcome: Outcome) -> None:
    bench = answering(result)
    assert CaptureCheck(entry("document_camera"), bench.around()).run().outcome is outcome
    assert bench.made[0].executed == [CapturePage()]


@pytest.mark.parametrize("card_at_s", [3.0, None])
def test_a_card_laid_down_is_found_or_missed(card_at_s: float | None) -> None:
    asked: list[str] = []

    def prepare(driver: ScriptedDriver) -> None:
        clock = driver.context.clock
        start_s = clock.monotonic()
        due: deque[float] = deque([start_s + n for n in range(1, 60)])

        def on_timer() -> Iterable[object]:
            at_s = due.popleft()
            return [CardFound(at_s)] if card_at_s is not None and at_s >= start_s + card_at_s else []

        driver.next_timer_s = lambda: due[0]  # pyright: ignore[reportAttributeAccessIssue]
        driver.on_timer = on_timer  # pyright: ignore[reportAttributeAccessIssue]
        driver.execute = driver.executed.append  # pyright: ignore[reportAttributeAccessIssue]

    bench = Bench(prepare)
    around = bench.around()
    began_s = around.clock.monotonic()
    found = CardCheck(entry(), around, lambda zh, en: asked.extend((zh, en))).run()
    assert found.outcome is (W.BROKEN if card_at_s is None else W.WORKS)
    assert around.clock.monotonic() - began_s == pytest.approx(card_at_s or device_checks.PERSON_WITHIN_S)
    assert bench.made[0].executed == [StartReading()]
    assert len(asked) == 2


# all together


def test_the_running_terminal_is_known_by_its_lock(tmp_path: Path) -> None:
    settings = config(tmp_path)
    assert not doctor.terminal_runs(settings)
    make_data_folder(settings)
    fd = os.open(settings.lock_path, os.O_RDWR | os.O_CREAT)
    try:
        assert not doctor.terminal_runs(settings)
        fcntl.flock(fd, fcntl.LOCK_EX)
        assert doctor.terminal_runs(settings)
    finally:
        os.close(fd)


def levels(level: Level) -> list[str]:
    kinds = ("id_card", "document_camera", "receipt_printer", "evaluator")
    settings = config(Path("/nowhere"), *(DeviceEntry(id=k, kind=k, url="x://y") for k in kinds))
    checks = doctor.checks_of(settings, level, Surroundings(SystemClock()), lambda zh, en: None)
    return [type(check).__name__ for check in checks]


def test_a_level_contains_the_ones_below() -> None:
    internal = levels(Level.INTERNAL)
    assert internal == [*["DeviceCheck"] * 4, "KeysCheck", "StoreCheck", "FontCheck", "FontCheck", "HubCheck"]
    assert levels(Level.EXTERNAL) == [*internal, "CaptureCheck", "PrintCheck"]
    assert levels(Level.INTERACTIVE) == [*internal, "CaptureCheck", "PrintCheck", "CardCheck"]


def write(folder: Path, needed: str) -> Path:
    file = folder / "terminal.toml"
    file.write_text(
        f"""data_dir = "data"
[hall]
name = "获嘉县政务服务中心"
window = "综合受理-03"
region = "410724"
phone = "0373-0000000"
[hub]
url = "https://127.0.0.1:1"
embedded = "hub"
[[device]]
id = "reader"
kind = "id_card"
url = "serial://{folder}/not-there"
needed = "{needed}"
""",
        encoding="utf-8",
    )
    return file


@pytest.mark.parametrize(("needed", "status"), [("required", 1), ("degraded", 0), ("optional", 0), ("perhaps", 2)])
def test_the_exit_status_tells(tmp_path: Path, needed: str, status: int) -> None:
    result = CliRunner().invoke(cli.app, ["--config", str(write(tmp_path, needed))])
    assert result.exit_code == status
    if status != 2:
        assert "reader" in result.output
        assert "数据线" in result.output
        assert ("尚不能正常使用：reader" in result.output) is (status == 1)


def test_a_device_whose_two_checks_fail_is_named_once() -> None:
    broken = PrintCheck(entry("receipt_printer"), answering(Timeout("silent")).around()).run()
    other = replace(broken, check="device", level=Level.INTERNAL)
    keys = replace(broken, check="keys", subject="file", kind="")
    out = Console(file=io.StringIO(), width=200)
    cli.show(doctor.Report((other, keys, broken), terminal_runs=False), Shown.ZH, out)
    assert cast("io.StringIO", out.file).getvalue().splitlines()[-1] == "尚不能正常使用：d、keys。"


def test_json_is_complete_and_english_is_too(tmp_path: Path) -> None:
    file = str(write(tmp_path, "required"))
    document = json.loads(CliRunner().invoke(cli.app, ["--config", file, "--json"]).stdout)
    assert document["ready"] is False
    findings = msgspec.convert(document["findings"], list[Finding])
    assert [f.subject for f in findings if f.kind] == ["reader"]
    assert findings[0].fault_code == "link.lost"
    output = CliRunner().invoke(cli.app, ["--config", file, "--language", "en"]).output
    assert "Not ready: reader." in output
    assert "终端" not in output


def test_a_configuration_that_is_not_there_is_status_2() -> None:
    result = CliRunner().invoke(cli.app, ["--config", "/nowhere/terminal.toml"])
    assert result.exit_code == 2
    assert "/nowhere/terminal.toml" in result.output


def test_without_configuration_and_command_it_says_what_is_missing() -> None:
    result = CliRunner().invoke(cli.app, [])
    assert result.exit_code == 2
    assert "--config" in result.output
