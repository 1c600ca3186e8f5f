"""The doctor's scan check at simulated scanners: the code on the screen arrives, or it says what came instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulators.byte_device import ByteDevice
from simulators.code_scanner.device import build
from terminal.config import DeviceEntry
from terminal.diagnostics.check import Finding, Outcome
from terminal.diagnostics.scan_checks import ScanCheck
from tests.support.sim_lines import nothing_left_over
from tests.support.technician import Technician, around, nothing

W = Outcome


class Scanner:
    """A simulated scanner and the check at it."""

    def __init__(self, device: ByteDevice) -> None:
        self.device = device
        self.person = Technician()

    def do(self, verb: str, **arguments: object) -> object:
        return self.device.verbs()[verb](**arguments)

    def show_what_the_screen_shows(self) -> None:
        self.do("show_code", text=self.person.code)

    def check(self, act: Callable[[], object], person_s: float = 10.0, *, sees_codes: bool = True) -> Finding:
        entry = DeviceEntry(id="scanner", kind="code_scanner", url=self.device.endpoint(), needed="required")
        self.person = Technician(act, sees_codes=sees_codes)
        return ScanCheck(entry, around(person_s=person_s), self.person).run()


@pytest.fixture(params=["gm65", "ssi"])
def scanner(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scanner]:
    with nothing_left_over():
        device = build(tmp_path, True, str(request.param))
        device.start()
        try:
            yield Scanner(device)
        finally:
            device.stop()


def test_the_code_on_the_screen_arrives_and_the_light_goes_out(scanner: Scanner) -> None:
    found = scanner.check(scanner.show_what_the_screen_shows)
    assert (found.outcome, "一字不差" in found.zh) == (W.WORKS, True), found
    assert found.detail.endswith("21 bytes")
    assert scanner.person.code not in f"{found}{scanner.person.said}"


def test_another_code_is_noted_and_its_text_told_to_nobody(scanner: Scanner) -> None:
    found = scanner.check(lambda: scanner.do("show_code", text="SIMCRED.secret"))
    assert (found.outcome, "不是屏幕上那个" in found.zh) == (W.WARNING, True)
    assert "secret" not in f"{found}{scanner.person.said}{scanner.person.said_en}"


def test_any_code_will_do_where_none_can_be_shown(scanner: Scanner) -> None:
    found = scanner.check(lambda: scanner.do("show_code", text="6901234567892"), sees_codes=False)
    assert (found.outcome, "没有核对" in found.zh) == (W.WORKS, True)


def test_no_code_is_broken_although_the_scanner_answers(scanner: Scanner) -> None:
    found = scanner.check(nothing, person_s=0.5)
    assert (found.outcome, found.stands_in_the_way) == (W.BROKEN, True)
    assert "没有扫到码" in found.zh


def test_what_is_no_text_is_told_at_once_and_in_the_end(tmp_path: Path) -> None:
    with nothing_left_over():
        device = build(tmp_path, True, "plain")
        device.start()
        scanner = Scanner(device)
        try:
            found = scanner.check(lambda: scanner.do("babble"), person_s=1.5)
        finally:
            device.stop()
    assert (found.outcome, found.fault_code) == (W.BROKEN, "code_scanner.unreadable")
    assert found.zh in scanner.person.said


def test_a_cable_torn_meanwhile_is_told(scanner: Scanner) -> None:
    found = scanner.check(lambda: scanner.do("tear_cable"), person_s=3.0)
    assert (found.outcome, found.fault_code) == (W.BROKEN, "link.lost")
