"""The HID tunnel's reports under any frame, form, loss and damage, and against reports laid out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.hid_tunnel import LONGEST_FRAME_BYTES, Answer, DamagedAnswer, TunnelDecoder, TunnelForm, reports

MIAXIS = TunnelForm()
forms = st.builds(TunnelForm, chunk_bytes=st.integers(5, 56), offset=st.integers(0, 8))
frames = st.binary(max_size=LONGEST_FRAME_BYTES)
serials = st.integers(0, 0xFFFF)

# AA | serial 1 | length 12 | result 0 | the reader's generic OK | 0C + 00 + AA + AA + ... + 94 = 0431
OK = bytes.fromhex("AA 0100 0C00 00 AAAAAA9669000400009094 3104")


def answer(serial: int, frame: bytes, form: TunnelForm, result: int = 0) -> list[bytes]:
    """An answer's reports, put together apart from the product."""
    size = len(frame) + 1
    body = [size % 256, size // 256, result, *frame]
    total = sum(body) % 65536
    message = bytes([0xAA, serial % 256, serial // 256, *body, total % 256, total // 256])
    pieces = [message[at : at + form.chunk_bytes] for at in range(0, len(message), form.chunk_bytes)]
    return [bytes(form.offset) + piece + bytes(form.report_bytes - form.offset - len(piece)) for piece in pieces]


def feed(decoder: TunnelDecoder, given_reports: list[bytes]) -> list[Answer | DamagedAnswer]:
    found = [decoder.feed(report) for report in given_reports]
    return [one for one in found if one is not None]


def test_the_answer_laid_out_by_hand_is_understood() -> None:
    assert feed(TunnelDecoder(MIAXIS), [OK.ljust(64, b"\0")]) == [Answer(1, 0, bytes.fromhex("AAAAAA9669000400009094"))]


def test_a_long_request_lies_in_reports_of_56_bytes_each() -> None:
    made = reports(0x0201, bytes(range(100)), MIAXIS)
    assert [len(report) for report in made] == [64, 64]
    assert made[0][:6] == bytes.fromhex("88 0102 6500 B1")
    assert made[0][56:] == bytes(8)
    body = bytes.fromhex("6500B1") + bytes(range(100))
    assert made[1][: 108 - 56] == bytes(range(50, 100)) + (sum(body)).to_bytes(2, "little")
    assert reports(0x10000 + 3, b"", MIAXIS)[0][1:3] == b"\x03\x00"


@given(st.lists(st.tuples(serials, frames, st.integers(0, 255)), min_size=1, max_size=3), forms)
def test_answers_come_out_as_they_went_in(sent: list[tuple[int, bytes, int]], form: TunnelForm) -> None:
    decoder = TunnelDecoder(form)
    for serial, frame, result in sent:
        assert feed(decoder, answer(serial, frame, form, result)) == [Answer(serial, result, frame)]
        assert decoder.pending_bytes == 0


@given(serials, frames, forms)
def test_a_request_read_as_an_answer_is_the_same_but_for_its_marks(serial: int, frame: bytes, form: TunnelForm) -> None:
    made = list(reports(serial, frame, form))
    made[0] = made[0][: form.offset] + b"\xaa" + made[0][form.offset + 1 :]
    assert feed(TunnelDecoder(form), made) == [Answer(serial, 0xB1, frame)]


@given(st.lists(st.binary(max_size=64), max_size=60), forms)
def test_any_reports_give_answers_damage_or_a_wait(given_reports: list[bytes], form: TunnelForm) -> None:
    decoder = TunnelDecoder(form)
    for report in given_reports:
        decoder.feed(report)
        assert decoder.pending_bytes <= LONGEST_FRAME_BYTES + 8 + form.chunk_bytes
    decoder.clear()
    assert feed(decoder, answer(7, b"frame", form)) == [Answer(7, 0, b"frame")]


@given(st.binary(min_size=60, max_size=400), st.integers(0, 10_000))
def test_a_lost_report_never_makes_another_frame(frame: bytes, lost: int) -> None:
    made = answer(5, frame, MIAXIS)
    del made[lost % len(made)]
    decoder = TunnelDecoder(MIAXIS)
    assert not [one for one in feed(decoder, made) if isinstance(one, Answer) and one.frame == frame]


@given(frames, st.integers(0, 2400), st.integers(0, 7))
def test_a_flipped_bit_never_makes_another_frame(frame: bytes, at: int, bit: int) -> None:
    made = answer(5, frame, MIAXIS)
    joined = bytearray(b"".join(made))
    at %= len(joined)
    joined[at] ^= 1 << bit
    spoilt = [bytes(joined[start : start + 64]) for start in range(0, len(joined), 64)]
    for one in feed(TunnelDecoder(MIAXIS), spoilt):
        assert isinstance(one, DamagedAnswer) or one.frame == frame


@pytest.mark.parametrize("length", [0, LONGEST_FRAME_BYTES + 2, 0xFFFF])
def test_an_impossible_length_is_damage_at_once(length: int) -> None:
    decoder = TunnelDecoder(MIAXIS)
    assert feed(decoder, [b"\xaa\x00\x00" + length.to_bytes(2, "little") + bytes(59)]) == [
        DamagedAnswer(f"length {length}")
    ]
    assert decoder.feed(OK.ljust(64, b"\0")) == Answer(1, 0, OK[6:-2])


def test_a_report_too_short_for_a_head_or_without_a_start_is_damage() -> None:
    decoder = TunnelDecoder(MIAXIS)
    assert decoder.feed(b"\xaa\x01") == DamagedAnswer("short report")
    assert decoder.feed(bytes(64)) == DamagedAnswer("no start")
    assert decoder.pending_bytes == 0


def test_no_repr_shows_a_frame() -> None:
    assert repr(Answer(1, 0, b"secret")) == "Answer(1, result 0, 6 bytes)"


@pytest.mark.parametrize(("chunk", "offset", "possible"), [(0, 0, False), (4, 0, False), (5, 0, True), (56, 9, False)])
def test_a_form_is_possible_when_a_head_fits_into_its_chunk_and_that_into_a_report(
    chunk: int, offset: int, possible: bool
) -> None:
    assert TunnelForm(chunk_bytes=chunk, offset=offset).is_possible is possible
