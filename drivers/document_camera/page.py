"""Finding the page in a picture of the desk: candidates on a small copy, their borders judged, the best refined.

Pure functions on BGR pictures. They run in the capture child; only modules that run there import this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from drivers.document_camera.page_edges import refine_quad, side_points
from drivers.document_camera.shrink import shrunk

Quad = NDArray[np.float32]
"""Four corners TL, TR, BR, BL in pixels, shape (4, 2)."""

SMALL_SIDE_PX: Final = 448  # long side of the copy on which candidates are sought
MIN_AREA: Final = 0.012  # of the frame: an ID-1 card under a camera that sees two A4 pages has 0.037
MAX_AREA: Final = 0.97
LEVELS: Final = 6  # thresholds for each channel, besides Otsu's
MIN_RANGE: Final = 10  # a channel with less between its dark and light ends separates nothing
BORDER_PX: Final = 3  # a side this near to the frame's border lies on it

_STRETCHES = 10  # pieces of a side whose colours are compared
_STRETCH_SAMPLES = 4
_BAND_PX = (2, 3, 4)  # how far inside and outside of a side the two colours are taken
_MIN_STEP = 3.0  # least colour difference of a border, in 8-bit CIELAB units
_BORDER_SUPPORT = 0.1  # what a side on the frame's border counts for
_ACCEPT_MEAN = 0.7
_ACCEPT_SIDE = 0.5
_ACCEPT_CUT_OFF = 0.8
_ACCEPT_AGREEMENT = 0.5
_ACCEPT_AGREEMENT_CUT_OFF = 0.7
_NEARLY_BLACK = 60.0
_ACCEPT_SCORE = 0.25
_SURE = 0.75
_CANDIDATES_JUDGED = 80
_LINES = 12
_PARALLEL_RAD = 0.45
_CROSSING_RAD = 0.8
_CANDIDATES_REFINED = 4
_REACH_PX = 5.0


@dataclass(frozen=True, slots=True)
class _Judged:
    quad: Quad
    score: float
    on_border: NDArray[np.bool_]


def find_page(frame: MatLike) -> Quad | None:
    """Corners TL, TR, BR, BL of the page in pixels of `frame` (BGR), or None when there is none.

    Corners may lie a little outside of the frame when the page is cut off by it.
    """
    small = _small_copy(frame)
    scale = small.shape[1] / frame.shape[1]
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (3, 3), 0), cv2.COLOR_BGR2LAB)
    found = _best(frame, lab, _candidates(lab), scale)
    if found is None or found.score < _SURE:
        found = max(
            (one for one in (found, _best(frame, lab, _line_candidates(lab), scale)) if one is not None),
            key=lambda one: one.score,
            default=None,
        )
    return None if found is None else ordered(found.quad)


def _small_copy(frame: MatLike) -> MatLike:
    """About SMALL_SIDE_PX on its long side."""
    small = shrunk(frame, SMALL_SIDE_PX, longest=True)
    rest = SMALL_SIDE_PX / max(small.shape[:2])
    return cv2.resize(small, None, fx=rest, fy=rest, interpolation=cv2.INTER_AREA) if rest < 0.8 else small


def ordered(quads: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same corners as TL, TR, BR, BL, shape (..., 4, 2): clockwise on the screen, the top left one first."""
    centred = quads - quads.mean(axis=-2, keepdims=True)
    turn = np.argsort(np.arctan2(centred[..., 1], centred[..., 0]), axis=-1)
    clockwise = np.take_along_axis(quads, turn[..., None], axis=-2)
    first = clockwise.sum(axis=-1).argmin(axis=-1)
    turn = (np.arange(4) + first[..., None]) % 4
    return np.take_along_axis(clockwise, turn[..., None], axis=-2).astype(np.float32)


