"""Placing the sides of a page exactly: profiles across each side at full resolution, a robust line, corners."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

_SAMPLES = 72  # profiles on each side
_STEPS = 41  # positions on each profile
_END_MARGIN = 0.05  # of a side: corners are worn, folded or held by fingers
_HALF_SPAN = 3  # steps before and behind a position whose colours are compared: wide enough for a blurred page
_INLIER_STEPS = 2.0
_MIN_STRENGTH = 0.3  # of the side's whole colour difference
_MIN_AGREEMENT = 0.25


def side_points(quads: NDArray[np.float32], count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """`count` points on each side, shape (..., 4, count, 2), and the outward unit normals, shape (..., 4, 1, 2).

    `quads` has shape (..., 4, 2). Sides go from corner i to i + 1 of a clockwise quad.
    """
    start, end = quads, np.roll(quads, -1, axis=-2)
    along = np.linspace(_END_MARGIN, 1 - _END_MARGIN, count, dtype=np.float32)[:, None]
    points = start[..., None, :] + (end - start)[..., None, :] * along
    direction = (end - start) / np.linalg.norm(end - start, axis=-1, keepdims=True)
    normals = np.stack([direction[..., 1], -direction[..., 0]], axis=-1)[..., None, :]
    return points.astype(np.float32), normals.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Refined:
    """A quad on exact sides, and for each side the share of profiles that agree on its line."""

    quad: NDArray[np.float32]
    agreement: NDArray[np.float32]


def refine_quad(frame: MatLike, quad: NDArray[np.float32], reach_px: float) -> Refined:
    """The quad with its sides moved onto the strongest step within `reach_px`. Call again with less for more."""
    quad, reach_px = quad.astype(np.float32), max(4.0, reach_px)
    points, normals = side_points(quad, _SAMPLES)
    offsets = np.linspace(-reach_px, reach_px, _STEPS, dtype=np.float32)
    grid = points[:, :, None] + offsets[None, None, :, None] * normals[:, :, None]  # (4, samples, steps, 2)
    flat = grid.reshape(4 * _SAMPLES, _STEPS, 2)
    profiles = cv2.remap(frame, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.cvtColor(profiles, cv2.COLOR_BGR2LAB).astype(np.float32).reshape(4, _SAMPLES, _STEPS, 3)
    step_px = 2 * reach_px / (_STEPS - 1)
    lines: list[NDArray[np.float64]] = []
    agreement = np.zeros(4, np.float32)
    for side in range(4):
        position, strength = _locate(lab[side])
        at = points[side] + (offsets[0] + position * step_px)[:, None] * normals[side]
        inliers = _inliers(at[strength > _MIN_STRENGTH], _INLIER_STEPS * step_px)
        agreement[side] = len(inliers) / _SAMPLES
        start, end = quad[side], quad[(side + 1) % 4]
        if agreement[side] >= _MIN_AGREEMENT:
            fitted = cv2.fitLine(inliers, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().astype(np.float32)
            start, end = fitted[2:], fitted[2:] + fitted[:2]
        lines.append(np.cross(np.append(start.astype(np.float64), 1.0), np.append(end.astype(np.float64), 1.0)))
    corners = np.stack([np.cross(lines[i - 1], lines[i]) for i in range(4)])
    if np.abs(corners[:, 2]).min() < 1e-9:
        return Refined(quad, agreement)
    moved = (corners[:, :2] / corners[:, 2:]).astype(np.float32)
    return Refined(moved if np.abs(moved - quad).max() < 4 * reach_px else quad, agreement)


def _locate(profiles: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each profile steps from the paper's colour to the desk's, in steps, and how strongly.

    Profiles are projected on the side's own colour difference, so that print near the edge counts little.
    """
    inner = np.median(profiles[:, : _STEPS // 3], axis=(0, 1))
    outer = np.median(profiles[:, -_STEPS // 3 :], axis=(0, 1))
    direction = inner - outer
    norm = float(np.linalg.norm(direction))
    if norm < 1:
        return np.full(len(profiles), (_STEPS - 1) / 2, np.float32), np.zeros(len(profiles), np.float32)
    signal = np.clip((profiles - outer) @ (direction / norm), -0.5 * norm, 1.5 * norm)
    smooth = cv2.GaussianBlur(signal, (5, 1), 0)
    fall = np.zeros_like(smooth)
    fall[:, _HALF_SPAN:-_HALF_SPAN] = smooth[:, : -2 * _HALF_SPAN] - smooth[:, 2 * _HALF_SPAN :]
    best = fall.argmax(axis=1)
    return best.astype(np.float32), fall.max(axis=1) / norm


def _inliers(points: NDArray[np.float32], tolerance_px: float) -> NDArray[np.float32]:
    """Points near the line that most of them agree on, tried over a fixed set of pairs."""
    count = len(points)
    if count < _MIN_AGREEMENT * _SAMPLES:
        return points[:0]
    first, second = np.triu_indices(count, k=max(1, count // 3))
    pick = np.linspace(0, len(first) - 1, min(160, len(first))).astype(np.intp)
    a, b = points[first[pick]], points[second[pick]]
    direction = b - a
    length = np.maximum(np.linalg.norm(direction, axis=1), 1e-6)
    normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1) / length[:, None]
    distance = np.abs(((points[None] - a[:, None]) * normal[:, None]).sum(axis=2))
    near = distance < tolerance_px
    return points[near[near.sum(axis=1).argmax()]]
