"""Keys and pointer from outside the program, through the X server (XTEST), as a person's hands."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence

_KEY_PAUSE_MS = 12
# For each character that is not on the keyboard the server's map is changed first; a program needs time to see that.
_CHANGED_MAP_PAUSE_MS = 90


class Hands:
    """One pair of hands on a display; every call returns when the server has taken the input. One thread."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}

    def click(self, x: int, y: int) -> None:
        """Move to a point of the desktop (pixels) and press the first button once."""
        self._do("mousemove", str(x), str(y), "click", "1")

    def move(self, x: int, y: int) -> None:
        """Move without pressing."""
        self._do("mousemove", str(x), str(y))

    def press(self, x: int, y: int) -> None:
        """Press the first button and hold it."""
        self._do("mousemove", str(x), str(y), "mousedown", "1")

    def release(self) -> None:
        """Let the first button go."""
        self._do("mouseup", "1")

    def draw(self, points: Sequence[tuple[int, int]]) -> None:
        """Draw one stroke: press at the first point, move through all, let go at the last."""
        steps = ["mousemove", str(points[0][0]), str(points[0][1]), "mousedown", "1"]
        for x, y in points[1:]:
            steps += ["mousemove", str(x), str(y), "sleep", "0.004"]
        self._do(*steps, "mouseup", "1")

    def key(self, *names: str) -> None:
        """Press keys one after another by X names: Return, Tab, F2, ctrl+a."""
        self._do("key", "--delay", str(_KEY_PAUSE_MS), *names)

    def type(self, text: str) -> None:
        """Type text; what no key gives is put onto the keyboard map for a moment."""
        pause_ms = _KEY_PAUSE_MS if text.isascii() else _CHANGED_MAP_PAUSE_MS
        self._do("type", "--delay", str(pause_ms), text)

    def _do(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self._environment, check=True, capture_output=True)
