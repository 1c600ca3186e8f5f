"""Taking the parts out of a `multipart/x-mixed-replace` stream, as network cameras send it. Pure."""

from __future__ import annotations

import re

from drivers.base.errors import Corrupt

MAX_PART_BYTES = 16 * 1024 * 1024
_MAX_HEADER_BYTES = 4096
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class PartReader:
    """Incremental: any split of the stream gives the same parts. `Corrupt` when it is no such stream.

    A part ends where its Content-Length says, or else at the next boundary. A part that is shorter than announced
    swallows the beginning of the next one; reading then goes on at the next boundary, so one picture that was cut
    short costs at most one more. Whether a part is a picture is for the caller to check.
    """

    def __init__(self, boundary: bytes) -> None:
        self._boundary = b"--" + boundary.removeprefix(b"--")
        self._bytes = bytearray()
        self._in_body = False
        self._length: int | None = None
        self._searched = 0

    def in_body(self) -> bool:
        """Whether the last byte fed belongs to a part whose end has not come."""
        return self._in_body

    def feed(self, data: bytes) -> list[bytes]:
        """Add `data`; the bodies complete by now, in order."""
        self._bytes += data
        bodies: list[bytes] = []
        while self._in_body or self._read_headers():
            body = self._read_to_boundary() if self._length is None else self._read_length(self._length)
            if body is None:
                break
            bodies.append(body)
            self._in_body = False
            self._searched = 0
        return bodies

    def _read_headers(self) -> bool:
        start = self._bytes.find(self._boundary, self._searched)
        if start < 0:
            self._searched = max(0, len(self._bytes) - len(self._boundary))
            if len(self._bytes) > MAX_PART_BYTES:
                raise Corrupt("no boundary", len(self._bytes))
            return False
        del self._bytes[:start]
        self._searched = 0
        end = _HEADERS_END.search(self._bytes, 0, _MAX_HEADER_BYTES)
        if end is None:
            if len(self._bytes) >= _MAX_HEADER_BYTES:
                raise Corrupt("headers without an end", len(self._bytes))
            return False
        length = _LENGTH.search(bytes(self._bytes[: end.end()]))
        self._length = None if length is None else int(length[1])
        if self._length is not None and self._length > MAX_PART_BYTES:
            raise Corrupt(f"part of {self._length} bytes", len(self._bytes))
        del self._bytes[: end.end()]
        self._in_body = True
        return True

    def _read_length(self, length: int) -> bytes | None:
        if len(self._bytes) < length:
            return None
        body = bytes(self._bytes[:length])
        del self._bytes[:length]
        return body

    def _read_to_boundary(self) -> bytes | None:
        end = self._bytes.find(self._boundary, self._searched)
        if end < 0:
            self._searched = max(0, len(self._bytes) - len(self._boundary))
            if len(self._bytes) > MAX_PART_BYTES:
                raise Corrupt("part without an end", len(self._bytes))
            return None
        body = bytes(self._bytes[:end])
        del self._bytes[:end]
        return body.removesuffix(b"\n").removesuffix(b"\r")
