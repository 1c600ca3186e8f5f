"""The doctor as a whole: which checks a level has, what is told meanwhile, what they come to, and the command."""

from __future__ import annotations

import fcntl
import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import msgspec
import pytest
from rich.console import Console
from typer.testing import CliRunner

from drivers.base.clock import SystemClock
from drivers.base.errors import LinkLost, Timeout
from drivers.receipt_printer.api import JobOutcome, PrintResult
from terminal.config import DeviceEntry, make_data_folder
from terminal.diagnostics import cli, doctor
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.diagnostics.device_checks import DeviceCheck, PrintCheck, Surroundings
from terminal.diagnostics.language import Shown
from tests.support.config_text import SOUND
from tests.support.doctor_drivers import answering, entry, finds
from tests.support.doctor_place import config
from tests.support.sim_lines import nothing_left_over
from tests.support.technician import Technician

W = Outcome


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    with nothing_left_over():
        yield


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


KINDS = ("id_card", "smart_card", "document_camera", "receipt_printer", "evaluator", "code_scanner")


def levels(level: Level, *kinds: str, url: str = "x://y", **options: str) -> list[str]:
    settings = config(Path("/nowhere"), *(DeviceEntry(id=k, kind=k, url=url, options=options) for k in kinds))
    checks = doctor.checks_of(settings, level, Surroundings(SystemClock()), Technician())
    return [type(check).__name__ for check in checks]


def test_a_level_contains_the_ones_below() -> None:
    internal = levels(Level.INTERNAL, *KINDS)
    assert internal == [
        *["DeviceCheck"] * 6,
        *("KeysCheck", "StoreCheck", "FontCheck", "FontCheck", "HubCheck", "VerifierCheck"),
    ]
    external = levels(Level.EXTERNAL, *KINDS)
    assert external == [*internal, "CaptureCheck", "PrintCheck", "SignalCheck"]
    people = ["IdCardCheck", "SocialCardCheck", "KeyCheck", "ScanCheck"]
    assert levels(Level.INTERACTIVE, *KINDS) == [*external, *people]


def test_a_scanner_that_types_is_unseen_until_somebody_scans_with_it() -> None:
    assert levels(Level.INTERNAL, "code_scanner", url="wedge://")[0] == "UnseenScannerCheck"
    asked = levels(Level.INTERACTIVE, "code_scanner", url="wedge://")
    assert (asked[0], asked[-1]) == ("KeysCheck", "TypedScanCheck"), "the scan takes the place of the question"


def test_a_scanner_that_may_not_be_asked_is_unseen_until_somebody_scans_with_it() -> None:
    assert levels(Level.INTERNAL, "code_scanner", family="auto")[0] == "DeviceCheck"
    assert levels(Level.INTERNAL, "code_scanner", family="generic")[0] == "UnseenScannerCheck"
    asked = levels(Level.INTERACTIVE, "code_scanner", family="generic")
    assert (asked[0], asked[-1]) == ("KeysCheck", "ScanCheck"), "the scan takes the place of the question"


class Says:
    """A check that finds what it was told to."""

    def __init__(self, finding: Finding) -> None:
        self.level = finding.level
        self.name = finding.check
        self._finding = finding

    def run(self) -> Finding:
        return self._finding


@pytest.mark.parametrize(
    ("level", "outcome", "word"),
    [
        (Level.INTERNAL, W.BROKEN, ""),
        (Level.INTERACTIVE, W.WORKS, "正常"),
        (Level.INTERACTIVE, W.WARNING, "注意"),
        (Level.INTERACTIVE, W.BROKEN, "没有通过"),
        (Level.INTERACTIVE, W.NOT_EXAMINED, "没有检查"),
    ],
)
def test_whoever_did_something_is_told_at_once_what_came_of_it(level: Level, outcome: Outcome, word: str) -> None:
    finding = Finding("card", "reader", level, True, outcome, "好。", "Good.")
    person = Technician()
    assert doctor.run([Says(finding)], person) == (finding,)
    assert len(person.said) == (1 if word else 0)
    assert word in "".join(person.said)


def test_before_a_device_moves_somebody_is_told_to_look() -> None:
    person = Technician()
    doctor.run([PrintCheck(entry("receipt_printer"), answering(PrintResult("j", JobOutcome.DONE)).around())], person)
    (said,) = person.said
    assert "请看打印机" in said


@pytest.mark.parametrize(("trouble", "prints"), [(LinkLost("gone"), 0), (None, 1)])
def test_a_device_that_does_not_answer_is_not_tried_further(trouble: Exception | None, prints: int) -> None:
    around = (finds(trouble) if trouble else answering(PrintResult("j", JobOutcome.DONE))).around()
    device = entry("receipt_printer")
    person = Technician()
    found = doctor.run([DeviceCheck(device, around), PrintCheck(device, around)], person)
    assert [finding.check for finding in found] == ["device", *["print"] * prints]
    assert len(person.said) == prints


# one thing alone


def examined(folder: Path, *only: str, needed: str = "optional") -> doctor.Report:
    away = (DeviceEntry(id=name, kind=name, url=f"serial:///nowhere/{name}", needed=needed) for name in KINDS[:1])
    return doctor.examine(config(folder, *away), Level.INTERNAL, SystemClock(), Technician(), only)


def test_what_is_named_alone_is_examined_and_counts(tmp_path: Path) -> None:
    assert examined(tmp_path).ready, "an optional device stands in nobody's way"
    report = examined(tmp_path, "id_card", "font")
    assert [(f.check, f.required) for f in report.findings] == [("device", True), ("font", True), ("font", True)]
    assert not report.ready, "the one that was asked for does not work"
    assert examined(tmp_path, "verifier").ready, "a terminal may do without"


def test_a_name_that_there_is_not_is_status_2_and_the_names_are_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.app, ["--config", str(write(tmp_path, "optional")), "--only", "reeder"])
    assert result.exit_code == 2
    for name in ("reeder", "reader", "verifier", "keys"):
        assert name in result.output


def test_one_thing_alone_has_its_own_closing_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.app, ["--config", str(write(tmp_path, "optional")), "--only", "font"])
    assert result.exit_code == 0
    assert "检查的各项都正常。" in result.output
    assert "reader" not in result.output


def write(folder: Path, needed: str) -> Path:
    file = folder / "terminal.toml"
    file.write_text(
        f"""{SOUND}embedded = "hub"
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
