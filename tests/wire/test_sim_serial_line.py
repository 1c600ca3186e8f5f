"""The simulated serial line, seen by pyserial."""

from __future__ import annotations

import os
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import serial

from simulators.bench import VerbError
from simulators.byte_device import ByteDevice
from simulators.evaluator import device as evaluator
from simulators.evaluator.wire import frame as pad_frame
from simulators.id_card import device as id_card
from simulators.links.pty import PtyLink
from tests.support.sim_lines import nothing_left_over, until

GOLDEN = Path(__file__).parents[1] / "golden" / "frames"
FIND = bytes.fromhex("AAAAAA96690003200122")
FIND_OK = bytes.fromhex("AAAAAA9669000800009F0000000097")
SELECT = bytes.fromhex("AAAAAA96690003200221")
READ_BASE = bytes.fromhex("AAAAAA96690003300132")
NO_CARD = bytes.fromhex("AAAAAA9669000400008084")
SET_9600 = bytes.fromhex("AAAAAA96690003600467")
OK = bytes.fromhex("AAAAAA9669000400009094")


class Echo:
    """A wire that says what it hears."""

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        return (data,)

    def on_time(self, now_s: float) -> Sequence[bytes]:
        return ()

    def next_time_s(self) -> float | None:
        return None

    def on_link(self, up: bool, now_s: float) -> None:
        return


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[ByteDevice]:
    device = ByteDevice("echo", PtyLink(tmp_path / "ttyECHO"), Echo(), {}, dict)
    with nothing_left_over():
        device.start()
        yield device
        device.stop()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[ByteDevice]:
    device = id_card.build(tmp_path, fast=True)
    with nothing_left_over():
        device.start()
        yield device
        device.stop()


def _open(device: ByteDevice, baud: int = 115200, timeout_s: float = 5.0) -> serial.Serial:
    path = device.endpoint().removeprefix("serial://").partition("?")[0]
    return serial.Serial(path, baud, timeout=timeout_s, write_timeout=5.0, exclusive=True)


def _do(device: ByteDevice, verb: str, **arguments: object) -> object:
    return device.verbs()[verb](**arguments)


def _ask(port: serial.Serial, command: bytes, size: int) -> bytes:
    port.write(command)
    return port.read(size)


def test_every_byte_passes_truly(echo: ByteDevice) -> None:
    with _open(echo) as port:
        every = bytes(range(256)) * 4
        assert _ask(port, every, len(every)) == every


def test_the_endpoint_names_the_line_and_its_rate(echo: ByteDevice, tmp_path: Path) -> None:
    assert echo.endpoint() == f"serial://{tmp_path}/ttyECHO?baud=115200"


