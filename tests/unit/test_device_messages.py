"""Devices that go and come back: each is said for itself, taken back by its own return, the needed ones first."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.document_camera import api as camera
from drivers.evaluator import api as pad
from drivers.id_card import api as card
from drivers.receipt_printer import api as printer
from drivers.smart_card import api as smart
from terminal import intents
from terminal.cases.device_messages import AWAY_S, in_order
from terminal.cases.model import MaterialMode, PrintState, Step
from terminal.devices.notices import StatusChanged
from terminal.snapshot import DeviceView, Message, ScanPhase
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.code_desk import CodeDesk

S = DeviceState
LOST = Fault("link.lost", FaultAction.RESET)


@pytest.fixture
def bench(tmp_path: Path) -> Generator[Bench, None, None]:
    made = Bench(tmp_path)
    made.devices.present["smart_card"] = DeviceView("smart_card-1", "smart_card", S.ONLINE, "optional", simulated=True)
    yield made
    made.close()


def goes(bench: Bench, kind: str, fault: Fault = LOST, state: DeviceState = S.POWER_OFF) -> None:
    """A device reports trouble, or its session lost it."""
    bench.devices.present[kind] = replace(bench.devices.present[kind], state=state, fault_code=fault.code)
    bench.do(StatusChanged(bench.devices.present[kind].id, DeviceStatus(state, fault)))


def comes(bench: Bench, kind: str) -> None:
    """A device works again."""
    bench.devices.present[kind] = replace(bench.devices.present[kind], state=S.ONLINE, fault_code="")
    bench.do(StatusChanged(bench.devices.present[kind].id, DeviceStatus(S.ONLINE)))


def said(bench: Bench) -> list[tuple[str, str]]:
    return [(message.device, message.key) for message in bench.seen.messages]


def test_two_devices_are_down_and_one_that_comes_back_takes_only_its_own_message_away(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    goes(bench, "smart_card")
    goes(bench, "id_card")
    assert said(bench) == [("id_card", "fault.link.lost"), ("smart_card", "fault.link.lost")]
    comes(bench, "id_card")
    assert said(bench) == [("smart_card", "fault.link.lost")]
    comes(bench, "smart_card")
    assert said(bench) == []


def test_what_came_of_a_command_is_kept_when_another_device_comes_back(bench: Bench) -> None:
    """The camera is there and did not answer in time; the printer's return has nothing to do with that."""
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.CapturePageFor("photo"))
    bench.answer(camera.CapturePage, fault=Fault("link.timeout", FaultAction.SUSPEND))
    goes(bench, "receipt_printer")
    comes(bench, "receipt_printer")
    assert said(bench) == [("document_camera", "fault.link.timeout")]
    bench.do(intents.CapturePageFor("photo"))
    assert said(bench) == [], "a new try begins"


@pytest.mark.parametrize("code", ["link.offline", "driver.internal", "document_camera.busy"])
def test_every_kind_of_trouble_ends_with_its_device_s_return(bench: Bench, code: str) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.answer(camera.StartPreview, fault=Fault(code, FaultAction.RESET))
    assert said(bench) == [("document_camera", f"fault.{code}")]
    comes(bench, "id_card")
    assert said(bench) == [("document_camera", f"fault.{code}")]
    comes(bench, "document_camera")
    assert said(bench) == []


