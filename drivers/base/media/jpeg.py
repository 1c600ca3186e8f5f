"""Looking at a JPEG without decoding it: is it whole, how large is the picture, and its resolution tag."""

from __future__ import annotations

from drivers.base.errors import Corrupt

_SOI = b"\xff\xd8"
_EOI = b"\xff\xd9"
_SOS = 0xDA
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset(range(0xD0, 0xD9)) | {0x01}
_JFIF = b"JFIF\x00"


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a whole JPEG; `Corrupt` when start, headers, scan or end are missing.

    Zero bytes after the end marker are allowed: many cameras pad their buffers.
    """
    if not data.startswith(_SOI):
        raise Corrupt("no start of image", len(data))
    if not data.rstrip(b"\x00").endswith(_EOI):
        raise Corrupt("no end of image", len(data))
    size: tuple[int, int] | None = None
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise Corrupt(f"no marker at {at}", len(data))
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _START_OF_FRAME and at + 9 <= len(data):
            size = int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        if marker == _SOS:
            if size is None or 0 in size:
                raise Corrupt("no size before the scan", len(data))
            if at + 2 + length + len(_EOI) >= len(data):
                raise Corrupt("empty scan", len(data))
            return size
        at += 2 + max(2, length)
    raise Corrupt("no scan", len(data))


def with_dpi(data: bytes, dpi: int) -> bytes:
    """The same JPEG with `dpi` in its JFIF header; `Corrupt` when it has no JFIF header, as encoders write it."""
    if data[2:4] != b"\xff\xe0" or data[6:11] != _JFIF or len(data) < 18:
        raise Corrupt("no JFIF header", len(data))
    resolution = b"\x01" + dpi.to_bytes(2, "big") * 2  # unit 1: dots per inch
    return data[:13] + resolution + data[18:]
