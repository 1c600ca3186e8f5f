"""Preview frames in shared memory: three slots, one writer that never waits, readers that never see a torn frame.

The memory is a memfd, not a file in /dev/shm: the kernel frees it when the last process that has it open ends,
however it ends, so nothing can be left over. Its name is the owner's descriptor, `/proc/<pid>/fd/<n>`.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from dataclasses import dataclass

MAX_WIDTH_PX = 960
MAX_HEIGHT_PX = 1280
BYTES_PER_PIXEL = 3  # RGB888, rows without padding
SLOTS = 3

_MAGIC = 0x3147_4E49_5243_5559  # "YUCRING1"
_PAGE_BYTES = 4096
_SLOT_BYTES = MAX_WIDTH_PX * MAX_HEIGHT_PX * BYTES_PER_PIXEL
_RING_BYTES = _PAGE_BYTES + SLOTS * _SLOT_BYTES
_READ_ATTEMPTS = 8

# Words of the header page: magic, number of the newest frame (0: none), then four words for each slot.
_HEAD = 1
_SLOT_WORDS = 4
_GUARD, _WIDTH, _HEIGHT, _CAPTURED_NS = range(_SLOT_WORDS)


@dataclass(frozen=True, slots=True)
class Frame:
    """One preview frame. `rgb` has `height_px` rows of `width_px` * 3 bytes; `captured_at_s` is CLOCK_MONOTONIC."""

    seq: int
    width_px: int
    height_px: int
    rgb: bytes
    captured_at_s: float


class Ring:
    """The shared memory itself. The owner creates it and passes the descriptor to the writing child."""

    def __init__(self) -> None:
        self._fd = os.memfd_create("yichuang-preview", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self._fd, _RING_BYTES)  # pages are allocated only when a frame touches them
        fcntl.fcntl(self._fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        with mmap.mmap(self._fd, _PAGE_BYTES) as header, memoryview(header) as view, view.cast("Q") as words:
            words[0] = _MAGIC
        self.name = f"/proc/{os.getpid()}/fd/{self._fd}"

    def fileno(self) -> int:
        """Descriptor to hand to the child."""
        return self._fd

    def close(self) -> None:
        """Give the owner's descriptor back; readers that mapped it keep their last frame. May be called twice."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)


class _Mapping:
    """The ring seen by one process. `OSError` when `path` is no ring of ours any more."""

    def __init__(self, fd: int, writable: bool) -> None:
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        if os.fstat(fd).st_size != _RING_BYTES:
            raise OSError("not a preview ring")
        self._map = mmap.mmap(fd, _RING_BYTES, access=access)
        self._view = memoryview(self._map)
        self.words = self._view[:_PAGE_BYTES].cast("Q")
        if self.words[0] != _MAGIC:
            self.close()
            raise OSError("not a preview ring")

    def pixels(self, slot: int, size: int) -> memoryview:
        start = _PAGE_BYTES + slot * _SLOT_BYTES
        return self._view[start : start + size]

    def close(self) -> None:
        self.words.release()
        self._view.release()
        self._map.close()


def _base(slot: int) -> int:
    return 2 + slot * _SLOT_WORDS


def _fence() -> None:
    """Full memory barrier: what was written before it is seen before what is written after it, on arm64 too.

    Two lock round trips: the release of the first is ordered before the acquire of the second.
    """
    lock = threading.Lock()
    for _ in range(2):
        lock.acquire()
        lock.release()


class RingWriter:
    """The one writer. `begin`, fill the view, `commit`: on one thread."""

    def __init__(self, fd: int) -> None:
        self._map = _Mapping(fd, writable=True)
        self._seq = 0
        self._touched_bytes = [0] * SLOTS

    def begin(self, width_px: int, height_px: int) -> memoryview:
        """The bytes of the next frame, to be filled; `ValueError` for a size beyond the ring's."""
        if not (0 < width_px <= MAX_WIDTH_PX and 0 < height_px <= MAX_HEIGHT_PX):
            raise ValueError(f"preview of {width_px}x{height_px}")
        seq = self._seq + 1
        slot = seq % SLOTS
        size = width_px * height_px * BYTES_PER_PIXEL
        words, base = self._map.words, _base(slot)
        words[base + _GUARD] = 2 * seq + 1  # odd: being written
        _fence()
        words[base + _WIDTH] = width_px
        words[base + _HEIGHT] = height_px
        self._touched_bytes[slot] = max(self._touched_bytes[slot], size)
        return self._map.pixels(slot, size)

    def commit(self, captured_at_s: float) -> None:
        """Publish the frame begun last."""
        self._seq += 1
        words, base = self._map.words, _base(self._seq % SLOTS)
        words[base + _CAPTURED_NS] = int(captured_at_s * 1e9)
        _fence()
        words[base + _GUARD] = 2 * self._seq
        _fence()
        words[_HEAD] = self._seq

    def wipe(self) -> None:
        """Withdraw and overwrite all frames: nothing of a citizen's paper stays in the ring."""
        words = self._map.words
        words[_HEAD] = 0
        for slot, size in enumerate(self._touched_bytes):
            words[_base(slot) + _GUARD] = 1
            _fence()
            with self._map.pixels(slot, size) as pixels:
                pixels[:] = bytes(size)
            self._touched_bytes[slot] = 0

    def close(self) -> None:
        """Unmap."""
        self._map.close()


class RingReader:
    """Reads the newest frame; never blocks the writer. Used by one thread, such as the screens' own.

    `name` is that of a `PreviewRing`. `OSError` when there is no such ring (any more).
    """

    def __init__(self, name: str) -> None:
        fd = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._map = _Mapping(fd, writable=False)
        finally:
            os.close(fd)

    def latest(self, after_seq: int = 0) -> Frame | None:
        """The newest frame whose number is beyond `after_seq`; None when there is none yet.

        Frame numbers grow by one; a reader that passes the number it showed last copies no frame twice.
        """
        words = self._map.words
        for _ in range(_READ_ATTEMPTS):
            seq = words[_HEAD]
            if seq == 0 or seq <= after_seq:
                return None
            base, guard = _base(seq % SLOTS), 2 * seq
            _fence()
            if words[base + _GUARD] != guard:
                continue
            width_px, height_px, captured_ns = (words[base + i] for i in (_WIDTH, _HEIGHT, _CAPTURED_NS))
            size = width_px * height_px * BYTES_PER_PIXEL
            if not 0 < size <= _SLOT_BYTES:
                continue  # overwritten between the two looks
            rgb = self._copy(seq % SLOTS, size)
            _fence()
            if words[base + _GUARD] == guard:
                return Frame(seq, width_px, height_px, rgb, captured_ns / 1e9)
        return None

    def _copy(self, slot: int, size: int) -> bytes:
        with self._map.pixels(slot, size) as pixels:
            return bytes(pixels)

    def close(self) -> None:
        """Unmap."""
        self._map.close()
