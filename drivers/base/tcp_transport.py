"""A TCP connection, `tcp://10.0.0.9:9100`."""

from __future__ import annotations

import errno
import math
import os
import select
import socket
from typing import Final

from drivers.base.byte_stream import ByteStream
from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost, Unsupported
from drivers.base.tap import Tap

# A cable pulled at the other end says nothing: the system asks after 5 s of silence and gives up 6 s later.
_KEEPALIVE: Final = ((socket.TCP_KEEPIDLE, 5), (socket.TCP_KEEPINTVL, 2), (socket.TCP_KEEPCNT, 3))
_UNANSWERED_MS: Final = 11_000  # the same patience for bytes that were sent and not acknowledged


class TcpTransport(ByteStream):
    """One connection. A device that serves one client closes the second at once; the first read says so."""

    def __init__(self, endpoint: Endpoint, clock: Clock, tap: Tap) -> None:
        """`Unsupported` when host or port is missing."""
        super().__init__(f"{endpoint.host}:{endpoint.port}", clock, tap)
        if not endpoint.host or not endpoint.port:
            raise Unsupported(f"a TCP endpoint is tcp://HOST:PORT, not {endpoint.url!r}")
        self._host = endpoint.host
        self._port = endpoint.port
        self._socket: socket.socket | None = None
        self._heard = False

    def open(self, deadline: Deadline) -> None:
        """Connect; `LinkLost` when refused or not there by `deadline`.

        A host given by name is resolved first, which the deadline does not bound: configure addresses.
        """
        self.close()
        self._heard = False
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)[0]
            self._socket = socket.socket(family, kind, protocol)
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, value in _KEEPALIVE:
                self._socket.setsockopt(socket.IPPROTO_TCP, option, value)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED_MS)
            number = self._socket.connect_ex(address)
            if number == errno.EINPROGRESS:
                number = _connected(self._socket, deadline)
            # A free port of this machine can be met by connecting to oneself.
            if not number and self._socket.getsockname() == self._socket.getpeername():
                number = errno.ECONNREFUSED
        except OSError as error:
            self.close()
            raise LinkLost(f"{self._title}: {error}") from error
        if number:
            self.close()
            raise LinkLost(f"{self._title}: {os.strerror(number)}")

    def fileno(self) -> int:
        """The socket's descriptor; `LinkLost` when closed."""
        if self._socket is None:
            raise LinkLost(f"{self._title} is not connected")
        return self._socket.fileno()

    def read_available(self) -> bytes:
        """All bytes that are there now, possibly none; `LinkLost` when the other side has closed."""
        data = super().read_available()
        self._heard = self._heard or bool(data)
        return data

    def close(self) -> None:
        """Close the connection; never raises, may be called twice."""
        link, self._socket = self._socket, None
        if link is not None:
            link.close()

    def _hung_up(self) -> str:
        if self._heard:
            return f"{self._title}: closed by the other side"
        return f"{self._title}: closed by the other side before it said anything; perhaps busy with another client"


def _connected(link: socket.socket, deadline: Deadline) -> int:
    """Wait for a connection under way; the error number, 0 for none."""
    poller = select.poll()
    poller.register(link, select.POLLOUT)
    left_s = deadline.left_s()
    if not poller.poll(None if left_s is None else math.ceil(left_s * 1000)):
        return errno.ETIMEDOUT
    return link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
