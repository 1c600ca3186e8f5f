"""Key files: made once, whole or not at all, and readable by their owner alone."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path


class NotPrivate(Exception):
    """Others may read or write the file, or it belongs to somebody else; its path is the argument."""


def create_private(path: Path, data: bytes) -> bool:
    """Make the file with mode 0600 durably; False when it exists already, which is then left alone.

    Two processes that start together agree on the first one's file.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            return False
    finally:
        part.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def read_private(path: Path) -> bytes:
    """The file's content; `NotPrivate` when group or others may touch it, OSError when it cannot be read."""
    with path.open("rb") as file:
        facts = os.fstat(file.fileno())
        if stat.S_IMODE(facts.st_mode) & 0o077 or facts.st_uid != os.geteuid():
            raise NotPrivate(str(path))
        return file.read()
