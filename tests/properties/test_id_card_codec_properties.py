"""The reader's codec under any split, truncation, noise and flipped bits."""

from __future__ import annotations

import contextlib
import csv
import itertools
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from drivers.base.errors import Corrupt, Refused
from drivers.id_card import codec, tables
from drivers.id_card.api import CardKind
from drivers.id_card.check_digit import birth_date_of, is_valid, sex_of

GOLDEN = Path(__file__).parents[1] / "golden" / "frames"
TODAY = date(2026, 6, 1)


def _golden() -> list[bytes]:
    with (GOLDEN / "samv_frames.csv").open(encoding="utf-8") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        short = [bytes.fromhex(frame) for _, direction, frame in rows if direction == "reader>host"]
    return [*short, *((path).read_bytes() for path in sorted(GOLDEN.glob("reply_*.bin")))]


FRAMES = _golden()
BASE = (GOLDEN / "reply_base_resident_longterm.bin").read_bytes()
frames = st.sampled_from(FRAMES)
# Noise that cannot itself be the start of a frame; preambles within noise have a test of their own.
noise = st.binary(max_size=40).map(lambda data: data.replace(b"\x96", b"\x95"))


def whole(data: bytes) -> list[object]:
    return [_plain(item) for item in codec.ReplyDecoder().feed(data)]


def in_pieces(data: bytes, cuts: list[int]) -> list[object]:
    decoder = codec.ReplyDecoder()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    found: list[object] = []
    for start, end in itertools.pairwise(edges):
        found += [_plain(item) for item in decoder.feed(data[start:end])]
        assert decoder.pending_bytes < codec.LONGEST_REPLY_BYTES
    return found


def _plain(item: object) -> object:
    return (item.reason, item.frame_bytes) if isinstance(item, codec.DamagedFrame) else item


@given(st.lists(frames, max_size=4), st.lists(st.integers(0, 10_000), max_size=12))
def test_any_split_equals_the_whole(parts: list[bytes], cuts: list[int]) -> None:
    data = b"".join(parts)
    assert len(whole(data)) == len(parts)
    assert in_pieces(data, cuts) == whole(data)


@given(st.lists(st.tuples(noise, frames), max_size=4), noise)
def test_noise_before_between_and_after_changes_nothing(parts: list[tuple[bytes, bytes]], tail: bytes) -> None:
    data = b"".join(before + frame for before, frame in parts) + tail
    assert whole(data) == [whole(frame)[0] for _, frame in parts]


@given(st.binary(max_size=200), st.lists(st.integers(0, 10_000), max_size=6))
def test_any_bytes_with_preambles_among_them_give_replies_damage_or_a_wait(data: bytes, cuts: list[int]) -> None:
    data = data.replace(b"\x00", codec.PREAMBLE)
    assert in_pieces(data, cuts) == whole(data)


@given(frames, st.integers(0, 2400))
def test_a_truncated_frame_waits_and_its_rest_completes_it(frame: bytes, at: int) -> None:
    at %= len(frame)
    decoder = codec.ReplyDecoder()
    assert decoder.feed(frame[:at]) == []
    assert decoder.feed(frame[at:]) == whole(frame)


@given(frames, frames, st.integers(0, 2400))
def test_a_frame_torn_off_does_not_take_the_one_after_the_next_with_it(first: bytes, second: bytes, at: int) -> None:
    torn = first[: at % len(first)]
    filler = bytes(codec.LONGEST_REPLY_BYTES)  # what is torn off is at most one frame long
    assert whole(torn + filler + second)[-1:] == whole(second)


@given(st.integers(0, len(BASE) * 8 - 1))
def test_a_flipped_bit_never_gives_another_base_reply(bit: int) -> None:
    flipped = bytearray(BASE)
    flipped[bit // 8] ^= 1 << bit % 8
    for item in codec.ReplyDecoder().feed(bytes(flipped)):
        if isinstance(item, codec.Reply):
            assert not tables.READ_BASE.is_answered_by(item.sw3, len(item.data))


@given(st.binary(min_size=200, max_size=300) | st.text(min_size=128, max_size=128).map(lambda t: t.encode("utf-16-le")))
def test_any_text_area_is_read_refused_or_corrupt(area: bytes) -> None:
    with contextlib.suppress(Corrupt, Refused):
        codec.card_text(area, TODAY)


@given(st.sampled_from("JIY"), st.integers(0, 255), st.integers(0, 255))
def test_an_area_of_any_kind_is_read_or_corrupt(kind: str, at: int, value: int) -> None:
    area = bytearray(codec.split_base(whole(BASE)[0].data)[0])
    area[at] = value
    area[248:250] = kind.encode("utf-16-le")
    with contextlib.suppress(Corrupt):
        assert codec.card_text(bytes(area), TODAY).kind is not CardKind.RESIDENT


@given(st.binary(max_size=2400))
def test_any_data_is_fingerprints_or_addresses_or_corrupt(data: bytes) -> None:
    with contextlib.suppress(Corrupt):
        codec.split_base_fp(data)
    with contextlib.suppress(Corrupt):
        assert len(codec.new_addresses(data)) <= len(data) // 70


@given(st.integers(0, 255), st.integers(0, 255))
def test_a_damaged_text_area_is_read_refused_or_corrupt(at: int, value: int) -> None:
    area = bytearray(codec.split_base(whole(BASE)[0].data)[0])
    area[at] = value
    try:
        text = codec.card_text(bytes(area), TODAY)
    except (Corrupt, Refused):
        return
    assert text.name.reveal()


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{17}[0-9Xx]", fullmatch=True))
def test_any_string_is_an_identity_number_or_not(number: str) -> None:
    if is_valid(number):
        assert birth_date_of(number).isoformat().replace("-", "") == number[6:14]
        assert sex_of(number) in {"男", "女"}


@given(st.integers(0, 16), st.integers(1, 9))
def test_every_wrong_digit_is_noticed(at: int, shift: int) -> None:
    number = "11010519491231002X"
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    assert not is_valid(wrong)
