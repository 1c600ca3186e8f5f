"""What a page costs, on a drawn 5 MP frame: run by `make bench`. Prints; asserts no time."""

from __future__ import annotations

import time

import cv2
import pytest

from drivers.document_camera import child, codec
from drivers.document_camera.page import find_page
from drivers.document_camera.page_image import enhance, page_size, straighten, to_jpeg
from drivers.document_camera.page_quality import findings
from tests.support.desk_scenes import clutter, desk, laid, overlap, paper

SIZE = (2592, 1944)
ROUNDS = 10


def timed(name, work):
    work()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(ROUNDS):
        result = work()
    cpu, wall = (time.process_time() - cpu) / ROUNDS, (time.perf_counter() - wall) / ROUNDS
    print(f"{name:32s} {wall * 1000:6.1f} ms wall {cpu * 1000:6.1f} ms CPU")
    return result, wall


@pytest.mark.benchmark
def test_bench_page(capsys):
    made = laid(clutter(desk(1, SIZE), 1), paper(1, (1654, 2339)), (1290, 970), 1650, 4.0, 0.03)
    cv2.setNumThreads(2)  # as the capture child does
    order = codec.encode(codec.PageOrder(200))
    frame = made.picture
    with capsys.disabled():
        print()
        quad, _ = timed("find_page", lambda: find_page(frame))
        assert overlap(made.corners, quad) > 0.98
        size = page_size(quad, SIZE, 200)
        page, _ = timed("straighten", lambda: straighten(frame, quad, size))
        timed("findings", lambda: findings(page, 210.0, quad, frame))
        even, _ = timed("enhance", lambda: enhance(page))
        jpeg, _ = timed("to_jpeg", lambda: to_jpeg(even, 200))
        made_page, whole_s = timed("whole recipe", lambda: codec.decode_made(child.run(frame, order)))
        _, plain_s = timed("plain JPEG of the whole frame", lambda: cv2.imencode(".jpg", frame))
        print(f"whole recipe = {whole_s / plain_s:.1f} x plain JPEG of the frame; page JPEG {len(jpeg) // 1024} KiB")
    assert (made_page.width_px, made_page.height_px) == (1654, 2339)
