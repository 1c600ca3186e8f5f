"""Writes a session down, masked before anything reaches the disk."""

from __future__ import annotations

import logging
import os
import re
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TextIO

from drivers.base.clock import Clock
from drivers.base.masking import Masker, StreamMask
from drivers.base.tap import Direction
from terminal.diagnostics.trace.lines import Head, Line, What, head_text, line_text

log = logging.getLogger(__name__)

LARGEST_BYTES: Final = 4 * 1024 * 1024  # then the trace ends: a forgotten one must not fill the disk
KEPT_FILES: Final = 5  # of one device; the oldest go
_OWNER_ONLY: Final = 0o600
_FOLDER_OWNER_ONLY: Final = 0o700


class Recorder:
    """A `Tap` that writes the file at `path` (0600), made when the first line comes.

    Bytes are held back until the masker has decided; what is held when the other side speaks or the driver says
    something is masked as it stands. Called on the session's thread. Never raises: a disk that fails ends the trace.
    """

    def __init__(
        self, path: Path, head: Head, masker: Masker, clock: Clock, largest_bytes: int = LARGEST_BYTES
    ) -> None:
        self._path = path
        self._head = head
        self._masker = masker
        self._clock = clock
        self._left_bytes = largest_bytes
        self._file: TextIO | None = None
        self._begun_s: float | None = None
        self._ended = False
        self._direction = Direction.TO_DEVICE
        self._waiting: deque[tuple[float, int]] = deque()  # second and size of what was not yet written

    def bytes_seen(self, direction: Direction, data: bytes, at_s: float) -> None:
        """See `Tap`."""
        if direction is not self._direction:
            self._flush()
            self._direction = direction
        self._waiting.append((at_s, len(data)))
        self._write_masked(self._mask().feed(data))

    def noted(self, note: object, at_s: float) -> None:
        """See `Tap`."""
        self._flush()
        self._write(Line(self._since_s(at_s), What.SAW, word=type(note).__name__, told=self._masker.told(note)))

    def link(self, word: str) -> None:
        """The link is now `open`, `lost` or `closed`; until the next open the file is closed."""
        self._flush()
        self._write(Line(self._now_s(), What.LINK, word=word))
        if word != "open":
            self._close()

    def tell(self, what: What, value: object, told: Mapping[str, object] | None = None) -> None:
        """A command, its end or an event. `told` replaces what the masker tells of `value`."""
        self._flush()
        facts = self._masker.told(value) if told is None else told
        self._write(Line(self._now_s(), what, word=type(value).__name__, told=facts))

    def _mask(self) -> StreamMask:
        return self._masker.to_device if self._direction is Direction.TO_DEVICE else self._masker.from_device

    def _flush(self) -> None:
        self._write_masked(self._mask().flush())
        self._waiting.clear()

    def _write_masked(self, masked: bytes) -> None:
        """Give the decided bytes to the pieces in which they passed."""
        what = What(self._direction.value)
        while masked and self._waiting:
            at_s, size = self._waiting.popleft()
            piece, masked = masked[:size], masked[size:]
            if len(piece) < size:
                self._waiting.appendleft((at_s, size - len(piece)))
            self._write(Line(self._since_s(at_s), what, data=piece))

    def _now_s(self) -> float:
        return self._since_s(self._clock.monotonic())

    def _since_s(self, at_s: float) -> float:
        if self._begun_s is None:
            self._begun_s = at_s
        return max(0.0, at_s - self._begun_s)

    def _write(self, line: Line) -> None:
        if self._ended:
            return
        text = line_text(line)
        self._left_bytes -= len(text)
        if self._left_bytes < 0:
            self._ended = True
            text = line_text(Line(line.at_s, What.END, word="full"))
        try:
            self._open().write(text)
        except OSError as error:
            self._ended = True
            log.warning("trace %s ends: %s", self._path.name, error.strerror)
        if self._ended:
            self._close()

    def _open(self) -> TextIO:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=_FOLDER_OWNER_ONLY)
            fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
            self._file = os.fdopen(fd, "w", encoding="ascii")
            if os.fstat(fd).st_size == 0:
                self._file.write(head_text(self._head))
        return self._file

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        try:
            file.close()
        except OSError as error:  # what was buffered did not fit any more
            self._ended = True
            log.warning("trace %s ends: %s", self._path.name, error.strerror)


def new_path(folder: Path, device_id: str, clock: Clock) -> Path:
    """Where the next trace of a device goes; the oldest of its traces beyond KEPT_FILES are deleted."""
    name = re.sub(r"[^\w.-]", "_", device_id)
    for old in sorted(folder.glob(f"{name}-*.trace"))[: -(KEPT_FILES - 1)]:
        old.unlink(missing_ok=True)
    return folder / f"{name}-{clock.wall():%Y%m%d-%H%M%S}.trace"
