"""The document camera with everything that goes wrong between window, capture child and camera."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, LinkLost, Refused, Unsupported
from drivers.base.media.ring import Frame, RingReader
from drivers.base.status import DeviceState
from drivers.base.wake import Wake
from drivers.document_camera import api
from drivers.document_camera.driver import build
from tests.support import desk_scenes
from tests.support.driver_loop import ShiftedClock, pump
from tests.support.mjpeg_camera import Cut, MjpegCamera, mjpeg_camera
from tests.support.sim_lines import nothing_left_over, until


class Bench:
    """A camera, its driver and the clock between them."""

    def __init__(self, camera: MjpegCamera) -> None:
        self.camera = camera
        self.clock = ShiftedClock()
        self.cancel, self.wake = Wake(), Wake()
        self.driver = self.another()

    def another(self):
        return build(Endpoint.parse(self.camera.url), {"preview_fps": "30"}, DriverContext(self.clock, self.cancel))

    def start(self):
        self.driver.connect()
        return self.driver.interrogate()

    def event(self, kind: type, within_s: float = 8.0):
        return pump(self.driver, self.clock, self.wake, lambda event: isinstance(event, kind), within_s)

    def lost(self) -> str:
        with pytest.raises(LinkLost) as caught:
            self.event(type(None))
        return str(caught.value)

    def child_pid(self) -> int:
        return self.driver._client.pid

    def close(self) -> None:
        self.driver.close()
        self.cancel.close()
        self.wake.close()


@pytest.fixture
def bench():
    with nothing_left_over(), mjpeg_camera() as camera:
        made = Bench(camera)
        yield made
        made.close()


def newest(ring: api.PreviewRing, after_seq: int = 0) -> Frame:
    reader = RingReader(ring.name)
    frames: list[Frame] = []

    def seen() -> bool:
        frame = reader.latest(after_seq)
        frames.extend([frame] if frame else [])
        return bool(frames)

    try:
        until(seen)
    finally:
        reader.close()
    return frames[-1]


def is_gone(pid: int) -> bool:
    return not os.path.exists(f"/proc/{pid}")


def wait_gone(handle: int) -> bool:
    poller = select.poll()
    poller.register(handle, select.POLLIN)
    return bool(poller.poll(5000))


def page_scene(seed: int, colour: tuple[int, int, int]) -> np.ndarray:
    sheet = desk_scenes.paper(seed, colour=colour)
    return desk_scenes.laid(desk_scenes.desk(seed, (1280, 960)), sheet, (640, 480), 800, 4.0).picture


def test_the_window_process_never_loads_opencv():
    code = (
        "import sys, drivers.document_camera.driver, drivers.base.media.client, drivers.base.media.ring;"
        "sys.exit(sum(name in sys.modules for name in ('cv2', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_interrogation_sees_a_picture_and_gives_the_camera_back(bench):
    status = bench.start()
    assert status.state is DeviceState.ONLINE
    assert ("frame", "640x480") in status.facts
    until(lambda: bench.camera.clients == 0)
    assert b"GET /document?stream=1 HTTP/1.0\r\n" in bench.camera.requests[0]


def test_the_preview_flows_and_stopping_it_wipes_it_and_releases_the_camera(bench):
    bench.start()
    ring = bench.driver.execute(api.StartPreview())
    assert (ring.width_px, ring.height_px) == (640, 480)
    frame = newest(ring)
    corner = np.frombuffer(frame.rgb, np.uint8).reshape(480, 640, 3)[440, 20]
    assert np.abs(corner.astype(int) - 90).max() < 6
    assert newest(ring, frame.seq).seq > frame.seq
    assert bench.driver.execute(api.StopPreview()) is None
    until(lambda: bench.camera.clients == 0)
    reader = RingReader(ring.name)
    assert reader.latest() is None
    reader.close()


def test_large_pictures_are_previewed_at_960_in_rgb(bench):
    picture = np.zeros((1440, 1920, 3), np.uint8)
    picture[:] = (200, 60, 20)  # BGR: blue
    bench.camera.show(picture)
    bench.start()
    ring = bench.driver.execute(api.StartPreview())
    frame = newest(ring)
    assert (frame.width_px, frame.height_px) == (ring.width_px, ring.height_px) == (960, 720)
    assert np.abs(np.frombuffer(frame.rgb, np.uint8)[:3].astype(int) - (20, 60, 200)).max() < 6


def test_a_killed_child_is_a_lost_link_and_a_new_child_works(bench):
    bench.start()
    bench.driver.execute(api.StartPreview())
    pid = bench.child_pid()
    os.kill(pid, signal.SIGKILL)
    assert "capture child" in bench.lost()
    bench.driver.close()
    assert is_gone(pid)
    assert bench.start().state is DeviceState.ONLINE
    assert bench.child_pid() != pid
    assert newest(bench.driver.execute(api.StartPreview())).width_px == 640


def test_a_child_that_hangs_is_a_lost_link_and_is_killed(bench):
    bench.start()
    pid = bench.child_pid()
    os.kill(pid, signal.SIGSTOP)
    bench.driver.on_timer()
    bench.clock.ahead_s += 6.0
    assert "silent" in bench.lost()
    bench.driver.close()
    assert is_gone(pid)
    assert bench.start().state is DeviceState.ONLINE


def test_the_child_ends_with_its_parent_even_if_that_is_killed():
    code = (
        "import sys\n"
        "from drivers.base.clock import SystemClock\n"
        "from drivers.base.media.client import CaptureClient\n"
        "client = CaptureClient(SystemClock(), 'drivers.document_camera.child')\n"
        "client.open()\n"
        "while not client.receive(): client._clock.poll([client.fileno()], None)\n"
        "print(client.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    handle = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    assert wait_gone(handle)
    os.close(handle)
    assert not [name for name in os.listdir("/dev/shm") if "yichuang" in name]


def test_a_frozen_camera_is_reported_once_and_its_return_too(bench):
    bench.start()
    bench.driver.execute(api.StartPreview())
    bench.camera.frozen.set()
    assert bench.event(api.FramesStalled).silent_s >= 1.0
    bench.camera.frozen.clear()
    bench.event(api.FramesFlowing)


@pytest.mark.parametrize("cut", [Cut.SHORT, Cut.SHORTER_THAN_SAID, Cut.PATCHED])
def test_half_pictures_are_never_shown_and_count_as_none(bench, cut):
    bench.camera.show(cv2.resize(page_scene(1, (232, 238, 240)), (1280, 960)))
    bench.start()
    ring = bench.driver.execute(api.StartPreview())
    before = newest(ring)
    bench.camera.cut = cut
    bench.event(api.FramesStalled)
    frame = newest(ring)
    shown = np.frombuffer(frame.rgb, np.uint8).reshape(frame.height_px, frame.width_px, 3)
    good = np.frombuffer(before.rgb, np.uint8).reshape(frame.height_px, frame.width_px, 3)
    assert np.abs(shown.astype(int) - good).mean() < 1.0
    bench.camera.cut = Cut.WHOLE
    bench.event(api.FramesFlowing)


def test_a_picture_of_impossible_size_is_no_picture(bench):
    bench.start()
    bench.driver.execute(api.StartPreview())
    good = bench.camera._data
    at = good.index(b"\xff\xc0") + 5
    bench.camera._data = good[:at] + b"\xff\xff\xff\xff" + good[at + 4 :]
    bench.event(api.FramesStalled)
    bench.camera._data = good
    bench.event(api.FramesFlowing)


def test_no_page_is_made_of_half_pictures(bench):
    bench.start()
    bench.driver.execute(api.StartPreview())
    bench.camera.cut = Cut.PATCHED
    with pytest.raises(Refused) as caught:
        bench.driver.execute(api.CapturePage())
    assert caught.value.code == "document_camera.stalled"


def test_a_page_is_never_an_earlier_picture(bench):
    bench.camera.show(page_scene(1, (232, 238, 240)))
    bench.start()
    bench.driver.execute(api.StartPreview())
    bench.camera.frozen.set()
    bench.event(api.FramesStalled)
    bench.camera.show(page_scene(1, (150, 190, 240)))
    timer = threading.Timer(0.3, bench.camera.frozen.clear)
    timer.start()
    page = bench.driver.execute(api.CapturePage())
    timer.join()
    with Image.open(BytesIO(page.jpeg.reveal())) as picture:
        red, _, blue = np.asarray(picture)[60:120, 60:1500].reshape(-1, 3).mean(axis=0)
    assert red - blue > 20, "the page of before was taken"


def test_a_captured_page_is_straight_sized_and_tagged(bench):
    bench.camera.show(page_scene(3, (232, 238, 240)))
    bench.start()
    page = bench.driver.execute(api.CapturePage(dpi=150))
    assert page.straightened
    assert len(page.corners) == 4
    assert (page.width_px, page.height_px) == (1240, 1754)
    with Image.open(BytesIO(page.jpeg.reveal())) as picture:
        assert picture.size == (1240, 1754)
        assert picture.info["dpi"] == (150, 150)
    assert "JFIF" not in repr(page)
    until(lambda: bench.camera.clients == 0)


def test_without_a_page_the_whole_frame_is_given_and_said_to_be(bench):
    bench.camera.show(desk_scenes.desk(5, (1280, 960)))
    bench.start()
    page = bench.driver.execute(api.CapturePage())
    assert not page.straightened
    assert page.corners == ()
    assert (page.width_px, page.height_px) == (1280, 960)


def test_a_camera_in_other_hands_is_busy_and_taken_when_free(bench):
    holder = bench.another()
    holder.connect()
    holder.interrogate()
    holder.execute(api.StartPreview())
    status = bench.start()
    assert status.state is DeviceState.DEVICE_BUSY
    assert status.fault is not None
    assert status.fault.code == "document_camera.busy"
    with pytest.raises(Refused) as caught:
        bench.driver.execute(api.StartPreview())
    assert caught.value.code == "document_camera.busy"
    bench.driver.execute(api.StopPreview())
    holder.close()
    until(lambda: bench.camera.clients == 0)
    bench.clock.ahead_s += 2.5
    report = bench.event(StatusReport)
    assert report.status.state is DeviceState.ONLINE


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.0 404 Not Found\r\n\r\n", "document_camera.unusable"),
        (b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n", "document_camera.unusable"),
        (b"SSH-2.0-server\r\n\r\n", "document_camera.unusable"),
        (b"HTTP/1.0 401 Unauthorized\r\n\r\n", "document_camera.not_allowed"),
    ],
)
def test_what_is_no_camera_of_ours_is_a_matter_of_configuration(bench, answer, code):
    bench.camera.answer = answer
    status = bench.start()
    assert status.state is DeviceState.HARDWARE_ERROR
    assert status.fault is not None
    assert status.fault.code == code


def test_a_camera_that_gives_no_picture_is_offline(bench):
    bench.camera.frozen.set()
    status = bench.start()
    assert status.state is DeviceState.OFFLINE
    assert status.fault is not None
    assert status.fault.code == "document_camera.no_frames"
    bench.camera.frozen.clear()
    bench.clock.ahead_s += 2.5
    assert bench.event(StatusReport).status.state is DeviceState.ONLINE


def test_a_camera_unplugged_in_preview_is_a_lost_link(bench):
    bench.start()
    bench.driver.execute(api.StartPreview())
    bench.camera.hang_up()
    assert "absent" in bench.lost()


def test_a_released_camera_that_goes_is_noticed(bench):
    bench.start()
    bench.camera.close()
    bench.clock.ahead_s += 2.5
    assert "camera" in bench.lost()
    bench.driver.close()
    with pytest.raises(LinkLost):
        bench.driver.connect()
    assert bench.child_pid() == 0


def test_a_wanted_preview_comes_back_after_a_loss(bench):
    bench.start()
    bench.driver.execute(api.StartPreview())
    bench.camera.hang_up()
    bench.lost()
    bench.driver.close()
    until(lambda: bench.camera.clients == 0)
    assert bench.start().state is DeviceState.ONLINE
    until(lambda: bench.camera.clients == 1)
    assert newest(bench.driver.execute(api.StartPreview())).seq >= 1


@pytest.mark.parametrize("interval_s", [0.4, 3.0], ids=["while capturing", "while opening"])
def test_a_cancelled_capture_gives_the_camera_back_and_its_page_to_nobody(bench, interval_s):
    bench.camera.show(page_scene(1, (150, 190, 240)))
    bench.start()
    bench.camera.interval_s = interval_s
    timer = threading.Timer(0.6, bench.cancel.set)
    timer.start()
    with pytest.raises(Cancelled):
        bench.driver.execute(api.CapturePage())
    timer.join()
    until(lambda: bench.camera.clients == 0)
    bench.cancel.clear()
    bench.camera.interval_s = 0.02
    bench.camera.show(desk_scenes.desk(5, (1280, 960)))
    assert not bench.driver.execute(api.CapturePage()).straightened


def test_wrong_options_and_endpoints_are_refused(bench):
    endpoint = Endpoint.parse("mjpeg+http://127.0.0.1:1/x")
    context = DriverContext(bench.clock, bench.cancel)
    for options in ({"preview_fps": "0"}, {"width": "wide"}, {"fourcc": "MJ"}):
        with pytest.raises(Unsupported):
            build(endpoint, options, context)
    with pytest.raises(Unsupported):
        build(Endpoint.parse("tcp://127.0.0.1:1"), {}, context).connect()
    with pytest.raises(LinkLost):
        build(Endpoint.parse("v4l2:///dev/video-of-nobody"), {}, context).connect()
    with pytest.raises(Unsupported):
        bench.driver.execute("make coffee")
