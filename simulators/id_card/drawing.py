"""A drawn silhouette in the place of a portrait: nobody's face."""

from __future__ import annotations

from PIL import Image, ImageDraw

_SCALE = 4  # drawn larger, then scaled down, for smooth edges


def silhouette(coat: tuple[int, int, int], hair: tuple[int, int, int], long_hair: bool) -> Image.Image:
    """A head and shoulders of 102 x 126 px without features, in the given RGB colours."""
    big = Image.new("RGB", (102 * _SCALE, 126 * _SCALE), (236, 240, 243))
    draw = ImageDraw.Draw(big)

    def box(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
        return (left * _SCALE, top * _SCALE, right * _SCALE, bottom * _SCALE)

    skin = (224, 196, 172)
    if long_hair:
        draw.rounded_rectangle(box(26, 22, 76, 92), radius=22 * _SCALE, fill=hair)
    draw.rounded_rectangle(box(10, 92, 92, 150), radius=26 * _SCALE, fill=coat)
    draw.rectangle(box(42, 78, 60, 98), fill=skin)
    draw.ellipse(box(31, 28, 71, 84), fill=skin)
    draw.pieslice(box(29, 20, 73, 72), 180, 360, fill=hair)
    return big.resize((102, 126), Image.Resampling.LANCZOS)
