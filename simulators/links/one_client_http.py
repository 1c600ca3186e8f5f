"""An HTTP line on loopback that serves one client for as long as it stays, as a camera serves one program."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.links.one_client import OneClientLine, has_left, reset_on_close

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


class OneClientHttpLink(OneClientLine):
    """GET of `path` makes the client; whoever asks while there is one, or while `taken`, gets 503.

    A connection without a request is nobody's client, so that looking whether the port answers disturbs nothing.
    """

    def __init__(self, path: str, scheme: str, port: int = 0) -> None:
        super().__init__(port)
        self._path = path
        self._scheme = scheme
        self._guests: list[_Guest] = []
        self._left_s: float | None = None
        self._taken = False

    @property
    def taken(self) -> bool:
        """Whether another program holds the device; set by the hand. A client that runs is hung up on."""
        return self._taken

    @taken.setter
    def taken(self, on: bool) -> None:
        self._taken = on
        if on:
            self._hang_up()

    def close(self) -> None:
        """Close every connection and stop listening."""
        self._hang_up()
        for guest in self._guests:
            guest.line.close()
        self._guests.clear()
        self._drop_listener()

    def endpoint(self) -> str:
        """`SCHEME://127.0.0.1:PORT/path`."""
        return f"{self._scheme}://127.0.0.1:{self._port}{self._path}"

    def descriptors(self) -> Sequence[int]:
        """Listener, guests and client."""
        sockets = [self._listener, self._client, *(guest.line for guest in self._guests)]
        return [one.fileno() for one in sockets if one is not None]

    def next_time_s(self) -> float | None:
        """When a full send buffer is tried again, a silent guest goes, or the next client may come in."""
        times = self._retry_at_s()
        times += [self._left_s] if self._left_s is not None else []
        return min((*times, *(guest.until_s for guest in self._guests)), default=None)

    def receive(self, now_s: float) -> Sequence[bytes]:
        """The request of whoever became the client by now."""
        self._accept(now_s)
        self._left_s = None
        if self._client is not None and has_left(self._client):
            self._hang_up()
            self._left_s = now_s
            return ()  # the next round lets another in, so that the wire sees the line go down in between
        requests: list[bytes] = []
        for guest in tuple(self._guests):
            if (request := self._listen_to(guest, now_s)) is not None:
                requests.append(request)
        return requests

    def is_clear(self) -> bool:
        """Whether the client has taken everything; a camera drops pictures until then."""
        return not self._out

    def tear(self) -> None:
        """Reset every connection and refuse new ones."""
        for line in (self._client, *(guest.line for guest in self._guests)):
            if line is not None:
                reset_on_close(line)
        self.close()

    def _accept(self, now_s: float) -> None:
        while (line := self._next_connection()) is not None:
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
