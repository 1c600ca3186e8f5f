"""One printed line: how characters are to look, and the line that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulators.receipt_printer.dots import Dots, Face, blank, emboldened, glyph, magnified

DEFAULT_SPACING = 30  # ESC 2 at 203 dpi: 3.75 mm


@dataclass(slots=True)
class Style:
    """What the format commands have set; a fresh one is the state after ESC @. Lengths in dots."""

    align: int = 0  # 0 left, 1 centre, 2 right
    font_b: bool = False
    latin_scale: tuple[int, int] = (1, 1)  # across, down
    han_scale: tuple[int, int] = (1, 1)
    bold: bool = False
    double_strike: bool = False
    underline: int = 0  # dots thick
    han_underline: int = 0
    inverse: bool = False
    upside_down: bool = False
    latin_gap: int = 0
    han_gaps: tuple[int, int] = (0, 0)
    line_spacing: int = DEFAULT_SPACING
    left_margin: int = 0
    area_width: int | None = None  # None: to the right end of the paper
    code_page: int = 0
    country: int = 0
    chinese: bool = False
    tabs: tuple[int, ...] = tuple(range(8, 256, 8))  # in characters


class Line:
    """Characters and pictures side by side, standing on one bottom line."""

    def __init__(self) -> None:
        self._pieces: list[Dots] = []
        self.text = ""
        self.width = 0

    def is_empty(self) -> bool:
        """Whether nothing would be printed."""
        return not self._pieces and not self.text

    def add(self, dots: Dots, text: str) -> None:
        """Put a piece at the right end."""
        self._pieces.append(dots)
        self.text += text
        self.width += dots.shape[1]

    def advance_to(self, at: int) -> None:
        """Leave white up to `at` dots from the line's start; nothing happens when it is there already."""
        if at > self.width:
            self._pieces.append(blank(1, at - self.width))
            self.width = at
            self.text += " "

    def height(self) -> int:
        """Height of the highest piece."""
        return max((piece.shape[0] for piece in self._pieces), default=0)

    def rows(self, style: Style, paper_width: int) -> Dots:
        """The whole line across the paper."""
        area = area_width(style, paper_width)
        shift = {0: 0, 1: max(0, area - self.width) // 2, 2: max(0, area - self.width)}[style.align]
        rows = blank(self.height(), paper_width)
        at = style.left_margin + shift
        for piece in self._pieces:
            room = max(0, paper_width - at)
            rows[rows.shape[0] - piece.shape[0] :, at : at + piece.shape[1]] = piece[:, :room]
            at += piece.shape[1]
        return rows[::-1, ::-1] if style.upside_down else rows


def area_width(style: Style, paper_width: int) -> int:
    """Dots that a line may take."""
    rest = max(1, paper_width - style.left_margin)
    return rest if style.area_width is None else max(1, min(rest, style.area_width))


def character_dots(character: str, is_han: bool, style: Style) -> Dots:
    """A character as the style wants it, with the gaps beside it."""
    face = Face.HAN if is_han else Face.B if style.font_b else Face.A
    across, down = style.han_scale if is_han else style.latin_scale
    dots = magnified(glyph(character, face), across, down)
    if style.bold or style.double_strike:
        dots = emboldened(dots)
    left, right = style.han_gaps if is_han else (0, style.latin_gap)
    if left or right:
        dots = np.pad(dots, ((0, 0), (left * across, right * across)))
    if thick := style.han_underline if is_han else style.underline:
        dots = np.concatenate([dots[:-thick], np.ones((thick, dots.shape[1]), np.bool_)])
    return ~dots if style.inverse else dots
