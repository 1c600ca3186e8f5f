"""From the corners of a page to its picture: true proportions, straightened, evenly white, as JPEG.

Pure functions on BGR pictures; in the capture child only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from drivers.base.media.jpeg import with_dpi
from drivers.document_camera.shrink import shrunk

JPEG_QUALITY: Final = 85
MM_PER_INCH: Final = 25.4
A4_MM: Final = (210.0, 297.0)
# Short and long side in millimetres (ISO 216, ISO/IEC 7810 ID-1).
FORMATS_MM: Final = (A4_MM, (148.0, 210.0), (297.0, 420.0), (176.0, 250.0), (54.0, 85.6))
ASPECT_TOLERANCE: Final = 0.06
FORMAT_TOLERANCE: Final = 0.05

_WHITE: Final = 244.0  # what the paper's lightness is brought to: white, with its grain still visible
_MAX_GAIN = 1.8
_MAX_TINT = 1.18  # white balance corrects lamps; a coloured form stays coloured
_GAIN_UNIT = 100  # gains travel as 8-bit hundredths
_MAX_CHROMA = 0.4  # spread of the channels over the largest: a red cover, not paper under a warm lamp
_CELLS = 24
_MIN_PAPER_SHARE = 0.35  # with less white in it, it is a photo or a cover: left as it is


@dataclass(frozen=True, slots=True)
class PageSize:
    """Size of a straightened page in pixels."""

    width_px: int
    height_px: int


def page_size(
    quad: NDArray[np.float32], frame_size: tuple[int, int], dpi: int, frame_width_mm: float = 0.0
) -> PageSize:
    """How large to make the page of `quad` (TL, TR, BR, BL) in a frame of `frame_size` (width, height).

    With `frame_width_mm`, what the frame shows of the desk, the page's true size is known; it snaps to a standard
    format when near one. Without it only the proportions are: those of A4 make an A4 page, any other page keeps the
    camera's own pixels, at most as many as A4 has.
    """
    ratio = aspect(quad, frame_size)
    across, down = _side_lengths(quad)
    if frame_width_mm > 0:
        mm_per_px = frame_width_mm / frame_size[0]
        return _in_px(_snapped((across * mm_per_px, down * mm_per_px)), dpi)
    if abs(max(ratio, 1 / ratio) / (A4_MM[1] / A4_MM[0]) - 1) <= ASPECT_TOLERANCE:
        return _in_px(A4_MM if ratio < 1 else (A4_MM[1], A4_MM[0]), dpi)
    long_px = min(max(across, down), A4_MM[1] / MM_PER_INCH * dpi)
    width, height = (long_px * ratio, long_px) if ratio < 1 else (long_px, long_px / ratio)
    return PageSize(max(1, round(width)), max(1, round(height)))


def aspect(quad: NDArray[np.float32], frame_size: tuple[int, int]) -> float:
    """Width divided by height of the rectangle that looks like `quad`.

    Z. Zhang, L.-W. He, "Whiteboard scanning and image enhancement" (2007): from the two vanishing points, with the
    optical axis in the frame's middle. Seen from nearly straight above that is ill-conditioned, and the sides'
    lengths are exact enough.
    """
    across, down = _side_lengths(quad)
    plain = across / down
    centre = np.array([frame_size[0] / 2, frame_size[1] / 2])
    m1, m2, m4, m3 = (np.array([*(corner - centre), 1.0]) for corner in quad.astype(np.float64))
    k2 = np.dot(np.cross(m1, m4), m3) / np.dot(np.cross(m2, m4), m3)
    k3 = np.dot(np.cross(m1, m4), m2) / np.dot(np.cross(m3, m4), m2)
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    if min(abs(n2[2]), abs(n3[2])) < 0.02:
        return plain
    focal_squared = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    if not 0.4 < math.sqrt(max(0.0, focal_squared)) / max(frame_size) < 4:
        return plain
    lengths = [(n[0] ** 2 + n[1] ** 2) / focal_squared + n[2] ** 2 for n in (n2, n3)]
    return math.sqrt(lengths[0] / lengths[1])


def straighten(frame: MatLike, quad: NDArray[np.float32], size: PageSize) -> MatLike:
    """The page alone, filling `size`. What lies outside of the frame repeats its border."""
    width, height = size.width_px, size.height_px
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    return cv2.warpPerspective(frame, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def enhance(page: MatLike) -> MatLike:
    """Even out shading and tint of the paper by one smooth surface of gains; marks on it keep their contrast.

    The surface is of second degree over the whole page, so nothing as small as a line, a stamp or a photo can move
    it. A page with little white in it, or of a strong colour, is returned as it is.
    """
    small = shrunk(page, _CELLS * 8, longest=False)
    cells = cv2.resize(small, (_CELLS * 4, _CELLS * 4), interpolation=cv2.INTER_AREA)
    blocks = cells.reshape(_CELLS, 4, _CELLS, 4, 3).swapaxes(1, 2).reshape(_CELLS * _CELLS, 16, 3)
    lightest = np.take_along_axis(blocks, blocks.sum(axis=2).argsort(axis=1)[:, 12:13, None], axis=1)[:, 0]
    colours = lightest.astype(np.float64)
    light = colours.mean(axis=1)
    surface = _surface_terms(_CELLS)
    paper: NDArray[np.bool_] = light > 0.6 * float(np.percentile(light, 95))
    for _ in range(3):
        if np.count_nonzero(paper) < _MIN_PAPER_SHARE * len(paper):
            return page
        shade = surface @ _least_squares(surface[paper], light[paper])
        paper = np.abs(light - shade) < 0.06 * np.maximum(shade, 1)
    shades = np.clip(surface @ _least_squares(surface[paper], colours[paper]), 1, 255)
    if np.ptp(shades.mean(axis=0)) > _MAX_CHROMA * shades.mean(axis=0).max():
        return page
    grey = shades.mean(axis=1, keepdims=True)
    gains = np.clip(_WHITE / grey, 1.0, _MAX_GAIN) * np.clip(grey / shades, 1 / _MAX_TINT, _MAX_TINT)
    units: MatLike = np.clip(np.rint(gains * _GAIN_UNIT), 0, 255).astype(np.uint8).reshape(_CELLS, _CELLS, 3)
    full = cv2.resize(units, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(page, full, scale=1 / _GAIN_UNIT)


def to_jpeg(page: MatLike, dpi: int) -> bytes:
    """Baseline JPEG with its resolution; `ValueError` when the encoder refuses."""
    done, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError("the page cannot be encoded")
    return with_dpi(data.tobytes(), dpi)


def _side_lengths(quad: NDArray[np.float32]) -> tuple[float, float]:
    top, right, bottom, left = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return float(top + bottom) / 2, float(left + right) / 2


def _snapped(size_mm: tuple[float, float]) -> tuple[float, float]:
    short, long = sorted(size_mm)
    for format_short, format_long in FORMATS_MM:
        if max(abs(short / format_short - 1), abs(long / format_long - 1)) <= FORMAT_TOLERANCE:
            short, long = format_short, format_long
            break
    return (short, long) if size_mm[0] <= size_mm[1] else (long, short)


def _in_px(size_mm: tuple[float, float], dpi: int) -> PageSize:
    width_px, height_px = (max(1, round(side / MM_PER_INCH * dpi)) for side in size_mm)
    return PageSize(width_px, height_px)


def _least_squares(terms: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.lstsq(terms, values, rcond=None)[0], np.float64)


def _surface_terms(cells: int) -> NDArray[np.float64]:
    y, x = np.mgrid[-1 : 1 : cells * 1j, -1 : 1 : cells * 1j]
    x, y = x.ravel(), y.ravel()
    return np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=1)
