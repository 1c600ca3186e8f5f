"""How long a key on the pad takes to become an event: run by `make bench`."""

from __future__ import annotations

import statistics
import threading
import time

import pytest

from drivers.evaluator import codec
from drivers.evaluator.api import Rated, StartRating
from tests.support.pad_rig import pad_rig

ROUNDS = 40
KEY_TO_EVENT_S = 0.05


@pytest.mark.benchmark
def test_bench_key_to_event(capsys, tmp_path):
    took_s = []
    pressed = threading.Event()
    at_s = 0.0

    with pad_rig(tmp_path) as rig:
        rig.start()
        for number in range(1, ROUNDS + 1):
            rig.driver.execute(StartRating(f"{number:08x}", 60))

            def finger():
                nonlocal at_s
                pressed.wait()
                at_s = time.perf_counter()
                rig.do("press", level=5)

            hand = threading.Thread(target=finger)
            hand.start()
            pressed.set()  # the driver is in its wait, or about to be, when the key goes down
            rig.event(Rated)
            took_s.append(time.perf_counter() - at_s)
            hand.join()
            pressed.clear()
            rig.nothing_more()
    took_s.sort()
    wire_ms = 12 * 10 / 115200 * 1000
    with capsys.disabled():
        print(
            f"\npad key to event: median {statistics.median(took_s) * 1000:.1f} ms, worst of {ROUNDS} "
            f"{took_s[-1] * 1000:.1f} ms (a KEY frame alone takes {wire_ms:.1f} ms at 115200 baud; at most "
            f"{KEY_TO_EVENT_S * 1000:.0f} ms)"
        )
    assert took_s[int(ROUNDS * 0.95)] <= KEY_TO_EVENT_S


@pytest.mark.benchmark
def test_bench_frames(capsys):
    stream = codec.encode(codec.Frame(1, 0x40, b"\xa1\xb2\xc3\xd4\x05")) * 2000
    start_s = time.perf_counter()
    frames = codec.FrameReader().feed(stream)
    took_s = time.perf_counter() - start_s
    with capsys.disabled():
        print(f"\npad frames: {len(frames) / took_s / 1000:.0f} k/s")
    assert len(frames) == 2000
