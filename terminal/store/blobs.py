"""Files of open cases (portraits, pages, signatures), encrypted, one file a blob."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
from collections.abc import Collection
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class BlobMissing(Exception):
    """No such blob, or one that was altered; its name is the argument."""


class Blobs:
    """A folder of encrypted blobs named by a keyed hash of their content.

    The keyed hash keeps equal content equal without telling anyone who has the disk what it is. Written as
    `x.part`, fsync, rename, fsync of the folder; only then may a journal row name it. Thread-safe.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._name_key = hmac.digest(key, b"blob name", "sha256")
        self._aead = AESGCM(hmac.digest(key, b"blob content", "sha256"))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, data: bytes) -> str:
        """Store `data` durably; its name (64 hex digits)."""
        name = hmac.new(self._name_key, data, hashlib.sha256).hexdigest()
        path = self._folder / name
        if path.exists():
            return name
        nonce = os.urandom(12)
        part = self._folder / f"{name}.part"
        try:
            with part.open("wb") as file:
                file.write(nonce + self._aead.encrypt(nonce, data, name.encode()))
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()  # a disk without room needs what there is
            raise
        self._sync_folder()
        return name

    def get(self, name: str) -> bytes:
        """The content of blob `name`; `BlobMissing` when it is gone or altered."""
        try:
            sealed = (self._folder / name).read_bytes()
            return self._aead.decrypt(sealed[:12], sealed[12:], name.encode())
        except (FileNotFoundError, InvalidTag) as error:
            raise BlobMissing(name) from error

    def keep_only(self, names: Collection[str]) -> int:
        """Remove every file that no open case names (also half-written ones); how many went."""
        wanted = set(names)
        gone = [path for path in self._folder.iterdir() if path.name not in wanted]
        for path in gone:
            path.unlink(missing_ok=True)
        if gone:
            self._sync_folder()
        return len(gone)

    def _sync_folder(self) -> None:
        fd = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
