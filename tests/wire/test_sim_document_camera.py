"""The simulated document camera against http.client and OpenCV's own network reader."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from cv2.typing import MatLike

from simulators.bench import VerbError, call_verb
from simulators.byte_device import ByteDevice
from simulators.document_camera import fixtures
from simulators.document_camera.device import build
from simulators.document_camera.hand import CameraHand
from simulators.document_camera.machine import CameraMachine
from simulators.document_camera.scene import FRAME_WIDTH_MM, VARIANTS, Painter
from simulators.document_camera.wire import FRAMES_PER_S, CameraWire
from tests.support.sim_lines import nothing_left_over, until

WIDTH, HEIGHT = 640, 480  # a smaller sensor than the real one: quick to draw


class Stream:
    """One client that reads the multipart stream through http.client."""

    def __init__(self, port: int, path: str = "/document") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        self.connection.request("GET", path)
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def part(self) -> tuple[int, bytes]:
        """Announced length and body of the next part."""
        while not (line := self.response.readline()).startswith(b"--"):
            assert line, "the stream ended"
        head = http.client.parse_headers(self.response)
        assert head["Content-Type"] == "image/jpeg"
        length = int(head["Content-Length"])
        return length, self.response.read(length)

    def picture(self) -> MatLike:
        return decoded(self.part()[1])

    def read_to_the_end(self) -> None:
        while True:
            self.part()

    def close(self) -> None:
        self.response.close()
        self.connection.close()


def decoded(data: bytes) -> MatLike:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[ByteDevice]:
    with nothing_left_over():
        device = build(tmp_path, True, WIDTH, HEIGHT)
        device.start()
        yield device
        device.stop()


def port_of(camera: ByteDevice) -> int:
    port = urlsplit(camera.endpoint()).port
    assert port is not None
    return port


def do(camera: ByteDevice, verb: str, **arguments: object) -> object:
    return call_verb(verb, camera.verbs()[verb], arguments)


def state(camera: ByteDevice) -> dict[str, object]:
    return cast("dict[str, object]", do(camera, "state"))


@contextlib.contextmanager
def watching(camera: ByteDevice) -> Iterator[Stream]:
    until(lambda: not cast("dict[str, object]", state(camera)["link"])["client"])
    stream = Stream(port_of(camera))
    try:
        yield stream
    finally:
        stream.close()


def bright_share(picture: MatLike) -> float:
    """How much of the picture is as bright as paper."""
    return float((picture.min(axis=2) > 190).mean())


def newest(stream: Stream) -> MatLike:
    """A picture taken after now: two may be on their way."""
    for _ in range(2):
        stream.part()
    return stream.picture()


def test_the_endpoint_is_what_the_configuration_takes(camera: ByteDevice) -> None:
    assert re.fullmatch(r"mjpeg\+http://127\.0\.0\.1:\d+/document", camera.endpoint())


def test_http_client_reads_pictures_of_the_sensors_size(camera: ByteDevice) -> None:
    with watching(camera) as stream:
        assert stream.status == 200
        assert stream.response.getheader("Content-Type", "").startswith("multipart/x-mixed-replace")
        length, body = stream.part()
        assert len(body) == length
        assert decoded(body).shape == (HEIGHT, WIDTH, 3)


def test_opencv_reads_it_as_a_network_camera(camera: ByteDevice) -> None:
    capture = cv2.VideoCapture(camera.endpoint().removeprefix("mjpeg+") + "?type=.mjpg", cv2.CAP_FFMPEG)
    try:
        assert capture.isOpened()
        for _ in range(3):
            done, picture = capture.read()
            assert done
            assert picture.shape == (HEIGHT, WIDTH, 3)
    finally:
        capture.release()


def test_pictures_of_one_scene_differ_by_noise_alone(camera: ByteDevice) -> None:
    with watching(camera) as stream:
        pictures = [stream.picture().astype(int) for _ in range(VARIANTS + 1)]
    differences = np.abs(pictures[0] - pictures[1])
    assert 0 < differences.mean() < 6
    assert (pictures[0] == pictures[VARIANTS]).all()


@pytest.mark.parametrize("name", fixtures.PAPERS)
def test_a_paper_lies_where_it_was_put(camera: ByteDevice, name: str) -> None:
    do(camera, "show_page", page=name, angle_deg=90.0, x=40.0, y=-10.0)
    with watching(camera) as stream:
        picture = stream.picture()
    paper = fixtures.page(name)
    mask = (picture.min(axis=2) > 150).astype(np.uint8)
    contour = max(cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0], key=cv2.contourArea)
    left, top, width, height = cv2.boundingRect(contour)
    px_per_mm = WIDTH / FRAME_WIDTH_MM
    assert (width, height) == pytest.approx((paper.height / 8 * px_per_mm, paper.width / 8 * px_per_mm), rel=0.06)
    assert left + width / 2 == pytest.approx(WIDTH / 2 + 40 * px_per_mm, abs=6)
    assert top + height / 2 == pytest.approx(HEIGHT / 2 - 10 * px_per_mm, abs=6)
    red, green, _ = (np.asarray(channel, int) for channel in paper.split())
    assert ((red - green) > 12).sum() > 10_000  # 样本 in red
    assert state(camera)["page"] == name
    do(camera, "clear_desk")
    with watching(camera) as stream:
        assert bright_share(stream.picture()) < 0.001
    assert state(camera)["page"] is None


def test_what_was_laid_down_is_in_the_next_picture(camera: ByteDevice) -> None:
    with watching(camera) as stream:
        assert bright_share(newest(stream)) < 0.001
        do(camera, "show_page", page="residence_proof")
        assert bright_share(newest(stream)) > 0.3


def test_a_second_client_is_told_that_the_camera_is_busy_and_the_first_goes_on(camera: ByteDevice) -> None:
    with watching(camera) as first:
        first.picture()
        second = Stream(port_of(camera))
        assert second.status == 503
        second.close()
        newest(first)
    with watching(camera) as third:
        assert third.status == 200


def test_looking_whether_it_is_there_disturbs_nobody(camera: ByteDevice) -> None:
    with watching(camera) as stream:
        for _ in range(5):
            socket.create_connection(("127.0.0.1", port_of(camera)), timeout=5).close()
        newest(stream)
    with socket.create_connection(("127.0.0.1", port_of(camera)), timeout=5), watching(camera) as stream:
        assert stream.status == 200


@pytest.mark.parametrize(("request_line", "status"), [("GET /face", 404), ("POST /document", 400)])
def test_other_requests_are_refused(camera: ByteDevice, request_line: str, status: int) -> None:
    method, path = request_line.split()
    connection = http.client.HTTPConnection("127.0.0.1", port_of(camera), timeout=5)
    connection.request(method, path)
    assert connection.getresponse().status == status
    connection.close()


def test_a_torn_cable_ends_the_stream_and_it_comes_back_at_the_same_port(camera: ByteDevice) -> None:
    port = port_of(camera)
    with watching(camera) as stream:
        stream.picture()
        do(camera, "tear_cable")
        with pytest.raises((ConnectionResetError, http.client.IncompleteRead, AssertionError)):
            stream.read_to_the_end()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    do(camera, "plug_in")
    assert port_of(camera) == port
    with watching(camera) as stream:
        stream.picture()


class Camera:
    """A camera's wire at a clock that stands still until told."""

    def __init__(self) -> None:
        self.machine = CameraMachine(Painter(fixtures.page, 64, 48))
        self.clear = True
        self.wire = CameraWire(self.machine, lambda: self.clear)
        self.now_s = 10.0
        self.wire.on_link(True, self.now_s)
        (self.head,) = self.wire.on_bytes(b"GET /document HTTP/1.0\r\n\r\n", self.now_s)

    def pictures_in(self, seconds: float) -> int:
        end_s, count = self.now_s + seconds, 0
        while (next_s := self.wire.next_time_s()) is not None and next_s <= end_s:
            self.now_s = next_s
            count += len(self.wire.on_time(self.now_s))
        self.now_s = end_s
        return count


