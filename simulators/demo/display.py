"""A private X display with two monitors, and pictures of them taken from outside the programs."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

_START_WITHIN_S = 10.0


class DisplayError(Exception):
    """No display can be made here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitor of the display, pixels and millimetres."""

    name: str
    x: int
    width: int
    height: int
    width_mm: int
    height_mm: int
    primary: bool = False


STAFF = Monitor("STAFF", 0, 1280, 800, 340, 212, primary=True)
CITIZEN = Monitor("CITIZEN", 1280, 1024, 768, 270, 200)


class PrivateDisplay:
    """Xvfb split into two monitors by RandR, as a desk with one computer and two screens. One thread."""

    def __init__(self, monitors: tuple[Monitor, ...] = (STAFF, CITIZEN)) -> None:
        self._monitors = monitors
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self.name = ""

    def start(self) -> None:
        """Start the server and split it; `DisplayError` when a tool is missing or does not start."""
        for tool in ("Xvfb", "xrandr", "xdotool"):
            if shutil.which(tool) is None:
                raise DisplayError(f"{tool} is missing; packaging/setup.sh installs it")
        self._folder = tempfile.mkdtemp(prefix="yichuang-display-")
        width = max(m.x + m.width for m in self._monitors)
        height = max(m.height for m in self._monitors)
        ours, theirs = os.pipe()
        # -noreset: without it the server forgets the monitors when the xrandr client leaves.
        self._process = subprocess.Popen(
            [
                *("Xvfb", "-displayfd", str(theirs), "-screen", "0", f"{width}x{height}x24"),
                *("-noreset", "-nolisten", "tcp", "-fbdir", self._folder),
            ],
            pass_fds=(theirs,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        with os.fdopen(ours, encoding="ascii") as reader:
            number = reader.readline().strip()
        if not number:
            raise DisplayError("Xvfb does not start")
        self.name = f":{number}"
        for monitor in self._monitors:
            self.plug_in(monitor)

    def stop(self) -> None:
        """End the server; safe to call twice."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_START_WITHIN_S)
            self._process = None
            shutil.rmtree(self._folder, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """What a program needs to show itself here."""
        return {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb", "XDG_SESSION_TYPE": "x11"}

    def plug_in(self, monitor: Monitor) -> None:
        """Connect a monitor."""
        size = f"{monitor.width}/{monitor.width_mm}x{monitor.height}/{monitor.height_mm}+{monitor.x}+0"
        name = f"*{monitor.name}" if monitor.primary else monitor.name
        self._xrandr("--setmonitor", name, size, "screen" if monitor.primary else "none")

    def unplug(self, monitor: Monitor) -> None:
        """Pull a monitor's cable."""
        self._xrandr("--delmonitor", monitor.name)

    def picture(self, monitor: Monitor) -> Image.Image:
        """What stands on a monitor now."""
        whole = read_xwd(Path(self._folder) / "Xvfb_screen0")
        return whole.crop((monitor.x, 0, monitor.x + monitor.width, monitor.height))

    def _xrandr(self, *arguments: str) -> None:
        done = subprocess.run(
            ["xrandr", *arguments],
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise DisplayError(f"xrandr {' '.join(arguments)}: {done.stderr.strip()}")


def read_xwd(path: Path) -> Image.Image:
    """A 24-bit XWD file (X11/XWDFile.h, version 7, big-endian header) as RGB picture; `DisplayError` for another."""
    data = path.read_bytes()
    header = struct.unpack(">25I", data[:100])
    size, version, depth, width, height = header[0], header[1], header[3], header[4], header[5]
    little_endian, bits, row_bytes, colours = header[7] == 0, header[11], header[12], header[19]
    if version != 7 or depth != 24 or bits != 32 or not little_endian:
        raise DisplayError(f"{path.name} is no 24-bit picture of this kind of server")
    begin = size + colours * 12
    return Image.frombuffer("RGB", (width, height), data[begin:], "raw", "BGRX", row_bytes, 1)


def real_display(environment: Mapping[str, str]) -> bool:
    """Whether somebody sits in front of a display here."""
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
