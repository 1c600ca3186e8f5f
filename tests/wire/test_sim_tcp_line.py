"""The simulated TCP line and the proxy that spoils one."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from simulators.byte_device import ByteDevice
from simulators.links.fault_proxy import FaultProxy
from simulators.links.tcp import TcpLink
from tests.support.sim_lines import nothing_left_over, until


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


@contextlib.contextmanager
def _echo(receive_bytes_per_s: float | None = None) -> Iterator[tuple[ByteDevice, TcpLink]]:
    link = TcpLink(receive_bytes_per_s=receive_bytes_per_s)
    device = ByteDevice("echo", link, Echo(), {}, dict)
    with nothing_left_over():
        device.start()
        try:
            yield device, link
        finally:
            device.stop()


@pytest.fixture
def echo() -> Iterator[tuple[ByteDevice, TcpLink]]:
    with _echo() as both:
        yield both


@pytest.fixture
def proxy(echo: tuple[ByteDevice, TcpLink]) -> Iterator[FaultProxy]:
    proxy = FaultProxy("hub_link", ("127.0.0.1", echo[1].port))
    proxy.start()
    yield proxy
    proxy.stop()


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5.0)


def _ask(line: socket.socket, data: bytes) -> bytes:
    line.sendall(data)
    return _take(line, len(data))


def _take(line: socket.socket, size: int) -> bytes:
    heard = b""
    while len(heard) < size:
        data = line.recv(size - len(heard))
        assert data, f"ended after {len(heard)} bytes"
        heard += data
    return heard


def test_bytes_pass_truly(echo: tuple[ByteDevice, TcpLink]) -> None:
    with _connect(echo[1].port) as line:
        assert _ask(line, bytes(range(256)) * 100) == bytes(range(256)) * 100
    assert echo[0].endpoint() == f"tcp://127.0.0.1:{echo[1].port}"


def test_a_second_client_is_closed_at_once_and_the_first_goes_on(echo: tuple[ByteDevice, TcpLink]) -> None:
    with _connect(echo[1].port) as first:
        assert _ask(first, b"one") == b"one"
        with _connect(echo[1].port) as second:
            assert second.recv(1) == b""
        assert _ask(first, b"two") == b"two"


def test_the_next_client_is_taken_when_the_first_has_gone(echo: tuple[ByteDevice, TcpLink]) -> None:
    with _connect(echo[1].port) as first:
        assert _ask(first, b"one") == b"one"
    until(lambda: not echo[1].is_up())
    with _connect(echo[1].port) as next_one:
        assert _ask(next_one, b"two") == b"two"


def test_a_host_that_hangs_up_and_comes_back_at_once_is_taken(echo: tuple[ByteDevice, TcpLink]) -> None:
    for word in (b"one", b"two", b"three") * 10:
        with _connect(echo[1].port) as line:
            assert _ask(line, word) == word


def test_a_torn_line_is_reset_and_refuses_until_plugged_in(echo: tuple[ByteDevice, TcpLink]) -> None:
    device, link = echo
    port = link.port
    with _connect(port) as line:
        assert _ask(line, b"one") == b"one"
        device.verbs()["tear_cable"]()
        with pytest.raises(ConnectionResetError):
            line.recv(1)
    with pytest.raises(ConnectionRefusedError):
        _connect(port)
    device.verbs()["plug_in"]()
    with _connect(port) as line:
        assert _ask(line, b"two") == b"two"


def test_a_slow_device_takes_its_bytes_at_its_rate() -> None:
    with _echo(receive_bytes_per_s=20_000) as (_, link), _connect(link.port) as line:
        started_s = time.monotonic()
        assert len(_ask(line, bytes(4000))) == 4000
        assert 0.18 < time.monotonic() - started_s < 2.0


def test_a_host_that_does_not_read_gets_everything_later(echo: tuple[ByteDevice, TcpLink]) -> None:
    size = 4_000_000
    with _connect(echo[1].port) as line:
        sender = threading.Thread(target=line.sendall, args=(bytes(size),))
        sender.start()
        sender.join(timeout=0.3)
        assert len(_take(line, size)) == size
        sender.join()


def test_the_proxy_passes_bytes_and_the_end_of_a_stream(proxy: FaultProxy) -> None:
    with _connect(proxy.port) as line:
        assert _ask(line, bytes(100_000)) == bytes(100_000)
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""


def test_the_proxy_delays_both_ways(proxy: FaultProxy) -> None:
    proxy.delay_ms(60)
    with _connect(proxy.port) as line:
        started_s = time.monotonic()
        assert _ask(line, b"there and back") == b"there and back"
        assert time.monotonic() - started_s >= 0.12


def test_the_proxy_throttles(proxy: FaultProxy) -> None:
    proxy.throttle(20_000)
    with _connect(proxy.port) as line:
        started_s = time.monotonic()
        assert len(_ask(line, bytes(4000))) == 4000
        assert 0.17 < time.monotonic() - started_s < 2.0


def test_the_proxy_cuts_after_exactly_so_many_bytes(proxy: FaultProxy) -> None:
    with _connect(proxy.port) as line:
        proxy.cut_after(150)
        line.sendall(bytes(100))
        assert _heard_until_reset(line.recv) <= 50
    assert proxy.state()["forwarded_bytes"] == 150
    with _connect(proxy.port) as line:  # cut once, not for ever
        assert _ask(line, bytes(400)) == bytes(400)


def test_the_proxy_holds_everything_in_a_blackhole_and_lets_it_go(proxy: FaultProxy) -> None:
    with _connect(proxy.port) as line:
        assert _ask(line, b"one") == b"one"
        proxy.blackhole(True)
        line.sendall(b"two")
        line.settimeout(0.1)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.settimeout(5.0)
        proxy.blackhole(False)
        assert _take(line, 3) == b"two"


def test_the_proxy_refuses_and_takes_connections_again_on_the_same_port(proxy: FaultProxy) -> None:
    with _connect(proxy.port) as line:
        assert _ask(line, b"one") == b"one"
        proxy.refuse(True)
        with pytest.raises(ConnectionResetError):
            line.recv(1)
    with pytest.raises(ConnectionRefusedError):
        _connect(proxy.port)
    proxy.refuse(False)
    until(lambda: proxy.state()["refusing"] is False)


def test_the_proxy_resets_when_its_target_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with nothing_left_over():
        proxy = FaultProxy("hub_link", ("127.0.0.1", port))
        proxy.start()
        try:
            with pytest.raises(ConnectionResetError):  # already while connecting, if the proxy is quick
                _peek(proxy.port)
        finally:
            proxy.stop()


def _peek(port: int) -> bytes:
    with _connect(port) as line:
        return line.recv(1)


def _heard_until_reset(receive: Callable[[int], bytes]) -> int:
    heard = 0
    try:
        while data := receive(4096):
            heard += len(data)
    except ConnectionResetError:
        return heard
    raise AssertionError("the line ended in peace")
