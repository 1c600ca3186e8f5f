"""Black and white dots, and the printer's characters as dots."""

from __future__ import annotations

import functools
import struct
import zlib
from enum import Enum, unique

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from simulators.fonts import MONO, font

Dots = NDArray[np.bool_]
"""Rows of dots, shape (height, width); True is black."""

DOTS_PER_MM = 8  # 203 dpi
_INK = 100  # grey from which a dot is burnt


@unique
class Face(Enum):
    """A built-in character set: cell width, cell height, baseline in dots."""

    HAN = (24, 24, 21)  # one Han character
    A = (12, 24, 21)
    B = (9, 17, 14)


def blank(height: int, width: int) -> Dots:
    """Paper without a dot."""
    return np.zeros((height, width), np.bool_)


@functools.lru_cache(maxsize=4096)
def glyph(character: str, face: Face) -> Dots:
    """The character in its cell."""
    width, height, baseline = face.value
    picture = Image.new("L", (width, height), 0)
    em_px = 24 if height == 24 else 17
    ImageDraw.Draw(picture).text((0, baseline), character, fill=255, font=font(MONO, em_px), anchor="ls")
    return from_picture(picture, ink=_INK)


def from_picture(picture: Image.Image, ink: int = 128) -> Dots:
    """Dots where a grey picture is at least `ink` bright."""
    return np.asarray(picture.convert("L")) >= ink


def magnified(dots: Dots, across: int, down: int) -> Dots:
    """Every dot as `across` x `down` dots, as thermal printers enlarge."""
    return dots.repeat(down, axis=0).repeat(across, axis=1)


def emboldened(dots: Dots) -> Dots:
    """Each dot burnt once more one dot to the right."""
    bold = dots.copy()
    bold[:, 1:] |= dots[:, :-1]
    return bold


def from_bits(data: bytes, row_bytes: int) -> Dots:
    """Raster data: rows of `row_bytes` bytes, the high bit at the left."""
    rows = np.frombuffer(data, np.uint8).reshape(-1, row_bytes)
    return np.unpackbits(rows, axis=1).astype(np.bool_)


def png(dots: Dots) -> bytes:
    """Black dots on white paper as a PNG of one bit a dot at 203 dpi (PNG specification, clauses 5 and 11).

    Pillow takes 5 ms for the same, in which the printer would answer nobody.
    """
    height, width = dots.shape
    rows = np.pad(np.packbits(~dots, axis=1), ((0, 0), (1, 0)))  # each begins with its filter: 0, none
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", DOTS_PER_MM * 1000, DOTS_PER_MM * 1000, 1)),
        (b"IDAT", zlib.compress(rows.tobytes(), 1)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
