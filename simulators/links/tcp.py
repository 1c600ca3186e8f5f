"""A TCP line on loopback with one client, as a network receipt printer has it."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Sequence

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER, zero seconds: close sends RST, as a torn line does
_RETRY_S = 0.005
_TAKE_S = 0.005  # a slow device takes its bytes in portions of this long
_READ_BYTES = 65536


class TcpLink:
    """Listens on 127.0.0.1; a second client is accepted and closed at once.

    `receive_bytes_per_s` bounds how fast the device takes bytes (None: at once): beyond its buffers the host
    then waits, as before a slow printer. `room` tells how many bytes the device takes now (None: any number); at 0
    they stay on the line.
    """

    def __init__(
        self,
        port: int = 0,
        receive_bytes_per_s: float | None = None,
        scheme: str = "tcp",
        room: Callable[[], int] | None = None,
    ) -> None:
        self._port = port
        self._scheme = scheme
        self.receive_bytes_per_s = receive_bytes_per_s
        self._room = room
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._out = bytearray()
        self._allowed_bytes = 0.0
        self._seen_s: float | None = None
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

    def close(self) -> None:
        """Close the connection in peace and stop listening."""
        if self._client is not None:
            self._client.close()
            self._client = None
        self._drop_listener()

    def endpoint(self) -> str:
        """`tcp://127.0.0.1:PORT`."""
        return f"{self._scheme}://127.0.0.1:{self._port}"

    def descriptors(self) -> Sequence[int]:
        """Listener, and the client unless the device is busy with what it took."""
        sockets = [self._listener] if self._listener else []
        if self._client and self._pause_s() == 0.0 and self._wanted():
            sockets.append(self._client)
        return [one.fileno() for one in sockets]

    def next_time_s(self) -> float | None:
        """When the device takes more bytes, or a full send buffer is tried again."""
        times = [self._stuck_s + _RETRY_S] if self._stuck_s is not None else []
        if self._client and self._seen_s is not None and (pause_s := self._pause_s()):
            times.append(self._seen_s + pause_s)
        return min(times, default=None)

    def receive(self, now_s: float) -> Sequence[bytes]:
        """Accept or refuse clients; bytes of the one client."""
        self._accept()
        self._earn(now_s)
        wanted = self._wanted()
        if self._client is None or self._pause_s() or not wanted:
            return ()
        try:
            data = self._client.recv(wanted)
        except BlockingIOError:
            return ()
        except OSError:
            data = b""
        if not data:
            self._hang_up()
            return ()
        self._allowed_bytes -= len(data)
        return (data,)

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

    def tear(self) -> None:
        """Reset the connection and refuse new ones."""
        if self._client is not None:
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._hang_up()
        self._drop_listener()

    def plug(self) -> None:
        """Listen again on the same port."""
        self.open()

    def state(self) -> dict[str, object]:
        """Cable, client, and how many second clients were sent away."""
        return {"plugged": self._listener is not None, "client": self.is_up(), "refused_clients": self._refused}

    def _accept(self) -> None:
        while self._listener is not None:
            if self._client is not None and self._has_left(self._client):
                self._hang_up()
                return  # the next round takes who came after it, so that the wire sees the line go down in between
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            if self._client is not None:
                connection.close()
                self._refused += 1
            else:
                connection.setblocking(False)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._client = connection

    @staticmethod
    def _has_left(client: socket.socket) -> bool:
        try:
            return not client.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _wanted(self) -> int:
        rated = _READ_BYTES if self.receive_bytes_per_s is None else max(1, int(self._allowed_bytes))
        return rated if self._room is None else min(rated, self._room())

    def _earn(self, now_s: float) -> None:
        rate = self.receive_bytes_per_s
        if rate is not None:
            elapsed_s = 0.0 if self._seen_s is None else now_s - self._seen_s
            self._allowed_bytes = min(max(1.0, rate * 4 * _TAKE_S), self._allowed_bytes + rate * elapsed_s)
        self._seen_s = now_s

    def _pause_s(self) -> float:
        if self.receive_bytes_per_s is None:
            return 0.0
        worth_waking_bytes = max(1.0, self.receive_bytes_per_s * _TAKE_S)
        missing_bytes = worth_waking_bytes - self._allowed_bytes
        return missing_bytes / self.receive_bytes_per_s if missing_bytes > 0 else 0.0

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
