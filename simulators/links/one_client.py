"""What TCP lines with one client have in common: listening on loopback, sending without blocking, tearing."""

from __future__ import annotations

import socket
import struct

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER, zero seconds: close sends RST, as a torn line does
RETRY_S = 0.005  # how long after a full send buffer it is tried again


class OneClientLine:
    """Base of the links; who becomes the client, and what is taken from it, is the link's own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._out = bytearray()
        self._stuck_s: float | None = None
        self._refused = 0

    @property
    def port(self) -> int:
        """The port it listens on; 0 before the first `open`."""
        return self._port

    def open(self) -> None:
        """Listen; `OSError` when the port is taken."""
        if self._listener is None:
            listener = socket.create_server(("127.0.0.1", self._port))
            listener.setblocking(False)
            self._port = int(listener.getsockname()[1])
            self._listener = listener

    def send(self, data: bytes, now_s: float) -> None:
        """Queue bytes for the client."""
        del now_s
        if self._client is not None:
            self._out += data

    def pump(self, now_s: float) -> None:
        """Write what the socket takes."""
        self._stuck_s = None
        while self._out and self._client is not None:
            try:
                written = self._client.send(self._out)
            except BlockingIOError:
                self._stuck_s = now_s
                return
            except OSError:
                self._hang_up()
                return
            del self._out[:written]

    def is_up(self) -> bool:
        """Whether a client is connected."""
        return self._client is not None

    def plug(self) -> None:
        """Listen again on the same port."""
        self.open()

    def state(self) -> dict[str, object]:
        """Cable, client, and how many others were sent away."""
        return {"plugged": self._listener is not None, "client": self.is_up(), "refused_clients": self._refused}

    def _retry_at_s(self) -> list[float]:
        """When a full send buffer is tried again, if it is full."""
        return [self._stuck_s + RETRY_S] if self._stuck_s is not None else []

    def _next_connection(self) -> socket.socket | None:
        """Somebody who has connected; None when nobody waits."""
        if self._listener is None:
            return None
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return None
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        self._out.clear()
        self._stuck_s = None

    def _drop_listener(self) -> None:
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)  # a close alone goes on listening while a thread polls it
            self._listener.close()
            self._listener = None


def reset_on_close(line: socket.socket) -> None:
    """The other side sees the line torn, not ended."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)


def has_left(client: socket.socket, flags: int = 0) -> bool:
    """Whether the other side has gone; with MSG_PEEK what it said stays to be read."""
    try:
        return not client.recv(16 * 1024, flags)
    except BlockingIOError:
        return False
    except OSError:
        return True
