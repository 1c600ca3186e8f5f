"""DEMO portrait decoder: reads only the pictures of simulated cards, never a real card's WLT.

A plug-in file: the product loads it by path and calls `decode`. It needs Pillow and the standard library alone.

Layout of the 1024 bytes: 16 bytes WLT header (domain.md a.9) | "DEMO" | length of the WebP, 2 bytes little-endian |
CRC-32 of the WebP, 4 bytes little-endian | WebP, 102 x 126 px | zeros.
"""

from __future__ import annotations

import io
import struct
import zlib

# The WebP plug-in by name: without it Pillow looks through all its formats when the first card comes.
from PIL import Image, UnidentifiedImageError, WebPImagePlugin  # noqa: F401  # pyright: ignore[reportUnusedImport]

Image.preinit()  # for the same reason

WIDTH_PX = 102
HEIGHT_PX = 126
WLT_BYTES = 1024
WLT_HEADER = bytes.fromhex("574C66007E00320000FF85")  # bytes 0-10; byte 11 varies (domain.md a.9)
WLT_HEADER_END = bytes.fromhex("5151513E")  # bytes 12-15
MARK = b"DEMO"
_LENGTH_AND_CRC = struct.Struct("<HI")
_PICTURE_AT = 16 + len(MARK) + _LENGTH_AND_CRC.size


def decode(wlt: bytes) -> bytes:
    """Raw BGR, 102 x 126 px, rows from the top, 38556 bytes. `ValueError` when it is not the demo's own payload."""
    if len(wlt) != WLT_BYTES or not wlt.startswith(WLT_HEADER) or wlt[12:16] != WLT_HEADER_END:
        raise ValueError("not a WLT portrait")
    if wlt[16:20] != MARK:
        raise ValueError("not a demo portrait: a real card needs the vendor's decoder")
    length, crc = _LENGTH_AND_CRC.unpack_from(wlt, 16 + len(MARK))
    webp = wlt[_PICTURE_AT : _PICTURE_AT + length]
    if len(webp) != length or zlib.crc32(webp) != crc:
        raise ValueError("demo portrait is damaged")
    try:
        with Image.open(io.BytesIO(webp), formats=("WEBP",)) as picture:
            if picture.size != (WIDTH_PX, HEIGHT_PX):
                raise ValueError(f"demo portrait has the wrong size {picture.size}")
            pixels = picture.convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError("demo portrait holds no picture") from error
    blue, green, red = reversed(pixels.split())
    return Image.merge("RGB", (blue, green, red)).tobytes()
