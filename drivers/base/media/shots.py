"""One picture as a camera delivered it, and the contract of a camera source. In the capture child only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
from cv2.typing import MatLike

from drivers.base.media.decoder import JpegDecoder
from drivers.base.media.messages import Trouble
from drivers.base.media.ring import MAX_HEIGHT_PX, MAX_WIDTH_PX


class CameraTrouble(Exception):
    """The camera cannot be opened or is gone; after this the source is only good for `close`."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble = trouble
        self.detail = detail


class Shot(Protocol):
    """One picture."""

    @property
    def captured_at_s(self) -> float:
        """CLOCK_MONOTONIC at which its first byte arrived, so never later than the truth."""
        ...

    @property
    def width_px(self) -> int:
        """Columns."""
        ...

    @property
    def height_px(self) -> int:
        """Rows."""
        ...

    def preview(self, width_px: int) -> MatLike:
        """BGR, at least `width_px` wide unless the picture is narrower; `Corrupt` when it is damaged."""
        ...

    def kept(self) -> Shot:
        """The same picture, good beyond the next read of its source."""
        ...

    def full(self) -> MatLike:
        """All pixels, BGR; `Corrupt` when it is damaged."""
        ...


class CameraSource(Protocol):
    """A camera. Used by one thread."""

    description: str
    rejected: int  # pictures thrown away because they were no whole pictures

    def open(self, within_s: float) -> None:
        """Open it exclusively; `CameraTrouble`."""
        ...

    def next_shot(self, within_s: float) -> Shot | None:
        """The newest picture, None when none came in time or the thread was woken; `CameraTrouble` when it is gone."""
        ...

    def close(self) -> None:
        """Release it; never raises. It may be opened again."""
        ...


@dataclass(frozen=True, slots=True)
class JpegShot:
    """A picture still compressed: decoded only if somebody looks at it."""

    data: bytes
    width_px: int
    height_px: int
    captured_at_s: float
    decoder: JpegDecoder

    def preview(self, width_px: int) -> MatLike:
        """Decoded at the smallest sufficient scale."""
        return self.decoder.reduced(self.data, self.width_px, width_px)

    def kept(self) -> Shot:
        """Itself: it owns its bytes."""
        return self

    def full(self) -> MatLike:
        """Decoded completely."""
        return self.decoder.full(self.data)


@dataclass(frozen=True, slots=True)
class PixelShot:
    """A picture as pixels, BGR."""

    pixels: MatLike
    captured_at_s: float

    @property
    def width_px(self) -> int:
        """Columns."""
        return self.pixels.shape[1]

    @property
    def height_px(self) -> int:
        """Rows."""
        return self.pixels.shape[0]

    def preview(self, width_px: int) -> MatLike:
        """The pixels: the caller scales."""
        return self.pixels

    def kept(self) -> Shot:
        """Itself: it owns its pixels."""
        return self

    def full(self) -> MatLike:
        """The pixels."""
        return self.pixels


def preview_size(width_px: int, height_px: int) -> tuple[int, int]:
    """Width and height of the preview of a picture of that size: as large as the ring takes, never enlarged."""
    scale = min(1.0, MAX_WIDTH_PX / width_px, MAX_HEIGHT_PX / height_px)
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))


def scaled(picture: MatLike, size: tuple[int, int]) -> MatLike:
    """`picture` at `size` (width, height)."""
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    near = size[0] > 0.6 * picture.shape[1]  # nothing is left out by two neighbours, and they cost a fifth
    return cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR if near else cv2.INTER_AREA)
