"""The reader's codec against frames that our encoders did not make (tests/golden/frames)."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from drivers.base.errors import Corrupt, Refused
from drivers.id_card import codec, tables
from drivers.id_card.check_digit import birth_date_of, has_right_check_digit, is_valid, sex_of
from drivers.id_card.tables import Sw3

GOLDEN = Path(__file__).parents[1] / "golden" / "frames"
TODAY = date(2026, 6, 1)


def _vectors() -> dict[str, bytes]:
    with (GOLDEN / "samv_frames.csv").open(encoding="utf-8") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        return {name: bytes.fromhex(frame) for name, _, frame in rows}


GIVEN = _vectors()
LONG_TERM = (GOLDEN / "reply_base_resident_longterm.bin").read_bytes()
DATED = (GOLDEN / "reply_base_resident_dated.bin").read_bytes()


def decode(data: bytes) -> list[codec.Reply | codec.DamagedFrame]:
    return codec.ReplyDecoder().feed(data)


def one(data: bytes) -> codec.Reply:
    (reply,) = decode(data)
    assert isinstance(reply, codec.Reply)
    return reply


def area(reply: bytes = LONG_TERM) -> bytearray:
    return bytearray(codec.split_base(one(reply).data)[0])


def put(text_area: bytearray, at: int, text: str, size: int) -> bytes:
    padded = text + " " * (size // 2 - len(text))
    text_area[at : at + size] = padded.encode("utf-16-le")
    return bytes(text_area)


@pytest.mark.parametrize("command", tables.COMMANDS, ids=lambda command: command.name)
def test_commands_are_the_golden_ones(command: tables.Command) -> None:
    golden = "sam_status" if command is tables.STATUS else command.name
    assert codec.encode(command) == GIVEN[golden]


def test_the_longest_rf_frame_is_set_by_the_golden_command() -> None:
    assert codec.encode(tables.set_rf_frame(0x50)) == GIVEN["max_rf_bytes_0x50"]


def test_every_golden_command_has_been_compared() -> None:
    """Nothing that the vectors know is left out."""
    ours = {codec.encode(command) for command in (*tables.COMMANDS, tables.set_rf_frame(0x50))}
    assert {frame for name, frame in GIVEN.items() if len(frame) == 10 and frame[7] != 0} <= ours


@pytest.mark.parametrize(
    ("name", "sw3", "size"),
    [
        ("ok_generic", Sw3.OK, 0),
        ("find_ok", Sw3.FOUND, 4),
        ("select_ok", Sw3.OK, 8),
        ("find_none", Sw3.FIND_FAILED, 0),
        ("select_fail", Sw3.SELECT_FAILED, 0),
        ("read_fail", Sw3.READ_FAILED, 0),
        ("no_such_item", Sw3.NO_SUCH_ITEM, 0),
        ("selftest_fail", Sw3.SELF_TEST_FAILED, 0),
        ("unauthorised", Sw3.NOT_AUTHORISED, 0),
        ("checksum_error", Sw3.CHECKSUM_ERROR, 0),
        ("length_error", Sw3.LENGTH_ERROR, 0),
        ("command_error", Sw3.BAD_COMMAND, 0),
        ("unrecognised", Sw3.UNRECOGNISED, 0),
        ("reader_auth_fail_by_card", Sw3.CARD_REFUSED_SAM, 0),
        ("card_auth_fail_by_reader", Sw3.SAM_REFUSED_CARD, 0),
        ("info_verify_error", Sw3.INFORMATION_CHECK, 0),
        ("wrong_card_type", Sw3.WRONG_CARD_TYPE, 0),
        ("get_random_fail", Sw3.RANDOM_FAILED, 0),
        ("sam_id_sample", Sw3.OK, 16),
    ],
)
def test_replies_are_the_golden_ones(name: str, sw3: Sw3, size: int) -> None:
    reply = one(GIVEN[name])
    assert (reply.sw1, reply.sw2, reply.sw3, len(reply.data)) == (0, 0, sw3, size)


def test_the_sam_number_is_printed_as_on_the_reader() -> None:
    assert codec.sam_id_text(one(GIVEN["sam_id_sample"]).data) == "05.01-20120411-0000000001-0000000002"
    with pytest.raises(Corrupt):
        codec.sam_id_text(b"short")


def test_a_long_term_card_is_read_as_printed() -> None:
    text = codec.card_text(bytes(area()), TODAY)
    assert text.name.reveal() == "证件样本"
    assert (text.sex, text.nation) == ("男", "汉")
    assert text.birth_date.reveal() == date(1949, 12, 31)
    assert text.address.reveal() == "测试省样本市示例区虚构路1号"
    assert text.id_number.reveal() == "11010519491231002X"
    assert text.issuer == "样本市公安局示例分局"
    assert (text.valid_from, text.valid_until) == (date(2015, 1, 1), None)
    assert text.findings == ()


def test_a_dated_card_ends_at_its_date_and_expires_after_it() -> None:
    assert codec.card_text(bytes(area(DATED)), TODAY).valid_until == date(2035, 1, 1)
    assert codec.card_text(bytes(area(DATED)), date(2035, 1, 1)).findings == ()
    assert codec.card_text(bytes(area(DATED)), date(2035, 1, 2)).findings == ("expired",)
    assert codec.card_text(bytes(area(DATED)), date(2014, 12, 31)).findings == ("not_yet_valid",)


def test_the_portrait_is_the_golden_one() -> None:
    portrait = codec.split_base(one(LONG_TERM).data)[1]
    assert portrait == (GOLDEN / "synthetic_wlt_undecodable.bin").read_bytes()


def test_a_card_of_an_unknown_kind_is_refused_and_never_read_as_a_residents() -> None:
    with pytest.raises(Refused) as caught:
        codec.card_text(put(area(), 248, "K", 2), TODAY)
    assert (caught.value.code, caught.value.detail) == ("id_card.unknown_kind", "kind U+004B")


def test_a_reply_with_fingerprints_is_no_base_reply() -> None:
    reply = one((GOLDEN / "reply_basefp_with_fp.bin").read_bytes())
    assert not tables.READ_BASE.is_answered_by(reply.sw3, len(reply.data))
    with pytest.raises(Corrupt):
        codec.split_base(reply.data)


def test_fingerprints_come_apart_and_stay_hidden() -> None:
    data = one((GOLDEN / "reply_basefp_with_fp.bin").read_bytes()).data
    text_area, wlt, fingers = codec.split_base_fp(data)
    assert codec.card_text(text_area, TODAY).name.reveal() == "证件样本"
    assert wlt == (GOLDEN / "synthetic_wlt_undecodable.bin").read_bytes()
    assert [len(finger.reveal()) for finger in fingers] == [512, 512]
    assert b"".join(finger.reveal() for finger in fingers) == data[-1024:]
    assert repr(fingers) == "(***, ***)"
    assert tables.READ_BASE_FP.longest_bytes == 2321


@pytest.mark.parametrize("fingers", [0, 1])
def test_a_card_without_or_with_one_finger_is_read(fingers: int) -> None:
    data = one((GOLDEN / "reply_basefp_with_fp.bin").read_bytes()).data
    shorter = data[:4] + (512 * fingers).to_bytes(2, "big") + data[6 : 6 + 256 + 1024 + 512 * fingers]
    assert tables.READ_BASE_FP.is_answered_by(Sw3.OK, len(shorter))
    assert len(codec.split_base_fp(shorter)[2]) == fingers
    for wrong in (shorter[:-1], data[:4] + b"\x00\x01" + shorter[6:], b""):
        with pytest.raises(Corrupt):
            codec.split_base_fp(wrong)


def test_new_addresses_are_as_printed_and_blank_ones_left_out() -> None:
    data = one((GOLDEN / "reply_new_address.bin").read_bytes()).data
    (address,) = codec.new_addresses(data)
    assert address.reveal().startswith("测试省")
    twice = codec.new_addresses(data + "二".encode("utf-16-le").ljust(70, b"\x20").replace(b"\x20\x20", b"\x20\x00"))
    assert [text.reveal() for text in twice] == [address.reveal(), "二"]
    assert len(codec.new_addresses(data + b"\x20\x00" * 35)) == 1
    for wrong in (b"", data[:-2], b"\x00\xd8" + data[2:]):
        with pytest.raises(Corrupt):
            codec.new_addresses(wrong)


def test_wrong_inner_lengths_are_corrupt() -> None:
    data = one(LONG_TERM).data
    with pytest.raises(Corrupt, match="inner lengths 04000100"):
        codec.split_base(data[2:4] + data[:2] + data[4:])


@pytest.mark.parametrize(
    ("at", "text", "size", "finding"),
    [
        (32, "00", 4, "unknown_nation"),
        (36, "19491230", 16, "birth_mismatch"),
        (36, "20270101", 16, "birth_implausible"),
        (36, "20260602", 16, "birth_implausible"),
        (36, "18951231", 16, "birth_implausible"),
        (122, "000000194912310021", 36, "unknown_region"),
        (122, "700105194912310021", 36, "unknown_region"),
        (122, "110105194912310021", 36, "check_digit"),
        (122, "110105", 36, "check_digit"),
    ],
)
def test_what_does_not_fit_is_found(at: int, text: str, size: int, finding: str) -> None:
    assert finding in codec.card_text(put(area(), at, text, size), TODAY).findings


def test_an_unknown_nation_shows_its_code_and_an_unknown_sex_is_unknown() -> None:
    strange = bytearray(put(area(), 32, "77", 4))
    text = codec.card_text(put(strange, 30, "7", 2), TODAY)
    assert (text.nation, text.sex) == ("77", "未知")


@pytest.mark.parametrize(
    ("at", "text", "size"),
    [(0, "", 30), (122, "", 36)],
    ids=["no name", "no number"],
)
def test_a_text_area_that_says_nothing_is_corrupt(at: int, text: str, size: int) -> None:
    damaged = put(area(), at, text, size)
    with pytest.raises(Corrupt):
        codec.card_text(damaged, TODAY)


def test_half_a_character_is_corrupt_and_the_error_carries_none_of_it() -> None:
    broken = area()
    broken[0:2] = b"\x00\xd8"
    with pytest.raises(Corrupt) as caught:
        codec.card_text(bytes(broken), TODAY)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    with pytest.raises(Corrupt):
        codec.card_text(bytes(broken[:-1]), TODAY)


def test_a_wrong_checksum_is_damage_of_that_size_and_the_next_frame_is_whole() -> None:
    damaged, good = decode(LONG_TERM[:-1] + bytes([LONG_TERM[-1] ^ 1]) + GIVEN["find_ok"])
    assert isinstance(damaged, codec.DamagedFrame)
    assert damaged.frame_bytes == len(LONG_TERM)
    assert isinstance(good, codec.Reply)


@pytest.mark.parametrize("length", [0, 3, 2315, 0xFFFF])
def test_an_impossible_length_is_damage_at_once(length: int) -> None:
    damaged, good = decode(codec.PREAMBLE + length.to_bytes(2, "big") + GIVEN["find_none"])
    assert isinstance(damaged, codec.DamagedFrame)
    assert damaged.frame_bytes == 0
    assert good == one(GIVEN["find_none"])


def test_what_is_not_whole_waits_and_can_be_forgotten() -> None:
    decoder = codec.ReplyDecoder()
    assert decoder.feed(b"noise" + LONG_TERM[:900]) == []
    assert (decoder.pending_bytes, decoder.dropped_bytes) == (900, 5)
    decoder.clear()
    assert decoder.feed(LONG_TERM[900:]) == []
    assert decoder.pending_bytes < len(codec.PREAMBLE)


def test_a_late_reply_of_another_command_answers_none_but_its_own() -> None:
    replies = {command: reply for command, reply in _answers().items() if command is not tables.READ_NEW_ADDRESS}
    for command, reply in replies.items():
        fits = [other.name for other in replies if other.is_answered_by(reply.sw3, len(reply.data))]
        assert fits == [command.name]
    no_card = one(GIVEN["find_none"])
    assert not tables.SELECT.is_answered_by(no_card.sw3, 0)
    assert tables.SELECT.is_answered_by(one(GIVEN["unauthorised"]).sw3, 0)
    assert tables.READ_BASE.is_answered_by(0x77, 0)


def _answers() -> dict[tables.Command, codec.Reply]:
    return {
        tables.STATUS: one(GIVEN["ok_generic"]),
        tables.SAM_ID: one(GIVEN["sam_id_sample"]),
        tables.FIND: one(GIVEN["find_ok"]),
        tables.SELECT: one(GIVEN["select_ok"]),
        tables.READ_BASE: one(LONG_TERM),
        tables.READ_NEW_ADDRESS: one((GOLDEN / "reply_new_address.bin").read_bytes()),
    }


def test_the_longest_reply_of_each_command_is_known() -> None:
    assert tables.READ_BASE.longest_bytes == len(LONG_TERM)
    assert tables.FIND.longest_bytes == len(GIVEN["find_ok"])


def test_no_repr_shows_what_a_card_says() -> None:
    reply = one(LONG_TERM)
    assert repr(reply) == "Reply(SW 0000 90, 1284 bytes)"
    assert "证件样本" not in repr(codec.card_text(bytes(area()), TODAY))


def test_nations_are_the_56_of_the_standard_and_four_extras() -> None:
    assert len(tables.NATIONS) == 60
    assert (tables.NATIONS["01"], tables.NATIONS["11"], tables.NATIONS["56"]) == ("汉", "满", "基诺")


# Valid specimens of domain.md a.7.
@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "女"),
        ("911124198108030024", date(1981, 8, 3), "女"),
        ("932682198501010017", date(1985, 1, 1), "男"),
        ("931586198001010028", date(1980, 1, 1), "女"),
        ("810000199408230021", date(1994, 8, 23), "女"),
    ],
)
def test_specimen_numbers_are_valid(number: str, born: date, sex: str) -> None:
    assert is_valid(number)
    assert (birth_date_of(number), sex_of(number)) == (born, sex)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "x",
        "11010519491231002x",
        "110105194912310021",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002X ",
    ],
)
def test_other_strings_are_not(number: str) -> None:
    assert not is_valid(number)
    with pytest.raises(ValueError, match="not an identity number"):
        birth_date_of(number)
    with pytest.raises(ValueError, match="not an identity number"):
        sex_of(number)


def test_a_right_check_digit_over_no_day_is_no_valid_number() -> None:
    number = next(n for n in (f"11010519490231002{c}" for c in "0123456789X") if has_right_check_digit(n))
    assert not is_valid(number)
