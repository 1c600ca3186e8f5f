"""The pad's frames against bytes put together by hand from docs/devices/evaluator.md, with a bitwise CRC elsewhere."""

from __future__ import annotations

import pytest

from drivers.evaluator import codec
from drivers.evaluator.codec import Frame, FrameReader
from drivers.evaluator.tables import AckResult, Capability, FrameType, PadState

TOKEN = bytes.fromhex("A1B2C3D4")

GOLDEN = [
    (Frame(0x01, FrameType.HELLO), "EA 01 00 01 01 EF 8C"),
    (Frame(0x02, FrameType.PING), "EA 01 00 02 02 8A BC"),
    (
        Frame(0x03, FrameType.IDLE, codec.label_data("3号综合窗口")),
        "EA 01 10 03 03 33 E5 8F B7 E7 BB BC E5 90 88 E7 AA 97 E5 8F A3 C7 8A",
    ),
    (Frame(0x04, FrameType.RATE, codec.rate_data(TOKEN, 60)), "EA 01 06 04 04 A1 B2 C3 D4 00 3C 24 97"),
    (Frame(0x05, FrameType.END, codec.end_data(TOKEN, True)), "EA 01 05 05 05 A1 B2 C3 D4 01 69 CF"),
    (Frame(0xFF, FrameType.KEY_ACK, b"\x09"), "EA 01 01 FF C0 09 BA 6A"),
    (Frame(0x06, FrameType.ACK, b"\x04\x00"), "EA 01 02 06 80 04 00 85 88"),
    (Frame(0x07, FrameType.HELLO_REPLY, b"P1\x001.4"), "EA 01 06 07 81 50 31 00 31 2E 34 E1 FA"),
    (Frame(0x08, FrameType.PONG, b"\x01"), "EA 01 01 08 82 01 36 0E"),
    (Frame(0x09, FrameType.KEY, TOKEN + b"\x05"), "EA 01 05 09 40 A1 B2 C3 D4 05 52 31"),
]
PING = bytes.fromhex("EA 01 00 02 02 8A BC")


@pytest.mark.parametrize(("frame", "wire"), GOLDEN, ids=[wire[9:14] for _, wire in GOLDEN])
def test_frames_are_the_documents_bytes_both_ways(frame: Frame, wire: str) -> None:
    assert codec.encode(frame) == bytes.fromhex(wire)
    assert FrameReader().feed(bytes.fromhex(wire)) == [frame]


def test_what_does_not_fit_is_refused() -> None:
    assert len(codec.encode(Frame(0, 3, bytes(240)))) == 247
    with pytest.raises(ValueError, match="241 bytes"):
        codec.encode(Frame(0, 3, bytes(241)))
    with pytest.raises(ValueError, match="range"):
        codec.encode(Frame(256, 3))


def test_a_label_is_cut_between_characters() -> None:
    assert codec.label_data("综合受理" * 10) == ("综合受理" * 5).encode()
    assert codec.label_data("A" + "字" * 30) == ("A" + "字" * 19).encode()
    assert codec.label_data("\ud800") == b"?"


def test_answers_are_read() -> None:
    assert codec.key_press(Frame(9, 0x40, TOKEN + b"\x05")) == codec.KeyPress(TOKEN, 5)
    assert codec.ack(Frame(1, 0x80, b"\x07\x03")) == codec.Ack(7, AckResult.NOT_NOW)
    assert codec.pong(Frame(1, 0x82, b"\x02")) is PadState.THANKING
    assert codec.pad_model(Frame(1, 0x81, "型号 1".encode() + b"\x00fw")) == codec.PadModel("型号 1", "fw")
    assert codec.pad_model(Frame(1, 0x81, b"\xff")) == codec.PadModel("�", "")


def test_codes_of_a_later_pad_are_unknown_and_no_crash() -> None:
    assert codec.ack(Frame(1, 0x80, b"\x07\x63")) == codec.Ack(7, AckResult.UNKNOWN)
    assert codec.pong(Frame(1, 0x82, b"\x63")) is PadState.UNKNOWN


@pytest.mark.parametrize("read", [codec.key_press, codec.ack, codec.pong, codec.pad_model])
def test_another_type_or_shape_is_none(read) -> None:
    assert read(Frame(1, 0x02, b"")) is None
    if read is not codec.pad_model:
        kind = {codec.key_press: 0x40, codec.ack: 0x80, codec.pong: 0x82}[read]
        assert read(Frame(1, kind, b"\x01\x02\x03")) is None


def test_a_wrong_crc_costs_that_frame_alone() -> None:
    broken = bytearray(PING)
    broken[-1] ^= 1
    assert FrameReader().feed(bytes(broken) + PING) == [Frame(2, 2)]


def test_a_start_mark_inside_a_broken_frame_is_found() -> None:
    reader = FrameReader()
    assert reader.feed(b"\xea\x01\x00" + PING) == [Frame(2, 2)]
    assert not reader.is_inside_frame


def test_an_impossible_length_is_no_frame() -> None:
    assert FrameReader().feed(b"\xea\x01\xf1" + PING) == [Frame(2, 2)]


def test_half_a_frame_waits_and_a_pause_drops_it() -> None:
    reader = FrameReader()
    assert reader.feed(PING[:4]) == []
    assert reader.is_inside_frame
    assert reader.drop() == []
    assert not reader.is_inside_frame
    assert reader.feed(PING[4:]) == []


def test_a_pause_frees_the_frames_that_a_false_beginning_had_swallowed() -> None:
    reader = FrameReader()
    assert reader.feed(b"\xea\x01\xf0" + PING + PING) == []
    assert reader.drop() == [Frame(2, 2), Frame(2, 2)]


def test_another_link_begins_with_nothing() -> None:
    reader = FrameReader()
    reader.feed(PING[:6])
    reader.clear()
    assert reader.feed(PING[6:]) == []


# version 2


def test_a_pad_that_says_more_is_read_and_one_that_does_not_can_nothing_more() -> None:
    assert codec.pad_model(Frame(1, 0x81, b"P\x00f")) == codec.PadModel("P", "f", 1, Capability(0))
    assert codec.pad_model(Frame(1, 0x81, b"P\x00f\x00\x02\x05")) == codec.PadModel(
        "P", "f", 2, Capability.SHOW | Capability.LAMP
    )
    later = codec.pad_model(Frame(1, 0x81, b"P\x00f\x00\x03\x82and more"))
    assert later is not None
    assert (later.version, Capability.VOICE in later.capabilities) == (3, True)
    assert codec.pad_model(Frame(1, 0x81, b"P\x00f\x00\x02")) == codec.PadModel("P", "f")


def test_a_text_is_cut_between_characters() -> None:
    assert codec.show_data("请稍候", 5) == b"\x00\x05" + "请稍候".encode()
    assert codec.show_data("字" * 100, 0) == b"\x00\x00" + ("字" * 66).encode()
