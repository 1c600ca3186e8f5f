"""DEMO portrait encoder: packs a 102 x 126 picture into the 1024 bytes that `demo_wlt_decoder` reads."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

_SIZE_PX = (102, 126)
_HEADER = bytes.fromhex("574C66007E00320000FF8500") + bytes.fromhex("5151513E")  # domain.md a.9; byte 11 is free
_WLT_BYTES = 1024
_ROOM_BYTES = _WLT_BYTES - len(_HEADER) - len(b"DEMO") - 6


def encode(picture: Image.Image) -> bytes:
    """1024 bytes with the picture in the best quality that fits; `ValueError` for another size or if none fits."""
    if picture.size != _SIZE_PX:
        raise ValueError(f"a card portrait is 102 x 126 px, not {picture.size}")
    low, high, best = 0, 100, b""
    while low <= high:
        quality = (low + high) // 2
        webp = _webp(picture, quality)
        if len(webp) <= _ROOM_BYTES:
            best, low = webp, quality + 1
        else:
            high = quality - 1
    if not best:
        raise ValueError("the picture holds too much detail for 1024 bytes")
    payload = _HEADER + b"DEMO" + struct.pack("<HI", len(best), zlib.crc32(best)) + best
    return payload.ljust(_WLT_BYTES, b"\x00")


def _webp(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "WEBP", quality=quality, method=6)
    return buffer.getvalue()
