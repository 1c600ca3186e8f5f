"""The card's portrait: WLT bytes to PNG through a decoder in a child process, or a placeholder.

The WLT codec is not public (domain.md a.9): halls configure the file that their vendor licenses, as a Python plug-in or
as the vendor's own library.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Final

from PIL import Image, ImageDraw

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.errors import Cancelled, LinkLost, Refused, Timeout
from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault, FaultAction
from drivers.base.wake import Wake
from drivers.id_card import child
from drivers.id_card.api import Portrait
from drivers.id_card.wlt_library import LibraryCall

WIDTH_PX: Final = 102
HEIGHT_PX: Final = 126
DECODE_WITHIN_S: Final = 1.5  # with the start of the child, should it have had to be started again
LOAD_WITHIN_S: Final = 1.0  # how long the interrogation of a reader waits to be told whether the decoder loads

_BGR_BYTES: Final = WIDTH_PX * HEIGHT_PX * 3
_RECEIVE_BYTES: Final = 65536
_DRAWN: Final = 4  # times larger, for smooth edges
_MEMORY: Final = "/dev/shm"  # noqa: S108 - a folder of our own is made in it, 0700: files there are never on a disk

# What the child says when it does not load, and who can mend it.
_NOT_LOADED: Final[Mapping[str, str]] = {
    "missing": "id_card.decoder_missing",
    "cpu": "id_card.decoder_cpu",
    "symbol": "id_card.decoder_symbol",
    "broken": "id_card.decoder_broken",
}


class PortraitDecoder:
    """Keeps one child with the decoder at `path`; "" for none. Called on the session's thread.

    `library` tells how to call a vendor's library; None: `path` is a Python plug-in. A child that hangs or ends costs
    one picture: it is killed and started again for the next card. One that does not load is not asked again before the
    next `start` after `close`.
    """

    def __init__(self, path: str, clock: Clock, library: LibraryCall | None = None) -> None:
        self._path = path
        self._clock = clock
        self._library = library
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._scratch = ""
        self._ready = False
        self._not_loaded: Fault | None = None
        self._no_picture: Fault | None = None

    @property
    def pid(self) -> int:
        """Process number of the child; 0 when there is none."""
        return 0 if self._process is None else self._process.pid

    @property
    def name(self) -> str:
        """The decoder's file name, for the technician."""
        return os.path.basename(self._path) or "none"

    @property
    def fault(self) -> Fault | None:
        """Why cards have no picture: the decoder does not load, or gave none for the newest card."""
        return self._not_loaded or self._no_picture

    def start(self) -> None:
        """Start the child, so that it is loaded when a card comes; does not wait for it and never raises."""
        _no_picture()  # loads what writes PNG now, not while the first citizen waits
        if not self._path or self._process is not None or self._not_loaded is not None:
            return
        self._ready = False
        try:
            self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [
                        *(sys.executable, "-m", "drivers.id_card.child"),
                        *("--socket", str(theirs.fileno()), *self._arguments()),
                    ],
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            self._link.setblocking(False)
        except OSError:
            self._end()

    def state(self, cancel: Wake) -> str:
        """The decoder and whether it loads, for the technician. Waits LOAD_WITHIN_S at most; `Cancelled`."""
        if not self._path:
            return self.name
        try:
            self._await_loaded(Deadline.after(self._clock, LOAD_WITHIN_S), cancel)
        except (Timeout, LinkLost):
            return f"{self.name}: not loaded yet"
        except Refused as error:
            return f"{self.name}: does not load, {error.detail}"
        return f"{self.name}: loads"

    def portrait(self, wlt: bytes, cancel: Wake) -> Portrait:
        """The picture within DECODE_WITHIN_S, or the placeholder. `Cancelled` when `cancel` is set meanwhile."""
        deadline = Deadline.after(self._clock, DECODE_WITHIN_S)
        try:
            self.start()
            bgr = self._decode(wlt, deadline, cancel)
        except Refused:
            return self._without_picture("refused")
        except (Timeout, LinkLost) as error:
            self._end()
            self.start()
            return self._without_picture(str(error))
        except Cancelled:
            self._end()  # it is still at work: its answer must never become another card's picture
            raise
        self._no_picture = None
        picture = Image.frombytes("RGB", (WIDTH_PX, HEIGHT_PX), bgr, "raw", "BGR")
        return Portrait(Sensitive(_png(picture)), placeholder=False)

    def close(self) -> None:
        """End the child; never raises, may be called twice. What did not load is tried again by the next `start`."""
        self._end()
        self._not_loaded = self._no_picture = None

    def _arguments(self) -> tuple[str, ...]:
        if self._library is None:
            return ("--decoder", self._path)
        self._scratch = tempfile.mkdtemp(prefix="yichuang-", dir=_MEMORY if os.path.isdir(_MEMORY) else None)
        rows = ("--bottom-up",) if self._library.bottom_up else ()
        return ("--library", self._path, "--mode", str(self._library.mode), "--scratch", self._scratch, *rows)

    def _without_picture(self, detail: str) -> Portrait:
        if self._path:
            self._no_picture = Fault("id_card.portrait", FaultAction.CONFIGURATION, f"{self.name}: {detail}")
        return _no_picture()

    def _end(self) -> None:
        link, self._link = self._link, None
        process, self._process = self._process, None
        if link is not None:
            link.close()
        if process is not None:
            process.kill()
            with contextlib.suppress(OSError):
                process.wait()
        scratch, self._scratch = self._scratch, ""
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)

    def _await_loaded(self, deadline: Deadline, cancel: Wake) -> None:
        """Until the child has said READY; `Refused` with the fault's code when it does not load."""
        if self._not_loaded is not None:
            raise Refused(self._not_loaded.code, self._not_loaded.detail)
        if self._ready:
            return
        answer = self._answer(deadline, cancel)
        if answer == child.READY:
            self._ready = True
            return
        if answer[:1] != child.NOT_LOADED:
            raise LinkLost("the plug-in speaks before it is asked")
        reason, _, detail = answer[1:].decode(errors="replace").partition(" ")
        code = _NOT_LOADED.get(reason, "id_card.decoder_broken")
        self._not_loaded = Fault(code, FaultAction.CONFIGURATION, f"{reason} {detail}".strip())
        self._end()
        raise Refused(code, self._not_loaded.detail)

    def _decode(self, wlt: bytes, deadline: Deadline, cancel: Wake) -> bytes:
        self._await_loaded(deadline, cancel)
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
