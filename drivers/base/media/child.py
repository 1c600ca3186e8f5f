"""The capture child: the one process that opens cameras and imports OpenCV.

`python -m drivers.base.media.child --socket FD --ring FD --recipe MODULE`, started by `CaptureClient`. It ends with
its parent, when the socket is closed, or when a camera call does not return: only the end of the process frees that.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import os
import queue
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Final, assert_never

import cv2
from cv2.typing import MatLike

from drivers.base.endpoint import Endpoint
from drivers.base.errors import Corrupt
from drivers.base.media import messages as msg
from drivers.base.media.camera_thread import CameraThread, StillOrder
from drivers.base.media.decoder import JpegDecoder, StderrWatch
from drivers.base.media.mjpeg_source import MjpegSource
from drivers.base.media.presence import HTTP_SCHEME, V4L2_SCHEME
from drivers.base.media.ring import RingWriter
from drivers.base.media.shots import CameraSource, Shot
from drivers.base.media.v4l2_source import V4l2Source
from drivers.base.parent import end_with_parent
from drivers.base.wake import Wake

Recipe = Callable[[MatLike, bytes], bytes]
"""What a device does with a still: BGR picture and the order's arguments in, the result out. `DriverError` fails it."""

HEARTBEAT_S: Final = 1.0
OPEN_WITHIN_S: Final = 3.0
STALL_AFTER_S: Final = 1.0
SILENT_AFTER_S: Final = 10.0
HUNG_AFTER_S: Final = 5.0
EXIT_HUNG: Final = 3

_TICK_S = 0.1  # how often an open camera is looked after
_RECEIVE_BYTES = 65536
_STOP_WITHIN_S = 2.0
_RECIPE_THREADS = 2


