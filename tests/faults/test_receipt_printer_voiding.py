"""What becomes of half a receipt: voided on a paper of its own before the next one, and only where there may be one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.base.status import DeviceState
from drivers.receipt_printer import codec
from drivers.receipt_printer.api import Feed, JobOutcome, QrCode, TextLine
from simulators.receipt_printer.hand import PrinterHand
from simulators.receipt_printer.machine import REAL
from tests.support.printer_rig import printer_rig
from tests.support.torn_receipts import VOID, Counter, counter

A = (TextLine("NUMBER A-111"), TextLine("APPLICANT ZHANG"), QrCode("YC1:A-111:111111"), TextLine("WINDOW 3"))
B = (TextLine("NUMBER B-222"), TextLine("APPLICANT LI"), QrCode("YC1:B-222:222222"), TextLine("WINDOW 3"))
SHORT_A, SHORT_B = (TextLine("A-111"),), (TextLine("B-222"),)
LONG_A = (TextLine("A-111"), Feed(200), TextLine("A-111 ends"))
LONG_B = (TextLine("B-222"), Feed(200), TextLine("B-222 ends"))
ONE_LINE = 8  # bytes until the first line of any of the short ones is printed
VOIDED_A, WHOLE_A, WHOLE_LONG_A, WHOLE_B = ("A-111", VOID), ("A-111",), ("A-111", "A-111 ends"), ("B-222",)
NOTHING_VOIDED = (VOID,)


def papers(desk: Counter) -> list[tuple[str, ...]]:
    """The slips without the void slip's further words."""
    return [tuple(line for line in slip if line == VOID or (line.isascii() and ":" not in line)) for slip in desk.slips]


def hand(desk: Counter) -> dict[str, Callable[..., None]]:
    printer = PrinterHand(desk.line.wire, lambda: desk.line._tear(desk.line.clock.now_s), lambda: None)  # type: ignore[arg-type]
    return {
        name: lambda verb=verb, **given: desk.line.do(lambda: verb(**given)) for name, verb in printer.verbs().items()
    }


def tear(desk: Counter, after: int, elements: tuple[TextLine | Feed, ...] = SHORT_A) -> None:
    desk.line.left = after
    assert desk.print("a", elements) is JobOutcome.INDETERMINATE
    desk.line.left = None
    desk.come_back()


# on true lines


@pytest.mark.parametrize("baud", [0, 115200])
@pytest.mark.parametrize(("qr", "after"), [("native", 60), ("native", 100), ("raster", 60), ("raster", 900)])
def test_the_next_citizen_s_receipt_is_alone_on_its_paper(tmp_path: Path, baud: int, qr: str, after: int) -> None:
    with printer_rig(tmp_path, baud=baud, qr=qr) as rig:
        rig.start()
        assert rig.print_torn(A, after).outcome is JobOutcome.INDETERMINATE
        rig.back()
        assert rig.print("b", B).outcome is JobOutcome.DONE
        last = Path(str(rig.fact("last_receipt")))
        first, second = (path.read_text("utf-8") for path in sorted(last.parent.glob("*.txt")))
        assert "A-111" in first
        assert VOID in first
        assert "B-222" not in first
        assert second.split()[:4] == ["NUMBER", "B-222", "APPLICANT", "LI"]
        assert second.split()[-2:] == ["WINDOW", "3"]
        assert VOID not in second
        with Image.open(last) as image:
            code, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(image.convert("RGB")))
        assert code == "YC1:B-222:222222"


# in memory


def test_a_receipt_that_is_proven_late_is_not_voided() -> None:
    with counter({}, speed=REAL) as desk:
        hand(desk)["paper_out_after"](mm=100)
        assert desk.print("a", LONG_A) is JobOutcome.INDETERMINATE
        assert desk.codes == ["receipt_printer.paper_out_in_job"]
        hand(desk)["refill"]()
        desk.session.run(lambda: False, 10.0)  # the printer goes on with what it holds
        assert desk.print("b", SHORT_B) is JobOutcome.DONE
        assert papers(desk) == [WHOLE_LONG_A, WHOLE_B]


@pytest.mark.parametrize("barrier", ["process_id", "paper_status"])
@pytest.mark.parametrize("clears", [True, False])
def test_a_receipt_on_which_the_printer_goes_on_is_alone_whatever_it_does(barrier: str, clears: bool) -> None:
    with counter({"barrier": barrier}, speed=REAL, clears=clears) as desk:
        hand(desk)["paper_out_after"](mm=100)
        assert desk.print("a", LONG_A) is JobOutcome.INDETERMINATE
        hand(desk)["refill"]()
        assert desk.print("b", SHORT_B) is JobOutcome.DONE
        assert papers(desk) == ([VOIDED_A, WHOLE_B] if clears else [WHOLE_LONG_A, NOTHING_VOIDED, WHOLE_B])


