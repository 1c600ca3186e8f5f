"""Small synthetic pictures."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw


def jpeg(width_px: int, height_px: int) -> bytes:
    """A page with a few lines."""
    return _drawn(width_px, height_px, "JPEG")


def png(width_px: int, height_px: int) -> bytes:
    """The same as PNG."""
    return _drawn(width_px, height_px, "PNG")


def _drawn(width_px: int, height_px: int, kind: str) -> bytes:
    image = Image.new("RGB", (width_px, height_px), "white")
    draw = ImageDraw.Draw(image)
    for y in range(height_px // 10, height_px, max(4, height_px // 12)):
        draw.line((width_px // 10, y, width_px * 9 // 10, y), fill="black", width=2)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()