def _candidates(lab: MatLike) -> NDArray[np.float32]:
    """Quads of what any threshold on lightness, a, b or chroma separates, shape (n, 4, 2)."""
    height, width = lab.shape[:2]
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    light, a, b = cv2.split(lab)
    light = cv2.morphologyEx(light, cv2.MORPH_CLOSE, kernel)  # dark print on light paper goes
    chroma = cv2.magnitude(a.astype(np.float32) - 128, b.astype(np.float32) - 128)
    found: list[Quad] = []
    for channel in (light, a, b, cv2.convertScaleAbs(chroma, alpha=2)):
        smooth = cv2.medianBlur(channel, 5)
        low, high = (float(np.percentile(smooth, percent)) for percent in (1, 99))
        if high - low < MIN_RANGE:
            continue
        otsu, _ = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        step = (high - low) / (LEVELS + 1)
        for level in (otsu, *(low + step * i for i in range(1, LEVELS + 1))):
            mask = cv2.threshold(smooth, level, 255, cv2.THRESH_BINARY)[1]
            for side in (mask, cv2.bitwise_not(mask)):
                found += _quads_of(side, 0.8 * MIN_AREA * width * height)
    return _distinct(np.reshape(found, (-1, 4, 2)), width, height)


def _quads_of(mask: MatLike, least_area: float) -> list[Quad]:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    quads: list[Quad] = []
    for contour in contours:
        if len(contour) < 4 or cv2.contourArea(contour) < least_area:
            continue
        hull = cv2.convexHull(contour)
        hull_area = cv2.contourArea(hull)
        if len(hull) < 4 or cv2.contourArea(contour) < 0.75 * hull_area:
            continue
        quad = cv2.approxPolyN(hull, 4, ensure_convex=True).reshape(-1, 2).astype(np.float32)
        if len(quad) == 4 and cv2.contourArea(quad) < 1.2 * hull_area:
            quads.append(quad)
    return quads


