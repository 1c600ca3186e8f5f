"""Who the scanner is (`family = "auto"`): asked until a family answers or a code has shown what the line is."""

from __future__ import annotations

import os
import pty
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.discovery.found import Bus, Found
from drivers.base.driver import StatusReport
from drivers.base.status import DeviceState
from drivers.code_scanner.api import Arm, CodeScanned, ScanFailed
from drivers.code_scanner.families.known import FAMILIES
from terminal.config import DeviceEntry
from terminal.diagnostics import probing
from terminal.diagnostics.check import Outcome
from terminal.diagnostics.device_checks import DeviceCheck
from terminal.diagnostics.inventory import Inventory, Row, Standing, kind_of
from terminal.diagnostics.scan_checks import internal
from tests.faults.matrix.memory_line import Spoiled
from tests.support.scanner_in_memory import ScannerInMemory, told
from tests.support.scanner_rig import scanner_rig
from tests.support.sim_lines import nothing_left_over
from tests.support.technician import around

NAMES = [family.name for family in FAMILIES]
CODE = "CTID-SIM.0123456789abcdef"
UNKNOWN = (DeviceState.ONLINE, "code_scanner.unknown_family", "generic")
PLAIN = (DeviceState.ONLINE, "", "generic")
SILENT = (DeviceState.OFFLINE, "code_scanner.silent")
BACK_WITHIN_S = 3.0


def is_(family: str) -> tuple[str, str, str]:
    return DeviceState.ONLINE, "", family


def asked(rig: ScannerInMemory) -> set[str]:
    return {family.name for family in FAMILIES if family.probe.data in rig.sent}


@pytest.mark.parametrize("boots_s", [0.1, 0.6, 1.0, 1.5, 2.2, 7.0])
@pytest.mark.parametrize("family", NAMES)
def test_a_scanner_that_still_starts_when_it_is_back_is_found_in_time_and_lights(family: str, boots_s: float) -> None:
    rig = ScannerInMemory(family)
    assert told(rig.start()) == is_(family)
    rig.driver.execute(Arm("find", None))
    rig.mute()
    assert told(rig.replug()) == UNKNOWN
    rig.pass_time(boots_s)
    assert rig.reports() == []
    rig.mute(on=False)
    lights = rig.machine.lights
    rig.run_until(lambda: rig.is_lit, BACK_WITHIN_S)
    assert rig.reports() == [is_(family)]
    assert rig.machine.trigger == "host"
    assert rig.machine.lights == lights + 1
    rig.do("show_code", text=CODE)
    assert rig.event(CodeScanned).text.reveal() == CODE


@pytest.mark.parametrize("family", NAMES)
def test_a_scanner_silent_from_the_first_start_is_found_whenever_it_speaks(family: str) -> None:
    rig = ScannerInMemory(family)
    rig.mute()
    assert told(rig.start()) == UNKNOWN
    rig.pass_time(600.0)
    assert rig.reports() == []
    rig.mute(on=False)
    assert told(rig.event(StatusReport, BACK_WITHIN_S).status) == is_(family)


@pytest.mark.parametrize("family", NAMES)
def test_the_family_found_is_asked_first_when_the_line_is_back(family: str) -> None:
    rig = ScannerInMemory(family)
    rig.start()
    rig.sent.clear()
    assert told(rig.replug()) == is_(family)
    assert asked(rig) == {family}


def test_another_scanner_on_the_same_line_is_found_out() -> None:
    rig = ScannerInMemory("gm65")
    rig.start()
    rig.do("family", name="newland")
    assert told(rig.replug()) == is_("newland")


def test_another_scanner_behind_an_adapter_that_keeps_the_line_is_found_out() -> None:
    rig = ScannerInMemory("gm65")
    rig.start()
    rig.do("family", name="newland")
    rig.pass_time(5.0 + BACK_WITHIN_S)
    silent, found = rig.reports()
    assert silent[:2] == SILENT
    assert found == is_("newland")


