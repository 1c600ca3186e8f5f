"""Pictures of a desk with a page on it, drawn for tests of page finding, with the true corners."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray


@dataclass(frozen=True)
class Scene:
    """A picture and the page's corners TL, TR, BR, BL in it; None when no page lies there."""

    picture: MatLike
    corners: NDArray[np.float32] | None


def desk(
    seed: int,
    size: tuple[int, int] = (1920, 1080),
    colour: tuple[int, int, int] = (96, 124, 150),
    grain_sd: float = 9.0,
) -> MatLike:
    """An empty desk with grain and uneven light, BGR."""
    rng = np.random.default_rng(seed)
    grain = cv2.resize(
        rng.normal(0, grain_sd, (size[1] // 4, 12)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC
    )
    soft = cv2.resize(
        rng.normal(0, 12 if grain_sd > 4 else 4, (3, 4)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC
    )
    light = (grain + soft)[:, :, None] + np.array(colour, np.float32)
    return _noisy(light, rng)


def paper(seed: int, size: tuple[int, int] = (900, 1272), colour: tuple[int, int, int] = (232, 238, 240)) -> MatLike:
    """A printed sheet: title, lines of text, a table with a frame, a red stamp and a dark photo."""
    rng = np.random.default_rng(seed)
    width, height = size
    sheet = np.full((height, width, 3), colour, np.uint8)
    unit = width / 900
    cv2.putText(sheet, "SPECIMEN FORM", (int(width * 0.2), int(height * 0.08)), 0, 1.6 * unit, (40, 40, 40), 3)
    for y in np.arange(0.14, 0.45, 0.035):
        x = 0.1
        while x < 0.85:
            step = float(rng.uniform(0.03, 0.1))
            cv2.rectangle(
                sheet,
                _at(sheet, x, y),
                _at(sheet, min(0.9, x + step), y + 0.012),
                tuple(int(c) for c in rng.integers(30, 80, 3)),
                -1,
            )
            x += step + 0.015
    for row in np.linspace(0.5, 0.85, 7):
        cv2.line(sheet, _at(sheet, 0.1, row), _at(sheet, 0.9, row), (60, 60, 60), 2)
    for column in (0.1, 0.3, 0.6, 0.9):
        cv2.line(sheet, _at(sheet, column, 0.5), _at(sheet, column, 0.85), (60, 60, 60), 2)
    cv2.rectangle(sheet, _at(sheet, 0.7, 0.16), _at(sheet, 0.88, 0.3), (70, 90, 60), -1)
    cv2.circle(sheet, _at(sheet, 0.72, 0.9), int(width * 0.09), (60, 60, 210), 5)
    return sheet


def laid(
    background: MatLike,
    sheet: MatLike,
    centre: tuple[float, float],
    long_side_px: float,
    angle_deg: float = 0.0,
    tilt: float = 0.0,
    shadow: float = 0.35,
) -> Scene:
    """`sheet` on the desk: turned, seen a little from the side (`tilt`), with a soft shadow at its edge."""
    height, width = sheet.shape[:2]
    scale = long_side_px / max(width, height)
    half = np.float32([[-width, -height], [width, -height], [width, height], [-width, height]]) * (scale / 2)
    half[:2, 0] *= 1 - tilt
    turn = np.deg2rad(angle_deg)
    rotation = np.float32([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = (half @ rotation.T + np.float32(centre)).astype(np.float32)
    source = np.float32([[0, 0], [width, 0], [width, height], [0, height]]) - 0.5
    matrix = cv2.getPerspectiveTransform(source, corners)
    size = (background.shape[1], background.shape[0])
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size, flags=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(np.roll(mask, (8, 10), (0, 1)), (0, 0), 9).astype(np.float32) / 255
    shaded = background * (1 - shadow * soft)[:, :, None]
    page = cv2.warpPerspective(sheet, matrix, size, flags=cv2.INTER_AREA).astype(np.float32)
    alpha = (mask.astype(np.float32) / 255)[:, :, None]
    rng = np.random.default_rng(int(long_side_px))
    return Scene(_noisy(shaded * (1 - alpha) + page * alpha, rng), corners)


def with_cast_shadow(scene: Scene, darkness: float = 0.45) -> Scene:
    """The shadow of a head or arm falls over one half of desk and page, with a fairly sharp border."""
    height, width = scene.picture.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(
        mask, (int(width * 0.36), int(height * 0.95)), (int(width * 0.28), int(height * 0.75)), 20, 0, 360, 255, -1
    )
    soft = cv2.GaussianBlur(mask, (0, 0), 14).astype(np.float32) / 255
    return Scene((scene.picture * (1 - darkness * soft)[:, :, None]).astype(np.uint8), scene.corners)


def clutter(background: MatLike, seed: int) -> MatLike:
    """Pens, a cable, a mug and a dark box at the rim of the desk."""
    rng = np.random.default_rng(seed)
    picture = background.copy()
    height, width = picture.shape[:2]
    for _ in range(3):
        x, y = int(rng.uniform(0.02, 0.1) * width), int(rng.uniform(0.1, 0.9) * height)
        cv2.line(
            picture, (x, y), (x + 60, y + int(rng.uniform(80, 180))), tuple(int(c) for c in rng.integers(0, 200, 3)), 14
        )
    curve = np.stack([np.linspace(0, width, 60), height * (0.06 + 0.03 * np.sin(np.linspace(0, 9, 60)))], axis=1)
    cv2.polylines(picture, [curve.astype(np.int32)], False, (30, 30, 30), 9, cv2.LINE_AA)
    cv2.circle(picture, (int(width * 0.93), int(height * 0.25)), int(height * 0.09), (210, 220, 225), -1, cv2.LINE_AA)
    cv2.circle(picture, (int(width * 0.93), int(height * 0.25)), int(height * 0.075), (40, 60, 90), -1, cv2.LINE_AA)
    box = cv2.boxPoints(((width * 0.93, height * 0.75), (width * 0.09, height * 0.3), 12.0)).astype(np.int32)
    cv2.fillPoly(picture, [box], (35, 30, 28), cv2.LINE_AA)
    return picture


def overlap(truth: NDArray[np.float32], found: NDArray[np.float32] | None) -> float:
    """Intersection over union in the page's own frame (SmartDoc 2015, challenge 1); 0 for a miss."""
    if found is None:
        return 0.0
    page = np.float32([[0, 0], [1000, 0], [1000, 1414], [0, 1414]])
    matrix = cv2.getPerspectiveTransform(truth.astype(np.float32), page)
    seen = cv2.perspectiveTransform(found.reshape(1, 4, 2).astype(np.float32), matrix)[0]
    common = cv2.intersectConvexConvex(page, seen)[0]
    return common / (cv2.contourArea(page) + cv2.contourArea(seen) - common)


def _at(sheet: MatLike, x: float, y: float) -> tuple[int, int]:
    return int(sheet.shape[1] * x), int(sheet.shape[0] * y)


def _noisy(picture: NDArray[np.floating], rng: np.random.Generator) -> MatLike:
    noise = rng.normal(0, 2.5, picture.shape[:2]).astype(np.float32)[:, :, None]
    return np.clip(picture + noise, 0, 255).astype(np.uint8)