def test_pictures_come_at_the_cameras_pace() -> None:
    assert Camera().pictures_in(10.0) == pytest.approx(10 * FRAMES_PER_S, abs=1)


def test_a_stalled_camera_keeps_the_line_and_gives_nothing() -> None:
    camera = Camera()
    hand = CameraHand(camera.machine, lambda on: None)
    hand.stall()
    assert camera.pictures_in(3.0) == 0
    hand.stall(on=False)
    assert camera.pictures_in(1.0) >= FRAMES_PER_S - 1


def test_a_client_that_does_not_read_loses_pictures_and_piles_up_none() -> None:
    camera = Camera()
    camera.clear = False
    assert camera.pictures_in(3.0) == 0
    camera.clear = True
    assert camera.pictures_in(1.0) <= FRAMES_PER_S + 1


def test_nobody_watching_costs_nothing() -> None:
    camera = Camera()
    camera.wire.on_link(False, camera.now_s)
    assert camera.wire.next_time_s() is None


@pytest.mark.parametrize("kind", ["short", "patched"])
def test_half_pictures_are_half(camera: ByteDevice, kind: str) -> None:
    do(camera, "half_jpegs", kind=kind)
    with watching(camera) as stream:
        length, body = stream.part()
    assert len(body) == length
    assert body.endswith(b"\xff\xd9") is (kind == "patched")
    do(camera, "half_jpegs", kind="whole")
    with watching(camera) as stream:
        length, whole = stream.part()
    assert whole.endswith(b"\xff\xd9")
    assert 0.4 < len(body) / len(whole) < 0.6


def test_a_picture_may_be_shorter_than_said(camera: ByteDevice) -> None:
    do(camera, "half_jpegs", kind="shorter_than_said")
    with watching(camera) as stream:
        _, body = stream.part()
    assert body.count(b"--yichuangframe") == 1  # the next part lies inside of what was announced


def test_a_camera_that_another_program_holds_is_busy(camera: ByteDevice) -> None:
    do(camera, "busy")
    stream = Stream(port_of(camera))
    assert stream.status == 503
    stream.close()
    do(camera, "busy", on=False)
    with watching(camera) as stream:
        assert stream.status == 200


def test_light_and_lens_can_be_spoilt(camera: ByteDevice) -> None:
    do(camera, "show_page", page="social_card_form", angle_deg=0.0)
    with watching(camera) as stream:
        good = newest(stream)
        do(camera, "dark")
        assert newest(stream).mean() < good.mean() / 3
        do(camera, "dark", on=False)
        do(camera, "blur")
        sharp, soft = (float(cv2.Laplacian(picture, cv2.CV_64F).var()) for picture in (good, newest(stream)))
        assert soft < sharp / 2
        do(camera, "blur", on=False)
        do(camera, "glare")
        lost = (newest(stream).min(axis=2) > 251).mean()
        assert lost > (good.min(axis=2) > 251).mean() + 0.01


@pytest.mark.parametrize(
    ("verb", "arguments", "words"),
    [
        ("show_page", {"page": "novel"}, "no page 'novel'; there are: id_copy"),
        ("half_jpegs", {"kind": "x"}, "there are: whole"),
    ],
)
def test_a_wrong_argument_is_explained(camera: ByteDevice, verb: str, arguments: dict[str, object], words: str) -> None:
    with pytest.raises(VerbError, match=words):
        do(camera, verb, **arguments)
