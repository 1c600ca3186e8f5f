"""What lies in a SQLCipher database's files, page by page, whatever SQL would show of it.

Written from the format's description (SQLCipher 4: AES-256-CBC a page, the last 80 bytes of a page are IV and HMAC,
the first 16 of the file the salt) and SQLite's of the write-ahead log (32 bytes, then 24 before each page).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_PAGE, _RESERVE, _SALT, _IV = 4096, 80, 16, 16
_LOG_HEADER, _FRAME_HEADER = 32, 24


def decrypted(path: Path, key: bytes) -> bytes:
    """Every page of the database and of its log in the clear, free and outdated ones, too. `key` is the raw one."""
    log = path.with_name(f"{path.name}-wal")
    frames = log.read_bytes()[_LOG_HEADER:] if log.exists() else b""
    return b"".join((*_pages(path.read_bytes(), 0, key), *_pages(frames, _FRAME_HEADER, key)))


def _pages(data: bytes, before: int, key: bytes) -> Iterator[bytes]:
    for start in range(before, len(data), before + _PAGE):
        page = data[start : start + _PAGE]
        # The first page of the file begins with the salt; so does each of its copies in the log.
        first = _SALT if start == before == 0 or _is_first(page, key) else 0
        yield _page(page, first, key)


def _is_first(page: bytes, key: bytes) -> bool:
    # What follows the salt are the bytes 16 to 24 of SQLite's header: page size 4096, then the reserved bytes.
    return _page(page, _SALT, key)[:2] == _PAGE.to_bytes(2, "big") and _page(page, _SALT, key)[4] == _RESERVE


def _page(page: bytes, first: int, key: bytes) -> bytes:
    iv = page[-_RESERVE : -_RESERVE + _IV]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(page[first:-_RESERVE]) + decryptor.finalize()
