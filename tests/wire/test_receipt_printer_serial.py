"""The receipt printer on a serial line: 8N1 at its pace, held up by a full buffer, torn and back; raster codes."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.status import DeviceState
from drivers.receipt_printer import codec
from drivers.receipt_printer.api import Feed, JobOutcome, PaperChanged, PaperState, QrCode, TextLine
from drivers.receipt_printer.driver import build
from tests.support.printer_rig import RECEIPT, PrinterRig, printer_rig
from tests.support.sim_lines import until

BITS_PER_BYTE = 10  # 8N1


def code_on(rig: PrinterRig) -> str:
    with Image.open(str(rig.fact("last_receipt"))) as image:
        code, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(image.convert("RGB")))
    return code


@pytest.mark.parametrize("baud", [9600, 115200])
@pytest.mark.parametrize("barrier", ["process_id", "paper_status", "none"])
def test_a_receipt_comes_out_over_a_serial_line(tmp_path: Path, baud: int, barrier: str) -> None:
    with printer_rig(tmp_path, baud=baud, barrier=barrier) as rig:
        assert rig.device.endpoint().endswith(f"?baud={baud}")
        assert rig.start().state is DeviceState.ONLINE
        assert rig.print().outcome is JobOutcome.DONE
        assert code_on(rig) == RECEIPT[4].text  # type: ignore[union-attr]
        assert (rig.fact("receipts"), rig.fact("unknown"), rig.fact("bad_characters")) == (1, {}, 0)


def test_it_takes_as_long_as_the_line_needs(tmp_path: Path) -> None:
    with printer_rig(tmp_path, baud=9600) as rig:
        rig.start()
        sent = sum(map(len, rig.tap.sent))
        start_s = time.monotonic()
        assert rig.print().outcome is JobOutcome.DONE
        took_s = time.monotonic() - start_s
        line_s = (sum(map(len, rig.tap.sent)) - sent) * BITS_PER_BYTE / 9600
    assert line_s <= took_s <= line_s * 1.5 + 0.2


def test_the_other_rate_is_silence_and_no_paper_is_never_said(tmp_path: Path) -> None:
    with printer_rig(tmp_path, baud=9600) as rig:
        wrong = Endpoint.parse(rig.device.endpoint().replace("9600", "115200"))
        rig.driver = build(wrong, {}, DriverContext(rig.clock, rig.cancel, rig.tap))
        assert rig.start().state is DeviceState.OFFLINE
        assert rig.event(PaperChanged).paper is PaperState.UNKNOWN


def test_a_full_buffer_holds_the_host_up_and_loses_nothing(tmp_path: Path) -> None:
    many = tuple(TextLine(f"{number:03} " + "一二三四五六七八九十" * 2) for number in range(200))
    assert len(codec.encode_receipt(many, codec.Layout())) > 2 * 4096
    with printer_rig(tmp_path, baud=115200) as rig:
        rig.start()
        assert rig.print(elements=many).outcome is JobOutcome.DONE
        text = Path(str(rig.fact("last_receipt"))).with_suffix(".txt").read_text("utf-8")
        assert [line[:3] for line in text.splitlines() if line[:3].isdigit()] == [f"{n:03}" for n in range(200)]
        link = rig.fact("link")
        assert isinstance(link, dict)
        assert link["lost_bytes"] == 0


def test_without_paper_it_says_so_and_prints_once_after_the_refill(tmp_path: Path) -> None:
    with printer_rig(tmp_path, baud=115200) as rig:
        rig.start()
        rig.do("paper_out")
        result = rig.print("a")
        assert (result.outcome, rig.code(result)) == (JobOutcome.FAILED, "receipt_printer.paper_out")
        rig.do("refill")
        assert rig.print("a").outcome is JobOutcome.DONE
        assert rig.fact("receipts") == 1


def test_the_cable_out_in_the_middle_is_indeterminate_and_never_printed_again_by_itself(tmp_path: Path) -> None:
    with printer_rig(tmp_path, baud=9600) as rig:
        rig.start()

        def pull() -> None:
            until(lambda: int(str(rig.fact("bytes_received"))) > 100)
            rig.do("tear_cable")

        hand = threading.Thread(target=pull)
        hand.start()
        result = rig.print("a")
        hand.join()
        assert (result.outcome, rig.code(result)) == (JobOutcome.INDETERMINATE, "receipt_printer.link_lost_in_job")
        rig.notice_the_loss()
        assert rig.back().state is DeviceState.ONLINE
        assert rig.fact("receipts") == 0


# codes that we draw


@pytest.mark.parametrize("paper_mm", ["80", "58"])
@pytest.mark.parametrize("baud", [0, 115200])
def test_a_raster_code_is_read_like_the_printer_s_own(tmp_path: Path, paper_mm: str, baud: int) -> None:
    with printer_rig(tmp_path, baud=baud, paper_mm=paper_mm, qr="raster") as rig:
        rig.start()
        assert rig.print().outcome is JobOutcome.DONE
        assert code_on(rig) == RECEIPT[4].text  # type: ignore[union-attr]
        assert not any(b"\x1d(k" in sent for sent in rig.tap.sent)


def test_text_after_a_raster_code_stands_at_the_left_again(tmp_path: Path) -> None:
    with printer_rig(tmp_path, qr="raster") as rig:
        rig.start()
        assert rig.print(elements=(QrCode("A"), TextLine("left"), Feed())).outcome is JobOutcome.DONE
        with Image.open(str(rig.fact("last_receipt"))) as image:
            black = np.asarray(image.convert("L")) < 128
    rows = np.flatnonzero(black.any(axis=1))
    assert np.flatnonzero(black[rows[-1]])[0] < 60
