"""Blob files at the hub: appended under `x.part`, durable before each acknowledgement, renamed once verified."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sync.checkpoint import Checkpoint, Reached, pass_by
from sync.disk import Disk, SystemDisk

_READ_BYTES = 1 << 20


class BlobFolder:
    """blobs/<first two digits>/<sha256>. Blocking; the caller keeps two writers off one blob. Raises OSError."""

    def __init__(self, folder: Path, disk: Disk | None = None, reached: Reached = pass_by) -> None:
        self._folder = folder
        self._disk = disk or SystemDisk()
        self._reached = reached
        for number in range(256):
            (folder / f"{number:02x}").mkdir(parents=True, exist_ok=True, mode=0o700)
        self._disk.sync_folder(folder)

    def path(self, sha256: str) -> Path:
        """Where the verified blob lies."""
        return self._folder / sha256[:2] / sha256

    def append(self, sha256: str, offset: int, chunk: bytes) -> None:
        """Put `chunk` at `offset`, dropping whatever lay behind it, and return once it is on the medium."""
        part = self._part(sha256)
        self._disk.write(part, offset, chunk)
        self._reached(Checkpoint.CHUNK_WRITTEN)
        self._disk.sync(part)
        if offset == 0:
            self._disk.sync_folder(part.parent)

    def durable_bytes(self, sha256: str, counted: int) -> int:
        """How many of the `counted` bytes are really there (a disk may lie about a sync)."""
        return min(counted, self._disk.size(self._part(sha256)) or 0)

    def is_whole(self, sha256: str, size: int) -> bool:
        """Whether the file, read back from the disk, has this size and hash. True also when it was renamed already."""
        path = self.path(sha256)
        if self._disk.size(path) is None:
            path = self._part(sha256)
        if self._disk.size(path) != size:
            return False
        digest = hashlib.sha256()
        for offset in range(0, size, _READ_BYTES):
            digest.update(self._disk.read(path, offset, _READ_BYTES))
        return digest.hexdigest() == sha256

    def finish(self, sha256: str) -> None:
        """Give a verified part its name, durably. Harmless when it has it."""
        part = self._part(sha256)
        if self._disk.size(part) is not None:
            self._disk.rename(part, self.path(sha256))
        self._disk.sync_folder(part.parent)

    def discard(self, sha256: str) -> None:
        """Drop what has the wrong hash."""
        self._disk.remove(self._part(sha256))
        self._disk.remove(self.path(sha256))
        self._disk.sync_folder(self._part(sha256).parent)

    def _part(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}.part"
