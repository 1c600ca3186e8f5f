"""The thread that reads one camera: preview into the ring, fresh pictures to whoever waits for a still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from drivers.base.errors import Corrupt
from drivers.base.media.messages import CameraLost, CameraOpened, Report, Trouble
from drivers.base.media.ring import RingWriter
from drivers.base.media.shots import CameraSource, CameraTrouble, Shot, preview_size, scaled
from drivers.base.wake import Wake

_STEP_S = 0.2  # how long one wait for a picture lasts at most
_BUSY_GRACE_S = 1.0  # a camera just released, by us or by another, may need a moment before it can be had again
_BUSY_RETRY_S = 0.1
_FPS_SLACK_S = 0.004  # a picture that comes this much early is shown


@dataclass(frozen=True, slots=True)
class StillOrder:
    """Somebody waits for a picture captured at or after `asked_at_s`, until `until_s` (both monotonic)."""

    ticket: int
    arguments: bytes
    asked_at_s: float
    until_s: float


class CameraThread:
    """Owns a source from open to close. `source` is touched by its thread alone; the rest is set from outside."""

    def __init__(
        self,
        source: CameraSource,
        wake: Wake,
        ring: RingWriter,
        preview_fps: float,
        report: Callable[[Report], None],
        take: Callable[[StillOrder, Shot], None],
    ) -> None:
        self._source = source
        self._wake = wake
        self._ring = ring
        self._preview_interval_s = 1.0 / preview_fps
        self._report = report
        self._take = take
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._order: StillOrder | None = None
        self._preview_on = False
        self._preview_due_s = 0.0
        self.frames = 0
        self.good_at_s = 0.0  # when the last good picture came; 0 until the first
        self.alive_at_s = time.monotonic()  # when the source last returned from a call

    @property
    def rejected(self) -> int:
        """Pictures thrown away so far."""
        return self._source.rejected

    def start(self, open_within_s: float) -> None:
        """Open the camera and read it until `stop`; the outcome is reported."""
        self._open_within_s = open_within_s
        self._thread.start()

    def show_preview(self, on: bool) -> None:
        """Fill the ring or not; it is wiped by this thread when filling ends."""
        self._preview_on = on
        self._wake.set()

    def order_still(self, order: StillOrder) -> StillOrder | None:
        """Give the first fresh picture to `order`; the order it replaces, if one was waiting."""
        with self._lock:
            replaced, self._order = self._order, order
        return replaced

    def renew_still(self, order: StillOrder) -> bool:
        """The picture given to `order` was damaged: let it wait for the next; False when a later order waits."""
        with self._lock:
            if self._order is not None:
                return False
            self._order = order
        return True

    def expired_order(self, now_s: float) -> StillOrder | None:
        """The waiting order if its time is over; it no longer waits then."""
        with self._lock:
            if self._order is None or now_s < self._order.until_s:
                return None
            expired, self._order = self._order, None
        return expired

    def stop(self, within_s: float) -> bool:
        """Release the camera and wipe the ring; False when the thread does not end: the camera hangs."""
        self._ending.set()
        self._wake.set()
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def is_alive(self) -> bool:
        """Whether the camera is still being read."""
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            if self._open():
                while not self._ending.is_set():
                    self._step()
        except CameraTrouble as error:
            self._report(CameraLost(error.trouble, error.detail))
        except (cv2.error, ValueError, MemoryError) as error:  # OpenCV's own, or a picture beyond all measure
            self._report(CameraLost(Trouble.UNUSABLE, f"{type(error).__name__}: {error}"))
        finally:
            self._source.close()
            self._ring.wipe()

    def _open(self) -> bool:
        end_s = time.monotonic() + self._open_within_s
        self._open_source()
        while not self._ending.is_set():
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                raise CameraTrouble(Trouble.SILENT, f"no good picture; {self._source.rejected} damaged")
            self.alive_at_s = time.monotonic()
            shot = self._source.next_shot(min(_STEP_S, left_s))
            if shot is not None and self._is_good(shot):
                self._count_good()
                size = preview_size(shot.width_px, shot.height_px)
                self._report(CameraOpened(shot.width_px, shot.height_px, *size, self._source.description))
                return True
        return False

    def _open_source(self) -> None:
        busy_until_s = time.monotonic() + _BUSY_GRACE_S
        while True:
            self.alive_at_s = time.monotonic()
            try:
                self._source.open(self._open_within_s)
            except CameraTrouble as error:
                self._source.close()
                gives_up = error.trouble is not Trouble.BUSY or time.monotonic() >= busy_until_s
                if gives_up or self._ending.wait(_BUSY_RETRY_S):
                    raise
            else:
                return

    def _step(self) -> None:
        self.alive_at_s = time.monotonic()
        shot = self._source.next_shot(_STEP_S)
        if shot is not None:
            due = self._preview_on and shot.captured_at_s >= self._preview_due_s - _FPS_SLACK_S
            # Without a preview a picture counts as good by its structure; it is decoded when a still needs it.
            if not due or self._publish(shot):
                self._count_good()
                self._serve_still(shot)
        if not self._preview_on and self._preview_due_s:
            self._ring.wipe()
            self._preview_due_s = 0.0

    def _publish(self, shot: Shot) -> bool:
        size = preview_size(shot.width_px, shot.height_px)
        try:
            picture = scaled(shot.preview(size[0]), size)
        except Corrupt:
            self._source.rejected += 1
            return False
        with self._ring.begin(*size) as pixels:
            target = np.frombuffer(pixels, np.uint8).reshape(size[1], size[0], 3)
            cv2.cvtColor(picture, cv2.COLOR_BGR2RGB, dst=target)
            del target  # numpy holds the memory; the ring's view cannot be released before
        self._ring.commit(shot.captured_at_s)
        self._preview_due_s = max(self._preview_due_s, shot.captured_at_s - self._preview_interval_s)
        self._preview_due_s += self._preview_interval_s
        return True

    def _serve_still(self, shot: Shot) -> None:
        with self._lock:
            order = self._order
            if order is None or shot.captured_at_s < order.asked_at_s:
                return
            self._order = None
        try:
            kept = shot.kept()
        except Corrupt:
            self.renew_still(order)  # if that fails, its orderer has already given it up for a later one
            return
        self._take(order, kept)

    def _is_good(self, shot: Shot) -> bool:
        try:
            shot.preview(1)
        except Corrupt:
            self._source.rejected += 1
            return False
        return True

    def _count_good(self) -> None:
        self.frames += 1
        self.good_at_s = time.monotonic()
