"""A camera on this machine (USB video class) through OpenCV's V4L2 backend."""

from __future__ import annotations

import os
import time

import cv2
from cv2.typing import MatLike

from drivers.base.endpoint import Endpoint
from drivers.base.errors import Corrupt
from drivers.base.media.messages import OpenCamera, Trouble
from drivers.base.media.shots import CameraTrouble, PixelShot, Shot

_STAMP_BELIEVED_S = 2.0  # a buffer's time further back is of another clock


class V4l2Shot:
    """A grabbed picture, decoded when somebody looks at it; good until the next grab unless kept."""

    def __init__(self, capture: cv2.VideoCapture, asked_at_s: float) -> None:
        self._capture = capture
        self._pixels: MatLike | None = None
        stamp_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000  # the kernel's own time of the buffer, also monotonic
        self.captured_at_s = stamp_s if asked_at_s - _STAMP_BELIEVED_S < stamp_s <= time.monotonic() else asked_at_s
        self.width_px = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        self.height_px = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))

    def preview(self, width_px: int) -> MatLike:
        """All pixels: the backend has no reduced decoding."""
        return self.full()

    def kept(self) -> Shot:
        """The pixels."""
        return PixelShot(self.full(), self.captured_at_s)

    def full(self) -> MatLike:
        """All pixels, BGR; `Corrupt` when the backend cannot decode them."""
        if self._pixels is None:
            taken, pixels = self._capture.retrieve()
            if not taken or pixels.ndim != 3:
                raise Corrupt("the camera's picture cannot be decoded")
            self._pixels = pixels
        return self._pixels


class V4l2Source:
    """One `/dev/videoN`. Calls into it may hang with a broken driver: only the end of the process helps then."""

    def __init__(self, endpoint: Endpoint, wishes: OpenCamera) -> None:
        self._path = endpoint.path
        self._wishes = wishes
        self._capture: cv2.VideoCapture | None = None
        self.description = f"V4L2, {endpoint.path}"
        self.rejected = 0

    def open(self, within_s: float) -> None:
        """Open with the wished size and pixel format; `CameraTrouble`. `within_s` is beyond this backend's control."""
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK))
        except FileNotFoundError as error:
            raise CameraTrouble(Trouble.ABSENT, str(error)) from error
        except PermissionError as error:
            raise CameraTrouble(Trouble.NOT_ALLOWED, str(error)) from error
        except OSError as error:
            raise CameraTrouble(Trouble.BUSY, str(error)) from error
        capture = cv2.VideoCapture(self._path, cv2.CAP_V4L2)
        if not capture.isOpened():
            # The node opens as a file, its buffers are refused: as a rule another program streams from it.
            capture.release()
            raise CameraTrouble(Trouble.BUSY, f"{self._path} gives no buffers")
        self._capture = capture
        wishes = self._wishes
        if wishes.fourcc:
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*wishes.fourcc))
        if wishes.width_px and wishes.height_px:
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, wishes.width_px)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, wishes.height_px)

    def next_shot(self, within_s: float) -> Shot | None:
        """The next picture; the backend itself waits for it."""
        if self._capture is None:
            raise CameraTrouble(Trouble.ABSENT, "not open")
        asked_at_s = time.monotonic()
        if self._capture.grab():
            return V4l2Shot(self._capture, asked_at_s)
        if not os.path.exists(self._path):
            raise CameraTrouble(Trouble.ABSENT, f"{self._path} is gone")
        self.rejected += 1
        return None

    def close(self) -> None:
        """Release the device."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None
