"""Drawing what the camera sees: a wooden desk, a paper on it, light, a lens and a sensor with noise."""

from __future__ import annotations

import functools
import io
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from simulators.document_camera.sheet import PX_PER_MM

WIDTH_PX, HEIGHT_PX = 2592, 1944  # five megapixels, the usual sensor of an A4 document camera
FRAME_WIDTH_MM = 440.0
VARIANTS = 3  # pictures of one scene that differ by their noise
_SCENES_KEPT = 4
_QUALITY = 88
_NOISE = 2.2  # of 255, one standard deviation
_KEYSTONE = 0.018  # the camera does not hang quite straight

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Scene:
    """What lies on the desk and how it is lit. `page` "" is none; place in mm from the middle, angle clockwise."""

    page: str = ""
    angle_deg: float = 0.0
    x_mm: float = 0.0
    y_mm: float = 0.0
    dark: bool = False
    blur: bool = False
    glare: bool = False


EMPTY = Scene()


class Painter:
    """Pictures of scenes as JPEG, the last few kept. `page` gives a paper at PX_PER_MM. One thread at a time."""

    def __init__(
        self, page: Callable[[str], Image.Image], width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX
    ) -> None:
        self._page = page
        self._size = (width_px, height_px)
        self._clean: OrderedDict[Scene, Picture] = OrderedDict()
        self._encoded: dict[tuple[Scene, int], bytes] = {}

    def jpeg(self, scene: Scene, number: int) -> bytes:
        """Picture `number` of the scene; noise repeats every VARIANTS pictures."""
        key = (scene, number % VARIANTS)
        if key not in self._encoded:
            self._encoded[key] = self._encode(self._clean_picture(scene), key[1])
        return self._encoded[key]

    def _clean_picture(self, scene: Scene) -> Picture:
        if scene not in self._clean:
            self._clean[scene] = self._paint(scene)
            while len(self._clean) > _SCENES_KEPT:
                gone, _ = self._clean.popitem(last=False)
                self._encoded = {key: data for key, data in self._encoded.items() if key[0] != gone}
        self._clean.move_to_end(scene)
        return self._clean[scene]

    def _paint(self, scene: Scene) -> Picture:
        picture = Image.fromarray(_desk(*self._size))
        if scene.page:
            self._lay(picture, self._page(scene.page), scene)
        if scene.blur:
            picture = picture.filter(ImageFilter.GaussianBlur(self._size[0] / 360))
        seen = np.asarray(picture)
        if scene.glare:
            spot = _spot(*self._size)[:, :, None]
            seen = np.minimum(255, seen + 255 * spot).astype(np.uint8)
        if scene.dark:
            seen = (seen * 0.22).astype(np.uint8)
        return seen

    def _lay(self, picture: Image.Image, page: Image.Image, scene: Scene) -> None:
        corners = self._corners(page, scene)
        left, top = (math.floor(min(corner[axis] for corner in corners)) - 40 for axis in (0, 1))
        right, bottom = (math.ceil(max(corner[axis] for corner in corners)) + 40 for axis in (0, 1))
        size = (right - left, bottom - top)
        local = [(x - left, y - top) for x, y in corners]
        coefficients = _perspective(local, page.size)
        bicubic = Image.Resampling.BICUBIC
        seen = page.transform(size, Image.Transform.PERSPECTIVE, coefficients, bicubic)
        mask = Image.new("L", page.size, 255).transform(size, Image.Transform.PERSPECTIVE, coefficients, bicubic)
        small = mask.reduce(4)
        shadow = ImageChops.offset(small, 2, 3).filter(ImageFilter.GaussianBlur(3)).resize(size)
        picture.paste((24, 18, 12), (left, top), shadow.point([round(value * 0.42) for value in range(256)]))
        picture.paste(seen, (left, top), mask)

    def _corners(self, page: Image.Image, scene: Scene) -> list[tuple[float, float]]:
        """TL, TR, BR, BL in pixels of the picture."""
        px_per_mm = self._size[0] / FRAME_WIDTH_MM
        half_w, half_h = (side / PX_PER_MM / 2 for side in page.size)
        turn = math.radians(scene.angle_deg)
        corners: list[tuple[float, float]] = []
        for x, y in ((-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h)):
            over = scene.x_mm + x * math.cos(turn) - y * math.sin(turn)
            down = scene.y_mm + x * math.sin(turn) + y * math.cos(turn)
            near = px_per_mm * (1 + _KEYSTONE * 2 * down * px_per_mm / self._size[1])
            corners.append((self._size[0] / 2 + over * near, self._size[1] / 2 + down * near))
        return corners

    def _encode(self, clean: Picture, variant: int) -> bytes:
        noisy = clean.astype(np.int16)
        noisy += np.roll(_noise(*self._size), (variant * 613, variant * 331), (0, 1))[:, :, None]
        np.clip(noisy, 0, 255, out=noisy)
        stream = io.BytesIO()
        Image.fromarray(noisy.astype(np.uint8)).save(stream, "JPEG", quality=_QUALITY, subsampling="4:2:0")
        return stream.getvalue()


def _perspective(corners: list[tuple[float, float]], size: tuple[int, int]) -> list[float]:
    """Pillow's eight numbers that take a point of the picture to the point of the page it shows."""
    width, height = size
    rows: list[list[float]] = []
    wanted: list[float] = []
    for (x, y), (u, v) in zip(corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(wanted))]


@functools.lru_cache(maxsize=2)
def _desk(width: int, height: int) -> Picture:
    """Boards with grain along them, lit from the upper left."""
    random = np.random.default_rng(20260)
    along = _stretched(random.normal(0, 1, (height // 5, 10)), width, height)
    fine = _stretched(random.normal(0, 1, (height // 2, 36)), width, height)
    grain = 7.5 * along + 3.5 * fine
    boards = np.linspace(0, 4, height, endpoint=False)
    tone = random.normal(0, 5, 5)[boards.astype(int)]
    seam = np.where((boards % 1) * height / 4 < 3, -26.0, 0.0)
    grain += (tone + seam)[:, None].astype(np.float32)
    y, x = np.linspace(0, 1, height, dtype=np.float32)[:, None], np.linspace(0, 1, width, dtype=np.float32)
    light = 1.06 - 0.26 * np.hypot(x - 0.38, (y - 0.3) * 0.8)
    picture = np.empty((height, width, 3), np.uint8)
    for channel, (colour, depth) in enumerate(((150, 1.0), (116, 0.92), (84, 0.8))):
        picture[:, :, channel] = np.clip((colour + depth * grain) * light, 0, 255)
    return picture


def _stretched(values: NDArray[np.floating], width: int, height: int) -> NDArray[np.float32]:
    picture = Image.fromarray(values.astype(np.float32)).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(picture, np.float32)


@functools.lru_cache(maxsize=2)
def _noise(width: int, height: int) -> NDArray[np.int16]:
    return np.rint(np.random.default_rng(7).normal(0, _NOISE, (height, width))).astype(np.int16)


@functools.lru_cache(maxsize=2)
def _spot(width: int, height: int) -> NDArray[np.float32]:
    """The reflection of a lamp, full in its middle."""
    x = (np.arange(width, dtype=np.float32) - width * 0.53) / (width * 0.085)
    y = (np.arange(height, dtype=np.float32)[:, None] - height * 0.42) / (height * 0.075)
    return (np.clip(1.75 - np.hypot(x, y), 0.0, 1.0) ** 2).astype(np.float32)
