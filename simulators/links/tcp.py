"""A TCP line on loopback with one client, as a network receipt printer has it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

from simulators.links.one_client import OneClientLine, has_left, reset_on_close

_TAKE_S = 0.005  # a slow device takes its bytes in portions of this long
_READ_BYTES = 65536


class TcpLink(OneClientLine):
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
        super().__init__(port)
        self._scheme = scheme
        self.receive_bytes_per_s = receive_bytes_per_s
        self._room = room
        self._allowed_bytes = 0.0
        self._seen_s: float | None = None

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
        times = self._retry_at_s()
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

    def tear(self) -> None:
        """Reset the connection and refuse new ones."""
        self._drop_listener()  # first: a host that sees its reset comes again at once
        if self._client is not None:
            reset_on_close(self._client)
            self._hang_up()

    def _accept(self) -> None:
        while True:
            if self._client is not None and has_left(self._client, socket.MSG_PEEK):
                self._hang_up()
                return  # the next round takes who came after it, so that the wire sees the line go down in between
            connection = self._next_connection()
            if connection is None:
                return
            if self._client is not None:
                connection.close()
                self._refused += 1
            else:
                self._client = connection

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
