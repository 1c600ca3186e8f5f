"""APDUs and fields of the social security card against bytes written by hand from domain.md b."""

from __future__ import annotations

from datetime import date

import pytest

from drivers.base.errors import Corrupt
from drivers.smart_card import codec, tables
from drivers.smart_card.codec import Record, Response

TODAY = date(2026, 11, 24)
GENERATION_1 = {
    0x02: b"1",
    0x03: b"1.00",
    0x04: bytes.fromhex("915600000000000000000000"),
    0x05: bytes.fromhex("20090301"),
    0x06: b"\xff" * 4,
    0x07: b"A00000001",
    0x08: b"11010519491231002X",
    0x09: bytes.fromhex("D5C5B9F0C0BC") + b"\xff" * 24,
    0x0A: b"2",
    0x0B: b"\x01",
    0x0D: bytes.fromhex("19491231"),
}


def test_the_commands_are_the_documents_bytes() -> None:
    assert codec.select_application().hex(" ").upper() == (
        "00 A4 04 00 0F 73 78 31 2E 73 68 2E C9 E7 BB E1 B1 A3 D5 CF"
    )
    assert codec.select_file(tables.EF05, 0x02).hex(" ").upper() == "00 A4 02 00 02 EF 05"
    assert codec.select_file(tables.EF06, 0x00).hex(" ").upper() == "00 A4 00 00 02 EF 06"
    assert codec.read_selected(3).hex(" ").upper() == "00 B2 03 04 00"
    assert codec.read_by_short_id(tables.EF05, 7, 9).hex(" ").upper() == "00 B2 07 2C 0B"
    assert codec.read_by_short_id(tables.EF06, 1, 18).hex(" ").upper() == "00 B2 01 34 14"
    assert codec.get_response(0x11).hex(" ").upper() == "00 C0 00 00 11"
    assert codec.with_length(codec.read_selected(3), 6).hex(" ").upper() == "00 B2 03 04 06"


def test_an_answer_ends_with_its_status_word() -> None:
    assert codec.response(bytes.fromhex("0A01329000")) == Response(bytes.fromhex("0A0132"), 0x9000)
    assert (codec.response(b"\x6c\x14").sw1, codec.response(b"\x6c\x14").sw2) == (0x6C, 0x14)


@pytest.mark.parametrize("raw", [b"", b"\x90"])
def test_an_answer_without_one_is_corrupt(raw: bytes) -> None:
    with pytest.raises(Corrupt, match="status word"):
        codec.response(raw)


def test_a_record_is_a_tag_a_length_and_a_value() -> None:
    assert codec.record(bytes.fromhex("0A0132")) == Record(0x0A, b"2")
    assert codec.record(bytes.fromhex("0A0132FF00FF")) == Record(0x0A, b"2")  # a record of fixed size, padded
    assert codec.record(b"\x09\x00") == Record(0x09, b"")


@pytest.mark.parametrize(
    ("data", "why"),
    [("", "half"), ("0A", "half"), ("0A0232", "half"), ("0A013233", "behind"), ("0A0132FF01", "behind")],
)
def test_what_is_no_record_is_corrupt(data: str, why: str) -> None:
    with pytest.raises(Corrupt, match=why):
        codec.record(bytes.fromhex(data))


def test_a_card_of_generation_1() -> None:
    card = codec.card(GENERATION_1, b"", TODAY)
    assert card.name.reveal() == "张桂兰"
    assert card.social_security_number.reveal() == "11010519491231002X"
    assert (card.sex, card.nation) == ("女", "汉")
    assert card.birth_date is not None
    assert card.birth_date.reveal() == date(1949, 12, 31)
    assert (card.spec_version, card.card_class, card.issuer_code) == ("1.00", "1", "915600000000000000000000")
    assert card.card_number.reveal() == "A00000001"
    assert (card.issued_on, card.valid_until) == (date(2009, 3, 1), None)
    assert card.findings == ()


def test_nothing_of_a_person_is_in_a_card_s_words() -> None:
    words = repr(codec.card(GENERATION_1, b"", TODAY))
    for secret in ("张", "110105", "1949", "A00000001"):
        assert secret not in words


