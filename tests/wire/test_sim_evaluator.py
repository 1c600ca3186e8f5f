"""The simulated pad against docs/devices/evaluator.md; frames are built here with a bitwise CRC of our own."""

from __future__ import annotations

import pytest

from simulators.evaluator.hand import PadHand
from simulators.evaluator.machine import THANKS_S, PadMachine
from simulators.evaluator.wire import PadWire

TOKEN, OTHER = bytes.fromhex("A1B2C3D4"), bytes.fromhex("00000001")
DONE, UNKNOWN_TYPE, BAD_DATA, NOT_NOW = 0, 1, 2, 3


def _crc(data: bytes) -> bytes:
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = ((value << 1) ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value.to_bytes(2, "big")


def _frame(seq: int, kind: int, data: bytes = b"") -> bytes:
    body = bytes((len(data), seq, kind)) + data
    return b"\xea\x01" + body + _crc(body)


def _rate(seq: int, token: bytes = TOKEN, timeout_s: int = 60) -> bytes:
    return _frame(seq, 0x04, token + timeout_s.to_bytes(2, "big"))


class Pad:
    """A pad at a clock that stands still until told."""

    def __init__(self, caps: int | None = 7) -> None:
        self.now_s = 50.0
        self.machine = PadMachine(lambda: self.now_s)
        self.wire = PadWire(self.machine, caps)
        self.hand = PadHand(self.machine, self.wire)
        self.wire.on_link(True, self.now_s)

    def send(self, data: bytes) -> list[tuple[int, int, bytes]]:
        return [_parse(frame) for frame in self.wire.on_bytes(data, self.now_s)]

    def later(self, seconds: float) -> list[tuple[int, int, bytes]]:
        self.now_s += seconds
        return [_parse(frame) for frame in self.wire.on_time(self.now_s)]

    def result(self, data: bytes) -> int:
        ((_, kind, answer),) = self.send(data)
        assert kind == 0x80
        assert answer[0] == data[3]
        return answer[1]

    @property
    def page(self) -> object:
        return self.hand.look()["page"]


def _parse(frame: bytes) -> tuple[int, int, bytes]:
    assert frame[:2] == b"\xea\x01"
    assert len(frame) == frame[2] + 7
    assert _crc(frame[2:-2]) == frame[-2:]
    return frame[3], frame[4], frame[5:-2]


@pytest.fixture
def pad() -> Pad:
    return Pad()


def test_the_crc_of_this_test_is_the_named_one() -> None:
    assert _crc(b"123456789") == bytes.fromhex("29B1")


def test_hello_tells_model_and_firmware(pad: Pad) -> None:
    ((_, kind, data),) = pad.send(_frame(1, 0x01))
    model, firmware, more = data.split(b"\x00", 2)
    assert more == bytes((2, 7))
    assert kind == 0x81
    assert model.decode()
    assert firmware.decode()


def test_pong_tells_the_page(pad: Pad) -> None:
    assert pad.send(_frame(1, 0x02))[0][1:] == (0x82, b"\x00")
    pad.send(_rate(2))
    assert pad.send(_frame(3, 0x02))[0][1:] == (0x82, b"\x01")
    pad.send(_frame(4, 0x05, TOKEN + b"\x01"))
    assert pad.send(_frame(5, 0x02))[0][1:] == (0x82, b"\x02")


def test_the_idle_page_shows_the_window_label(pad: Pad) -> None:
    assert pad.result(_frame(1, 0x03, "3号综合窗口".encode())) == DONE
    assert pad.hand.look()["label"] == "3号综合窗口"


@pytest.mark.parametrize("label", [b"\xff\xfe", "字".encode() * 21])
def test_a_label_that_is_no_text_or_too_long_is_bad_data(pad: Pad, label: bytes) -> None:
    assert pad.result(_frame(1, 0x03, label)) == BAD_DATA


@pytest.mark.parametrize(
    "frame",
    [_frame(1, 0x04, TOKEN), _rate(1, timeout_s=0), _frame(1, 0x05, TOKEN), _frame(1, 0x05, TOKEN + b"\x02")],
    ids=["rate too short", "no time", "end too short", "end unknown"],
)
def test_bad_data_is_refused(pad: Pad, frame: bytes) -> None:
    assert pad.result(frame) == BAD_DATA


@pytest.mark.parametrize("kind", [0x00, 0x40, 0x80, 0x99])
def test_an_unknown_type_is_refused(pad: Pad, kind: int) -> None:
    assert pad.result(_frame(1, kind)) == UNKNOWN_TYPE


def test_rating_shows_the_keys_and_the_first_press_is_sent_once(pad: Pad) -> None:
    assert pad.result(_rate(1)) == DONE
    assert pad.hand.look()["keys"] == ["非常满意", "满意", "基本满意", "不满意", "非常不满意", "不评价"]
    assert pad.hand.press(4)
    assert not pad.hand.press(1)
    ((seq, kind, data),) = pad.later(0.0)
    assert (kind, data) == (0x40, TOKEN + b"\x04")
    assert pad.send(_frame(9, 0xC0, bytes([seq]))) == []
    assert pad.page == "thanking"
    assert pad.later(5.0) == []


def test_decline_is_key_zero(pad: Pad) -> None:
    pad.send(_rate(1))
    assert pad.hand.press_decline()
    assert pad.later(0.0)[0][2] == TOKEN + b"\x00"


def test_a_key_outside_an_invitation_sends_nothing(pad: Pad) -> None:
    assert not pad.hand.press(5)
    assert pad.later(1.0) == []


def test_an_unacknowledged_key_is_repeated_every_500_ms_with_its_number(pad: Pad) -> None:
    pad.send(_rate(1))
    pad.hand.press(5)
    first = pad.later(0.0)
    assert pad.later(0.499) == []
    assert pad.later(0.001) == first
    assert pad.later(0.5) == first


def test_an_acknowledgement_of_another_number_is_none(pad: Pad) -> None:
    pad.send(_rate(1))
    pad.hand.press(5)
    ((seq, _, _),) = pad.later(0.0)
    pad.send(_frame(9, 0xC0, bytes([(seq + 1) & 0xFF])))
    assert len(pad.later(0.5)) == 1


def test_a_key_is_repeated_after_the_link_returns_and_not_before(pad: Pad) -> None:
    pad.send(_rate(1))
    pad.hand.press(3)
    first = pad.later(0.0)
    pad.wire.on_link(False, pad.now_s)
    assert pad.later(3.0) == []
    pad.wire.on_link(True, pad.now_s)
    assert pad.later(0.0) == first


def test_an_invitation_ends_by_itself_when_its_time_is_over(pad: Pad) -> None:
    pad.send(_rate(1, timeout_s=60))
    pad.later(59.9)
    assert pad.page == "rating"
    pad.later(0.1)
    assert pad.page == "idle"
    assert not pad.hand.press(5)


def test_the_thanks_end_by_themselves(pad: Pad) -> None:
    pad.send(_rate(1) + _frame(2, 0x05, TOKEN + b"\x01"))
    assert pad.page == "thanking"
    pad.later(THANKS_S)
    assert pad.page == "idle"


def test_the_running_token_again_changes_nothing(pad: Pad) -> None:
    pad.send(_rate(1, timeout_s=60))
    pad.later(30.0)
    assert pad.result(_rate(2, timeout_s=60)) == DONE
    pad.later(30.0)
    assert pad.page == "idle"


def test_another_token_must_wait_while_an_invitation_runs(pad: Pad) -> None:
    pad.send(_rate(1))
    assert pad.result(_rate(2, OTHER)) == NOT_NOW
    assert pad.hand.look()["token"] == TOKEN.hex()


def test_end_of_another_token_leaves_the_invitation(pad: Pad) -> None:
    pad.send(_rate(1))
    assert pad.result(_frame(2, 0x05, OTHER + b"\x00")) == DONE
    assert pad.page == "rating"


def test_a_repeated_frame_is_acknowledged_and_not_done_again(pad: Pad) -> None:
    assert pad.result(_rate(1)) == DONE
    pad.hand.press(5)
    ((seq, _, _),) = pad.later(0.0)
    pad.send(_frame(7, 0xC0, bytes([seq])))
    assert pad.result(_rate(1)) == DONE
    assert pad.page == "thanking"
    assert pad.hand.look()["ratings_started"] == 1


def test_a_late_acknowledgement_does_not_end_the_next_invitation(pad: Pad) -> None:
    pad.send(_rate(1, timeout_s=1))
    pad.hand.press(2)
    ((seq, _, _),) = pad.later(0.0)
    pad.later(1.0)
    assert pad.result(_rate(2, OTHER)) == DONE
    pad.send(_frame(3, 0xC0, bytes([seq])))
    assert pad.page == "rating"
    assert pad.hand.press(5)


def test_a_wrong_crc_is_dropped_and_the_next_frame_is_found(pad: Pad) -> None:
    broken = bytearray(_frame(1, 0x01))
    broken[-1] ^= 1
    assert [kind for _, kind, _ in pad.send(bytes(broken) + _frame(2, 0x02))] == [0x82]


def test_a_pause_inside_a_frame_drops_it(pad: Pad) -> None:
    frame = _frame(1, 0x02)
    assert pad.send(frame[:5]) == []
    pad.later(0.051)
    assert pad.send(frame[5:]) == []
    assert len(pad.send(frame)) == 1


def test_a_short_pause_inside_a_frame_is_allowed(pad: Pad) -> None:
    frame = _frame(1, 0x02)
    assert pad.send(frame[:5]) == []
    pad.later(0.05)
    assert len(pad.send(frame[5:])) == 1


# what a pad of version 2 can do beside rating


def test_a_pad_of_version_1_says_nothing_of_it_and_knows_none_of_it() -> None:
    pad = Pad(None)
    ((_, _, data),) = pad.send(_frame(1, 0x01))
    assert data.count(b"\x00") == 1
    assert [pad.result(_frame(seq, kind, b"\x01")) for seq, kind in ((2, 6), (3, 7), (4, 8))] == [UNKNOWN_TYPE] * 3


@pytest.mark.parametrize(("caps", "knows"), [(0, ()), (1, (6,)), (2, (7,)), (4, (8,)), (7, (6, 7, 8))])
def test_it_knows_what_it_says_and_no_more(caps: int, knows: tuple[int, ...]) -> None:
    pad = Pad(caps)
    data = {6: b"\x00\x05hi", 7: b"\x01", 8: b"\x02"}
    for seq, kind in enumerate(data):
        assert pad.result(_frame(seq, kind, data[kind])) == (DONE if kind in knows else UNKNOWN_TYPE)


def test_a_text_stands_for_its_time_and_never_over_the_keys(pad: Pad) -> None:
    assert pad.result(_frame(1, 6, b"\x00\x02" + "请稍候".encode())) == DONE
    assert (pad.hand.look()["text"], pad.page) == ("请稍候", "idle")
    pad.later(2)
    assert pad.hand.look()["text"] is None
    pad.send(_rate(2))
    assert pad.result(_frame(3, 6, b"\x00\x00x")) == NOT_NOW
    assert pad.page == "rating"


def test_the_lamp_goes_off_with_the_idle_page(pad: Pad) -> None:
    pad.send(_rate(1))
    assert pad.result(_frame(2, 8, b"\x02")) == DONE
    assert pad.hand.look()["lamp"] == "blinking"
    pad.later(60)
    assert (pad.hand.look()["lamp"], pad.page) == ("off", "idle")


@pytest.mark.parametrize(
    ("kind", "data"),
    [(6, b""), (6, b"\x00\x01\xff"), (6, b"\x00\x01" + b"x" * 201), (7, b""), (7, b"\x05"), (8, b"\x03"), (8, b"12")],
)
def test_what_it_cannot_understand_is_bad_data(pad: Pad, kind: int, data: bytes) -> None:
    assert pad.result(_frame(1, kind, data)) == BAD_DATA
    assert (pad.hand.look()["text"], pad.hand.look()["lamp"], pad.hand.look()["spoken"]) == (None, "off", [])
