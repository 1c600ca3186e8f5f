"""The scanner families' bytes: any slices, truncation, noise and garbage, against bytes of this test's own."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.code_scanner import codec
from drivers.code_scanner.codec import LineReader, text_of
from drivers.code_scanner.families import gm65, honeywell, newland, ssi
from drivers.code_scanner.families.contract import LONGEST_HELD, Command, Damaged, Packet, Plain, Reply, Splitter
from drivers.code_scanner.families.known import FAMILIES

PLACES = st.lists(st.integers(0, 10_000), max_size=12)
ECHOES = st.sampled_from([b"", b"TRGMOD", b"SUFBK2", b"SCNMOD", b"SCNTRG"])
BYTES = st.binary(max_size=80)
TEXT = st.text("0123456789ABCDEFabcdef.:-", min_size=1, max_size=40).map(str.encode)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def joined(heard: list[object]) -> list[object]:
    """Neighbouring pieces of text are one text."""
    found: list[object] = []
    for item in heard:
        if isinstance(item, Plain) and found and isinstance(found[-1], Plain):
            found[-1] = Plain(found[-1].data + item.data)
        else:
            found.append(item)
    return found


def packet(op: int, data: bytes, status: int = 0) -> bytes:
    """A decoder's packet: its byte sum with the checksum is 0 modulo 65536."""
    body = bytes([4 + len(data), op, 0, status]) + data
    return body + (0x10000 - sum(body)).to_bytes(2, "big")