def _give_memory_back() -> None:
    """Return what a still used (about 60 MB at 5 MP) to the system; only glibc keeps it and can be told."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class CaptureChild:
    """Main thread: messages, heartbeat and supervision. Camera thread: pictures. Recipe thread: stills."""

    def __init__(self, link: socket.socket, ring: RingWriter, recipe: Recipe, decoder: JpegDecoder) -> None:
        self._link = link
        self._ring = ring
        self._recipe = recipe
        self._decoder = decoder
        self._send_lock = threading.Lock()
        self._inbox = msg.MessageBuffer()
        self._camera: CameraThread | None = None
        self._wake = Wake()
        self._stills: queue.SimpleQueue[tuple[StillOrder, Shot]] = queue.SimpleQueue()
        self._stalled = False
        self._heartbeat_due_s = 0.0

    def run(self) -> int:
        """Serve until the socket is closed; the exit code."""
        threading.Thread(target=self._cook, name="recipe", daemon=True).start()
        poller = select.poll()
        poller.register(self._link, select.POLLIN)
        while True:
            if poller.poll((HEARTBEAT_S if self._camera is None else _TICK_S) * 1000):
                try:
                    data = self._link.recv(_RECEIVE_BYTES)
                except OSError:
                    data = b""
                if not data:
                    return 0
                for body in self._inbox.feed(data):
                    self._serve(msg.decode_request(body))
            self._supervise(time.monotonic())

    def _serve(self, request: msg.Request) -> None:
        match request:
            case msg.OpenCamera():
                self._close_camera()
                self._camera = CameraThread(
                    self._source(request), self._wake, self._ring, request.preview_fps, self._send, self._take
                )
                self._camera.start(OPEN_WITHIN_S)
            case msg.CloseCamera():
                self._close_camera()
                self._send(msg.CameraClosed())
            case msg.SetPreview():
                if self._camera is not None:
                    self._camera.show_preview(request.on)
            case msg.TakeStill():
                self._order_still(request)
            case _:
                assert_never(request)

    def _source(self, request: msg.OpenCamera) -> CameraSource:
        endpoint = Endpoint.parse(request.url)
        match endpoint.scheme:
            case scheme if scheme == HTTP_SCHEME:
                return MjpegSource(endpoint, self._decoder, self._wake)
            case scheme if scheme == V4L2_SCHEME:
                return V4l2Source(endpoint, request)
            case scheme:
                raise Corrupt(f"no camera speaks {scheme!r}")

    def _order_still(self, request: msg.TakeStill) -> None:
        camera = self._camera
        if camera is None or not camera.is_alive():
            self._send(msg.StillFailed(request.ticket, stalled=False, detail="no camera is open"))
            return
        now_s = time.monotonic()
        replaced = camera.order_still(StillOrder(request.ticket, request.arguments, now_s, now_s + request.within_s))
        if replaced is not None:
            self._send(msg.StillFailed(replaced.ticket, stalled=False, detail="replaced by a later order"))

    def _close_camera(self) -> None:
        camera, self._camera = self._camera, None
        self._stalled = False
        if camera is not None and not camera.stop(_STOP_WITHIN_S):
            os._exit(EXIT_HUNG)

    def _supervise(self, now_s: float) -> None:
        camera = self._camera
        if camera is not None and camera.is_alive():
            if now_s - camera.alive_at_s > HUNG_AFTER_S:
                self._send(msg.CameraLost(msg.Trouble.HUNG, "a call into the camera does not return"))
                os._exit(EXIT_HUNG)
            expired = camera.expired_order(now_s)
            if expired is not None:
                self._send(msg.StillFailed(expired.ticket, stalled=True, detail="no fresh picture"))
            self._watch_flow(camera, now_s)
        if now_s >= self._heartbeat_due_s:
            self._heartbeat_due_s = now_s + HEARTBEAT_S
            self._decoder.forward_noise()
            counts = (0, 0) if camera is None else (camera.frames, camera.rejected)
            self._send(msg.Heartbeat(*counts))

    def _watch_flow(self, camera: CameraThread, now_s: float) -> None:
        if not camera.good_at_s:
            return
        silent_s = now_s - camera.good_at_s
        if silent_s > SILENT_AFTER_S:
            self._close_camera()
            self._send(msg.CameraLost(msg.Trouble.SILENT, f"no good picture for {silent_s:.0f} s"))
        elif silent_s > STALL_AFTER_S and not self._stalled:
            self._stalled = True
            self._send(msg.Stalled(round(silent_s, 1)))
        elif silent_s <= STALL_AFTER_S and self._stalled:
            self._stalled = False
            self._send(msg.Flowing())

    def _take(self, order: StillOrder, shot: Shot) -> None:
        self._stills.put((order, shot))

    def _cook(self) -> None:
        cv2.setNumThreads(_RECIPE_THREADS)
        while True:
            order, shot = self._stills.get()
            try:
                picture = shot.full()
            except Corrupt:
                camera = self._camera
                if camera is None or not camera.renew_still(order):
                    self._send(msg.StillFailed(order.ticket, stalled=True, detail="damaged picture"))
                continue
            del shot  # not held while the next order is awaited
            try:
                self._send(msg.Still(order.ticket, self._recipe(picture, order.arguments)))
            except Exception as error:  # the recipe is the device's code: its failure fails one still, not the child
                self._send(msg.StillFailed(order.ticket, stalled=False, detail=f"{type(error).__name__}: {error}"))
            del picture
            _give_memory_back()

    def _send(self, report: msg.Report) -> None:
        data = msg.encode(report)
        try:
            with self._send_lock:
                self._link.sendall(data)
        except OSError:
            os._exit(0)  # the parent is gone; nobody is left to tell


def main() -> int:
    """Read the arguments, then serve."""
    parser = argparse.ArgumentParser(description="capture child; started by the window, not by hand")
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--ring", type=int, required=True)
    parser.add_argument("--recipe", required=True)
    arguments = parser.parse_args()
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
    recipe: Recipe = importlib.import_module(arguments.recipe).run
    with socket.socket(fileno=arguments.socket) as link, StderrWatch() as watch:
        return CaptureChild(link, RingWriter(arguments.ring), recipe, JpegDecoder(watch)).run()


if __name__ == "__main__":
    sys.exit(main())