@pytest.mark.parametrize("baud", [9600, 57600])
def test_bytes_come_no_faster_than_the_rate_allows(tmp_path: Path, baud: int) -> None:
    device = ByteDevice("echo", PtyLink(tmp_path / "tty", baud), Echo(), {}, dict)
    device.start()
    try:
        with _open(device, baud) as port:
            data = bytes(baud // 10 // 5)  # 0.2 s of line in either direction, which overlap but for a slice
            started_s = time.monotonic()
            assert _ask(port, data, len(data)) == data
            assert 0.19 < time.monotonic() - started_s < 2.0
    finally:
        device.stop()


def test_a_host_at_another_rate_hears_garbage_until_it_sets_the_right_one(reader: ByteDevice) -> None:
    with _open(reader, 57600, timeout_s=0.3) as port:
        assert OK not in _ask(port, FIND, 64)
        assert NO_CARD not in _ask(port, FIND, 64)
        port.baudrate = 115200
        port.timeout = 5.0
        _ask(port, b"", 0)
        until(lambda: not port.in_waiting)
        port.reset_input_buffer()
        assert _recovers(port)


def test_the_reader_follows_the_rate_it_was_told(reader: ByteDevice) -> None:
    with _open(reader) as port:
        assert _ask(port, SET_9600, len(OK)) == OK
        until(lambda: _link(reader)["baud"] == 9600)
        port.baudrate = 9600
        assert _ask(port, FIND, len(NO_CARD)) == NO_CARD


def test_the_specimen_read_over_the_line_is_the_golden_reply(reader: ByteDevice) -> None:
    _do(reader, "place_card", card="specimen")
    golden = (GOLDEN / "reply_base_resident_longterm.bin").read_bytes()
    with _open(reader) as port:
        assert _ask(port, FIND, 15) == FIND_OK
        assert len(_ask(port, SELECT, 19)) == 19
        started_s = time.monotonic()
        assert _ask(port, READ_BASE, len(golden)) == golden
        assert time.monotonic() - started_s > 0.99 * len(golden) * 10 / 115200


def test_a_torn_cable_ends_the_read_and_takes_the_name_away(reader: ByteDevice, tmp_path: Path) -> None:
    with _open(reader) as port:
        _do(reader, "tear_cable")
        with pytest.raises((OSError, termios.error)):
            port.read(1)
    assert not os.path.lexists(tmp_path / "ttyIDR")
    with pytest.raises(serial.SerialException):
        _open(reader)


def test_plugged_in_again_the_same_endpoint_answers_and_the_machine_kept_its_card(reader: ByteDevice) -> None:
    before = reader.endpoint()
    _do(reader, "place_card", card="zhang")
    _do(reader, "tear_cable")
    _do(reader, "plug_in")
    assert reader.endpoint() == before
    with _open(reader) as port:
        assert _ask(port, FIND, 15) == FIND_OK


def test_a_second_host_cannot_lock_the_line(echo: ByteDevice) -> None:
    with _open(echo), pytest.raises(serial.SerialException):
        _open(echo)


def test_a_key_pressed_by_hand_arrives_over_the_line(tmp_path: Path) -> None:
    pad = evaluator.build(tmp_path, fast=True)
    invitation = bytes.fromhex("A1B2C3D4") + (60).to_bytes(2, "big")
    pad.start()
    try:
        with _open(pad) as port:
            assert _ask(port, pad_frame(1, 0x04, invitation), 9)[5:7] == b"\x01\x00"
            assert _do(pad, "press", level=5) is True
            assert port.read(12)[4:10] == b"\x40" + invitation[:4] + b"\x05"
            _do(pad, "tear_cable")
        _do(pad, "plug_in")
        with _open(pad) as port:  # not acknowledged: said again after the link returned
            assert port.read(12)[4:10] == b"\x40" + invitation[:4] + b"\x05"
    finally:
        pad.stop()


def test_a_corrupt_reply_is_wrong_in_one_bit_and_only_once(reader: ByteDevice) -> None:
    _do(reader, "corrupt_next_reply")
    with _open(reader) as port:
        heard = _ask(port, FIND, len(NO_CARD))
        assert sum((one ^ other).bit_count() for one, other in zip(heard, NO_CARD, strict=True)) == 1
        assert _ask(port, FIND, len(NO_CARD)) == NO_CARD


def test_a_cut_reply_ends_early_and_the_next_is_whole(reader: ByteDevice) -> None:
    _do(reader, "cut_next_reply", after_bytes=4)
    with _open(reader) as port:
        assert _ask(port, FIND, 4) == NO_CARD[:4]
        assert _ask(port, FIND, len(NO_CARD)) == NO_CARD


def test_noise_comes_before_the_reply(reader: ByteDevice) -> None:
    _do(reader, "noise_before_next_reply", bytes_count=9)
    with _open(reader) as port:
        heard = _ask(port, FIND, 9 + len(NO_CARD))
        assert heard[9:] == NO_CARD
        assert heard[:9] != NO_CARD[:9]


def test_a_silent_device_works_and_says_nothing(reader: ByteDevice) -> None:
    _do(reader, "silence", on=True)
    with _open(reader, timeout_s=0.05) as port:
        assert _ask(port, FIND, 1) == b""
        until(lambda: _state(reader)["finds"] == 1)
        _do(reader, "silence", on=False)
        port.timeout = 5.0
        assert _ask(port, FIND, len(NO_CARD)) == NO_CARD


def test_a_slow_device_answers_later(reader: ByteDevice) -> None:
    _do(reader, "slow", extra_ms=150)
    with _open(reader) as port:
        started_s = time.monotonic()
        assert _ask(port, FIND, len(NO_CARD)) == NO_CARD
        assert time.monotonic() - started_s >= 0.15


def test_a_reply_can_come_byte_by_byte(reader: ByteDevice) -> None:
    _do(reader, "split_replies", chunk_bytes=1, gap_ms=5)
    with _open(reader) as port:
        started_s = time.monotonic()
        assert _ask(port, FIND, len(NO_CARD)) == NO_CARD
        assert time.monotonic() - started_s >= 0.005 * (len(NO_CARD) - 1)


def test_a_host_that_does_not_read_loses_bytes_and_stops_nobody(echo: ByteDevice) -> None:
    with _open(echo) as port:
        for _ in range(12):
            port.write(bytes(1024))
        until(lambda: _link(echo)["lost_bytes"] != 0)


def test_negative_times_are_refused(reader: ByteDevice) -> None:
    with pytest.raises(VerbError, match="negative"):
        _do(reader, "slow", extra_ms=-1)


def test_a_name_that_is_a_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "ttyIDR").write_text("mine")
    with nothing_left_over(), pytest.raises(FileExistsError):
        id_card.build(tmp_path, fast=True).start()
    assert (tmp_path / "ttyIDR").read_text() == "mine"


def _state(device: ByteDevice) -> dict[str, object]:
    state = _do(device, "state")
    assert isinstance(state, dict)
    return state


def _link(device: ByteDevice) -> dict[str, object]:
    link = _state(device)["link"]
    assert isinstance(link, dict)
    return link


def _recovers(port: serial.Serial) -> bool:
    """Garbage may look like the start of a command: the reader forgets it after its pause."""
    port.timeout = 0.25
    return any(_ask(port, FIND, 64).endswith(NO_CARD) for _ in range(8))
