"""A network camera: MJPEG over HTTP (`multipart/x-mixed-replace`), read from our own socket with our own deadlines."""

from __future__ import annotations

import re
import select
import socket
import time
from urllib.parse import urlsplit

from drivers.base.endpoint import Endpoint
from drivers.base.errors import Corrupt
from drivers.base.media.decoder import JpegDecoder
from drivers.base.media.jpeg import picture_size
from drivers.base.media.messages import Trouble
from drivers.base.media.multipart import PartReader
from drivers.base.media.presence import http_address
from drivers.base.media.shots import CameraTrouble, JpegShot, Shot
from drivers.base.wake import Wake

_RECEIVE_BYTES = 256 * 1024
_MAX_HEAD_BYTES = 16 * 1024
_MAX_BACKLOG_READS = 16  # after so many reads in a row a picture is shown even if a newer one is on its way
_BUSY_STATUS = frozenset({409, 423, 429, 503})
_REFUSED_STATUS = frozenset({401, 403, 407})
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})")
_CONTENT_TYPE = re.compile(
    rb'^content-type:[ \t]*multipart/x-mixed-replace[ \t]*;.*?boundary="?([^"\r\n;]{1,200})"?',
    re.IGNORECASE | re.MULTILINE,
)


class MjpegSource:
    """One connection to a network camera. The request is HTTP/1.0, so that the answer is never chunked.

    `wake` makes `next_shot` return early; it is set from other threads and belongs to the caller.
    """

    def __init__(self, endpoint: Endpoint, decoder: JpegDecoder, wake: Wake) -> None:
        self._endpoint = endpoint
        self._decoder = decoder
        self._socket: socket.socket | None = None
        self._wake = wake
        self._parts = PartReader(b"")
        self._part_started_s = 0.0
        self.description = f"MJPEG over HTTP, {endpoint.host}"
        self.rejected = 0

    def open(self, within_s: float) -> None:
        """Connect, ask for the stream and read the answer's head; `CameraTrouble` says what is wrong."""
        end_s = time.monotonic() + within_s
        try:
            self._socket = socket.create_connection(http_address(self._endpoint), within_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(self._request())
            self._socket.setblocking(False)
        except OSError as error:
            raise CameraTrouble(Trouble.ABSENT, str(error)) from error
        head = b""
        while (end := head.find(b"\r\n\r\n")) < 0:
            if len(head) > _MAX_HEAD_BYTES:
                raise CameraTrouble(Trouble.UNUSABLE, "answer without an end of headers")
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                raise CameraTrouble(Trouble.SILENT, "no answer to the request")
            if self._readable(left_s):
                head += self._receive()
        self._parts = PartReader(_boundary(head[: end + 2]))
        self._part_started_s = time.monotonic()
        self._parts.feed(head[end + 4 :])  # a picture that is complete already is an old one

    def next_shot(self, within_s: float) -> Shot | None:
        """The newest whole picture; older ones that arrived with it are dropped undecoded."""
        end_s = time.monotonic() + within_s
        newest: JpegShot | None = None
        for _ in range(_MAX_BACKLOG_READS):
            left_s = 0.0 if newest is not None else end_s - time.monotonic()
            if not self._readable(max(0.0, left_s)):
                break
            newest = self._read_once() or newest
        self._wake.clear()
        return newest

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _request(self) -> bytes:
        url = urlsplit(self._endpoint.url)
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        return (
            f"GET {target} HTTP/1.0\r\nHost: {url.netloc}\r\nAccept: multipart/x-mixed-replace\r\n"
            "User-Agent: yichuang\r\nConnection: close\r\n\r\n"
        ).encode("latin-1", "replace")

    def _read_once(self) -> JpegShot | None:
        data = self._receive()
        now_s = time.monotonic()
        if not self._parts.in_body():
            self._part_started_s = now_s
        try:
            bodies = self._parts.feed(data)
        except Corrupt as error:
            raise CameraTrouble(Trouble.UNUSABLE, error.reason) from error
        if not bodies:
            return None
        captured_at_s = self._part_started_s if len(bodies) == 1 else now_s
        self._part_started_s = now_s
        self.rejected += sum(not _is_picture(body) for body in bodies[:-1])
        try:
            width_px, height_px = picture_size(bodies[-1])
        except Corrupt:
            self.rejected += 1
            return None
        return JpegShot(bodies[-1], width_px, height_px, captured_at_s, self._decoder)

    def _readable(self, within_s: float) -> bool:
        if self._socket is None:
            raise CameraTrouble(Trouble.ABSENT, "not open")
        poller = select.poll()
        poller.register(self._socket, select.POLLIN)
        poller.register(self._wake, select.POLLIN)
        ready = {fd for fd, _ in poller.poll(within_s * 1000)}
        return self._socket.fileno() in ready

    def _receive(self) -> bytes:
        if self._socket is None:
            raise CameraTrouble(Trouble.ABSENT, "not open")
        try:
            data = self._socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise CameraTrouble(Trouble.ABSENT, str(error)) from error
        if not data:
            raise CameraTrouble(Trouble.ABSENT, "the camera closed the connection")
        return data


def _is_picture(body: bytes) -> bool:
    try:
        picture_size(body)
    except Corrupt:
        return False
    return True


def _boundary(head: bytes) -> bytes:
    status_line = _STATUS_LINE.match(head)
    if status_line is None:
        raise CameraTrouble(Trouble.UNUSABLE, "the answer is not HTTP")
    status = int(status_line[1])
    if status in _BUSY_STATUS:
        raise CameraTrouble(Trouble.BUSY, f"HTTP {status}")
    if status in _REFUSED_STATUS:
        raise CameraTrouble(Trouble.NOT_ALLOWED, f"HTTP {status}")
    content_type = _CONTENT_TYPE.search(head)
    if status != 200 or content_type is None:
        raise CameraTrouble(Trouble.UNUSABLE, f"HTTP {status} without a stream of pictures")
    return content_type[1].strip()