@pytest.mark.parametrize("clears", [True, False])
def test_an_old_connection_s_answer_without_a_number_proves_nothing(clears: bool) -> None:
    """A serial printer prints on and answers A's GS r when the line is there again."""
    with counter({"barrier": "paper_status"}, speed=REAL, sees_line=False, clears=clears) as desk:
        size = 2 + len(codec.encode_receipt(LONG_A, codec.Layout())) + len(codec.t.PAPER_SENSORS)
        tear(desk, size, LONG_A)
        desk.line.most = 1  # the two answers do not come in one
        assert desk.print("b", LONG_B) is JobOutcome.DONE
        assert papers(desk)[-1] == ("B-222", "B-222 ends"), "proven, and not yet printed"


def test_a_printer_that_was_switched_off_still_has_half_a_receipt_on_its_paper() -> None:
    with counter({}) as desk:
        tear(desk, ONE_LINE)
        hand(desk)["power_off"]()
        desk.come_back()
        assert desk.print("b", SHORT_B) is JobOutcome.DONE
        assert papers(desk) == [VOIDED_A, WHOLE_B]


def test_an_earlier_program_s_receipt_is_voided_once() -> None:
    with counter({}) as desk:
        tear(desk, ONE_LINE)
        desk.restart()
        assert desk.print("b", SHORT_B, earlier_unproven=True) is JobOutcome.DONE
        assert desk.print("c", SHORT_B, earlier_unproven=True) is JobOutcome.DONE
        assert papers(desk) == [VOIDED_A, WHOLE_B, WHOLE_B]


def test_what_is_proven_is_never_voided() -> None:
    with counter({}) as desk:
        for job_id in "abc":
            assert desk.print(job_id, SHORT_B) is JobOutcome.DONE
        assert papers(desk) == [WHOLE_B] * 3


def test_the_caller_s_words_stand_on_the_void_slip() -> None:
    with counter({}) as desk:
        tear(desk, ONE_LINE)
        assert desk.print("b", SHORT_B, voiding=(TextLine("VOID"),)) is JobOutcome.DONE
        assert desk.slips == [("A-111", "VOID"), ("B-222",)]


def test_paper_that_ends_in_the_void_slip_lets_the_receipt_wait_and_is_told() -> None:
    with counter({}, speed=REAL) as desk:
        tear(desk, ONE_LINE)
        hand(desk)["paper_out_after"](mm=10)
        assert desk.print("b", SHORT_B) is JobOutcome.FAILED
        assert desk.codes[-1] == "receipt_printer.paper_out"
        hand(desk)["refill"]()
        desk.session.run(lambda: (DeviceState.ONLINE, "") in desk.told(), 5.0)
        assert desk.told()[-2:] == [(DeviceState.USER_ERROR, "receipt_printer.paper_out"), (DeviceState.ONLINE, "")]
        assert desk.print("b", SHORT_B) is JobOutcome.DONE
        assert papers(desk)[0][:2] == VOIDED_A
        assert WHOLE_B not in papers(desk)[:-1]
        assert papers(desk)[-1] == WHOLE_B


@pytest.mark.parametrize("after", [0, 5, 40])
def test_a_line_torn_while_it_voids_is_a_person_s_to_judge(after: int) -> None:
    """Tried again by itself, a line that fails every time would void one paper after the other."""
    with counter({}) as desk:
        tear(desk, ONE_LINE)
        desk.line.left = after
        assert desk.print("b", SHORT_B) is JobOutcome.INDETERMINATE
        assert desk.codes[-1] == "receipt_printer.link_lost_in_job"
        desk.line.left = None
        desk.come_back()
        assert desk.print("c", SHORT_B) is JobOutcome.DONE
        assert papers(desk)[0][:2] == VOIDED_A
        assert WHOLE_B not in papers(desk)[:-1]
        assert papers(desk)[-1] == WHOLE_B


@pytest.mark.parametrize("clears", [True, False])
def test_a_printer_that_proves_nothing_prints_all_the_same(clears: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong barrier is configured: every receipt is a person's to judge, and comes out."""
    monkeypatch.setattr(codec, "encode_process_id", lambda _: b"")
    with counter({}, clears=clears) as desk:
        for job_id in "ab":
            assert desk.print(job_id, SHORT_B) is JobOutcome.INDETERMINATE
            assert desk.codes[-1] == "receipt_printer.unconfirmed"
            desk.come_back()
        assert papers(desk) == [WHOLE_B, NOTHING_VOIDED, WHOLE_B]
