"""Decoding JPEG pictures with OpenCV, and noticing when a picture was damaged. In the capture child only."""

from __future__ import annotations

import os
import threading
from types import TracebackType

import cv2
import numpy as np
from cv2.typing import MatLike

from drivers.base.errors import Corrupt

_PIPE_CHUNK_BYTES = 65536


class StderrWatch:
    """Reads what native code writes to descriptor 2; everything but the JPEG decoder's complaints is passed on.

    libjpeg fills the missing half of a cut picture with grey and says so on stderr only; OpenCV has no other sign
    of it. Used by one thread at a time.
    """

    def __init__(self) -> None:
        self._original = os.dup(2)
        self._read, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        os.dup2(write, 2)
        os.close(write)

    def complained(self) -> bool:
        """Whether the JPEG decoder complained since the last call."""
        found = False
        while True:
            try:
                text = os.read(self._read, _PIPE_CHUNK_BYTES)
            except BlockingIOError:
                return found
            for line in text.splitlines(keepends=True):
                if b"JPEG" in line:
                    found = True
                else:
                    os.write(self._original, line)

    def __enter__(self) -> StderrWatch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.complained()
        os.dup2(self._original, 2)
        os.close(self._original)
        os.close(self._read)


class JpegDecoder:
    """Decodes whole pictures; `Corrupt` for damaged ones. Safe from several threads, one picture at a time."""

    def __init__(self, watch: StderrWatch) -> None:
        self._watch = watch
        self._lock = threading.Lock()

    def full(self, data: bytes) -> MatLike:
        """All pixels, BGR."""
        return self._decode(data, cv2.IMREAD_COLOR)

    def reduced(self, data: bytes, width_px: int, wanted_width_px: int) -> MatLike:
        """BGR at 1, 1/2, 1/4 or 1/8 of `width_px`, the smallest that is not narrower than `wanted_width_px`.

        The decoder leaves out the fine coefficients, which saves most of its time.
        """
        flag = cv2.IMREAD_COLOR
        for factor, reduced in (
            (2, cv2.IMREAD_REDUCED_COLOR_2),
            (4, cv2.IMREAD_REDUCED_COLOR_4),
            (8, cv2.IMREAD_REDUCED_COLOR_8),
        ):
            if width_px >= wanted_width_px * factor:
                flag = reduced
        return self._decode(data, flag)

    def forward_noise(self) -> None:
        """Pass on what other native code wrote to stderr."""
        with self._lock:
            self._watch.complained()

    def _decode(self, data: bytes, flag: int) -> MatLike:
        with self._lock:
            self._watch.complained()
            try:
                picture: MatLike | None = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
            except cv2.error as error:  # such as a size beyond OpenCV's limit
                raise Corrupt(str(error), len(data)) from error
            if self._watch.complained() or picture is None:
                raise Corrupt("damaged picture", len(data))
            return picture
