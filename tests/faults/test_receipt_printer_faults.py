"""A receipt is never claimed that was not proven, never lost without a word, and never printed twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.deadline import Deadline
from drivers.base.driver import StatusReport
from drivers.base.errors import LinkLost, Refused, Timeout
from drivers.base.status import DeviceState
from drivers.receipt_printer import codec
from drivers.receipt_printer.api import JobOutcome, PaperChanged, PaperState, TextLine
from tests.support.printer_rig import RECEIPT, PrinterRig, printer_rig

SIZE = len(codec.encode_receipt(RECEIPT, codec.Layout())) + len(codec.encode_process_id("0000"))
LONG = (TextLine("长"),) * 60


@pytest.fixture
def rig(tmp_path) -> Iterator[PrinterRig]:
    with printer_rig(tmp_path) as made:
        made.start()
        made.event(PaperChanged)
        made.events.clear()
        yield made


def receipt_bytes(rig: PrinterRig) -> int:
    """Bytes that the printer got other than questions."""
    return sum(len(sent) for sent in rig.tap.sent if not sent.startswith(b"\x10\x04"))


def impatient(rig: PrinterRig) -> None:
    """Let waiting cost nothing: each wait for the printer puts the clock forward instead."""
    wait = rig.driver._transport.wait

    def jump(deadline, wake=None):
        ready = wait(type(deadline).after(rig.clock, 0.03), wake)
        if not ready.readable and not ready.woken and deadline.left_s():
            rig.clock.ahead_s += deadline.left_s()
        return ready

    rig.driver._transport.wait = jump


def rounds(rig: PrinterRig, count: int) -> None:
    """So many looks at the printer's status."""
    for _ in range(count):
        rig.clock.ahead_s += 2.0
        rig.step()


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("paper_out", "receipt_printer.paper_out"),
        ("open_cover", "receipt_printer.cover_open"),
        ("overheat", "receipt_printer.overheated"),
    ],
)
def test_a_printer_that_stands_gets_nothing(rig: PrinterRig, verb: str, code: str) -> None:
    rig.do(verb)
    result = rig.print("case-1/a")
    assert (result.outcome, rig.code(result)) == (JobOutcome.FAILED, code)
    assert receipt_bytes(rig) == 0


def test_after_a_refill_the_same_job_is_printed_once(rig: PrinterRig) -> None:
    rig.do("paper_out")
    assert rig.print("case-1/a").outcome is JobOutcome.FAILED
    assert rig.event(StatusReport).status.state is DeviceState.USER_ERROR
    rig.do("refill")
    rig.clock.ahead_s += 2.0
    assert rig.event(StatusReport).status.state is DeviceState.ONLINE
    assert rig.print("case-1/a").outcome is JobOutcome.DONE
    assert rig.fact("receipts") == 1
    with pytest.raises(Refused):
        rig.print("case-1/a")


@pytest.mark.parametrize("barrier", ["process_id", "paper_status"])
def test_paper_that_ends_in_the_middle_is_indeterminate_and_never_repeated(tmp_path: Path, barrier: str) -> None:
    with printer_rig(tmp_path, barrier=barrier) as rig:
        rig.start()
        rig.do("paper_out_after", mm=60.0)
        result = rig.print("case-1/a", LONG)
        assert (result.outcome, rig.code(result)) == (JobOutcome.INDETERMINATE, "receipt_printer.paper_out_in_job")
        assert rig.fact("receipts") == 0
        with pytest.raises(Refused):
            rig.print("case-1/a", LONG)
        sent = receipt_bytes(rig)
        rig.do("refill")
        rig.clock.ahead_s += 2.0
        rig.run_until(lambda: rig.fact("receipts") == 1)
        rig.step()
        assert receipt_bytes(rig) == sent, "the printer went on by itself; the driver sent nothing"


def opened_in_the_middle(rig: PrinterRig) -> None:
    """Print a receipt and open the cover when its bytes are out."""
    write = rig.driver._transport.write

    def write_then_open(data: bytes, deadline: object) -> None:
        write(data, deadline)
        if len(data) > 100:
            rig.do("open_cover")

    rig.driver._transport.write = write_then_open
    result = rig.print("case-1/a", LONG[:20])
    assert (result.outcome, rig.code(result)) == (JobOutcome.INDETERMINATE, "receipt_printer.cover_open_in_job")
    rig.driver._transport.write = write


@pytest.mark.parametrize("barrier", ["process_id", "paper_status"])
def test_the_late_answer_to_a_stopped_receipt_does_not_prove_the_next_one(tmp_path: Path, barrier: str) -> None:
    with printer_rig(tmp_path, fast=False, barrier=barrier) as rig:
        rig.start()
        opened_in_the_middle(rig)
        assert rig.fact("receipts") == 0
        rig.do("close_cover")
        assert rig.print("case-1/b").outcome is JobOutcome.DONE
        assert rig.fact("receipts") == 2


