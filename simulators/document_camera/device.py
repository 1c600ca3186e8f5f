"""The simulated camera put together."""

from __future__ import annotations

from pathlib import Path

from simulators.byte_device import ByteDevice
from simulators.document_camera import fixtures
from simulators.document_camera.hand import CameraHand
from simulators.document_camera.machine import CameraMachine
from simulators.document_camera.scene import EMPTY, HEIGHT_PX, WIDTH_PX, Painter
from simulators.document_camera.wire import CameraWire
from simulators.links.one_client_http import OneClientHttpLink

PATH = "/document"


def build(directory: Path, fast: bool, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> ByteDevice:
    """A camera at a free port: `mjpeg+http://127.0.0.1:PORT/document`. Its pace is its own: `fast` changes nothing."""
    del directory, fast
    link = OneClientHttpLink(PATH, "mjpeg+http")
    machine = CameraMachine(Painter(fixtures.page, width_px, height_px))
    machine.look_at(EMPTY)  # drawn now, so that the first client does not wait for it

    def take(on: bool) -> None:
        link.taken = on

    hand = CameraHand(machine, take)
    return ByteDevice("document_camera", link, CameraWire(machine, link.is_clear), hand.verbs(), hand.look)
