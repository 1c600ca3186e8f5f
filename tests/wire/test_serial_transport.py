"""The serial transport on pseudo-terminals: what it carries, and what it says when the line goes away."""

from __future__ import annotations

import os
import termios
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.clock import SystemClock
from drivers.base.deadline import Deadline
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost, Timeout, Unsupported
from drivers.base.serial_transport import SerialTransport
from drivers.base.tap import Direction, NullTap
from drivers.base.transport import Ready
from drivers.base.transports import transport_of
from drivers.base.wake import Wake
from tests.support.sim_lines import nothing_left_over

CLOCK = SystemClock()


class Notes(NullTap):
    """A tap that keeps what it saw."""

    def __init__(self) -> None:
        self.seen: list[tuple[Direction, bytes]] = []

    def bytes_seen(self, direction: Direction, data: bytes, at_s: float) -> None:
        self.seen.append((direction, data))

    def of(self, direction: Direction) -> bytes:
        return b"".join(data for way, data in self.seen if way is direction)


class Line:
    """A pseudo-terminal whose master the test holds, and the transport on its slave."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tap = Notes()
        self.wake = Wake()
        self.master = -1
        self.plug()
        self.transport = SerialTransport(Endpoint.parse(f"serial://{path}?baud=57600"), CLOCK, self.tap)

    def plug(self) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        if self.master >= 0:
            os.close(self.master)
            os.close(self._slave)
            self.path.unlink()
            self.master = -1

    def open(self) -> None:
        self.transport.open(within(1))

    def wait(self, seconds: float | None = 5.0) -> Ready:
        return self.transport.wait(within(seconds), self.wake)

    def rate(self) -> int:
        return termios.tcgetattr(self.master)[5]

    def close(self) -> None:
        self.transport.close()
        self.unplug()
        self.wake.close()


def within(seconds: float | None) -> Deadline:
    return Deadline.after(CLOCK, seconds)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with nothing_left_over():
        made = Line(tmp_path / "ttyX")
        yield made
        made.close()


def test_every_byte_passes_both_ways_and_past_the_tap(line: Line) -> None:
    line.open()
    every = bytes(range(256))
    os.write(line.master, every)
    assert line.wait() == Ready(readable=True, woken=False)
    heard = line.transport.read_available()
    while len(heard) < len(every):
        line.wait()
        heard += line.transport.read_available()
    assert heard == every
    line.transport.write(every, within(1))
    assert os.read(line.master, 1000) == every
    assert line.tap.of(Direction.FROM_DEVICE) == line.tap.of(Direction.TO_DEVICE) == every


def test_nothing_there_reads_as_nothing(line: Line) -> None:
    line.open()
    assert line.transport.read_available() == b""
    assert line.wait(0.0) == Ready(readable=False, woken=False)


def test_the_rate_of_the_endpoint_is_set_and_can_be_changed(line: Line) -> None:
    line.open()
    assert line.rate() == termios.B57600
    line.transport.set_baud(9600)
    assert line.rate() == termios.B9600
    line.transport.close()
    line.open()
    assert (line.rate(), line.transport.baud) == (termios.B9600, 9600)


def test_what_came_before_opening_is_dropped(line: Line) -> None:
    os.write(line.master, b"stale")
    line.open()
    os.write(line.master, b"fresh")
    line.wait()
    assert line.transport.read_available() == b"fresh"


def test_discarded_input_is_gone_and_seen_by_the_tap(line: Line) -> None:
    line.open()
    os.write(line.master, b"late")
    line.wait()
    line.transport.discard_input()
    assert line.transport.read_available() == b""
    assert line.tap.of(Direction.FROM_DEVICE) == b"late"


def test_a_wake_set_by_another_thread_ends_the_wait_and_stays_set(line: Line) -> None:
    line.open()
    setter = threading.Thread(target=line.wake.set)
    setter.start()
    assert line.wait(None) == Ready(readable=False, woken=True)
    setter.join()
    assert line.wait(0.0).woken
    assert line.wake.clear()


def test_unplugged_while_waiting_wakes_the_wait_and_the_read_says_so(line: Line) -> None:
    line.open()
    puller = threading.Thread(target=line.unplug)
    puller.start()
    assert line.wait().readable
    puller.join()
    with pytest.raises(LinkLost):
        line.transport.read_available()


def test_unplugged_every_call_says_link_lost_and_close_stays_quiet(line: Line) -> None:
    line.open()
    line.unplug()
    with pytest.raises(LinkLost):
        line.transport.read_available()
    with pytest.raises(LinkLost):
        line.transport.discard_input()
    with pytest.raises(LinkLost):
        line.transport.write(b"x", within(1))
    with pytest.raises(LinkLost):
        line.transport.set_baud(19200)
    line.transport.close()
    line.transport.close()
    with pytest.raises(LinkLost, match="not open"):
        line.wait(0.0)


def test_plugged_in_again_the_same_transport_opens_again(line: Line) -> None:
    line.open()
    line.unplug()
    with pytest.raises(LinkLost, match="not there"):
        line.open()
    line.plug()
    line.open()
    os.write(line.master, b"again")
    line.wait()
    assert line.transport.read_available() == b"again"


def test_a_device_that_takes_no_more_times_out_and_says_how_much_it_took(line: Line) -> None:
    line.open()
    data = bytes(200_000)
    with pytest.raises(Timeout, match=r"took \d+ of 200000 bytes"):
        line.transport.write(data, within(0.02))
    taken = len(line.tap.of(Direction.TO_DEVICE))
    assert 0 < taken < len(data)


def test_unplugged_half_written_says_how_far_it_came(line: Line) -> None:
    line.open()
    with pytest.raises(Timeout):
        line.transport.write(bytes(200_000), within(0.0))
    line.unplug()
    with pytest.raises(LinkLost, match="after 0 of 3 bytes"):
        line.transport.write(b"end", within(1))


def test_a_slow_taker_gets_everything(line: Line) -> None:
    line.open()
    data = bytes(range(256)) * 400
    taken = bytearray()

    def take() -> None:
        while len(taken) < len(data):
            taken.extend(os.read(line.master, 4096))

    taker = threading.Thread(target=take)
    taker.start()
    line.transport.write(data, within(5))
    taker.join()
    assert taken == data


def test_a_second_program_is_refused_as_busy(line: Line) -> None:
    line.open()
    second = SerialTransport(Endpoint.parse(f"serial://{line.path}"), CLOCK, Notes())
    with pytest.raises(LinkLost, match="busy"):
        second.open(within(1))
    line.transport.close()
    second.open(within(1))
    second.close()


def test_something_that_is_no_serial_line_is_link_lost(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with nothing_left_over(), pytest.raises(LinkLost):
        SerialTransport(Endpoint.parse(f"serial://{tmp_path}/file"), CLOCK, Notes()).open(within(1))


@pytest.mark.parametrize("url", ["serial://", "serial://host/dev/x", "serial:///dev/x?baud=fast", "serial:///x?baud=0"])
def test_a_wrong_endpoint_is_unsupported(url: str) -> None:
    with pytest.raises(Unsupported):
        transport_of(Endpoint.parse(url), CLOCK, Notes())


def test_the_scheme_chooses_the_transport() -> None:
    assert isinstance(transport_of(Endpoint.parse("serial:///dev/x"), CLOCK, Notes()), SerialTransport)
    with pytest.raises(Unsupported, match="mjpeg"):
        transport_of(Endpoint.parse("mjpeg+http://x/y"), CLOCK, Notes())
