"""Averaging a picture down by a whole factor: an order of magnitude faster than to an arbitrary size."""

from __future__ import annotations

import cv2
from cv2.typing import MatLike


def shrunk(picture: MatLike, least_px: int, longest: bool) -> MatLike:
    """`picture` divided by the largest whole number that leaves `least_px` or more.

    `least_px` is for its longer side, or for its width when `longest` is False. The strip that does not divide is
    cut off on the right and at the bottom.
    """
    side_px = max(picture.shape[:2]) if longest else picture.shape[1]
    factor = max(1, side_px // least_px)
    if factor == 1:
        return picture
    width, height = max(1, picture.shape[1] // factor), max(1, picture.shape[0] // factor)
    return cv2.resize(picture[: height * factor, : width * factor], (width, height), interpolation=cv2.INTER_AREA)