def test_a_family_that_was_found_does_not_become_generic_by_silence() -> None:
    rig = ScannerInMemory("ssi")
    rig.start()
    rig.mute()
    rig.pass_time(60.0)
    assert [report[:2] for report in rig.reports()] == [SILENT]
    rig.mute(on=False)
    assert told(rig.event(StatusReport, BACK_WITHIN_S).status) == is_("ssi")


def test_the_configured_family_is_never_taken_for_another() -> None:
    rig = ScannerInMemory("newland", family="gm65")
    assert told(rig.start())[:2] == SILENT
    rig.pass_time(60.0)
    assert rig.reports() == []
    assert asked(rig) == {"gm65"}


def test_one_that_answers_nothing_is_asked_every_two_seconds() -> None:
    rig = ScannerInMemory("plain")
    rig.start()
    rig.sent.clear()
    rig.pass_time(20.0)
    assert {rig.sent.count(family.probe.data) for family in FAMILIES} == {10}


def test_the_first_code_ends_the_warning_and_after_one_more_round_the_asking() -> None:
    rig = ScannerInMemory("plain")
    rig.start()
    rig.scan("find", CODE)
    assert rig.reports() == [PLAIN]
    rig.sent.clear()
    rig.pass_time(5.0)
    assert asked(rig) == set(NAMES), "who could read may be ready to answer, too"
    rig.sent.clear()
    rig.pass_time(600.0)
    assert rig.sent == []
    assert rig.reports() == [PLAIN]


def test_what_a_code_has_proved_holds_for_its_line_alone() -> None:
    rig = ScannerInMemory("plain")
    rig.start()
    rig.scan("find", CODE)
    assert told(rig.replug()) == UNKNOWN
    rig.sent.clear()
    rig.pass_time(60.0)
    assert asked(rig) == set(NAMES)
    assert rig.reports() == [PLAIN]


def test_a_code_that_nobody_expects_proves_the_line_too() -> None:
    rig = ScannerInMemory("plain")
    rig.start()
    rig.do("show_code", text=CODE)
    assert told(rig.event(StatusReport).status) == PLAIN
    assert rig.of(CodeScanned) == []


def test_a_code_that_comes_while_families_are_asked_for_the_first_time_proves_the_line() -> None:
    rig = ScannerInMemory("plain")
    rig.driver.connect()
    rig.do("show_code", text=CODE)
    assert told(rig.driver.interrogate()) == PLAIN


def test_what_is_no_text_proves_nothing() -> None:
    """As at a wrong rate: something comes, and it is no code."""
    rig = ScannerInMemory("plain")
    rig.start()
    rig.driver.execute(Arm("find", None))
    rig.do("babble", bytes_count=40)
    rig.event(ScanFailed)
    rig.pass_time(5.0)
    assert rig.reports() == []


def test_a_scanner_that_reads_before_it_answers_is_found_after_its_code() -> None:
    rig = ScannerInMemory("newland")
    rig.mute()
    rig.start()
    rig.mute(on=False)
    rig.wire.say(b"read while it started\r")
    rig.run_until(lambda: len(rig.reports()) == 2)
    assert rig.reports() == [PLAIN, is_("newland")]


def test_one_that_was_known_is_asked_for_even_after_a_code() -> None:
    rig = ScannerInMemory("ssi")
    rig.start()
    rig.do("family", name="plain")
    rig.replug()
    rig.scan("find", CODE)
    rig.pass_time(10.0)
    rig.sent.clear()
    rig.pass_time(60.0)
    assert asked(rig) == {"ssi"}
    rig.do("family", name="ssi")
    rig.run_until(lambda: rig.reports()[-1] == is_("ssi"))


@pytest.mark.parametrize("family", ["plain", *NAMES])
def test_nobody_is_asked_into_a_code(family: str) -> None:
    rig = ScannerInMemory(family, idle_ms="500")
    rig.mute()
    rig.start()
    rig.driver.execute(Arm("find", None))
    rig.mute(on=False)
    rig.wire.say(CODE[:9].encode())
    rig.turn()
    rig.sent.clear()
    for at in range(9, len(CODE)):  # a slow line: seconds for a code
        rig.pass_time(0.3)
        rig.wire.say(CODE[at : at + 1].encode())
    rig.pass_time(0.3)
    assert rig.sent == []
    rig.wire.say(b"\r")
    assert rig.event(CodeScanned).text.reveal() == CODE


