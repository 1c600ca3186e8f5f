"""A network camera for tests of the capture child: one client, and everything such cameras do wrong."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from enum import Enum

import cv2
import numpy as np
from cv2.typing import MatLike

_BOUNDARY = b"frame"
_HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"


class Cut(Enum):
    """How a picture is damaged."""

    WHOLE = "whole"
    SHORT = "short"  # half of it, announced as such
    SHORTER_THAN_SAID = "shorter than said"  # half of it under the length of the whole
    PATCHED = "patched"  # half of it, with an end marker


class MjpegCamera:
    """Serves one client at `url`; a second one gets 503. Attributes may be set at any time."""

    def __init__(self, picture: MatLike, interval_s: float = 0.02) -> None:
        self.interval_s = interval_s
        self.frozen = threading.Event()
        self.cut = Cut.WHOLE
        self.answer = _HEAD
        self.clients = 0
        self.requests: list[bytes] = []
        self._data = b""
        self.show(picture)
        self._ending = threading.Event()
        self._taken = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"mjpeg+http://127.0.0.1:{self.port}/document?stream=1"
        self._start(self._accept)

    def show(self, picture: MatLike) -> None:
        """What the camera sees from now on."""
        done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
        assert done
        self._data = data.tobytes()

    def hang_up(self) -> None:
        """Close the client's connection, as a pulled cable does."""
        for link in list(self._open):
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Vanish: nothing listens any more."""
        self._ending.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]  # any callable
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(link)
            self._start(self._serve, link)

    def _serve(self, link: socket.socket) -> None:
        with link, contextlib.suppress(OSError):
            request = link.recv(4096)
            if request and not self._taken.acquire(blocking=False):
                link.sendall(b"HTTP/1.0 503 Busy\r\nContent-Length: 0\r\n\r\n")
            elif request:
                self.requests.append(request)
                self.clients += 1
                try:
                    link.sendall(self.answer)
                    self._stream(link)
                finally:
                    self.clients -= 1
                    self._taken.release()
        self._open.discard(link)

    def _stream(self, link: socket.socket) -> None:
        if not self.answer.startswith(b"HTTP/1.0 200"):
            return
        while not self._ending.wait(self.interval_s):
            if self.frozen.is_set():
                continue
            body, length = self._data, len(self._data)
            if self.cut is not Cut.WHOLE:
                body = body[: len(body) // 2]
            if self.cut is Cut.PATCHED:
                body += b"\xff\xd9"
            if self.cut is not Cut.SHORTER_THAN_SAID:
                length = len(body)
            head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (_BOUNDARY, length)
            link.sendall(head + body + b"\r\n")


@contextlib.contextmanager
def mjpeg_camera(picture: MatLike | None = None, interval_s: float = 0.02) -> Iterator[MjpegCamera]:
    """A running camera; by default it shows a grey picture of 640x480 with a diagonal."""
    if picture is None:
        picture = np.full((480, 640, 3), 90, np.uint8)
        cv2.line(picture, (0, 0), (639, 479), (250, 250, 250), 9)
    camera = MjpegCamera(picture, interval_s)
    try:
        yield camera
    finally:
        camera.close()
