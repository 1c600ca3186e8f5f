"""The printer's driver against the simulated printer, which interprets ESC/POS by itself and draws what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from drivers.base.driver import StatusReport
from drivers.base.errors import LinkLost, Refused, Unsupported
from drivers.base.status import DeviceState
from drivers.receipt_printer.api import JobOutcome, PaperChanged, PaperState, TextLine
from drivers.receipt_printer.driver import PrinterSettings
from tests.support.printer_rig import RECEIPT, PrinterRig, printer_rig


@pytest.fixture
def rig(tmp_path) -> Iterator[PrinterRig]:
    with printer_rig(tmp_path) as made:
        yield made


def picture(rig: PrinterRig) -> Image.Image:
    with Image.open(Path(str(rig.fact("last_receipt")))) as image:
        return image.convert("L")


def test_interrogation_tells_the_settings_and_the_paper_follows_at_once(rig: PrinterRig) -> None:
    status = rig.start()
    assert status.state is DeviceState.ONLINE
    assert dict(status.facts) == {"paper_mm": "80", "barrier": "process_id"}
    assert rig.event(PaperChanged).paper is PaperState.OK


@pytest.mark.parametrize("barrier", ["process_id", "paper_status", "none"])
def test_a_receipt_comes_out_and_is_done(tmp_path: Path, barrier: str) -> None:
    with printer_rig(tmp_path, barrier=barrier) as rig:
        rig.start()
        assert rig.print("case-1/a").outcome is JobOutcome.DONE
        rig.run_until(lambda: rig.fact("receipts") == 1)
        assert rig.fact("unknown") == {}
        assert rig.fact("bad_characters") == 0
        assert rig.fact("half_commands") == 0
        assert rig.print("case-1/b").outcome is JobOutcome.DONE
        rig.run_until(lambda: rig.fact("receipts") == 2)


def test_what_is_drawn_holds_text_and_a_readable_code(rig: PrinterRig) -> None:
    import cv2
    import numpy as np

    rig.start()
    rig.print()
    drawn = picture(rig)
    assert drawn.width == 576
    assert cv2.QRCodeDetector().detectAndDecode(np.asarray(drawn))[0] == "https://zwfw.example/q?c=7K2M9QXP"


def test_the_picture_does_not_change_when_the_bytes_come_one_by_one(tmp_path: Path) -> None:
    pictures: list[bytes] = []
    for name in ("whole", "single"):
        with printer_rig(tmp_path / name) as rig:
            rig.start()
            if name == "single":
                write = rig.driver._transport.write
                rig.driver._transport.write = lambda data, deadline, write=write: [
                    write(bytes((byte,)), deadline) for byte in data
                ]
            assert rig.print().outcome is JobOutcome.DONE
            pictures.append(picture(rig).tobytes())
    assert pictures[0] == pictures[1]


def test_narrow_paper(tmp_path: Path) -> None:
    with printer_rig(tmp_path, paper_mm="58") as rig:
        rig.do("refill", width_mm=58)
        rig.start()
        assert rig.print().outcome is JobOutcome.DONE
        assert picture(rig).width == 384


def test_the_proof_comes_after_the_printing_and_not_after_the_sending(tmp_path: Path) -> None:
    with printer_rig(tmp_path, fast=False) as rig:
        rig.start()
        assert rig.print().outcome is JobOutcome.DONE
        assert rig.fact("receipts") == 1
        assert rig.fact("bytes_waiting") == 0


def test_the_same_job_is_refused(rig: PrinterRig) -> None:
    rig.start()
    rig.print("case-1/a")
    sent = len(rig.tap.sent)
    with pytest.raises(Refused) as refused:
        rig.print("case-1/a")
    assert refused.value.code == "receipt_printer.duplicate_job"
    assert len(rig.tap.sent) == sent


def test_a_receipt_that_cannot_be_printed_sends_nothing_and_may_come_again(rig: PrinterRig) -> None:
    rig.start()
    sent = len(rig.tap.sent)
    with pytest.raises(Unsupported):
        rig.print("case-1/a", (TextLine("a", "middle"),))
    assert len(rig.tap.sent) == sent
    assert rig.print("case-1/a", RECEIPT).outcome is JobOutcome.DONE


def test_another_command_is_unsupported(rig: PrinterRig) -> None:
    rig.start()
    with pytest.raises(Unsupported):
        rig.driver.execute("print")


@pytest.mark.parametrize("options", [{"paper_mm": "76"}, {"cut": "torn"}, {"barrier": "hope"}])
def test_a_wrong_option_is_said_at_once(options: dict[str, str]) -> None:
    with pytest.raises(Unsupported):
        PrinterSettings.of(options)


@pytest.mark.parametrize(
    ("verb", "state", "code", "paper"),
    [
        ("paper_out", DeviceState.USER_ERROR, "receipt_printer.paper_out", PaperState.OUT),
        ("open_cover", DeviceState.USER_ERROR, "receipt_printer.cover_open", None),
        ("overheat", DeviceState.DEVICE_BUSY, "receipt_printer.overheated", None),
        ("paper_low", None, None, PaperState.LOW),
    ],
)
def test_changes_are_told_by_themselves_and_once(
    rig: PrinterRig, verb: str, state: DeviceState | None, code: str | None, paper: PaperState | None
) -> None:
    rig.start()
    rig.event(PaperChanged)
    rig.events.clear()
    rig.do(verb)
    for _ in range(3):
        rig.clock.ahead_s += 2.0
        rig.step()
    reports = [(event.status.state, event.status.fault.code) for event in rig.events_of(StatusReport)]
    assert reports == ([(state, code)] if state else [])
    assert [event.paper for event in rig.events_of(PaperChanged)] == ([paper] if paper else [])


def test_refilling_brings_it_online_by_itself(rig: PrinterRig) -> None:
    rig.do("paper_out")
    assert rig.start().state is DeviceState.USER_ERROR
    rig.event(PaperChanged)
    rig.events.clear()
    rig.do("refill")
    rig.clock.ahead_s += 2.0
    assert rig.event(PaperChanged).paper is PaperState.OK
    assert rig.events_of(StatusReport)[0].status.state is DeviceState.ONLINE


def test_a_busy_printer_refuses_the_second_client(rig: PrinterRig) -> None:
    rig.start()
    second = rig.another_driver()
    second.connect()
    with pytest.raises(LinkLost):
        second.interrogate()
    second.close()
    assert rig.print().outcome is JobOutcome.DONE
