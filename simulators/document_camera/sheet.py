"""A sheet of paper that is written on in millimetres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from simulators.fonts import SANS, SERIF, font

PX_PER_MM = 8.0
INK = (38, 38, 42)
RED = (196, 38, 38)
_PORTRAIT = Path(__file__).parent.parent / "id_card" / "portraits" / "zhang.png"


def px(mm: float) -> int:
    """Millimetres as pixels of a sheet."""
    return round(mm * PX_PER_MM)


def portrait() -> Image.Image:
    """The invented card holder's picture (id_card/portraits/SOURCE.md), 102 x 126 px."""
    with Image.open(_PORTRAIT) as picture:
        return picture.convert("RGB")


class Sheet:
    """Paper of `width_mm` x `height_mm`; every measure in mm, from the top left corner."""

    def __init__(self, width_mm: float, height_mm: float, colour: tuple[int, int, int] = (240, 238, 232)) -> None:
        random = np.random.default_rng(int(width_mm * 7 + height_mm))
        fibres = random.normal(0, 1.6, (px(height_mm) // 3, px(width_mm) // 3))
        soft = Image.fromarray(fibres.astype(np.float32)).resize((px(width_mm), px(height_mm)))
        paper = np.asarray(soft)[:, :, None] + np.array(colour, np.float32)
        self.picture = Image.fromarray(np.clip(paper, 0, 255).astype(np.uint8))
        self.width_mm = width_mm
        self.height_mm = height_mm
        self._draw = ImageDraw.Draw(self.picture)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 4.2,
        anchor: str = "ls",
        bold: bool = False,
        family: str = SERIF,
        colour: tuple[int, int, int] = INK,
    ) -> None:
        """Write one line; `size` is the em. Anchors are Pillow's: `ls` begins at x on the base line, `ms` centres."""
        self._draw.text((px(x), px(y)), words, fill=colour, font=font(family, px(size), bold), anchor=anchor)

    def paragraph(self, x: float, y: float, width: float, words: str, size: float = 4.6, leading: float = 8.4) -> float:
        """Write as many lines as it takes, two characters indented; where the next line would stand."""
        letters = font(SERIF, px(size))
        line = "\u3000\u3000"
        for character in words:
            if letters.getlength(line + character) > px(width) and character not in "，。、；）":
                self.text(x, y, line, size)
                line, y = "", y + leading
            line += character
        self.text(x, y, line, size)
        return y + leading

    def line(self, x1: float, y1: float, x2: float, y2: float, thick: float = 0.25) -> None:
        """A ruled line."""
        self._draw.line((px(x1), px(y1), px(x2), px(y2)), fill=INK, width=max(1, px(thick)))

    def box(self, x: float, y: float, width: float, height: float, thick: float = 0.25) -> None:
        """A frame."""
        self._draw.rectangle((px(x), px(y), px(x + width), px(y + height)), outline=INK, width=max(1, px(thick)))

    def row(self, x: float, y: float, height: float, cells: Sequence[tuple[float, str]], size: float = 3.8) -> None:
        """Cells side by side, (width, text); what ends with a full-width space is a label and stands in the middle."""
        for width, words in cells:
            self.box(x, y, width, height)
            if words.endswith("\u3000"):
                self.text(x + width / 2, y + height / 2, words.strip(), size, "mm", family=SANS)
            else:
                self.text(x + 1.8, y + height / 2, words, size, "lm")
            x += width

    def photo(self, x: float, y: float, width: float, height: float, background: bool = False) -> None:
        """The portrait; `background` puts a white one behind its edges, as photographers do."""
        picture = portrait().resize((px(width), px(height)), Image.Resampling.BICUBIC)
        self.picture.paste(picture, (px(x), px(y)))
        if background:
            self.box(x, y, width, height, 0.15)

    def stamp(self, x: float, y: float, words: str, radius: float = 20.0, below: str = "样本专用章") -> None:
        """A round red seal (公章) with its centre at x, y; see-through like ink."""
        side = px(radius) * 2
        ink = Image.new("L", (side, side), 0)
        draw = ImageDraw.Draw(ink)
        draw.ellipse((2, 2, side - 3, side - 3), outline=230, width=px(1.1))
        middle = side / 2
        points: list[tuple[float, float]] = []
        for corner in range(10):
            reach = side * (0.17 if corner % 2 == 0 else 0.066)
            angle = math.radians(corner * 36 - 90)
            points.append((middle + reach * math.cos(angle), middle + reach * math.sin(angle)))
        draw.polygon(points, fill=225)
        letter = font(SERIF, px(radius * 0.26), bold=True)
        spread = min(260.0, 27.0 * (len(words) - 1))
        for place, character in enumerate(words):
            degrees = -spread / 2 + spread * place / max(1, len(words) - 1)
            cell = Image.new("L", (px(radius * 0.4), px(radius * 0.4)), 0)
            ImageDraw.Draw(cell).text((cell.width / 2, cell.height / 2), character, fill=235, font=letter, anchor="mm")
            turned = cell.rotate(-degrees, Image.Resampling.BICUBIC)
            reach, angle = middle * 0.76, math.radians(degrees - 90)
            place_at = (middle + reach * math.cos(angle), middle + reach * math.sin(angle))
            left, top = round(place_at[0] - cell.width / 2), round(place_at[1] - cell.height / 2)
            ink.paste(turned, (left, top), turned)
        small = font(SERIF, px(radius * 0.2), bold=True)
        draw.text((middle, middle * 1.52), below, fill=225, font=small, anchor="mm")
        worn = np.asarray(ink.filter(ImageFilter.GaussianBlur(0.8)), np.float32)
        worn = worn * np.random.default_rng(5).uniform(0.72, 1.0, worn.shape).astype(np.float32)
        mask = Image.fromarray((worn * 0.82).astype(np.uint8)).rotate(-6, Image.Resampling.BICUBIC)
        self.picture.paste(RED, (px(x) - side // 2, px(y) - side // 2), mask)

    def mark_as_specimen(self, size: float = 26.0) -> None:
        """样本 across the paper, pale, so that nobody takes it for a real one; and small in the corner."""
        layer = Image.new("L", (px(size * 3.4), px(size * 1.4)), 0)
        big = font(SANS, px(size), bold=True)
        ImageDraw.Draw(layer).text((layer.width / 2, layer.height / 2), "样\u3000本", fill=46, font=big, anchor="mm")
        turned = layer.rotate(24, Image.Resampling.BICUBIC, expand=True)
        place = ((self.picture.width - turned.width) // 2, (self.picture.height - turned.height) // 2)
        self.picture.paste((150, 60, 60), place, turned)
        small = font(SANS, px(2.6))
        corner = (px(self.width_mm - 3), px(self.height_mm - 2.5))
        self._draw.text(corner, "样本 SPECIMEN · 虚构人员", fill=(150, 60, 60), font=small, anchor="rs")
