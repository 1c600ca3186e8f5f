"""What is wrong with a captured page, as codes for the clerk. Pure functions; in the capture child only."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from drivers.document_camera.shrink import shrunk


@unique
class Finding(StrEnum):
    """What the clerk should look at before going on."""

    BLURRED = "blurred"
    DARK = "dark"
    GLARE = "glare"
    CUT_OFF = "cut_off"


MAX_EDGE_SIGMA_MM: Final = 0.38  # edges wider than this: strokes of small print (0.3 mm) run together
DARK_BELOW: Final = 90  # lightness of the paper, 0-255; enhancement can no longer make it white
GLARE_FROM: Final = 252  # all three channels: the sensor is full, what lay there is lost
GLARE_SHARE: Final = 0.004  # of the page, in one spot
BORDER_SHARE: Final = 0.003  # of the frame: a corner this near to its border may be cut off

_WORK_WIDTH_PX = 413  # A4 at 50 dpi
_SHARPNESS_WIDTH_PX = 600  # A4 at 73 dpi, or up to twice that
_MIN_CONTRAST = 24
_MIN_EDGE_SHARE = 0.002


def findings(page: MatLike, width_mm: float, quad: NDArray[np.float32] | None, frame: MatLike) -> tuple[Finding, ...]:
    """Findings on the straightened page before enhancement (or on the whole frame), in the order of `Finding`.

    `width_mm` is the paper's width, true or assumed.
    """
    print_size = shrunk(page, _SHARPNESS_WIDTH_PX, longest=False)
    small = shrunk(print_size, _WORK_WIDTH_PX, longest=False)
    light = float(np.percentile(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), 75))
    found: list[Finding] = []
    sigma_mm = edge_sigma_mm(print_size, width_mm)
    if sigma_mm is not None and sigma_mm > MAX_EDGE_SIGMA_MM:
        found.append(Finding.BLURRED)
    if light < DARK_BELOW:
        found.append(Finding.DARK)
    if light < GLARE_FROM - 10 and _glare_share(small) > GLARE_SHARE:
        found.append(Finding.GLARE)
    if quad is not None and _touches_border(quad, frame):
        found.append(Finding.CUT_OFF)
    return tuple(found)


def edge_sigma_mm(page: MatLike, width_mm: float) -> float | None:
    """How wide the sharper edges of print are smeared (standard deviation, mm); None when there is no print.

    A step of height C smeared by a Gaussian of s has the slope C / (s * sqrt(2 * pi)): both are read from the page,
    about 100 pixels to the inch.
    """
    gray = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    kernel = np.ones((9, 9), np.uint8)
    contrast = cv2.subtract(cv2.dilate(gray, kernel), cv2.erode(gray, kernel))
    slopes = [cv2.convertScaleAbs(cv2.Scharr(gray, cv2.CV_16S, *axis), alpha=2 / 32) for axis in ((1, 0), (0, 1))]
    steepest = cv2.dilate(cv2.max(*slopes), kernel)
    margin = max(4, gray.shape[1] // 40)  # the paper's own edge is no print
    sampled = (slice(margin, -margin, 3), slice(margin, -margin, 3))
    contrasts, twice_slopes = contrast[sampled], steepest[sampled]
    marked = contrasts >= _MIN_CONTRAST
    if marked.mean() < _MIN_EDGE_SHARE:
        return None
    sigma_px = contrasts[marked] / (np.maximum(twice_slopes[marked], 1) / 2 * np.sqrt(2 * np.pi))
    return float(np.percentile(sigma_px, 25)) * width_mm / gray.shape[1]


def _glare_share(page: MatLike) -> float:
    full = cv2.inRange(page, (GLARE_FROM,) * 3, (255,) * 3)
    contours, _ = cv2.findContours(full, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max((cv2.contourArea(contour) for contour in contours), default=0.0) / full.size


def _touches_border(quad: NDArray[np.float32], frame: MatLike) -> bool:
    margin = BORDER_SHARE * max(frame.shape[:2])
    limit = np.array([frame.shape[1] - 1, frame.shape[0] - 1]) - margin
    return bool((quad < margin).any() or (quad > limit).any())
