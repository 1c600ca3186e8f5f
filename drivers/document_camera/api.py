"""Commands, events and results of the document camera. Frames travel through a shared-memory ring."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.base.sensitive import Sensitive


@dataclass(frozen=True, slots=True)
class StartPreview:
    """Command: open the camera and fill the preview ring. Result: `PreviewRing`."""


@dataclass(frozen=True, slots=True)
class StopPreview:
    """Command: stop and release the camera. Result: None."""


@dataclass(frozen=True, slots=True)
class PreviewRing:
    """Where the preview lies: a shared-memory name readable with drivers.base.media.ring.RingReader."""

    name: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class CapturePage:
    """Command: take the current frame, find the page, straighten it. Result: `Page`."""

    dpi: int = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One captured page as JPEG (RGB, baseline). `straightened` False: no page edge was found, whole frame.

    `corners` are TL, TR, BR, BL in pixels of the camera frame, () when not found. `findings` are quality
    codes: blurred, dark, glare, cut_off.
    """

    jpeg: Sensitive[bytes]
    width_px: int
    height_px: int
    dpi: int
    straightened: bool
    corners: tuple[tuple[float, float], ...]
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FramesStalled:
    """Event: the camera delivers no new frame although its link is open."""

    silent_s: float


@dataclass(frozen=True, slots=True)
class FramesFlowing:
    """Event: frames arrive again."""
