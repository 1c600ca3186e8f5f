"""A signature as it is kept: the strokes as JSON, and the picture that is drawn from them."""

from __future__ import annotations

import io
import json

import msgspec

from terminal import intents

_SCALE = 2  # so that the picture prints well


class _Strokes(msgspec.Struct, frozen=True):
    width_px: int
    height_px: int
    strokes: tuple[tuple[tuple[float, float, int], ...], ...]


def strokes_of(intent: intents.SubmitSignature) -> bytes:
    """The strokes as JSON: pixels of the pad, milliseconds."""
    content = {"width_px": intent.width_px, "height_px": intent.height_px, "strokes": intent.strokes}
    return json.dumps(content, separators=(",", ":")).encode()


def picture_of(strokes: bytes) -> bytes:
    """PNG of the strokes: black on white, twice the pad's size. The same bytes for the same strokes.

    `msgspec.DecodeError` for what are none.
    """
    from PIL import Image, ImageDraw  # only a signature needs it: not at start-up

    signature = msgspec.json.decode(strokes, type=_Strokes)
    image = Image.new("L", (signature.width_px * _SCALE, signature.height_px * _SCALE), 255)
    draw = ImageDraw.Draw(image)
    for stroke in signature.strokes:
        points = [(x * _SCALE, y * _SCALE) for x, y, _ in stroke]
        if len(points) == 1:
            x, y = points[0]
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=0)
        else:
            draw.line(points, fill=0, width=3 * _SCALE, joint="curve")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
