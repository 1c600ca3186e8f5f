"""The card's portrait: WLT bytes to PNG through a decoder plug-in in a child process, or a placeholder.

The WLT codec is not public (domain.md a.9): halls configure the file that their vendor licenses.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import socket
import subprocess
import sys
from typing import Final

from PIL import Image, ImageDraw

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.errors import Cancelled, LinkLost, Refused, Timeout
from drivers.base.sensitive import Sensitive
from drivers.base.wake import Wake
from drivers.id_card import child
from drivers.id_card.api import Portrait

WIDTH_PX: Final = 102
HEIGHT_PX: Final = 126
DECODE_WITHIN_S: Final = 1.5  # with the start of the child, should it have had to be started again

_BGR_BYTES: Final = WIDTH_PX * HEIGHT_PX * 3
_RECEIVE_BYTES: Final = 65536
_DRAWN: Final = 4  # times larger, for smooth edges


class PortraitDecoder:
    """Keeps one child with the plug-in at `path`; "" for none. Called on the session's thread.

    A child that hangs or ends costs one picture: it is killed and started again for the next card.
    """

    def __init__(self, path: str, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._ready = False

    @property
    def pid(self) -> int:
        """Process number of the child; 0 when there is none."""
        return 0 if self._process is None else self._process.pid

    @property
    def name(self) -> str:
        """The plug-in's file name, for the technician."""
        return os.path.basename(self._path) or "none"

    def start(self) -> None:
        """Start the child, so that it is loaded when a card comes; does not wait for it and never raises."""
        _no_picture()  # loads what writes PNG now, not while the first citizen waits
        if not self._path or self._process is not None:
            return
        self._ready = False
        try:
            self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [
                        *(sys.executable, "-m", "drivers.id_card.child"),
                        *("--socket", str(theirs.fileno()), "--decoder", self._path),
                    ],
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            self._link.setblocking(False)
        except OSError:
            self.close()

    def portrait(self, wlt: bytes, cancel: Wake) -> Portrait:
        """The picture within DECODE_WITHIN_S, or the placeholder. `Cancelled` when `cancel` is set meanwhile."""
        deadline = Deadline.after(self._clock, DECODE_WITHIN_S)
        try:
            self.start()
            bgr = self._decode(wlt, deadline, cancel)
        except Refused:
            return _no_picture()
        except (Timeout, LinkLost):
            self.close()
            self.start()
            return _no_picture()
        except Cancelled:
            self.close()  # it is still at work: its answer must never become another card's picture
            raise
        picture = Image.frombytes("RGB", (WIDTH_PX, HEIGHT_PX), bgr, "raw", "BGR")
        return Portrait(Sensitive(_png(picture)), placeholder=False)

    def close(self) -> None:
        """End the child; never raises, may be called twice."""
        link, self._link = self._link, None
        process, self._process = self._process, None
        if link is not None:
            link.close()
        if process is not None:
            process.kill()
            with contextlib.suppress(OSError):
                process.wait()

    def _decode(self, wlt: bytes, deadline: Deadline, cancel: Wake) -> bytes:
        if not self._ready:
            if self._answer(deadline, cancel) != child.READY:
                raise LinkLost("the plug-in speaks before it is asked")
            self._ready = True
        try:
            self._open_link().send(wlt)
        except OSError as error:
            raise LinkLost("the portrait child is gone") from error
        answer = self._answer(deadline, cancel)
        if answer[:1] != child.PICTURE or len(answer) != 1 + _BGR_BYTES:
            raise Refused("id_card.portrait", "the plug-in gave no picture")
        return answer[1:]

    def _answer(self, deadline: Deadline, cancel: Wake) -> bytes:
        link = self._open_link()
        ready = self._clock.poll((link.fileno(), cancel.fileno()), deadline.at_s)
        if cancel.fileno() in ready:
            raise Cancelled("portrait")
        if not ready:
            raise Timeout("the plug-in does not come to an end")
        try:
            answer = link.recv(_RECEIVE_BYTES)
        except OSError as error:
            raise LinkLost("the portrait child is gone") from error
        if not answer:
            raise LinkLost("the portrait child has ended")
        return answer

    def _open_link(self) -> socket.socket:
        if self._link is None:
            raise LinkLost("no portrait child")
        return self._link


@functools.cache
def placeholder() -> bytes:
    """PNG of the card's picture size: the outline of a person in grey, nobody's face."""
    size = (WIDTH_PX * _DRAWN, HEIGHT_PX * _DRAWN)
    picture = Image.new("RGB", size, (238, 240, 243))
    draw = ImageDraw.Draw(picture)
    grey = (188, 194, 203)
    middle = size[0] // 2
    draw.ellipse((middle - 84, 118, middle + 84, 306), fill=grey)
    draw.rounded_rectangle((middle - 152, 340, middle + 152, size[1] + 120), radius=118, fill=grey)
    return _png(picture.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS))


def _no_picture() -> Portrait:
    return Portrait(Sensitive(placeholder()), placeholder=True)


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
