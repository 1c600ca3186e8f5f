"""The TCP transport on loopback: what it carries, and what it says when the other side goes away."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from drivers.base.clock import SystemClock
from drivers.base.deadline import Deadline
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost, Timeout, Unsupported
from drivers.base.tap import NullTap
from drivers.base.tcp_transport import TcpTransport
from drivers.base.transport import Ready
from drivers.base.transports import transport_of
from drivers.base.wake import Wake
from tests.support.sim_lines import nothing_left_over

CLOCK = SystemClock()


class Peer:
    """A listening device, its one connection, and the transport to it."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.transport = transport_of(Endpoint.parse(self.url), CLOCK, NullTap())
        self.wake = Wake()
        self.device: socket.socket | None = None

    def open(self) -> socket.socket:
        self.transport.open(within(1))
        self.device, _ = self.listener.accept()
        return self.device

    def wait(self, seconds: float | None = 5.0) -> Ready:
        return self.transport.wait(within(seconds), self.wake)

    def close(self) -> None:
        self.transport.close()
        self.wake.close()
        self.listener.close()
        if self.device is not None:
            self.device.close()


def open_all(transports: list[TcpTransport]) -> None:
    for transport in transports:  # the listener's queue takes one or two, then a connection hangs
        transport.open(within(0.05))


def within(seconds: float | None) -> Deadline:
    return Deadline.after(CLOCK, seconds)


@pytest.fixture
def peer() -> Iterator[Peer]:
    with nothing_left_over():
        made = Peer()
        yield made
        made.close()


def test_bytes_pass_both_ways(peer: Peer) -> None:
    assert isinstance(peer.transport, TcpTransport)
    device = peer.open()
    every = bytes(range(256))
    peer.transport.write(every, within(1))
    assert device.recv(1000) == every
    assert peer.transport.read_available() == b""
    device.sendall(every)
    assert peer.wait() == Ready(readable=True, woken=False)
    assert peer.transport.read_available() == every


def test_a_wake_set_by_another_thread_ends_the_wait(peer: Peer) -> None:
    peer.open()
    setter = threading.Thread(target=peer.wake.set)
    setter.start()
    assert peer.wait(None) == Ready(readable=False, woken=True)
    setter.join()


def test_closed_by_the_device_wakes_the_wait_and_gives_what_came_before(peer: Peer) -> None:
    device = peer.open()
    device.sendall(b"last words")
    device.close()
    assert peer.wait().readable
    assert peer.transport.read_available() == b"last words"
    with pytest.raises(LinkLost, match=r"closed by the other side$"):
        peer.transport.read_available()


def test_a_device_that_serves_another_client_is_told_as_perhaps_busy(peer: Peer) -> None:
    peer.open().close()
    assert peer.wait().readable
    with pytest.raises(LinkLost, match="perhaps busy"):
        peer.transport.read_available()


def test_a_reset_is_link_lost_for_reading_and_writing(peer: Peer) -> None:
    device = peer.open()
    device.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    device.close()
    assert peer.wait().readable
    with pytest.raises(LinkLost):
        peer.transport.read_available()
    with pytest.raises(LinkLost, match="after 0 of 1 bytes"):
        peer.transport.write(b"x", within(1))


def test_a_device_that_takes_no_more_times_out_and_a_later_reset_is_link_lost(peer: Peer) -> None:
    device = peer.open()
    with pytest.raises(Timeout, match=r"took \d+ of 33554432 bytes"):
        peer.transport.write(bytes(32 * 1024 * 1024), within(0.02))
    device.close()  # unread bytes: the system answers with a reset
    assert peer.wait().readable
    with pytest.raises(LinkLost):
        peer.transport.write(b"more", within(1))


def test_a_slow_taker_gets_everything(peer: Peer) -> None:
    device = peer.open()
    data = bytes(range(256)) * 32768
    taken = bytearray()

    def take() -> None:
        while len(taken) < len(data):
            taken.extend(device.recv(65536))

    taker = threading.Thread(target=take)
    taker.start()
    peer.transport.write(data, within(10))
    taker.join()
    assert taken == data


def test_refused_is_link_lost_and_later_the_same_transport_connects(peer: Peer) -> None:
    port = peer.listener.getsockname()[1]
    peer.listener.close()
    with pytest.raises(LinkLost, match="refused"):
        peer.transport.open(within(1))
    peer.listener = socket.create_server(("127.0.0.1", port))
    peer.open().sendall(b"again")
    peer.wait()
    assert peer.transport.read_available() == b"again"


def test_a_device_that_does_not_accept_is_link_lost_at_the_deadline() -> None:
    with nothing_left_over(), socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        url = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        queue = [TcpTransport(Endpoint.parse(url), CLOCK, NullTap()) for _ in range(4)]
        try:
            with pytest.raises(LinkLost, match="timed out"):
                open_all(queue)
        finally:
            for transport in queue:
                transport.close()


def test_closed_it_says_so_and_closes_twice(peer: Peer) -> None:
    peer.open()
    peer.transport.close()
    peer.transport.close()
    for call in (peer.transport.read_available, peer.transport.discard_input, lambda: peer.wait(0.0)):
        with pytest.raises(LinkLost, match="not connected"):
            call()


@pytest.mark.parametrize("url", ["tcp://:9100", "tcp://10.0.0.9", "tcp:///dev/x"])
def test_a_wrong_endpoint_is_unsupported(url: str) -> None:
    with pytest.raises(Unsupported):
        transport_of(Endpoint.parse(url), CLOCK, NullTap())
