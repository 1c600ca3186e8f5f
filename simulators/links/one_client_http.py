"""An HTTP line on loopback that serves one client for as long as it stays, as a camera serves one program."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER, zero seconds: close sends RST, as a torn line does
_RETRY_S = 0.004
_PATIENCE_S = 5.0  # for a request
_LONGEST_HEAD = 16 * 1024
_SEND_BUFFER_BYTES = 4 * 1024 * 1024
_END = b"\r\n\r\n"


@dataclass(slots=True)
class _Guest:
    """Connected, but has not said yet what it wants."""

    line: socket.socket
    until_s: float
    head: bytearray = field(default_factory=bytearray)


class OneClientHttpLink:
    """GET of `path` makes the client; whoever asks while there is one, or while `taken`, gets 503.

    A connection without a request is nobody's client, so that looking whether the port answers disturbs nothing.
    """

    def __init__(self, path: str, scheme: str, port: int = 0) -> None:
        self._path = path
        self._scheme = scheme
        self._port = port
        self._listener: socket.socket | None = None
        self._guests: list[_Guest] = []
        self._client: socket.socket | None = None
        self._out = bytearray()
        self._stuck_s: float | None = None
        self._left_s: float | None = None
        self._taken = False
        self._refused = 0

    @property
    def taken(self) -> bool:
        """Whether another program holds the device; set by the hand. A client that runs is hung up on."""
        return self._taken

    @taken.setter
    def taken(self, on: bool) -> None:
        self._taken = on
        if on:
            self._hang_up()

    def open(self) -> None:
        """Listen; `OSError` when the port is taken."""
        if self._listener is None:
            listener = socket.create_server(("127.0.0.1", self._port))
            listener.setblocking(False)
            self._port = int(listener.getsockname()[1])
            self._listener = listener

    def close(self) -> None:
        """Close every connection and stop listening."""
        self._hang_up()
        for guest in self._guests:
            guest.line.close()
        self._guests.clear()
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)  # a close alone goes on listening while a thread polls it
            self._listener.close()
            self._listener = None

    def endpoint(self) -> str:
        """`SCHEME://127.0.0.1:PORT/path`."""
        return f"{self._scheme}://127.0.0.1:{self._port}{self._path}"

    def descriptors(self) -> Sequence[int]:
        """Listener, guests and client."""
        sockets = [self._listener, self._client, *(guest.line for guest in self._guests)]
        return [one.fileno() for one in sockets if one is not None]

    def next_time_s(self) -> float | None:
        """When a full send buffer is tried again, a silent guest goes, or the next client may come in."""
        times = [self._stuck_s + _RETRY_S] if self._stuck_s is not None else []
        times += [self._left_s] if self._left_s is not None else []
        return min((*times, *(guest.until_s for guest in self._guests)), default=None)

    def receive(self, now_s: float) -> Sequence[bytes]:
        """The request of whoever became the client by now."""
        self._accept(now_s)
        self._left_s = None
        if self._client is not None and self._has_left(self._client):
            self._hang_up()
            self._left_s = now_s
            return ()  # the next round lets another in, so that the wire sees the line go down in between
        requests: list[bytes] = []
        for guest in tuple(self._guests):
            if (request := self._listen_to(guest, now_s)) is not None:
                requests.append(request)
        return requests

    def send(self, data: bytes, now_s: float) -> None:
        """Queue bytes for the client."""
        del now_s
        if self._client is not None:
            self._out += data

    def is_clear(self) -> bool:
        """Whether the client has taken everything; a camera drops pictures until then."""
        return not self._out

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
        """Whether there is a client."""
        return self._client is not None

    def tear(self) -> None:
        """Reset every connection and refuse new ones."""
        for line in (self._client, *(guest.line for guest in self._guests)):
            if line is not None:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.close()

    def plug(self) -> None:
        """Listen again on the same port."""
        self.open()

    def state(self) -> dict[str, object]:
        """Cable, client, and how many were told that the device is busy."""
        return {"plugged": self._listener is not None, "client": self.is_up(), "refused_clients": self._refused}

    def _accept(self, now_s: float) -> None:
        while self._listener is not None:
            try:
                line, _ = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            line.setblocking(False)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._guests.append(_Guest(line, now_s + _PATIENCE_S))

    def _listen_to(self, guest: _Guest, now_s: float) -> bytes | None:
        """Its whole request when it becomes the client; it is sent away when it must not."""
        try:
            data = guest.line.recv(_LONGEST_HEAD)
        except BlockingIOError:
            if now_s >= guest.until_s:
                self._dismiss(guest, b"")
            return None
        except OSError:
            data = b""
        guest.head += data
        if not data or len(guest.head) > _LONGEST_HEAD:
            self._dismiss(guest, b"")
        elif _END in guest.head:
            return self._admit(guest)
        return None

    def _admit(self, guest: _Guest) -> bytes | None:
        words = bytes(guest.head).split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        if len(words) != 3 or words[0] != "GET":
            self._dismiss(guest, b"400 Bad Request")
        elif words[1].partition("?")[0] != self._path:
            self._dismiss(guest, b"404 Not Found")
        elif self._client is not None or self._taken:
            self._refused += 1
            self._dismiss(guest, b"503 Busy")
        else:
            self._guests.remove(guest)
            guest.line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
            self._client = guest.line
            return bytes(guest.head)
        return None

    def _dismiss(self, guest: _Guest, status: bytes) -> None:
        self._guests.remove(guest)
        if status:
            with contextlib.suppress(OSError):  # it may have gone already
                guest.line.send(b"HTTP/1.0 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        guest.line.close()

    @staticmethod
    def _has_left(client: socket.socket) -> bool:
        try:
            return not client.recv(_LONGEST_HEAD)  # a client has nothing more to say
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        self._out.clear()
        self._stuck_s = None
