"""The simulated receipt printer's status, buffer, paper, power and line, by hand-made bytes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulators.byte_device import ByteDevice
from simulators.receipt_printer.hand import PrinterHand
from simulators.receipt_printer.machine import REAL
from simulators.receipt_printer.receive_buffer import BUFFER_BYTES
from tests.support.sim_lines import until
from tests.support.still_printer import (
    ERROR,
    FEED_AND_CUT,
    OFFLINE,
    PAPER,
    PRINTER,
    StillPrinter,
    process_id,
    raster,
    served_printer,
    state,
)

CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"  # DLE DC4 8


@pytest.fixture
def printer(tmp_path: Path) -> StillPrinter:
    return StillPrinter(tmp_path)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[ByteDevice, int]]:
    with served_printer(tmp_path) as made:
        yield made


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
    printer: StillPrinter, trouble: Callable[[PrinterHand], None], answers: tuple[int, ...]
) -> None:
    trouble(printer.hand)
    assert printer.send(PRINTER + OFFLINE + ERROR + PAPER) == bytes(answers)


def test_a_stuck_blade_is_an_error_until_the_host_recovers_it(printer: StillPrinter) -> None:
    printer.hand.jam_cutter()
    assert printer.send(b"x\n" + FEED_AND_CUT + process_id(b"0001")) == b""
    assert printer.send(ERROR) == b"\x1a"
    assert printer.send(b"\x10\x05\x01" + ERROR) == b"\x1a"  # it still sticks
    printer.hand.clear_jam(by_hand=False)
    assert printer.send(ERROR) == b"\x1a"
    assert printer.send(b"\x10\x05\x01" + ERROR) == b"\x12\x37\x220001\x00"
    assert printer.text() == "x\n"


def test_status_in_real_time_overtakes_and_the_process_id_keeps_its_place(tmp_path: Path) -> None:
    printer = StillPrinter(tmp_path, REAL)
    assert printer.send(b"\x1bd\x64" + process_id(b"0001") + b"\x1dr\x01" + PAPER) == b"\x12"
    assert printer.run_dry() == b"\x37\x220001\x00\x00"
    assert printer.now_s == pytest.approx(100.0 + 100 * 30 / 8 / 150)


def test_a_real_time_command_is_found_even_in_picture_data(printer: StillPrinter) -> None:
    assert printer.send(raster(2, 3, b"\x00\x10\x04\x04\x00\x00") + FEED_AND_CUT) == b"\x12"
    assert printer.look("unknown") == {}


def test_automatic_status_comes_unasked(printer: StillPrinter) -> None:
    assert printer.send(b"\x1da\xff") == b"\x10\x00\x00\x00"
    printer.hand.open_cover()
    assert printer.work() == b"\x38\x00\x00\x00"
    printer.hand.close_cover()
    assert printer.work() == b"\x10\x00\x00\x00"


def test_the_printer_says_what_it_is(printer: StillPrinter) -> None:
    assert printer.send(b"\x1dIC\x1dIE\x1dI\x02") == b"_SIM-80\x00_CHINA GB18030\x00\x03"


def test_unknown_commands_are_named(printer: StillPrinter) -> None:
    printer.send(b"\x1bZ\x1d(z\x02\x00ab\x1bt\x63" + b"after\n" + FEED_AND_CUT)
    assert printer.look("unknown") == {"ESC Z": 1, "GS ( z": 1, "ESC t 99": 1}
    assert printer.text() == "after\n"


# paper, buffer, power, line


def test_paper_out_in_the_middle_goes_on_after_the_refill_and_prints_nothing_twice(printer: StillPrinter) -> None:
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


def test_after_a_torn_line_whole_commands_are_printed_and_half_of_one_is_forgotten(printer: StillPrinter) -> None:
    printer.hand.open_cover()
    printer.send(b"whole\n" + raster(72, 100, bytes(72 * 10)))
    printer.wire.on_link(False, printer.now_s)
    printer.wire.on_link(True, printer.now_s)
    printer.send(b"next\n" + FEED_AND_CUT)
    printer.hand.close_cover()
    printer.work()
    assert printer.text() == "whole\nnext\n"
    assert printer.look("half_commands") == 1


def test_a_printer_that_does_not_see_the_line_takes_what_comes_next_for_the_rest(tmp_path: Path) -> None:
    printer = StillPrinter(tmp_path, sees_line=False)
    whole = raster(3, 30, bytes(90))
    printer.send(b"above\n" + whole[:-5])
    printer.wire.on_link(False, printer.now_s)
    printer.wire.on_link(True, printer.now_s)
    printer.send(b"12345below\n" + FEED_AND_CUT)
    assert printer.text() == "above\n[image 24x30]\nbelow\n"
    assert printer.look("half_commands") == 0


def test_clearing_ends_half_a_command(tmp_path: Path) -> None:
    printer = StillPrinter(tmp_path, sees_line=False)
    printer.send(raster(3, 30, bytes(90))[:-5])
    assert printer.send(CLEAR) == b"\x37\x25\x00"
    printer.send(b"whole\n" + FEED_AND_CUT)
    assert printer.text() == "whole\n"


def test_a_printer_that_knows_no_clearing_says_and_prints_nothing_of_it(tmp_path: Path) -> None:
    printer = StillPrinter(tmp_path, clears=False)
    assert printer.send(b"first" + CLEAR + b" last\n" + FEED_AND_CUT) == b""
    assert printer.text() == "first last\n"
    assert printer.look("unknown") == {"DLE 14 8 1 3 20 1 6 2 8": 1}


def test_the_pin_of_a_drawer_is_in_the_first_answer_alone(printer: StillPrinter) -> None:
    assert printer.send(PRINTER + OFFLINE) == b"\x12\x12"
    printer.machine.drawer_pin_high = True
    assert printer.send(PRINTER + OFFLINE + ERROR + PAPER) == b"\x16\x12\x12\x12"


def test_buffers_can_be_cleared_while_it_is_stopped(printer: StillPrinter) -> None:
    printer.hand.open_cover()
    printer.send(b"never printed\n")
    assert printer.send(CLEAR) == b"\x37\x25\x00"
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