def _distinct(quads: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    """Those that can be a page seen by a camera, in order, without near doubles."""
    if not len(quads):
        return quads
    quads = ordered(quads)
    areas = _areas(quads)
    sides = np.roll(quads, -1, axis=1) - quads
    lengths = np.maximum(np.linalg.norm(sides, axis=2), 1e-3)
    directions = sides / lengths[:, :, None]
    before = np.roll(directions, 1, axis=1)
    cosines = (directions * before).sum(axis=2)
    turns = before[:, :, 0] * directions[:, :, 1] - before[:, :, 1] * directions[:, :, 0]
    margin = 0.08 * max(width, height)
    plausible = (
        (areas >= MIN_AREA * width * height)
        & (areas <= MAX_AREA * width * height)
        & (quads >= -margin).all(axis=(1, 2))
        & (quads <= np.array([width, height]) + margin).all(axis=(1, 2))
        & (lengths.min(axis=1) >= 0.06 * min(width, height))
        & (lengths.max(axis=1) <= 6 * lengths.min(axis=1))
        & (np.abs(cosines).max(axis=1) < 0.75)
        & (turns > 0).all(axis=1)
    )
    quads = quads[plausible]
    near = np.abs(quads[:, None] - quads[None]).max(axis=(2, 3)) <= 3
    kept: list[int] = []
    for i in range(len(quads)):
        if not near[i, kept].any():
            kept.append(i)
    return quads[kept]


def _areas(quads: NDArray[np.float32]) -> NDArray[np.float32]:
    after = np.roll(quads, -1, axis=1)
    return np.abs((quads[:, :, 0] * after[:, :, 1] - quads[:, :, 1] * after[:, :, 0]).sum(axis=1)) / 2


def _best(frame: MatLike, lab: MatLike, quads: NDArray[np.float32], scale: float) -> _Judged | None:
    """The best of the few that look best on the small picture, judged again by their exact sides."""
    judged = _judge(cv2.GaussianBlur(lab, (3, 3), 0).astype(np.float32), quads)
    best: _Judged | None = None
    for one in judged[:_CANDIDATES_REFINED]:
        refined = refine_quad(frame, (one.quad + 0.5) / scale - 0.5, _REACH_PX / scale)
        free = refined.agreement[~one.on_border]
        least = _ACCEPT_AGREEMENT_CUT_OFF if one.on_border.any() else _ACCEPT_AGREEMENT
        if free.min() < least or not cv2.isContourConvex(refined.quad):
            continue
        score = one.score * float(free.mean())
        if best is None or score > best.score:
            best = _Judged(refined.quad, score, one.on_border)
    if best is None or best.score < _ACCEPT_SCORE:
        return None
    return _Judged(refine_quad(frame, best.quad, _REACH_PX / scale / 3).quad, best.score, best.on_border)


def _judge(pixels: NDArray[np.float32], quads: NDArray[np.float32]) -> list[_Judged]:
    """Those that may be pages, best first: how well do their four sides separate two colours?

    A printed frame has paper on both sides of its lines, a page has not.
    """
    if not len(quads):
        return []
    height, width = pixels.shape[:2]
    stack = quads[np.argsort(-_areas(quads))[:_CANDIDATES_JUDGED]]
    on_border = _on_border(stack, width, height)
    points, normals = side_points(stack, _STRETCHES * _STRETCH_SAMPLES)
    inside = _stretches(pixels, points, -normals)
    outside = _stretches(pixels, points, normals)
    difference = (inside - outside) * np.array([1.0, 1.5, 1.5], np.float32)
    typical = np.median(difference, axis=2, keepdims=True)
    contrast = np.linalg.norm(typical, axis=3, keepdims=True)
    along = (difference * typical / np.maximum(contrast, 1e-3)).sum(axis=3)
    texture = np.abs(inside[..., 0] - np.median(inside[..., 0], axis=2, keepdims=True))
    needed = np.maximum(_MIN_STEP, np.median(texture, axis=2, keepdims=True))
    supports = (along > needed).mean(axis=2)
    free_min = np.where(on_border, 1.0, supports).min(axis=1)
    free_mean = np.where(on_border, 0.0, supports).sum(axis=1) / np.maximum(1, (~on_border).sum(axis=1))
    light, around = np.median(inside[..., 0], axis=2), np.median(outside[..., 0], axis=2)
    black = ((light < _NEARLY_BLACK) & (light < around) & ~on_border).any(axis=1)
    brighter = np.median(light, axis=1) > np.median(around, axis=1)
    cut_off = on_border.sum(axis=1)
    accepted = (
        (cut_off <= 1)
        & (free_mean >= _ACCEPT_MEAN)
        & (free_min >= np.where(cut_off > 0, _ACCEPT_CUT_OFF, _ACCEPT_SIDE))
        & ~black
    )
    areas = _areas(stack) / (width * height)
    mean = np.where(on_border, _BORDER_SUPPORT, supports).mean(axis=1)
    scores = mean * np.sqrt(free_min) * areas**0.2 * np.minimum(1.0, contrast.mean(axis=(1, 2, 3)) / 30) ** 0.2
    scores *= np.where(brighter, 1.0, 0.8) * np.where(cut_off > 0, 0.8, 1.0)
    order = [int(i) for i in np.argsort(-scores) if accepted[i]]
    return [_Judged(stack[i], float(scores[i]), on_border[i]) for i in order]


def _stretches(
    pixels: NDArray[np.float32], points: NDArray[np.float32], towards: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Mean colour of each stretch of each side, a few pixels beside it: (quads, 4, stretches, 3)."""
    colours = _take(pixels, points + _BAND_PX[0] * towards)
    for depth_px in _BAND_PX[1:]:
        colours += _take(pixels, points + depth_px * towards)
    return colours.reshape(len(points), 4, _STRETCHES, _STRETCH_SAMPLES, 3).mean(axis=3) / len(_BAND_PX)


def _on_border(quads: NDArray[np.float32], width: int, height: int) -> NDArray[np.bool_]:
    """Which sides lie on the frame's border, shape (quads, 4): the page is cut off there."""
    limit = np.array([width - 1, height - 1])
    ends = np.stack([quads, np.roll(quads, -1, axis=1)], axis=2)
    outside = np.concatenate([ends <= BORDER_PX, ends >= limit - BORDER_PX], axis=-1)  # (quads, 4, 2 ends, 4 borders)
    return np.logical_or.reduce(np.logical_and.reduce(outside, axis=2), axis=2)


def _take(pixels: NDArray[np.float32], points: NDArray[np.float32]) -> NDArray[np.float32]:
    limit = np.array([pixels.shape[1] - 1, pixels.shape[0] - 1])
    at = np.clip(np.rint(points), 0, limit).astype(np.intp)
    return pixels[at[..., 1], at[..., 0]]


def _line_candidates(lab: MatLike) -> NDArray[np.float32]:
    """Quads of straight edges, for borders too faint or broken for any threshold, shape (n, 4, 2)."""
    height, width = lab.shape[:2]
    smooth = cv2.bilateralFilter(lab, 5, 25, 5)
    light, a, b = (cv2.Canny(channel, 12, 36) for channel in cv2.split(smooth))
    edges = cv2.max(light, cv2.max(a, b))
    lines = cv2.HoughLinesP(edges, 1, np.pi / 180, 40, minLineLength=0.12 * min(width, height), maxLineGap=12)
    if lines is None:
        return np.empty((0, 4, 2), np.float32)
    segments = lines.reshape(-1, 4).astype(np.float32)
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    return _distinct(_quads_of_lines(_merged(segments[np.argsort(-lengths)])), width, height)


def _merged(segments: NDArray[np.float32]) -> NDArray[np.float32]:
    """One segment for each line, the longest; the longest lines only."""
    angles = np.arctan2(segments[:, 3] - segments[:, 1], segments[:, 2] - segments[:, 0]) % np.pi
    offsets = segments[:, 0] * np.sin(angles) - segments[:, 1] * np.cos(angles)
    kept: list[int] = []
    for i in range(len(segments)):
        turn = np.abs(angles[kept] - angles[i])
        same = (np.minimum(turn, np.pi - turn) < 0.06) & (np.abs(np.abs(offsets[kept]) - abs(offsets[i])) < 6)
        if not same.any():
            kept.append(i)
            if len(kept) == _LINES:
                break
    return segments[kept]


def _quads_of_lines(segments: NDArray[np.float32]) -> NDArray[np.float32]:
    """All quads of two roughly parallel lines crossed by two others."""
    ones = np.ones((len(segments), 1))
    lines = np.cross(np.hstack([segments[:, :2], ones]), np.hstack([segments[:, 2:], ones]))
    angles = np.arctan2(segments[:, 3] - segments[:, 1], segments[:, 2] - segments[:, 0]) % np.pi
    turn = np.abs(angles[:, None] - angles[None, :])
    turn = np.minimum(turn, np.pi - turn)
    pairs = np.argwhere(np.triu(turn < _PARALLEL_RAD, k=1))
    first, second = np.triu_indices(len(pairs), k=1)
    (i, j), (k, m) = pairs[first].T, pairs[second].T
    crossing = np.minimum(np.minimum(turn[i, k], turn[i, m]), np.minimum(turn[j, k], turn[j, m])) > _CROSSING_RAD
    i, j, k, m = i[crossing], j[crossing], k[crossing], m[crossing]
    corners = np.stack([np.cross(lines[p], lines[q]) for p, q in ((i, k), (i, m), (j, m), (j, k))], axis=1)
    return (corners[..., :2] / np.where(np.abs(corners[..., 2:]) < 1e-6, 1e-6, corners[..., 2:])).astype(np.float32)
