"""The shared-memory ring of preview frames: newest wins, nothing torn, nothing left over."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from drivers.base.media.ring import MAX_HEIGHT_PX, MAX_WIDTH_PX, Frame, Ring, RingReader, RingWriter

WIDTH, HEIGHT = 320, 240

# A writer in a process of its own: every byte of frame n is n % 251, sizes change, as fast as it can.
WRITER = """
import sys
from drivers.base.media.ring import RingWriter
writer = RingWriter(int(sys.argv[1]))
print("ready", flush=True)
for seq in range(1, 1 << 40):
    width, height = (320, 240) if seq % 2 else (200, 320)
    with writer.begin(width, height) as pixels:
        pixels[:] = bytes([seq % 251]) * (width * height * 3)
    writer.commit(float(seq))
"""


def publish(writer: RingWriter, value: int, width: int = WIDTH, height: int = HEIGHT) -> None:
    with writer.begin(width, height) as pixels:
        pixels[:] = bytes([value]) * (width * height * 3)
    writer.commit(float(value))


@pytest.fixture
def ring():
    with_ring = Ring()
    yield with_ring
    with_ring.close()


@pytest.fixture
def writer(ring):
    made = RingWriter(ring.fileno())
    yield made
    made.close()


@pytest.fixture
def reader(ring):
    made = RingReader(ring.name)
    yield made
    made.close()


def is_whole(frame: Frame) -> bool:
    expected = (320, 240) if frame.seq % 2 else (200, 320)
    size = frame.width_px * frame.height_px * 3
    return (
        (frame.width_px, frame.height_px) == expected
        and len(frame.rgb) == size
        and frame.rgb.count(frame.seq % 251) == size
        and frame.captured_at_s == frame.seq
    )


def test_there_is_no_frame_before_the_first(reader):
    assert reader.latest() is None


def test_the_newest_frame_wins(reader, writer):
    for value in range(1, 6):
        publish(writer, value)
    frame = reader.latest()
    assert frame is not None
    assert (frame.seq, frame.rgb[0], frame.captured_at_s) == (5, 5, 5.0)


def test_a_frame_already_shown_is_not_copied_again(reader, writer):
    publish(writer, 1)
    assert reader.latest(after_seq=1) is None
    publish(writer, 2)
    assert reader.latest(after_seq=1) is not None


def test_a_frame_overwritten_while_it_is_copied_is_read_anew(ring, writer):
    class SlowReader(RingReader):
        hurry = 3

        def _copy(self, slot: int, size: int) -> bytes:
            half = super()._copy(slot, size // 2)
            while self.hurry:
                self.hurry -= 1
                publish(writer, 10 + self.hurry)
            return half + super()._copy(slot, size)[len(half) :]

    publish(writer, 1)
    reader = SlowReader(ring.name)
    frame = reader.latest()
    reader.close()
    assert frame is not None
    assert frame.seq == 4
    assert set(frame.rgb) == {10}


def test_a_reader_that_is_always_overtaken_gives_up_instead_of_blocking(ring, writer):
    class OvertakenReader(RingReader):
        copies = 0

        def _copy(self, slot: int, size: int) -> bytes:
            self.copies += 1
            for value in range(3):
                publish(writer, value)
            return super()._copy(slot, size)

    publish(writer, 1)
    reader = OvertakenReader(ring.name)
    assert reader.latest() is None
    assert reader.copies == 8
    reader.close()


def test_no_frame_is_torn_between_two_processes(ring, reader):
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(ring.fileno())], pass_fds=(ring.fileno(),), stdout=subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        seen, last = 0, 0
        while seen < 1500:
            frame = reader.latest(after_seq=last)
            if frame is not None:
                assert is_whole(frame), f"frame {frame.seq} is torn"
                assert frame.seq > last
                last, seen = frame.seq, seen + 1
    finally:
        child.kill()
        child.communicate()
    assert last > seen, "the writer waited for the reader"


def test_a_writer_killed_while_writing_leaves_a_readable_ring(ring, reader, writer):
    publish(writer, 1)
    writer.begin(WIDTH, HEIGHT).release()  # begun, never committed
    frame = reader.latest()
    assert frame is not None
    assert set(frame.rgb) == {1}


def test_wiping_leaves_no_pixel(ring, reader, writer):
    for value in (1, 2, 3):
        publish(writer, value)
    writer.wipe()
    assert reader.latest() is None
    assert not any(os.pread(ring.fileno(), 1 << 26, 4096))
    publish(writer, 4)
    frame = reader.latest(after_seq=3)
    assert frame is not None
    assert set(frame.rgb) == {4}


def test_sizes_beyond_the_ring_are_refused(writer):
    for width, height in ((MAX_WIDTH_PX + 1, 10), (10, MAX_HEIGHT_PX + 1), (0, 10)):
        with pytest.raises(ValueError, match="preview"):
            writer.begin(width, height)


def test_a_reader_outlives_the_owner_and_keeps_the_last_frame(ring, reader, writer):
    publish(writer, 7)
    ring.close()
    frame = reader.latest()
    assert frame is not None
    assert set(frame.rgb) == {7}


def test_a_name_that_is_no_ring_any_more_is_refused(ring, tmp_path):
    name = ring.name
    ring.close()
    with pytest.raises(OSError, match=r"."):
        RingReader(name)
    other = tmp_path / "other"
    other.write_bytes(b"something else")
    with pytest.raises(OSError, match="not a preview ring"):
        RingReader(str(other))


def test_the_ring_is_no_file_that_could_be_left_over(ring):
    assert "memfd:yichuang-preview (deleted)" in os.readlink(ring.name)
    assert not [name for name in os.listdir("/dev/shm") if "yichuang" in name]
