"""The camera's bytes: `multipart/x-mixed-replace` of JPEG pictures (RFC 2046, as network cameras send them)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulators.document_camera.machine import CameraMachine, Cut

FRAMES_PER_S = 12.0
BOUNDARY = b"yichuangframe"
_HEAD = (
    b"HTTP/1.0 200 OK\r\nServer: yichuang-sim\r\nCache-Control: no-store\r\nConnection: close\r\n"
    b"Content-Type: multipart/x-mixed-replace; boundary=" + BOUNDARY + b"\r\n\r\n"
)
_END_OF_IMAGE = b"\xff\xd9"


def part(jpeg: bytes, cut: Cut) -> bytes:
    """One picture with its head, damaged as `cut` says."""
    body = jpeg if cut is Cut.WHOLE else jpeg[: len(jpeg) // 2]
    if cut is Cut.PATCHED:
        body += _END_OF_IMAGE
    length = len(jpeg) if cut is Cut.SHORTER_THAN_SAID else len(body)
    return b"--%b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (BOUNDARY, length, body)


class CameraWire:
    """Answers the one client and gives it pictures in time; what it has not taken yet is not overtaken."""

    def __init__(self, machine: CameraMachine, is_clear: Callable[[], bool]) -> None:
        self._machine = machine
        self._is_clear = is_clear
        self._due_s: float | None = None

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """The request of the client, whole."""
        del data
        self._due_s = now_s
        return (_HEAD,)

    def on_time(self, now_s: float) -> Sequence[bytes]:
        """A picture that is due."""
        if self._due_s is None or now_s < self._due_s:
            return ()
        self._due_s = max(self._due_s + 1 / FRAMES_PER_S, now_s)
        if self._machine.stalled or not self._is_clear():
            return ()
        return (part(self._machine.take_picture(), self._machine.cut),)

    def next_time_s(self) -> float | None:
        """When the next picture is due."""
        return self._due_s

    def on_link(self, up: bool, now_s: float) -> None:
        """A client that has gone gets no more pictures."""
        del now_s
        if not up:
            self._due_s = None