def test_a_stuck_blade_leaves_the_receipt_to_a_persons_eye(rig: PrinterRig) -> None:
    rig.do("jam_cutter")
    result = rig.print()
    assert (result.outcome, rig.code(result)) == (JobOutcome.INDETERMINATE, "receipt_printer.cutter_in_job")
    assert rig.event(StatusReport).status.state is DeviceState.USER_ERROR
    rig.do("clear_jam")
    rig.clock.ahead_s += 2.0
    assert rig.event(StatusReport).status.state is DeviceState.ONLINE


@pytest.mark.parametrize("at", [0, 1, 2, 3, SIZE // 4, SIZE // 2, SIZE - 40, SIZE - 12, SIZE - 1, SIZE + 1])
def test_a_line_torn_at_any_byte_is_told_truly(rig: PrinterRig, at: int) -> None:
    """`at` bytes leave before it tears; the first two are ESC @."""
    write, left = rig.driver._transport.write, at

    def torn(data: bytes, deadline: object) -> None:
        nonlocal left
        if data.startswith(b"\x10\x04"):
            write(data, deadline)
            return
        if len(data) > left:
            write(data[:left], deadline)
            rig.do("tear_cable")
            raise LinkLost(f"torn after {left} bytes")
        left -= len(data)
        write(data, deadline)

    rig.driver._transport.write = torn
    result = rig.print("case-1/a")
    if at < 2:
        assert (result.outcome, rig.code(result)) == (JobOutcome.FAILED, "receipt_printer.link_lost")
    else:
        expected = (JobOutcome.INDETERMINATE, "receipt_printer.link_lost_in_job")
        assert (result.outcome, rig.code(result)) == expected
    assert rig.fact("receipts") <= 1
    rig.driver._transport.write = write
    rig.notice_the_loss()
    rig.back()
    before = rig.fact("receipts")
    for _ in range(5):
        rig.step()
    assert rig.fact("receipts") == before, "nothing is repeated by itself"
    if at < 2:
        assert rig.print("case-1/a").outcome is JobOutcome.DONE
    else:
        with pytest.raises(Refused):
            rig.print("case-1/a")
    assert rig.print("case-1/b").outcome is JobOutcome.DONE


def test_a_line_torn_after_the_last_byte_is_indeterminate(rig: PrinterRig) -> None:
    write = rig.driver._transport.write

    def then_torn(data: bytes, deadline: object) -> None:
        if len(data) > 100:
            rig.do("silence")
        write(data, deadline)
        if len(data) > 100:
            rig.do("tear_cable")

    rig.driver._transport.write = then_torn
    result = rig.print()
    assert (result.outcome, rig.code(result)) == (JobOutcome.INDETERMINATE, "receipt_printer.link_lost_in_job")


def test_a_printer_switched_off_before_the_job_costs_nothing(rig: PrinterRig) -> None:
    rig.do("power_off")
    result = rig.print("case-1/a")
    assert (result.outcome, rig.code(result)) == (JobOutcome.FAILED, "receipt_printer.link_lost")
    rig.notice_the_loss()
    rig.do("power_on")
    rig.start()
    assert rig.print("case-1/a").outcome is JobOutcome.DONE
    assert rig.fact("receipts") == 1


def test_a_lost_connection_is_noticed_even_if_only_the_job_saw_it(rig: PrinterRig) -> None:
    rig.do("power_off")
    rig.print("case-1/a")
    result = rig.print("case-1/a")
    assert (result.outcome, rig.code(result)) == (JobOutcome.FAILED, "receipt_printer.link_lost")
    with pytest.raises(LinkLost):
        rig.driver.on_timer()


def test_silence_before_the_job_fails_it_and_sends_nothing(rig: PrinterRig) -> None:
    rig.do("silence")
    impatient(rig)
    result = rig.print("case-1/a")
    assert (result.outcome, rig.code(result)) == (JobOutcome.FAILED, "receipt_printer.silent")
    assert receipt_bytes(rig) == 0


def test_silence_after_the_first_byte_is_indeterminate_and_the_connection_is_made_anew(rig: PrinterRig) -> None:
    write = rig.driver._transport.write

    def then_silent(data: bytes, deadline: object) -> None:
        if len(data) > 100:
            rig.do("silence")
        write(data, deadline)

    rig.driver._transport.write = then_silent
    impatient(rig)
    result = rig.print("case-1/a")
    assert (result.outcome, rig.code(result)) == (JobOutcome.INDETERMINATE, "receipt_printer.silent_in_job")
    rig.notice_the_loss()


def test_a_printer_without_the_barrier_is_found_out(rig: PrinterRig, monkeypatch) -> None:
    monkeypatch.setattr(codec, "encode_process_id", lambda _: b"")
    monkeypatch.setattr("drivers.receipt_printer.driver.JOB_S", 1.0)
    impatient(rig)
    result = rig.print("case-1/a")
    assert (result.outcome, rig.code(result)) == (JobOutcome.INDETERMINATE, "receipt_printer.unconfirmed")
    rig.notice_the_loss()


def test_a_printer_that_takes_no_more_is_indeterminate(rig: PrinterRig) -> None:
    write = rig.driver._transport.write

    def stuck(data: bytes, deadline: object) -> None:
        if len(data) > 100:
            write(data[:50], deadline)
            raise Timeout("took 50 bytes")
        write(data, deadline)

    rig.driver._transport.write = stuck
    result = rig.print("case-1/a")
    assert (result.outcome, rig.code(result)) == (JobOutcome.INDETERMINATE, "receipt_printer.silent_in_job")
    with pytest.raises(LinkLost):
        rig.driver.on_timer()


def test_no_answer_is_unknown_and_never_no_paper(rig: PrinterRig) -> None:
    rig.do("silence")
    impatient(rig)
    rounds(rig, 3)
    assert [event.paper for event in rig.events_of(PaperChanged)] == [PaperState.UNKNOWN]
    (report,) = rig.events_of(StatusReport)
    assert report.status.state is DeviceState.OFFLINE
    assert report.status.fault is not None
    assert report.status.fault.code == "receipt_printer.silent"
    rig.do("silence", on=False)
    assert rig.event(StatusReport).status.state is DeviceState.ONLINE


def test_long_silence_makes_a_new_connection(rig: PrinterRig) -> None:
    rig.do("silence")
    impatient(rig)
    rounds(rig, 9)
    with pytest.raises(LinkLost):
        rounds(rig, 1)
    assert len(rig.events_of(StatusReport)) == 1


def test_a_silent_printer_is_offline_at_interrogation(rig: PrinterRig) -> None:
    rig.do("silence")
    impatient(rig)
    assert rig.driver.interrogate().state is DeviceState.OFFLINE
    assert rig.event(PaperChanged).paper is PaperState.UNKNOWN


def test_slow_split_answers_behind_noise_are_understood(rig: PrinterRig) -> None:
    rig.do("slow", extra_ms=5)
    rig.do("split_replies", chunk_bytes=1, gap_ms=2)
    assert rig.print().outcome is JobOutcome.DONE


def test_an_overheated_head_is_waited_for(rig: PrinterRig) -> None:
    write, looks = rig.driver._transport.write, []

    def hot_at_first(data: bytes, deadline: object) -> None:
        if len(data) > 100:
            rig.do("overheat")
        if rig.fact("errors") and data.startswith(b"\x10\x04\x01"):
            looks.append(data)
            if len(looks) > 2:
                rig.do("overheat", on=False)
        write(data, deadline)

    rig.driver._transport.write = hot_at_first
    assert rig.print().outcome is JobOutcome.DONE
    assert len(looks) == 3
    assert rig.fact("receipts") == 1


def test_the_end_of_the_program_in_the_middle_is_indeterminate_before_it_is_nothing(rig: PrinterRig) -> None:
    write = rig.driver._transport.write

    def then_stop(data: bytes, deadline: object) -> None:
        if len(data) > 100:
            rig.do("silence")
            rig.cancel.set()
        write(data, deadline)

    rig.driver._transport.write = then_stop
    result = rig.print("case-1/a")
    assert (result.outcome, rig.code(result)) == (JobOutcome.INDETERMINATE, "receipt_printer.interrupted")
    result = rig.print("case-1/b")
    assert (result.outcome, rig.code(result)) == (JobOutcome.FAILED, "receipt_printer.not_begun")


def test_a_report_unasked_makes_the_driver_look_at_once(rig: PrinterRig) -> None:
    looks: list[None] = []
    ask = rig.driver._talk.ask

    def look() -> object:
        looks.append(None)
        return ask()

    rig.driver._talk.ask = look
    rig.driver._transport.write(b"\x1da\xff", Deadline.after(rig.clock, 1.0))  # GS a: report by itself
    # Its first report makes the driver look. Only then: without paper the printer works nothing off, not even GS a.
    rig.run_until(lambda: bool(looks), within_s=1.5)
    rig.do("paper_out")
    rig.run_until(lambda: PaperChanged(PaperState.OUT) in rig.events, within_s=1.5)
