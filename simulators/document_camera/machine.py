"""The camera as a machine: what lies on the desk, how the light is, what is wrong with the pictures."""

from __future__ import annotations

from enum import Enum, unique

from simulators.document_camera.scene import EMPTY, Painter, Scene


@unique
class Cut(Enum):
    """How pictures are damaged on their way."""

    WHOLE = "whole"
    SHORT = "short"  # half of it, announced as such
    PATCHED = "patched"  # half of it, with an end marker
    SHORTER_THAN_SAID = "shorter_than_said"  # half of it under the length of the whole


class CameraMachine:
    """One camera. `painter` draws what it sees."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self.scene: Scene = EMPTY
        self.stalled = False
        self.cut = Cut.WHOLE
        self.pictures = 0

    def look_at(self, scene: Scene) -> None:
        """The desk looks like this from now on. Takes some tenths of a second for a new scene."""
        self._painter.jpeg(scene, 0)
        self.scene = scene

    def take_picture(self) -> bytes:
        """The next picture as JPEG: the same scene, other noise."""
        self.pictures += 1
        return self._painter.jpeg(self.scene, self.pictures)
