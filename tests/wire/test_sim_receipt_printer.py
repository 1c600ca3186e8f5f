"""What the simulated receipt printer draws, against python-escpos and hand-made bytes of the command reference."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from barcode.charsets import code128  # type: ignore[import-untyped]  # python-barcode has no types
from escpos.printer import Network  # type: ignore[import-untyped]  # python-escpos has no types
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from simulators.byte_device import ByteDevice
from simulators.receipt_printer.paper import HEAD_TO_CUTTER
from simulators.receipt_printer.real_time import RealTimeScanner
from simulators.receipt_printer.tables import CODE128_WIDTHS
from tests.support.sim_lines import until
from tests.support.still_printer import (
    FEED_AND_CUT,
    RECEIPT,
    StillPrinter,
    black_rows,
    han,
    process_id,
    raster,
    served_printer,
    state,
)


@pytest.fixture
def printer(tmp_path: Path) -> StillPrinter:
    return StillPrinter(tmp_path)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[ByteDevice, int]]:
    with served_printer(tmp_path) as made:
        yield made


# an independent client


def test_what_python_escpos_prints_comes_out(line: tuple[ByteDevice, int], tmp_path: Path) -> None:
    device, port = line
    client = Network("127.0.0.1", port=port, timeout=5, profile="TM-T88III")
    with contextlib.closing(client):
        client.open()
        client.set(align="center", bold=True, double_height=True, double_width=True)
        client.text("A1024\n")
        client.set_with_default()
        client.qr("https://hall.example/case/7", size=5, native=True, ec=1)
        picture = Image.new("1", (384, 48), 1)
        picture.paste(0, (0, 8, 384, 16))
        for implementation in ("bitImageRaster", "graphics", "bitImageColumn"):
            client.image(picture, impl=implementation)
        client.barcode("{BHJ-2026", "CODE128", height=60, width=2)
        client.cut()
        assert client.is_online()
        assert client.paper_status() == 2
        until(lambda: state(device)["receipts"] == 1)
        assert state(device)["unknown"] == {}
        text = (tmp_path / "receipts/receipt-0001.txt").read_text(encoding="utf-8")
        assert "A1024\n" in text
        assert text.count("[image 384x48]") == 2
        seen = cv2.imread(str(tmp_path / "receipts/receipt-0001.png"))
        assert seen is not None
        assert seen.shape[1] == 576
        assert cv2.QRCodeDetector().detectAndDecode(seen)[0] == "https://hall.example/case/7"
        bars = (np.asarray(seen)[:, :384, 0] == 0).sum(axis=1)
        assert (bars == 384).sum() >= 24  # three times a bar of 8 rows
        device.verbs()["paper_out"]()
        assert client.paper_status() == 0
        assert not client.is_online()


def test_code_128_has_the_bars_of_another_implementation() -> None:
    for widths, bits in zip(CODE128_WIDTHS, code128.CODES, strict=False):
        assert "".join("10"[at % 2] * int(width) for at, width in enumerate(widths)) == bits
    assert len(CODE128_WIDTHS) == len(code128.CODES) + 1


# text and pictures


def test_chinese_text_stands_in_cells_of_24_dots(printer: StillPrinter) -> None:
    printer.send(han("一一") + b"\n" + FEED_AND_CUT)
    assert printer.text() == "一一\n"
    picture = np.asarray(printer.picture().convert("L")) == 0
    first, second = picture[:, :24], picture[:, 24:48]
    assert first.any()
    assert (first == second).all()
    assert not picture[:, 48:].any()


def test_outside_of_chinese_mode_the_same_bytes_are_latin(printer: StillPrinter) -> None:
    printer.send(b"\x1bt\x10" + "中".encode("gb18030") + b"\n" + FEED_AND_CUT)
    assert printer.text() == "ÖÐ\n"


def test_gb_18030_has_four_byte_characters(printer: StillPrinter) -> None:
    printer.send(han("㐂𠮷") + b"\n" + FEED_AND_CUT)
    assert printer.text() == "㐂𠮷\n"
    assert printer.look("bad_characters") == 0


def test_double_size_is_the_same_character_with_every_dot_doubled(printer: StillPrinter) -> None:
    printer.send(han("证") + b"\n\x1d!\x11" + han("证") + b"\n" + FEED_AND_CUT)
    picture = np.asarray(printer.picture().convert("L")) == 0
    small = picture[HEAD_TO_CUTTER : HEAD_TO_CUTTER + 24, :24]
    large = picture[HEAD_TO_CUTTER + 30 : HEAD_TO_CUTTER + 78, :48]
    assert (large == small.repeat(2, axis=0).repeat(2, axis=1)).all()


def test_width_and_height_are_enlarged_apart(printer: StillPrinter) -> None:
    printer.send(han("证") + b"\n\x1d!\x20" + han("证") + b"\n" + FEED_AND_CUT)
    rows = np.asarray(printer.picture().convert("L"))[HEAD_TO_CUTTER:] == 0
    assert (rows[30:54, :72] == rows[:24, :24].repeat(3, axis=1)).all()


def test_esc_exclamation_is_for_latin_and_fs_exclamation_for_chinese(printer: StillPrinter) -> None:
    printer.send(b"\x1b!\x30" + han("证") + b"A\n" + b"\x1b!\x00\x1c!\x0c" + han("证") + b"A\n" + FEED_AND_CUT)
    rows = np.asarray(printer.picture().convert("L"))[HEAD_TO_CUTTER:] == 0
    assert rows[24:48, :24].any()
    assert not rows[:24, :24].any()  # Chinese small, Latin high
    assert rows[48:72, :48].any()
    assert not rows[48:72, 48:].any()  # Chinese high, Latin small


def test_bold_has_more_dots_and_right_stands_at_the_right(printer: StillPrinter) -> None:
    printer.send(han("证") + b"\n\x1bE\x01" + han("证") + b"\n\x1bE\x00\x1ba\x02" + han("证") + b"\n" + FEED_AND_CUT)
    rows = np.asarray(printer.picture().convert("L"))[HEAD_TO_CUTTER:] == 0
    plain, bold, right = rows[:24], rows[30:54], rows[60:84]
    assert bold.sum() > plain.sum()
    assert (right[:, -24:] == plain[:, :24]).all()


def test_a_long_line_goes_on_in_the_next(printer: StillPrinter) -> None:
    printer.send(han("受" * 25) + b"\n" + FEED_AND_CUT)
    assert printer.text() == "受" * 24 + "\n受\n"


def test_what_is_not_fed_beyond_the_blade_comes_with_the_next_receipt(printer: StillPrinter) -> None:
    printer.send(b"first\n\x1dV\x00" + b"second\n" + FEED_AND_CUT)
    assert printer.text(1) == ""
    assert printer.text(2) == "first\nsecond\n"


def test_raster_dots_are_printed_truly(printer: StillPrinter) -> None:
    data = bytes(np.random.default_rng(3).integers(0, 256, 72 * 200, np.uint8))
    printer.send(raster(72, 200, data) + FEED_AND_CUT)
    picture = np.asarray(printer.picture().convert("L"))[HEAD_TO_CUTTER:] == 0
    assert np.packbits(picture, axis=1).tobytes() == data


def test_a_narrow_roll_has_384_dots(printer: StillPrinter) -> None:
    printer.hand.refill(width_mm=58)
    printer.send(b"x" * 33 + b"\n" + FEED_AND_CUT)
    assert printer.picture().width == 384
    assert printer.text() == "x" * 32 + "\nx\n"


@pytest.mark.parametrize("chunk", [1, 2, 7])
def test_any_slices_make_the_same_picture(printer: StillPrinter, tmp_path: Path, chunk: int) -> None:
    sliced = StillPrinter(tmp_path / "sliced")
    printer.send(RECEIPT)
    sliced.send(RECEIPT, chunk)
    assert ImageChops.difference(printer.picture().convert("L"), sliced.picture().convert("L")).getbbox() is None
    assert printer.text() == sliced.text()
    assert len(black_rows(printer.picture())) > 100


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_upset_the_program(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    printer = StillPrinter(tmp_path_factory.getbasetemp() / "garbage")
    printer.send(data)
    printer.wire.on_link(False, printer.now_s)
    printer.wire.on_link(True, printer.now_s)
    assert printer.send(b"\x1b=\x01\x1b@" + process_id(b"last")).endswith(b"\x37\x22last\x00")


@given(
    st.lists(
        st.sampled_from([b"\x10\x04\x01", b"\x10\x05\x02", b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", b"\x10", b"a"])
    )
)
def test_real_time_commands_are_found_in_any_slices(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    whole = [(end, command) for end, command in RealTimeScanner().feed(data)]
    scanner, single = RealTimeScanner(), []
    for at in range(len(data)):
        single += [(at + end, command) for end, command in scanner.feed(data[at : at + 1])]
    assert single == whole
