"""Files of open cases (portraits, pages, signatures), encrypted, one file a blob."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
from collections.abc import Collection
from enum import StrEnum, unique
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


@unique
class BlobLoss(StrEnum):
    """Why a blob cannot be had."""

    MISSING = "missing"  # no such file
    ALTERED = "altered"  # not what was put: changed, cut off or another one's


class BlobMissing(Exception):
    """No such blob, or one that was altered; its name is the argument."""

    def __init__(self, name: str, loss: BlobLoss) -> None:
        super().__init__(name)
        self.loss = loss


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
        """Store `data` durably; its name (64 hex digits). A file of that name that is not whole is written anew."""
        name = self.name_of(data)
        path = self._folder / name
        if path.exists() and self._is_whole(name):
            return name
        nonce = os.urandom(_NONCE_BYTES)
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
        """The content of blob `name`; `BlobMissing` when it is gone or altered, OSError when it cannot be read."""
        try:
            sealed = (self._folder / name).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(name, BlobLoss.MISSING) from error
        if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
            raise BlobMissing(name, BlobLoss.ALTERED)
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
        except InvalidTag as error:
            raise BlobMissing(name, BlobLoss.ALTERED) from error

    def name_of(self, data: bytes) -> str:
        """The name that `data` has, stored or not."""
        return hmac.new(self._name_key, data, hashlib.sha256).hexdigest()

    def keep_only(self, names: Collection[str]) -> int:
        """Remove every file that no open case names (also half-written ones); how many went."""
        wanted = set(names)
        gone = [path for path in self._folder.iterdir() if path.name not in wanted]
        for path in gone:
            path.unlink(missing_ok=True)
        if gone:
            self._sync_folder()
        return len(gone)

    def _is_whole(self, name: str) -> bool:
        try:
            self.get(name)
        except (BlobMissing, OSError):
            return False
        return True

    def _sync_folder(self) -> None:
        fd = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