def test_of_one_device_the_newest_trouble_is_said_and_no_more(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    goes(bench, "document_camera")
    first = bench.seen.messages[0].id
    goes(bench, "document_camera")
    assert [message.id for message in bench.seen.messages] == [first], "the same again disturbs nobody"
    bench.answer(camera.StartPreview, fault=Fault("link.offline", FaultAction.RESET))
    assert said(bench) == [("document_camera", "fault.link.offline")]


def test_a_step_that_begins_says_which_of_its_devices_are_away(bench: Bench) -> None:
    goes(bench, "document_camera")
    goes(bench, "smart_card")
    bench.to(Step.IDENTIFY)
    assert said(bench) == [("smart_card", "fault.link.lost")]
    assert bench.seen.messages[0].level == "warning", "this place can do without"
    for step in (Step.IDENTIFY, Step.VERIFY_FACE, Step.CHOOSE_ITEM):
        b.STAGES[step](bench)
    assert said(bench) == []
    b.fill(bench)
    assert bench.case.step is Step.COLLECT_MATERIALS
    assert said(bench) == [("document_camera", "fault.link.lost")]
    assert bench.seen.messages[0].level == "error"


def test_a_device_that_is_not_needed_now_is_mentioned_once_it_stays_away(bench: Bench) -> None:
    bench.to(Step.FILL_FORM)
    goes(bench, "receipt_printer")
    assert said(bench) == []
    bench.wait(AWAY_S)
    assert said(bench) == [("receipt_printer", "device.away")]
    assert bench.seen.messages[0].level == "warning"
    bench.do(intents.DismissMessage(bench.seen.messages[0].id))
    goes(bench, "document_camera")
    comes(bench, "document_camera")
    bench.wait(AWAY_S)
    assert said(bench) == [], "a cable that was only moved"


def test_paper_and_covers_wait_until_the_printer_is_needed(bench: Bench) -> None:
    bench.to(Step.FILL_FORM)
    goes(bench, "receipt_printer", Fault("receipt_printer.paper_out", FaultAction.CLEAR), S.USER_ERROR)
    bench.wait(AWAY_S)
    assert said(bench) == []


def test_a_device_that_is_mentioned_is_said_in_full_where_it_is_needed(bench: Bench) -> None:
    bench.to(Step.FILL_FORM)
    goes(bench, "document_camera")
    bench.wait(AWAY_S)
    b.fill(bench)
    assert said(bench) == [("document_camera", "fault.link.lost")]


def test_between_cases_the_strip_alone_tells_of_devices(bench: Bench) -> None:
    bench.seat()
    goes(bench, "id_card")
    bench.wait(AWAY_S)
    assert said(bench) == []


def test_a_spare_device_neither_says_nor_takes_back_anything(bench: Bench) -> None:
    """Of several devices of a kind the case works with the first."""
    spare = replace(bench.devices.present["document_camera"], id="spare")
    bench.devices.present["spare"] = spare
    bench.to(Step.COLLECT_MATERIALS)
    goes(bench, "spare")
    bench.wait(AWAY_S)
    assert said(bench) == []
    goes(bench, "document_camera")
    comes(bench, "spare")
    assert said(bench) == [("document_camera", "fault.link.lost")]


def test_a_camera_is_not_missed_once_every_material_is_settled(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    for material in bench.case.materials:
        bench.do(intents.TakePaper(material.code, 1))
    assert all(m.mode is MaterialMode.PAPER for m in bench.case.materials)
    goes(bench, "document_camera")
    assert said(bench) == []


def test_a_card_that_was_being_read_is_waited_for_again_when_its_reader_is_lost(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.happens("id_card", card.CardFound(1.0))
    goes(bench, "smart_card")
    assert bench.seen.reader.phase == "reading"
    goes(bench, "id_card")
    assert bench.seen.reader.phase == "waiting"
    comes(bench, "smart_card")
    bench.happens("smart_card", smart.CardInserted(1.0, will_be_read=True))
    assert said(bench) == [("id_card", "fault.link.lost")], "a card in the one reader mends nothing at the other"
    goes(bench, "smart_card")
    assert (bench.seen.reader.phase, bench.seen.reader.kind) == ("waiting", "smart_card")


def test_a_new_card_ends_what_was_said_of_the_one_before_at_either_reader(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.happens("smart_card", smart.CardReadFailed(Fault("smart_card.mute", FaultAction.CLEAR)))
    assert said(bench) == [("smart_card", "fault.smart_card.mute")]
    bench.happens("id_card", card.CardFound(1.0))
    assert said(bench) == []


@pytest.mark.parametrize(
    ("outcome", "code", "told"),
    [
        (None, "link.offline", "receipt_printer.link_lost"),
        (None, "link.lost", "receipt_printer.link_lost_in_job"),
        (None, "link.timeout", "receipt_printer.silent_in_job"),
        (None, "driver.internal", "receipt_printer.unconfirmed"),
        (printer.JobOutcome.FAILED, "link.timeout", "receipt_printer.silent"),
        (printer.JobOutcome.FAILED, "receipt_printer.cutter", "receipt_printer.cutter"),
    ],
)
def test_a_receipt_s_trouble_says_whether_it_may_have_come_out(
    bench: Bench, outcome: printer.JobOutcome | None, code: str, told: str
) -> None:
    bench.to(Step.ISSUE_PAPERS)
    fault = Fault(code, FaultAction.RESET)
    if outcome is None:
        bench.answer(printer.PrintJob, fault=fault)
    else:
        bench.printed(outcome, fault)
    assert said(bench) == [("receipt_printer", f"fault.{told}")]
    assert bench.case.papers.receipt_fault == told


def test_a_receipt_kept_by_its_code_needs_no_printer_any_more(bench: Bench) -> None:
    goes(bench, "receipt_printer")
    bench.to(Step.ISSUE_PAPERS)
    bench.answer(printer.PrintJob, fault=Fault("link.offline", FaultAction.RESET))
    assert said(bench) == [("receipt_printer", "fault.receipt_printer.link_lost")]
    bench.do(intents.WaiveReceipt())
    assert (bench.case.papers.receipt, said(bench)) == (PrintState.WAIVED, [])


def test_a_pad_that_does_not_take_the_invitation_is_said_while_an_answer_is_awaited(bench: Bench) -> None:
    bench.to(Step.REVIEW)
    bench.answer(pad.StartRating, fault=Fault("evaluator.not_now", FaultAction.CLEAR))
    assert said(bench) == [("evaluator", "fault.evaluator.not_now")]
    assert bench.seen.messages[0].level == "warning"
    bench.do(intents.RateOnScreen(bench.seen.rating.token, 5))
    assert said(bench) == []


def test_a_lit_scanner_that_is_lost_is_said_and_waits_for_no_code(tmp_path: Path) -> None:
    desk = CodeDesk(tmp_path)
    desk.bench.do(intents.ScanCode())
    assert desk.bench.seen.scan.phase is ScanPhase.WAITING
    goes(desk.bench, "code_scanner")
    assert said(desk.bench) == [("code_scanner", "fault.link.lost")]
    assert desk.bench.seen.scan.phase is ScanPhase.READY
    comes(desk.bench, "code_scanner")
    assert said(desk.bench) == []
    assert not desk.armed.lit, "whoever wants the light asks for it again"
    desk.bench.close()


def test_what_is_needed_now_stands_first_and_what_is_not_needed_last() -> None:
    away = Message(1, "warning", "device.away", (("device", "evaluator"),), device="evaluator")
    own = Message(2, "error", "material.pending", field="photo")
    scanner = Message(3, "error", "fault.link.lost", device="code_scanner")
    second = Message(4, "warning", "fault.link.lost", device="smart_card")
    first = Message(5, "error", "fault.id_card.silent", device="id_card")
    assert in_order((away, own, scanner, second, first), ("id_card", "smart_card")) == (
        first, second, own, scanner, away,
    )  # fmt: skip