def test_the_rest_of_a_long_name_is_put_behind_it() -> None:
    card = codec.card({**GENERATION_1, 0x09: "古丽".encode("gbk") + b"\x00\x00"}, "娜尔".encode("gbk") + b"\xff", TODAY)
    assert card.name.reveal() == "古丽娜尔"


@pytest.mark.parametrize(
    "name", [b"", b"\xff\xff\x00", b"  ", b"\xd5", b"\xd5\x20", b"\x07", b"A\x1bB"], ids=lambda name: name.hex() or "-"
)
def test_a_name_that_is_none_makes_the_card_corrupt(name: bytes) -> None:
    with pytest.raises(Corrupt, match="name") as caught:
        codec.card({**GENERATION_1, 0x09: name}, b"", TODAY)
    assert caught.value.__cause__ is None or caught.value.__cause__.__traceback__ is None


@pytest.mark.parametrize("number", [b"", b"11010519491231002", b"11010519491231002Y", b"\xd5" * 18, b"1" * 19])
def test_a_number_that_is_none_makes_the_card_corrupt(number: bytes) -> None:
    with pytest.raises(Corrupt, match="number"):
        codec.card({**GENERATION_1, 0x08: number}, b"", TODAY)


def test_a_small_x_in_the_number_is_a_capital_one() -> None:
    card = codec.card({**GENERATION_1, 0x08: b"11010519491231002x\x00"}, b"", TODAY)
    assert card.social_security_number.reveal() == "11010519491231002X"


@pytest.mark.parametrize(
    ("coded", "sex"),
    [
        (b"1", "男"),
        (b"\x02", "女"),
        (b"9", "未说明"),
        (b"\x00", "未知"),
        (b"", "未知"),
        (b"\xfe", "未知"),
        (b"7", "未知"),
    ],
)
def test_sex_as_a_character_or_as_a_number(coded: bytes, sex: str) -> None:
    assert codec.card({**GENERATION_1, 0x0A: coded}, b"", TODAY).sex == sex


@pytest.mark.parametrize(
    ("coded", "nation"),
    [(b"\x11", "满"), (b"\x31", "达斡尔"), (b"11", "满"), (b"\x99", ""), (b"\xaf", ""), (b"", ""), (b"\x01\x02", "")],
)
def test_nation_in_bcd_or_as_two_characters(coded: bytes, nation: str) -> None:
    card = codec.card({**GENERATION_1, 0x0B: coded}, b"", TODAY)
    assert card.nation == nation
    assert ("unknown_nation" in card.findings) is (not nation)


@pytest.mark.parametrize("coded", ["194912", "1949123A", "19490231", "00001231", "1949123100"])
def test_a_date_that_is_none_makes_the_card_corrupt(coded: str) -> None:
    for tag in (0x05, 0x06, 0x0D):
        with pytest.raises(Corrupt, match=f"date {tag:02X}") as caught:
            codec.card({**GENERATION_1, tag: bytes.fromhex(coded)}, b"", TODAY)
        assert caught.value.__cause__ is None or caught.value.__cause__.__traceback__ is None


def test_open_dates_are_none() -> None:
    card = codec.card({**GENERATION_1, 0x05: b"\x00" * 4, 0x0D: b"\xff" * 4}, b"", TODAY)
    assert (card.issued_on, card.birth_date) == (None, None)
    assert codec.card({0x08: GENERATION_1[0x08], 0x09: GENERATION_1[0x09]}, b"", TODAY).issued_on is None


@pytest.mark.parametrize(
    ("issued", "until", "findings"),
    [
        ("20130901", "20230901", ("expired",)),
        ("20130901", "20261124", ()),
        ("20270101", "20370101", ("not_yet_valid",)),
    ],
)
def test_validity_is_a_finding(issued: str, until: str, findings: tuple[str, ...]) -> None:
    fields = {**GENERATION_1, 0x05: bytes.fromhex(issued), 0x06: bytes.fromhex(until)}
    assert codec.card(fields, b"", TODAY).findings == findings


def test_codes_are_characters_or_hex_digits() -> None:
    card = codec.card({**GENERATION_1, 0x02: b"\x03", 0x04: b"410724 \xff\xff", 0x07: b"\x00" * 9}, b"", TODAY)
    assert (card.card_class, card.issuer_code, card.card_number.reveal()) == ("03", "410724", "")
