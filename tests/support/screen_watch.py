"""What stands on a private X display, looked at from outside the programs, and a finger on its pointer."""

from __future__ import annotations

import os
import struct
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulators.demo.display import PrivateDisplay
from simulators.demo.screen_map import Widget

LOOK_EVERY_S = 0.0003
_HEADER = struct.Struct(">25I")  # of an XWD file, see simulators/demo/display.py
_COLOUR_BYTES = 12


class Patch:
    """A rectangle of the display: what stands there now against what stood there when it was made.

    The server's own picture (Xvfb -fbdir) is mapped into memory, so looking at it disturbs nobody.
    """

    def __init__(self, display: PrivateDisplay, widget: Widget) -> None:
        picture = np.memmap(Path(display._folder) / "Xvfb_screen0", np.uint8, "r")
        header = _HEADER.unpack(picture[: _HEADER.size].tobytes())
        rows, row_bytes = header[5], header[12]
        begin = header[0] + header[19] * _COLOUR_BYTES
        pixels = picture[begin : begin + rows * row_bytes].view(np.uint32).reshape(rows, row_bytes // 4)
        self._now: NDArray[np.uint32] = pixels[widget.y : widget.y + widget.height, widget.x : widget.x + widget.width]
        self._before = self._now.copy()
        assert (self._before != self._before[0, 0]).any(), f"{widget.name} is not drawn"

    def painted_at_s(self, within_s: float = 5.0) -> float:
        """The monotonic second at which anything in it differs, late by one look (0.3 ms and a comparison)."""
        end_s = time.monotonic() + within_s
        pause = threading.Event()
        while np.array_equal(self._now, self._before):
            assert time.monotonic() < end_s, "nothing was painted"
            pause.wait(LOOK_EVERY_S)
        return time.monotonic()


class Finger:
    """The display's pointer; unlike `Hands` it starts no program for every movement. A context manager."""

    def __init__(self, display: PrivateDisplay) -> None:
        self._process = subprocess.Popen(
            ["xdotool", "-"], env={**os.environ, **display.environment()}, stdin=subprocess.PIPE, bufsize=0
        )

    def over(self, x: int, y: int) -> None:
        """Above a point of the desktop; nothing is touched."""
        self._say(f"mousemove {x} {y}")

    def down(self) -> float:
        """Touch; the monotonic second before."""
        return self._say("mousedown 1")

    def up(self) -> float:
        """Let go; the monotonic second before."""
        return self._say("mouseup 1")

    def __enter__(self) -> Finger:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(5)

    def _say(self, line: str) -> float:
        assert self._process.stdin is not None
        at_s = time.monotonic()
        self._process.stdin.write(line.encode() + b"\n")
        return at_s
