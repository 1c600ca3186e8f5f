"""The pad's frames: any bytes in any slices, through noise, against a bitwise CRC of this test's own."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from drivers.evaluator import codec
from drivers.evaluator.codec import Frame, FrameReader

FRAMES = st.builds(Frame, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=240))
SHORT = st.builds(Frame, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=12))
STREAMS = st.lists(st.one_of(SHORT.map(codec.encode), st.binary(max_size=12))).map(b"".join)
PLACES = st.lists(st.integers(0, 10_000), max_size=12)


def crc(data: bytes) -> bytes:
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = ((value << 1) ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value.to_bytes(2, "big")


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@given(FRAMES)
def test_a_frame_is_laid_out_as_the_document_says_and_comes_back(frame: Frame) -> None:
    body = bytes([len(frame.data), frame.seq, frame.kind]) + frame.data
    wire = codec.encode(frame)
    assert wire == b"\xea\x01" + body + crc(body)
    assert FrameReader().feed(wire) == [frame]


@given(STREAMS, PLACES)
def test_any_slices_give_the_frames_of_the_whole(data: bytes, places: list[int]) -> None:
    whole, sliced = FrameReader(), FrameReader()
    expected = whole.feed(data) + whole.drop()
    assert [frame for part in cut(data, places) for frame in sliced.feed(part)] + sliced.drop() == expected


@given(st.binary(max_size=600), PLACES)
def test_garbage_never_raises_and_never_fills_the_memory(data: bytes, places: list[int]) -> None:
    reader = FrameReader()
    for part in cut(data, places):
        for frame in reader.feed(part):
            assert codec.encode(frame) in data
        assert len(reader._buffer) < 247
    reader.drop()
    assert not reader.is_inside_frame


@given(st.binary(max_size=40), st.lists(SHORT, min_size=1, max_size=4))
def test_frames_behind_noise_are_found_after_a_pause_at_the_latest(noise: bytes, frames: list[Frame]) -> None:
    reader = FrameReader()
    quiet = noise.replace(b"\xea", b"\xeb")
    assert reader.feed(quiet) == []
    assert reader.feed(b"".join(map(codec.encode, frames))) == frames


@given(SHORT, st.integers(0, 30))
def test_a_cut_frame_never_spoils_the_next_after_a_pause(frame: Frame, kept: int) -> None:
    reader = FrameReader()
    wire = codec.encode(frame)
    reader.feed(wire[: min(kept, len(wire) - 1)])
    reader.drop()
    assert reader.feed(wire) == [frame]


@given(SHORT, st.integers(0, 200), st.integers(1, 255))
def test_a_spoilt_frame_is_never_taken(frame: Frame, at: int, flip: int) -> None:
    wire = bytearray(codec.encode(frame))
    wire[at % len(wire)] ^= flip
    reader = FrameReader()
    assert frame not in reader.feed(bytes(wire)) + reader.drop()


@given(st.text(max_size=80))
def test_a_label_fits_and_is_a_beginning_of_what_was_asked(label: str) -> None:
    data = codec.label_data(label)
    assert len(data) <= 60
    assert label.encode("utf-8", "replace").startswith(data)
    if len(label.encode("utf-8", "replace")) > 60:
        assert len(data) > 56