@pytest.mark.parametrize("gap_s", [0.02, 0.1, 0.24])
@pytest.mark.parametrize("at", range(1, len(CODE)))
def test_a_code_that_comes_while_families_are_asked_comes_whole(at: int, gap_s: float) -> None:
    rig = ScannerInMemory("plain", idle_ms="500")
    rig.driver.connect()
    rig.driver.execute(Arm("find", None))
    pieces = tuple((number * gap_s, part.encode()) for number, part in enumerate((CODE[:at], CODE[at:], "\r")))
    rig.line.spoiled = Spoiled(0, pieces)
    rig.do("show_code", text=CODE)
    rig.driver.interrogate()
    rig.pass_time(2.0)
    assert [code.text.reveal() for code in rig.of(CodeScanned)] == [CODE]


def test_generic_by_choice_is_asked_nothing_and_told_nothing() -> None:
    rig = ScannerInMemory("gm65", family="generic")
    assert told(rig.start()) == PLAIN
    rig.scan("find", CODE)
    rig.pass_time(600.0)
    assert (rig.sent, rig.reports()) == ([], [])


@pytest.mark.parametrize("family", NAMES)
def test_on_a_real_line_a_late_starter_is_found_and_lights(tmp_path, family: str) -> None:
    with scanner_rig(tmp_path, family, reply_ms="50") as rig:
        rig.start()
        rig.driver.execute(Arm("find", None))
        rig.lose()
        rig.do("silence")
        assert told(rig.back()) == UNKNOWN
        rig.do("silence", on=False)
        assert told(rig.event(StatusReport).status) == is_(family)
        rig.run_until(rig.lit)


# the doctor


@pytest.fixture
def dead_adapter() -> Iterator[str]:
    """A serial port that takes everything and says nothing."""
    with nothing_left_over():
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        ended = threading.Event()

        def swallow() -> None:
            while not ended.is_set():
                os.read(ours, 4096)

        reader = threading.Thread(target=swallow)
        reader.start()
        yield f"serial://{os.ttyname(theirs)}?baud=9600"
        ended.set()
        os.write(theirs, b"end")
        reader.join()
        os.close(ours)
        os.close(theirs)


def test_an_adapter_with_nothing_behind_it_is_not_said_to_work(dead_adapter: str) -> None:
    found = DeviceCheck(DeviceEntry("scanner", "code_scanner", dead_adapter), around()).run()
    assert (found.outcome, found.fault_code) == (Outcome.WARNING, UNKNOWN[1])
    assert "波特率" in found.zh


def test_of_generic_by_choice_the_doctor_says_that_only_a_scan_tells(dead_adapter: str) -> None:
    entry = DeviceEntry("scanner", "code_scanner", dead_adapter, options={"family": "generic"})
    found = internal(entry, around()).run()
    assert (found.outcome, found.state, found.fault_code) == (Outcome.NOT_EXAMINED, DeviceState.UNKNOWN, "")
    assert "不扫一次无从知道" in found.zh
    gone = internal(DeviceEntry("scanner", "code_scanner", "serial:///nowhere", options=entry.options), around()).run()
    assert (gone.outcome, gone.fault_code) == (Outcome.BROKEN, "link.lost")


def test_a_port_on_which_nobody_answers_is_no_scanner(dead_adapter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "_TRIED", (("code_scanner", 115200), ("code_scanner", 9600)))
    path = dead_adapter.removeprefix("serial://").partition("?")[0]
    row = Row(Standing.UNKNOWN, Found(Bus.SERIAL, Path(path).name, path, path))
    (found,) = probing.probe(Inventory((row,), pcsc_answers=True), around()).rows
    assert (found.standing, kind_of(found)) == (Standing.UNKNOWN, "")
