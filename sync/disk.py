"""The few file operations on which custody rests, as a port: tests watch and break them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """Durable files. A write counts only after `sync`, a new name only after `sync_folder`. All raise OSError."""

    def size(self, path: Path) -> int | None:
        """Size in bytes; None when there is no such file."""
        ...

    def write(self, path: Path, offset: int, data: bytes) -> None:
        """Cut the file to `offset` bytes (it must have that many) and append `data`; makes the file at offset 0."""
        ...

    def read(self, path: Path, offset: int, count: int) -> bytes:
        """Up to `count` bytes from `offset`; fewer only at the end."""
        ...

    def sync(self, path: Path) -> None:
        """Return once the file's content is on the medium."""
        ...

    def sync_folder(self, folder: Path) -> None:
        """Return once the names in `folder` are on the medium."""
        ...

    def rename(self, old: Path, new: Path) -> None:
        """Give the file its final name, atomically."""
        ...

    def remove(self, path: Path) -> None:
        """Remove the file if it is there."""
        ...


class SystemDisk:
    """The machine's file system. Files are readable by their owner alone."""

    def size(self, path: Path) -> int | None:
        """See `Disk`."""
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None

    def write(self, path: Path, offset: int, data: bytes) -> None:
        """See `Disk`."""
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(fd, offset)
            view = memoryview(data)
            while view:
                written = os.pwrite(fd, view, offset)
                view = view[written:]
                offset += written
        finally:
            os.close(fd)

    def read(self, path: Path, offset: int, count: int) -> bytes:
        """See `Disk`."""
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(count)

    def sync(self, path: Path) -> None:
        """See `Disk`."""
        _fsync(path, os.O_RDONLY)

    def sync_folder(self, folder: Path) -> None:
        """See `Disk`."""
        _fsync(folder, os.O_RDONLY | os.O_DIRECTORY)

    def rename(self, old: Path, new: Path) -> None:
        """See `Disk`."""
        old.rename(new)

    def remove(self, path: Path) -> None:
        """See `Disk`."""
        path.unlink(missing_ok=True)


def _fsync(path: Path, flags: int) -> None:
    fd = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
