"""The simulated receipt printer against python-escpos and hand-made bytes of the ESC/POS command reference."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
from barcode.charsets import code128  # type: ignore[import-untyped]  # python-barcode has no types
from escpos.printer import Network  # type: ignore[import-untyped]  # python-escpos has no types
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from simulators.byte_device import ByteDevice
from simulators.receipt_printer.device import build
from simulators.receipt_printer.hand import PrinterHand
from simulators.receipt_printer.machine import AT_ONCE, REAL, PrinterMachine, Speed
from simulators.receipt_printer.paper import HEAD_TO_CUTTER, Tray
from simulators.receipt_printer.real_time import RealTimeScanner
from simulators.receipt_printer.receive_buffer import BUFFER_BYTES
from simulators.receipt_printer.tables import CODE128_WIDTHS
from simulators.receipt_printer.wire import PrinterWire
from tests.support.sim_lines import nothing_left_over, until

FEED_AND_CUT = b"\x1dVB\x00"
PRINTER, OFFLINE, ERROR, PAPER = (b"\x10\x04" + bytes((number,)) for number in (1, 2, 3, 4))


def han(text: str) -> bytes:
    return b"\x1c&" + text.encode("gb18030") + b"\x1c."


def raster(row_bytes: int, rows: int, data: bytes) -> bytes:
    return b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little") + data


def qr(text: str, module: int = 4) -> bytes:
    data = text.encode()
    parts = (b"1A2\x00", b"1C" + bytes((module,)), b"1E1", b"1P0" + data, b"1Q0")
    return b"".join(b"\x1d(k" + len(part).to_bytes(2, "little") + part for part in parts)


def process_id(name: bytes) -> bytes:
    return b"\x1d(H\x06\x0000" + name


RECEIPT = (
    b"\x1b@\x1ba\x01\x1d!\x11"
    + han("收件凭证")
    + b"\n\x1d!\x00\x1ba\x00\x1bE\x01"
    + han("申请人：张桂兰")
    + b"\x1bE\x00\n"
    + qr("https://hall.example/c/1")
    + raster(3, 30, bytes(range(90)))
    + b"\x1bd\x01"
    + FEED_AND_CUT
)


class Printer:
    """A printer at a clock that stands still until told; bytes go in as the link would bring them."""

    def __init__(self, directory: Path, speed: Speed = AT_ONCE) -> None:
        self.now_s = 100.0
        self.directory = directory
        self.machine = PrinterMachine(Tray(directory), speed)
        self.wire = PrinterWire(self.machine)
        self.hand = PrinterHand(self.wire, lambda: None, lambda: None)
        self.wire.on_link(True, self.now_s)

    def send(self, data: bytes, chunk: int = 0) -> bytes:
        said = b""
        while data:
            size = min(chunk or len(data), self.wire.room())
            assert size, "the printer takes no more"
            said += b"".join(self.wire.on_bytes(data[:size], self.now_s))
            data = data[size:]
        return said

    def work(self) -> bytes:
        return b"".join(self.wire.on_time(self.now_s))

    def run_dry(self) -> bytes:
        """Let time pass until nothing moves any more."""
        said = b""
        while (next_s := self.wire.next_time_s()) is not None:
            self.now_s = next_s
            said += self.work()
        return said

    def picture(self, number: int = 1) -> Image.Image:
        with Image.open(self.directory / f"receipt-{number:04d}.png") as picture:
            return picture.copy()

    def text(self, number: int = 1) -> str:
        return (self.directory / f"receipt-{number:04d}.txt").read_text(encoding="utf-8")

    def look(self, name: str) -> object:
        return self.hand.look()[name]


@pytest.fixture
def printer(tmp_path: Path) -> Printer:
    return Printer(tmp_path)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[ByteDevice, int]]:
    with nothing_left_over():
        device = build(tmp_path, fast=True)
        device.start()
        yield device, int(device.endpoint().rpartition(":")[2])
        device.stop()


def state(device: ByteDevice) -> dict[str, object]:
    return cast("dict[str, object]", device.verbs()["state"]())


def black_rows(picture: Image.Image) -> list[int]:
    return [int(row) for row in np.flatnonzero((np.asarray(picture.convert("L")) == 0).any(axis=1))]


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


def test_chinese_text_stands_in_cells_of_24_dots(printer: Printer) -> None:
    printer.send(han("一一") + b"\n" + FEED_AND_CUT)
    assert printer.text() == "一一\n"
    picture = np.asarray(printer.picture().convert("L")) == 0
    first, second = picture[:, :24], picture[:, 24:48]
    assert first.any()
    assert (first == second).all()
    assert not picture[:, 48:].any()


def test_outside_of_chinese_mode_the_same_bytes_are_latin(printer: Printer) -> None:
    printer.send(b"\x1bt\x10" + "中".encode("gb18030") + b"\n" + FEED_AND_CUT)
    assert printer.text() == "ÖÐ\n"


def test_gb_18030_has_four_byte_characters(printer: Printer) -> None:
    printer.send(han("㐂𠮷") + b"\n" + FEED_AND_CUT)
    assert printer.text() == "㐂𠮷\n"
    assert printer.look("bad_characters") == 0


def test_double_size_is_the_same_character_with_every_dot_doubled(printer: Printer) -> None:
    printer.send(han("证") + b"\n\x1d!\x11" + han("证") + b"\n" + FEED_AND_CUT)
    picture = np.asarray(printer.picture().convert("L")) == 0
    small = picture[HEAD_TO_CUTTER : HEAD_TO_CUTTER + 24, :24]
    large = picture[HEAD_TO_CUTTER + 30 : HEAD_TO_CUTTER + 78, :48]
    assert (large == small.repeat(2, axis=0).repeat(2, axis=1)).all()


def test_width_and_height_are_enlarged_apart(printer: Printer) -> None:
    printer.send(han("证") + b"\n\x1d!\x20" + han("证") + b"\n" + FEED_AND_CUT)
    rows = np.asarray(printer.picture().convert("L"))[HEAD_TO_CUTTER:] == 0
    assert (rows[30:54, :72] == rows[:24, :24].repeat(3, axis=1)).all()


def test_esc_exclamation_is_for_latin_and_fs_exclamation_for_chinese(printer: Printer) -> None:
    printer.send(b"\x1b!\x30" + han("证") + b"A\n" + b"\x1b!\x00\x1c!\x0c" + han("证") + b"A\n" + FEED_AND_CUT)
    rows = np.asarray(printer.picture().convert("L"))[HEAD_TO_CUTTER:] == 0
    assert rows[24:48, :24].any()
    assert not rows[:24, :24].any()  # Chinese small, Latin high
    assert rows[48:72, :48].any()
    assert not rows[48:72, 48:].any()  # Chinese high, Latin small


def test_bold_has_more_dots_and_right_stands_at_the_right(printer: Printer) -> None:
    printer.send(han("证") + b"\n\x1bE\x01" + han("证") + b"\n\x1bE\x00\x1ba\x02" + han("证") + b"\n" + FEED_AND_CUT)
    rows = np.asarray(printer.picture().convert("L"))[HEAD_TO_CUTTER:] == 0
    plain, bold, right = rows[:24], rows[30:54], rows[60:84]
    assert bold.sum() > plain.sum()
    assert (right[:, -24:] == plain[:, :24]).all()


def test_a_long_line_goes_on_in_the_next(printer: Printer) -> None:
    printer.send(han("受" * 25) + b"\n" + FEED_AND_CUT)
    assert printer.text() == "受" * 24 + "\n受\n"


def test_what_is_not_fed_beyond_the_blade_comes_with_the_next_receipt(printer: Printer) -> None:
    printer.send(b"first\n\x1dV\x00" + b"second\n" + FEED_AND_CUT)
    assert printer.text(1) == ""
    assert printer.text(2) == "first\nsecond\n"


def test_raster_dots_are_printed_truly(printer: Printer) -> None:
    data = bytes(np.random.default_rng(3).integers(0, 256, 72 * 200, np.uint8))
    printer.send(raster(72, 200, data) + FEED_AND_CUT)
    picture = np.asarray(printer.picture().convert("L"))[HEAD_TO_CUTTER:] == 0
    assert np.packbits(picture, axis=1).tobytes() == data


def test_a_narrow_roll_has_384_dots(printer: Printer) -> None:
    printer.hand.refill(width_mm=58)
    printer.send(b"x" * 33 + b"\n" + FEED_AND_CUT)
    assert printer.picture().width == 384
    assert printer.text() == "x" * 32 + "\nx\n"


@pytest.mark.parametrize("chunk", [1, 2, 7])
def test_any_slices_make_the_same_picture(printer: Printer, tmp_path: Path, chunk: int) -> None:
    sliced = Printer(tmp_path / "sliced")
    printer.send(RECEIPT)
    sliced.send(RECEIPT, chunk)
    assert ImageChops.difference(printer.picture().convert("L"), sliced.picture().convert("L")).getbbox() is None
    assert printer.text() == sliced.text()
    assert len(black_rows(printer.picture())) > 100


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_upset_the_program(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    printer = Printer(tmp_path_factory.getbasetemp() / "garbage")
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


# status


@pytest.mark.parametrize(
    ("trouble", "answers"),
    [
        (lambda hand: None, (0x12, 0x12, 0x12, 0x12)),
        (PrinterHand.paper_low, (0x12, 0x12, 0x12, 0x1E)),
        (PrinterHand.paper_out, (0x1A, 0x32, 0x12, 0x7E)),
        (PrinterHand.open_cover, (0x1A, 0x16, 0x12, 0x12)),
        (PrinterHand.overheat, (0x1A, 0x52, 0x52, 0x12)),
    ],
)
def test_each_trouble_has_its_bits(
    printer: Printer, trouble: Callable[[PrinterHand], None], answers: tuple[int, ...]
) -> None:
    trouble(printer.hand)
    assert printer.send(PRINTER + OFFLINE + ERROR + PAPER) == bytes(answers)


def test_a_stuck_blade_is_an_error_until_the_host_recovers_it(printer: Printer) -> None:
    printer.hand.jam_cutter()
    assert printer.send(b"x\n" + FEED_AND_CUT + process_id(b"0001")) == b""
    assert printer.send(ERROR) == b"\x1a"
    assert printer.send(b"\x10\x05\x01" + ERROR) == b"\x1a"  # it still sticks
    printer.hand.clear_jam(by_hand=False)
    assert printer.send(ERROR) == b"\x1a"
    assert printer.send(b"\x10\x05\x01" + ERROR) == b"\x12\x37\x220001\x00"
    assert printer.text() == "x\n"


def test_status_in_real_time_overtakes_and_the_process_id_keeps_its_place(tmp_path: Path) -> None:
    printer = Printer(tmp_path, REAL)
    assert printer.send(b"\x1bd\x64" + process_id(b"0001") + b"\x1dr\x01" + PAPER) == b"\x12"
    assert printer.run_dry() == b"\x37\x220001\x00\x00"
    assert printer.now_s == pytest.approx(100.0 + 100 * 30 / 8 / 150)


def test_a_real_time_command_is_found_even_in_picture_data(printer: Printer) -> None:
    assert printer.send(raster(2, 3, b"\x00\x10\x04\x04\x00\x00") + FEED_AND_CUT) == b"\x12"
    assert printer.look("unknown") == {}


def test_automatic_status_comes_unasked(printer: Printer) -> None:
    assert printer.send(b"\x1da\xff") == b"\x10\x00\x00\x00"
    printer.hand.open_cover()
    assert printer.work() == b"\x38\x00\x00\x00"
    printer.hand.close_cover()
    assert printer.work() == b"\x10\x00\x00\x00"


def test_the_printer_says_what_it_is(printer: Printer) -> None:
    assert printer.send(b"\x1dIC\x1dIE\x1dI\x02") == b"_SIM-80\x00_CHINA GB18030\x00\x03"


def test_unknown_commands_are_named(printer: Printer) -> None:
    printer.send(b"\x1bZ\x1d(z\x02\x00ab\x1bt\x63" + b"after\n" + FEED_AND_CUT)
    assert printer.look("unknown") == {"ESC Z": 1, "GS ( z": 1, "ESC t 99": 1}
    assert printer.text() == "after\n"


# paper, buffer, power, line


def test_paper_out_in_the_middle_goes_on_after_the_refill_and_prints_nothing_twice(printer: Printer) -> None:
    printer.hand.paper_out_after(10)
    lines = b"".join(b"line %d\n" % number for number in range(20))
    assert printer.send(lines + FEED_AND_CUT + process_id(b"0001")) == b""
    assert printer.look("online") is False
    assert printer.look("receipts") == 0
    assert printer.look("paper_mm") == 10 - 7.5
    assert printer.send(PAPER) == b"\x7e"
    printer.hand.refill()
    assert printer.work() == b"\x37\x220001\x00"
    assert printer.text() == "".join(f"line {number}\n" for number in range(20))


def test_a_full_buffer_takes_nothing_more_until_paper_is_there(line: tuple[ByteDevice, int], tmp_path: Path) -> None:
    device, port = line
    device.verbs()["paper_out"]()
    job = raster(72, 3000, bytes(72 * 3000)) + b"end\n" + FEED_AND_CUT + process_id(b"done")
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        sender = threading.Thread(target=client.sendall, args=(job,))
        sender.start()
        until(lambda: state(device)["bytes_waiting"] == BUFFER_BYTES)
        assert state(device)["bytes_received"] == BUFFER_BYTES
        device.verbs()["refill"]()
        assert client.recv(7) == b"\x37\x22done\x00"
        sender.join()
    assert state(device)["bytes_received"] == len(job)
    assert (tmp_path / "receipts/receipt-0001.txt").read_text() == "[image 576x3000]\nend\n"


def test_after_a_torn_line_whole_commands_are_printed_and_half_of_one_is_forgotten(printer: Printer) -> None:
    printer.hand.open_cover()
    printer.send(b"whole\n" + raster(72, 100, bytes(72 * 10)))
    printer.wire.on_link(False, printer.now_s)
    printer.wire.on_link(True, printer.now_s)
    printer.send(b"next\n" + FEED_AND_CUT)
    printer.hand.close_cover()
    printer.work()
    assert printer.text() == "whole\nnext\n"
    assert printer.look("half_commands") == 1


def test_buffers_can_be_cleared_while_it_is_stopped(printer: Printer) -> None:
    printer.hand.open_cover()
    printer.send(b"never printed\n")
    assert printer.send(b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08") == b"\x37\x25\x00"
    printer.hand.close_cover()
    printer.send(b"printed\n" + FEED_AND_CUT)
    assert printer.text() == "printed\n"


def test_power_off_loses_what_was_not_printed(line: tuple[ByteDevice, int]) -> None:
    device, port = line
    device.verbs()["open_cover"]()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(b"lost\n")
        until(lambda: state(device)["bytes_waiting"] == 5)
        device.verbs()["power_off"]()
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    device.verbs()["power_on"]()
    device.verbs()["close_cover"]()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(process_id(b"0002"))
        assert client.recv(7) == b"\x37\x220002\x00"
    assert state(device)["receipts"] == 0
