"""Message framing, multipart streams and JPEG checks: total over any bytes, the same for any split."""

from __future__ import annotations

import contextlib
import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.errors import Corrupt
from drivers.base.media import messages as msg
from drivers.base.media.jpeg import picture_size, with_dpi
from drivers.base.media.multipart import PartReader

BODIES = st.lists(st.binary(min_size=1, max_size=60).filter(lambda b: b"--cut" not in b), min_size=1, max_size=6)
CUTS = st.lists(st.integers(0, 2000), max_size=8)
PICTURE = cv2.imencode(".jpg", np.full((48, 64, 3), 128, np.uint8))[1].tobytes()


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in itertools.pairwise(at)]


def stream(bodies: list[bytes], lengths: bool) -> bytes:
    parts = [
        b"--cut\r\n" + (b"content-LENGTH: %d\r\n" % len(body) if lengths else b"X: 1\r\n") + b"\r\n" + body + b"\r\n"
        for body in bodies
    ]
    return b"".join(parts) + b"--cut\r\n"


@given(BODIES, CUTS)
def test_parts_with_lengths_come_out_whole_for_any_split(bodies, cuts):
    reader = PartReader(b"cut")
    assert [part for piece in pieces(stream(bodies, True), cuts) for part in reader.feed(piece)] == bodies


@given(BODIES, CUTS)
def test_parts_without_lengths_end_at_the_boundary_for_any_split(bodies, cuts):
    reader = PartReader(b"--cut")
    got = [part for piece in pieces(stream(bodies, False), cuts) for part in reader.feed(piece)]
    assert got == [body.removesuffix(b"\n").removesuffix(b"\r") for body in bodies] or got == bodies


@given(st.binary(max_size=300), CUTS)
def test_junk_before_the_first_boundary_is_skipped(junk, cuts):
    reader = PartReader(b"cut")
    data = junk.replace(b"-", b"_") + stream([b"one"], True)
    assert [part for piece in pieces(data, cuts) for part in reader.feed(piece)] == [b"one"]


def test_a_part_shorter_than_said_costs_at_most_the_next_one():
    reader = PartReader(b"cut")
    short = b"--cut\r\nContent-Length: 20\r\n\r\n" + b"a" * 10
    whole = b"\r\n--cut\r\nContent-Length: 60\r\n\r\n" + b"b" * 60
    parts = reader.feed(short + whole * 3)
    assert parts[-2:] == [b"b" * 60] * 2


def test_a_part_larger_than_any_picture_ends_the_stream():
    with pytest.raises(Corrupt, match="part of"):
        PartReader(b"cut").feed(b"--cut\r\nContent-Length: 99999999\r\n\r\n")


@given(st.binary(max_size=6000), CUTS)
def test_any_bytes_give_parts_or_corrupt(data, cuts):
    reader = PartReader(b"cut")
    try:
        for piece in pieces(data, cuts):
            reader.feed(piece)
    except Corrupt:
        pass


@given(st.lists(st.sampled_from([msg.Flowing(), msg.Stalled(1.5), msg.Still(3, b"x" * 100)]), max_size=5), CUTS)
def test_messages_come_out_whole_for_any_split(sent, cuts):
    data = b"".join(msg.encode(message) for message in sent)
    buffer = msg.MessageBuffer()
    got = [msg.decode_report(body) for piece in pieces(data, cuts) for body in buffer.feed(piece)]
    assert got == sent


@given(st.binary(max_size=64))
def test_any_body_is_a_message_or_corrupt(body):
    for decode in (msg.decode_report, msg.decode_request):
        with contextlib.suppress(Corrupt):
            decode(body)


def test_an_impossible_message_length_is_corrupt():
    with pytest.raises(Corrupt, match="length"):
        msg.MessageBuffer().feed(b"\xff\xff\xff\xff")


@given(st.integers(0, len(PICTURE) - 1))
def test_a_picture_cut_anywhere_is_corrupt(length):
    with pytest.raises(Corrupt):
        picture_size(PICTURE[:length])


@given(st.binary(max_size=200), st.integers(0, len(PICTURE)))
def test_any_bytes_are_a_size_or_corrupt(junk, keep):
    for data in (junk, PICTURE[:keep] + junk, b"\xff\xd8" + junk + b"\xff\xd9"):
        try:
            width, height = picture_size(data)
        except Corrupt:
            continue
        assert width > 0
        assert height > 0


def test_a_padded_picture_is_whole():
    assert picture_size(PICTURE + bytes(50)) == (64, 48)


def test_the_resolution_is_written_where_other_programs_read_it():
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(with_dpi(PICTURE, 200))) as picture:
        assert picture.info["dpi"] == (200, 200)
    with pytest.raises(Corrupt):
        with_dpi(b"\xff\xd8\xff\xe1" + bytes(30), 200)
