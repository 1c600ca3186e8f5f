"""Receipts and answers: any text, any bytes, in any slices."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from drivers.receipt_printer.api import Feed, QrCode, Rule, TextLine
from drivers.receipt_printer.codec import (
    PROCESS_ID_LETTERS,
    AnswerReader,
    AutomaticStatus,
    Cleared,
    Layout,
    PaperSensors,
    Processed,
    RawStatus,
    RealTimeStatus,
    display_width,
    encode_receipt,
    meaning,
    wrap,
)
from drivers.receipt_printer.tables import CLOSING

CHINESE = st.text(st.sampled_from("办件编号申请人材料，。（）“”、；ab1-2 .:"), max_size=60)
ANY = st.one_of(CHINESE, st.text(max_size=40))
ELEMENTS = st.one_of(
    st.builds(TextLine, ANY, st.sampled_from(["left", "center", "right"]), st.booleans(), st.booleans()),
    st.builds(QrCode, st.text(min_size=1, max_size=40), st.integers(1, 30)),
    st.just(Rule()),
    st.builds(Feed, st.integers(1, 255)),
)
PLACES = st.lists(st.integers(0, 10_000), max_size=12)

# What a receipt may hold, by the command reference: any command outside this list would be one that text smuggled in.
_COMMANDS = re.compile(
    rb"\x1ba[\x00-\x02]|\x1bE[\x00\x01]|\x1d!(?:\x00|\x11)|\x1bd[\x01-\xff]|\x1dV\x00|"
    rb"\x1d\(k\x04\x001A2\x00|\x1d\(k\x03\x001C[\x01-\x10]|\x1d\(k\x03\x001E1|\x1d\(k\x03\x001Q0",
    re.DOTALL,
)


def parsed(data: bytes) -> str:
    """The text of a receipt by a reader of this test's own; fails at any byte that is neither text nor command."""
    text, at = "", 0
    while at < len(data):
        if found := _COMMANDS.match(data, at):
            at = found.end()
        elif data[at : at + 3] == b"\x1d(k":
            size = int.from_bytes(data[at + 3 : at + 5], "little")
            assert data[at + 5 : at + 8] == b"1P0"
            at += 5 + size
        elif data[at : at + 2] == b"\x1c&":
            end = data.index(b"\x1c.", at)
            text += data[at + 2 : end].decode("gb18030")
            at = end + 2
        else:
            assert data[at] == 0x0A or 0x20 <= data[at] <= 0x7E, data[at : at + 8]
            text += chr(data[at])
            at += 1
    return text


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@given(CHINESE, st.integers(2, 48))
def test_no_line_is_too_long_and_no_character_is_lost(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(display_width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text(st.sampled_from("办件编号，。）"), max_size=60), st.integers(8, 48))
def test_closing_punctuation_begins_no_line_unless_the_line_is_full_of_it(text: str, columns: int) -> None:
    for before, line in itertools.pairwise(wrap(text, columns)):
        assert line[0] not in CLOSING or set(before[1:]) <= CLOSING


@given(st.lists(ELEMENTS, min_size=1, max_size=6), st.sampled_from([Layout(80), Layout(58)]))
def test_a_receipt_is_nothing_but_its_text_and_the_commands_of_the_list(elements, layout: Layout) -> None:
    text = parsed(encode_receipt(elements, layout))
    assert all(display_width(line) <= layout.columns for line in text.split("\n"))


@given(CHINESE)
def test_the_text_of_a_receipt_is_what_was_asked_for(text: str) -> None:
    printed = parsed(encode_receipt([TextLine(text)], Layout(80)))
    assert re.sub(r"\s", "", printed) == text.replace(" ", "")


@given(st.binary(max_size=200), PLACES)
def test_any_slices_give_the_answers_of_the_whole(data: bytes, places: list[int]) -> None:
    reader = AnswerReader()
    sliced = [answer for part in cut(data, places) for answer in reader.feed(part)]
    assert sliced == AnswerReader().feed(data)
    assert len(reader._buffer) <= 6


@given(st.binary(max_size=12), st.sampled_from([0x12, 0x1E, 0x32, 0x72]))
def test_noise_costs_at_most_the_answers_it_lies_on(noise: bytes, status: int) -> None:
    found = AnswerReader().feed(noise + bytes((status,)) * 8)
    assert found[-1] == RealTimeStatus(status)


@given(st.lists(st.one_of(st.just(b"\x00"), st.just(b"\x12"), st.just(b'7"abcd\x00')), max_size=8))
def test_mixed_answers_keep_their_order(sent: list[bytes]) -> None:
    kinds = {b"\x00": PaperSensors(near_end=False, end=False), b"\x12": RealTimeStatus(0x12)}
    assert AnswerReader().feed(b"".join(sent)) == [kinds.get(one, Processed("abcd")) for one in sent]


@given(*[st.integers(0, 255)] * 4)
def test_any_bits_have_a_meaning(first: int, second: int, third: int, fourth: int) -> None:
    found = meaning(RawStatus.of(first, second, third, fourth))
    assert (found.fault is None) == (found.state == "online")


@given(st.text(st.sampled_from(PROCESS_ID_LETTERS), min_size=4, max_size=4), st.integers(0, 6), st.booleans())
def test_a_proof_that_lost_a_byte_is_no_other_answer(process_id: str, at: int, is_cut: bool) -> None:
    whole = b'\x37"' + process_id.encode() + b"\x00"
    left = whole[:at] if is_cut else whole[:at] + whole[at + 1 :]
    statuses = b"\x16\x12\x12\x12"
    reader = AnswerReader()
    found = [answer for byte in left + statuses for answer in reader.feed(bytes((byte,)))]
    assert [answer for answer in found if isinstance(answer, RealTimeStatus)] == [*map(RealTimeStatus, statuses)]
    assert not [answer for answer in found if isinstance(answer, Processed | AutomaticStatus | Cleared)]
