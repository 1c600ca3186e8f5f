"""Cards with dates that are none, or filled up with U+0000: read, with a finding; what is broken stays broken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from drivers.base.errors import Corrupt, Refused
from drivers.id_card import codec
from drivers.id_card.api import CardKind, CardText

GOLDEN = Path(__file__).parents[1] / "golden" / "frames"
TODAY = date(2026, 6, 1)
BIRTH, START, END = 36, 188, 204


def area(frame: str = "reply_base_resident_longterm.bin") -> bytearray:
    (reply,) = codec.ReplyDecoder().feed((GOLDEN / frame).read_bytes())
    assert isinstance(reply, codec.Reply)
    return bytearray(codec.split_base(reply.data)[0])


def with_date(at: int, text: str, of: bytearray | None = None, padding: str = " ") -> CardText:
    changed = area() if of is None else of
    changed[at : at + 16] = text.ljust(8, padding).encode("utf-16-le")
    return codec.card_text(bytes(changed), TODAY)


NO_DATES = ["19490230", "19490000", "", "永久", "1949123", "2015-W01", "１９４９１２３１", "1949年12"]


@pytest.mark.parametrize("text", NO_DATES)
def test_a_birth_date_that_is_none_is_a_finding_and_stands_there_as_read(text: str) -> None:
    read = with_date(BIRTH, text)
    assert (read.birth_date, read.birth_text.reveal()) == (None, text)
    assert read.findings == ("birth_unreadable",)
    assert read.id_number.reveal() == "11010519491231002X"
    assert text == "" or text not in repr(read)


@pytest.mark.parametrize("text", NO_DATES)
def test_a_start_that_is_none_is_a_finding(text: str) -> None:
    read = with_date(START, text)
    assert (read.valid_from, read.valid_from_text.reveal(), read.findings) == (None, text, ("start_unreadable",))
    assert (read.valid_until, read.valid_until_text.reveal()) == (None, "")


@pytest.mark.parametrize("text", [*NO_DATES, "长 期", "长久", "长期有效"])
def test_an_end_that_is_neither_a_date_nor_long_term_is_a_finding_and_never_taken_for_long_term(text: str) -> None:
    read = with_date(END, text)
    assert (read.valid_until, read.valid_until_text.reveal(), read.findings) == (None, text, ("end_unreadable",))
    assert read.valid_from == date(2015, 1, 1)


def test_dates_that_are_right_leave_no_text_behind() -> None:
    read = codec.card_text(bytes(area()), TODAY)
    assert {text.reveal() for text in (read.birth_text, read.valid_from_text, read.valid_until_text)} == {""}
    assert read.findings == ()


def test_what_the_other_dates_say_is_still_found() -> None:
    odd = area("reply_base_resident_dated.bin")
    odd[BIRTH : BIRTH + 16] = "19490230".encode("utf-16-le")
    odd[START : START + 16] = "        ".encode("utf-16-le")
    assert codec.card_text(bytes(odd), date(2036, 1, 1)).findings == ("expired", "start_unreadable", "birth_unreadable")
    assert with_date(BIRTH, "19490230", area("reply_base_hmt_J.bin")).findings[-1:] == ("birth_unreadable",)


@pytest.mark.parametrize("padding", [" ", "\0"])
@pytest.mark.parametrize("frame", ["reply_base_resident_longterm.bin", "reply_base_hmt_J.bin"])
def test_an_area_filled_up_with_nul_says_the_same_as_one_with_spaces(frame: str, padding: str) -> None:
    spaced = area(frame)
    nul = bytes(spaced).decode("utf-16-le").replace(" ", padding).encode("utf-16-le")
    assert codec.card_text(nul, TODAY) == codec.card_text(bytes(spaced), TODAY)


@pytest.mark.parametrize("text", ["长期", "20350101", "永久"])
def test_a_date_may_be_filled_up_with_nul_too(text: str) -> None:
    assert with_date(END, text, padding="\0") == with_date(END, text)


def test_an_english_name_in_two_parts_keeps_its_space_where_that_is_nul() -> None:
    name = "SPECIMEN ABDULRAHMAN ABDULLAH MOHA\0SAMI\0\0\0\0\0\0\0"
    odd = area("reply_base_hmt_J.bin")
    odd[52:122], odd[220:242] = name[:35].encode("utf-16-le"), name[35:46].encode("utf-16-le")
    odd[242:248], odd[248:250] = "SAU".encode("utf-16-le"), "Y".encode("utf-16-le")
    read = codec.card_text(bytes(odd), TODAY)
    assert read.kind is CardKind.FOREIGNER_2023
    assert getattr(read.details, "english_name").reveal() == "SPECIMEN ABDULRAHMAN ABDULLAH MOHA SAMI"  # noqa: B009


def test_a_nul_in_the_kind_s_place_is_a_resident_only_where_nothing_stands_around_it() -> None:
    """What the other kinds have there would be read as nothing, and their holder as a resident."""
    assert codec.card_text(bytes(area()[:220]) + bytes(36), TODAY).kind is CardKind.RESIDENT
    for at, text in ((220, "19810803"), (242, "USA"), (254, "1"), (230, "\u2020")):
        odd = area()
        odd[248:250] = bytes(2)
        odd[at : at + 2 * len(text)] = text.encode("utf-16-le")
        with pytest.raises(Refused) as caught:
            codec.card_text(bytes(odd), TODAY)
        assert (caught.value.code, caught.value.detail) == ("id_card.unknown_kind", "kind U+0000")


@pytest.mark.parametrize("broken", [bytes(256), b"\x20\x00" * 128])
def test_an_area_that_holds_nothing_is_corrupt(broken: bytes) -> None:
    with pytest.raises(Corrupt):
        codec.card_text(broken, TODAY)


@pytest.mark.parametrize(("at", "size"), [(0, 30), (122, 36)])
def test_without_name_or_number_it_stays_corrupt(at: int, size: int) -> None:
    odd = area()
    odd[at : at + size] = bytes(size)
    with pytest.raises(Corrupt):
        codec.card_text(bytes(odd), TODAY)


def test_half_a_character_in_a_date_stays_corrupt() -> None:
    odd = area()
    odd[BIRTH : BIRTH + 2] = b"\x00\xd8"
    with pytest.raises(Corrupt):
        codec.card_text(bytes(odd), TODAY)
