"""The doctor: every check works on what is sound, and is proved able to fail."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest

from drivers.base.by_hand import ByHand
from drivers.base.driver import StatusReport
from drivers.base.errors import LinkLost, Refused, Timeout, Unsupported
from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.document_camera.api import CapturePage, Page
from drivers.receipt_printer.api import JobOutcome, PrintJob, PrintResult
from terminal.diagnostics import device_checks
from terminal.diagnostics.card_checks import IdCardCheck, SocialCardCheck
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.diagnostics.device_checks import CaptureCheck, DeviceCheck, PrintCheck, Surroundings
from terminal.diagnostics.pad_checks import KeyCheck
from terminal.diagnostics.person_checks import PersonCheck
from terminal.diagnostics.scan_checks import ScanCheck
from tests.support.doctor_drivers import Bench, answering, entry, finds
from tests.support.scripted_device import ScriptedDriver
from tests.support.sim_lines import nothing_left_over
from tests.support.technician import Technician

S = DeviceState
W = Outcome


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    with nothing_left_over():
        yield


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


class Waiting(PersonCheck):
    """Waits for a word of the device."""

    name = "waiting"

    def _with_person(self, device: ByHand, status: DeviceStatus) -> Finding:
        events = list(self._events(device))
        return self._finding(Outcome.WORKS, ("好。", f"{events}"), status.state)


def reporting(*events: object) -> Bench:
    def prepare(driver: ScriptedDriver) -> None:
        driver.timer_s = driver.context.clock.monotonic() + 1
        driver.timer_events = list(events)
        driver.interrogations.append(
            DeviceStatus(S.ONLINE, Fault("id_card.decoder_missing", FaultAction.CONFIGURATION))
        )

    return Bench(prepare)


def test_a_person_is_waited_for_also_at_a_device_with_a_lesser_fault() -> None:
    bench = reporting("a word", StatusReport(DeviceStatus(S.ONLINE)))
    around = bench.around()
    began_s = around.clock.monotonic()
    found = Waiting(entry(), around, Technician()).run()
    assert (found.outcome, found.en) == (W.WORKS, "['a word']")
    assert around.clock.monotonic() - began_s == pytest.approx(device_checks.PERSON_WITHIN_S)
    assert not bench.made[0].is_open


def test_a_device_that_stops_working_ends_the_wait_with_its_own_reason() -> None:
    gone = StatusReport(DeviceStatus(S.OFFLINE, Fault("evaluator.silent", FaultAction.CLEAR)))
    found = Waiting(entry(), reporting(gone).around(), Technician()).run()
    assert (found.outcome, found.fault_code, found.state) == (W.BROKEN, "evaluator.silent", "offline")


def test_nobody_is_asked_at_a_device_that_does_not_work() -> None:
    bench = finds(LinkLost("gone"))
    person = Technician()
    for check in (IdCardCheck, SocialCardCheck, KeyCheck, ScanCheck):
        assert check(entry(), bench.around(), person).run().outcome is W.BROKEN
    assert person.said == []