def xmodem(data: bytes) -> bytes:
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = ((value << 1) ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value.to_bytes(2, "big")


def gm_reply(data: bytes) -> bytes:
    body = bytes([0, len(data)]) + data
    return b"\x02\x00" + body + xmodem(body)


# every family


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
@given(data=st.lists(st.one_of(BYTES, TEXT.map(lambda t: t + b"\r"))).map(b"".join), places=PLACES, echo=ECHOES)
def test_garbage_never_raises_never_grows_and_loses_nothing_that_is_text(family, data, places, echo) -> None:
    splitter, expected = Splitter(family), Command(b"", echo)
    heard: list[object] = []
    for part in cut(data, places):
        heard += splitter.feed(part, expected)
        assert len(splitter._held) <= LONGEST_HELD + len(part)
    heard += splitter.drop()
    assert not splitter.is_inside_frame
    assert all(item.data in data for item in heard if isinstance(item, Plain))
    if not any(isinstance(item, Reply | Packet | Damaged) for item in heard) and family.name != "newland":
        assert b"".join(item.data for item in heard if isinstance(item, Plain)) == data


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
@given(text=TEXT, places=PLACES)
def test_a_code_without_a_command_out_passes_whole(family, text, places) -> None:
    splitter = Splitter(family)
    heard = [item for part in cut(text + b"\r\n", places) for item in splitter.feed(part, None)] + splitter.drop()
    assert joined(heard) == [Plain(text + b"\r\n")]


@pytest.mark.parametrize(
    ("family", "echo", "reply"),
    [
        (honeywell.HONEYWELL, b"TRGMOD", b"TRGMOD0\x06!"),
        (newland.NEWLAND, b"SCNMOD", b"\x02\x010000#SCNMOD0\x06;\x03"),
        (ssi.SSI, b"", packet(0xA4, b"REV 1")),
        (gm65.GM65, b"", gm_reply(b"\x39\x01")),
    ],
    ids=["honeywell", "newland", "ssi", "gm65"],
)
@given(before=TEXT, after=TEXT, places=PLACES)
def test_a_reply_between_codes_is_found_in_any_slices(family, echo, reply, before, after, places) -> None:
    splitter = Splitter(family)
    stream = before + b"\r" + reply + after + b"\r"
    heard = [item for part in cut(stream, places) for item in splitter.feed(part, Command(b"", echo))]
    heard += splitter.drop()
    first, second, third = joined(heard)
    assert (first, third) == (Plain(before + b"\r"), Plain(after + b"\r"))
    assert isinstance(second, Reply)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_a_question_touches_no_other_family(family) -> None:
    """No probe is, or holds, a start, stop, set or save of any other."""
    probe = family.wake + family.probe.data
    for other in FAMILIES:
        acts = [other.start.data, other.stop.data, *(setting.change.data for setting in other.settings)]
        acts += [newland.LEGACY_START.data, newland.LEGACY_STOP.data]
        assert not [act for act in acts if act in probe], other.name


# SSI


@given(st.binary(max_size=200), st.integers(0, 3))
def test_an_ssi_packet_gives_its_data(data: bytes, status: int) -> None:
    (heard,) = Splitter(ssi.SSI).feed(packet(0xF3, b"\x1c" + data, status), None)
    assert isinstance(heard, Packet)
    assert (heard.data, heard.again, heard.more) == (data, bool(status & 1), bool(status & 2))


@given(st.sampled_from(ssi.Op), st.binary(max_size=200))
def test_an_ssi_frame_adds_up_to_nothing(op: ssi.Op, data: bytes) -> None:
    wire = ssi.frame(op, data)
    assert wire[0] == len(wire) - 2
    assert (sum(wire[:-2]) + int.from_bytes(wire[-2:], "big")) % 0x10000 == 0


@given(st.binary(min_size=1, max_size=60), st.integers(0, 1000), st.integers(1, 255))
def test_a_spoilt_ssi_packet_is_never_a_code(data: bytes, at: int, flip: int) -> None:
    wire = bytearray(packet(0xF3, b"\x1c" + data))
    place = at % len(wire)
    wire[place] ^= flip
    heard = Splitter(ssi.SSI).feed(bytes(wire), None)
    assert not [item for item in heard if isinstance(item, Packet) and item.data == data]


@given(st.binary(min_size=4, max_size=60), st.integers(3, 60))
def test_a_cut_ssi_packet_is_damage_after_silence(data: bytes, kept: int) -> None:
    splitter = Splitter(ssi.SSI)
    wire = packet(0xF3, b"\x1c" + data)
    assert splitter.feed(wire[: min(kept, len(wire) - 1)], None) == []
    assert splitter.drop() == [Damaged()]


# GM65


@given(st.sampled_from(gm65.Kind), st.sampled_from(gm65.Register), st.binary(min_size=1, max_size=40))
def test_a_gm65_frame_is_laid_out_as_the_sheet_says(kind, register, data: bytes) -> None:
    body = bytes([kind, len(data)]) + register.to_bytes(2, "big") + data
    assert gm65.frame(kind, register, data) == b"\x7e\x00" + body + xmodem(body)


@given(st.binary(min_size=1, max_size=200))
def test_a_gm65_reply_comes_back_also_unchecked(data: bytes) -> None:
    for wire in (gm_reply(data), gm_reply(data)[:-2] + b"\xab\xcd"):
        assert Splitter(gm65.GM65).feed(wire, Command(b"")) == [Reply(gm65.Answer.DONE, data)]


@given(st.binary(min_size=1, max_size=60), st.integers(0, 1000), st.integers(1, 255))
def test_a_spoilt_gm65_reply_is_never_an_answer(data: bytes, at: int, flip: int) -> None:
    wire = bytearray(gm_reply(data))
    wire[at % len(wire)] ^= flip
    if wire[-2:] != b"\xab\xcd":
        assert Reply(gm65.Answer.DONE, data) not in Splitter(gm65.GM65).feed(bytes(wire), Command(b""))


# lines and charsets


@given(st.lists(TEXT, max_size=5), st.sampled_from([b"\r", b"\n", b"\r\n"]), PLACES)
def test_lines_come_whole_in_any_slices(texts: list[bytes], ending: bytes, places: list[int]) -> None:
    reader = LineReader()
    stream = b"".join(text + ending for text in texts)
    lines = [line.raw for part in cut(stream, places) for line in reader.feed(part)]
    assert lines == texts
    assert reader.flush() == []


@given(st.binary(min_size=codec.LONGEST_CODE + 1, max_size=codec.LONGEST_CODE + 500), PLACES)
def test_a_line_that_never_ends_is_kept_no_longer_than_a_code(data: bytes, places: list[int]) -> None:
    data = data.replace(b"\r", b"x").replace(b"\n", b"x")
    reader = LineReader()
    for part in cut(data, places):
        assert reader.feed(part) == []
        assert len(reader._held) <= codec.LONGEST_CODE
    (line,) = reader.flush()
    assert line.too_long
    assert reader.feed(b"next\r")[0].raw == b"next"


CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=30)


@given(CHINESE, TEXT.map(bytes.decode))
def test_chinese_in_utf8_is_read_as_it_is(chinese: str, ascii_text: str) -> None:
    assert text_of((ascii_text + chinese).encode()) == ascii_text + chinese


@given(TEXT.map(bytes.decode), st.sampled_from(["样例编号", "联通", "豫G", "县政务服务中心", "模板", "一窗"]))
def test_chinese_in_gb18030_is_read_as_it_is(ascii_text: str, chinese: str) -> None:
    assert text_of((ascii_text + chinese).encode("gb18030")) == ascii_text + chinese
    assert text_of((ascii_text + chinese).encode("gb18030"), "gb18030") == ascii_text + chinese


@given(st.binary(max_size=60))
def test_a_text_has_no_control_characters(data: bytes) -> None:
    text = text_of(data)
    assert text is None or not set(text) & set(map(chr, (0, 1, 2, 6, 7, 21, 27, 127)))
