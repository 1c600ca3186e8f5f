"""Pictures for the blobs of the scenes, drawn."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from tests.support.ui_scenes import NOTICE, PAGE, PORTRAIT


def blob(name: str) -> bytes | None:
    """Pictures for the blobs of the scenes; None for a blob that is gone."""
    match name:
        case s if s == PORTRAIT:
            return _png(_portrait())
        case s if s == PAGE:
            return _png(_paper(413, 584))
        case s if s == NOTICE:
            out = io.BytesIO()
            _paper(827, 1169).save(out, "PDF", resolution=100)
            return out.getvalue()
        case _:
            return None


def _portrait() -> Image.Image:
    image = Image.new("RGB", (204, 252), (222, 230, 238))
    draw = ImageDraw.Draw(image)
    draw.ellipse((62, 50, 142, 150), fill=(214, 186, 164))
    draw.pieslice((58, 40, 146, 130), 180, 360, fill=(52, 50, 54))
    draw.ellipse((22, 165, 182, 340), fill=(70, 88, 120))
    return image


def _paper(width: int, height: int) -> Image.Image:
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((width * 0.3, height * 0.08, width * 0.7, height * 0.1), fill=(40, 40, 40))
    for line in range(18):
        y = height * (0.18 + line * 0.035)
        draw.rectangle((width * 0.12, y, width * (0.88 if line % 5 else 0.5), y + height * 0.008), fill=(90, 90, 90))
    draw.ellipse((width * 0.6, height * 0.82, width * 0.8, height * 0.94), outline=(190, 30, 30), width=4)
    return image


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
