"""Which commands leave for a card, and what is made of its answers: a scripted card, T=0 and T=1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from drivers.base.errors import Corrupt, Refused
from drivers.smart_card.reading import Reading
from tests.support.scripted_card import GENERATION_1, GENERATION_2, OK, PERSON, SELECT_SSSE, ScriptedCard

TODAY = date(2026, 11, 24)
BAD_P = b"\x6a\x86"


@pytest.mark.parametrize("person", [GENERATION_1, GENERATION_2], ids=["generation 1", "generation 2"])
def test_both_generations_are_read(person: dict[int, str]) -> None:
    read = Reading(ScriptedCard(person)).card(TODAY)
    assert read.name.reveal() == "李样本"
    assert (read.sex, read.nation, read.issuer_code) == ("男", "回", "410724000000")
    assert read.birth_date is not None
    assert read.birth_date.reveal() == date(1988, 6, 14)


@pytest.mark.parametrize(
    ("person", "of_ef06"),
    [(GENERATION_1, (1, 2, 3, 4, 6)), (GENERATION_2, (1, 2, 3, 4, 5, 7))],
    ids=["generation 1", "generation 2"],
)
def test_only_these_commands_leave_and_nothing_financial(person: dict[int, str], of_ef06: tuple[int, ...]) -> None:
    card = ScriptedCard(person)
    Reading(card).card(TODAY)
    assert card.sent == [
        SELECT_SSSE,
        "00A4020002EF05",
        *(f"00B2{number:02X}0400" for number in (2, 3, 4, 5, 6, 7)),
        "00A4020002EF06",
        *(f"00B2{number:02X}0400" for number in of_ef06),
    ]


def test_a_file_that_wants_p1_00_is_selected_so() -> None:
    card = ScriptedCard(GENERATION_2, lambda apdu: BAD_P if apdu[:3] == b"\x00\xa4\x02" else None)
    assert Reading(card).card(TODAY).name.reveal() == "李样本"
    assert card.sent[1:3] == ["00A4020002EF05", "00A4000002EF05"]


@pytest.mark.parametrize("sw", ["6A86", "6A82", "6D00", "6A81"])
def test_files_that_cannot_be_selected_are_read_by_short_identifier(sw: str) -> None:
    no = bytes.fromhex(sw)
    card = ScriptedCard(GENERATION_2, lambda apdu: no if apdu[1] == 0xA4 and len(apdu) == 7 else None)
    assert Reading(card).card(TODAY).name.reveal() == "李样本"
    assert card.sent[3] == "00B2022C03"
    assert "00B2013414" in card.sent
    assert "00B2033416" in card.sent


@pytest.mark.parametrize("sw", ["6981", "6986", "6700", "6B00"])
def test_a_selected_file_that_gives_no_record_is_read_by_short_identifier(sw: str) -> None:
    no = bytes.fromhex(sw)
    card = ScriptedCard(GENERATION_1, lambda apdu: no if apdu[1] == 0xB2 and apdu[3] == 0x04 else None)
    assert Reading(card).card(TODAY).name.reveal() == "李样本"
    assert card.sent.count("00B2020400") == 1, "tried once a file, not once a record"


def test_a_t0_card_is_asked_again_with_the_right_length_and_for_the_rest() -> None:
    waiting: list[bytes] = []

    def as_t0(apdu: bytes) -> bytes | None:
        if apdu[1] == 0xC0:
            piece, rest = waiting[0][: apdu[4]], waiting[0][apdu[4] :]
            waiting[:] = [rest]
            return piece + (bytes((0x61, len(rest))) if rest else OK)
        if apdu.hex().upper() == SELECT_SSSE:
            waiting[:] = [bytes.fromhex("6F11840F") + b"sx1.sh.\xc9\xe7\xbb\xe1\xb1\xa3\xd5\xcf"]
            return b"\x61\x08"  # in pieces
        if apdu[1] == 0xB2:
            data = card.answer(apdu)[:-2]
            return None if apdu[4] == len(data) or not data else bytes((0x6C, len(data)))
        return None

    card = ScriptedCard(GENERATION_2, as_t0)
    assert Reading(card).card(TODAY).social_security_number.reveal() == "000000198806140173"
    assert card.sent[1:4] == ["00C0000008", "00C000000B", "00A4020002EF05"]
    assert card.sent[4:6] == ["00B2020400", "00B2020403"]


def test_get_response_itself_may_be_told_the_right_length() -> None:
    answers = {SELECT_SSSE: b"\x61\x00", "00C0000000": b"\x6c\x02", "00C0000002": b"\x6f\x00\x90\x00"}
    card = ScriptedCard(GENERATION_1, lambda apdu: answers.get(apdu.hex().upper()))
    assert Reading(card).card(TODAY).name.reveal() == "李样本"


@pytest.mark.parametrize("sw", ["6A82", "6D00", "6E00", "6A81", "6A86"])
def test_a_card_without_the_application_is_no_social_security_card(sw: str) -> None:
    card = ScriptedCard(GENERATION_1, lambda _: bytes.fromhex(sw))
    with pytest.raises(Refused, match="not_social") as caught:
        Reading(card).card(TODAY)
    assert caught.value.detail == f"select SSSE: {sw}"
    assert card.sent == [SELECT_SSSE]


@pytest.mark.parametrize(
    ("twist", "detail"),
    [
        (lambda _: b"\x62\x83", "select SSSE: 6283"),
        (lambda apdu: b"\x69\x82" if apdu[1] == 0xB2 and apdu[2] == 3 else None, "EF05 record 3: 6982"),
        (lambda apdu: BAD_P if apdu[1] == 0xB2 or len(apdu) == 7 else None, "EF05 record 2: 6A86"),
    ],
)
def test_a_refusal_is_told_with_its_status_word(twist: Callable[[bytes], bytes | None], detail: str) -> None:
    with pytest.raises(Refused, match="refused") as caught:
        Reading(ScriptedCard(GENERATION_1, twist)).card(TODAY)
    assert caught.value.detail == detail


def test_a_missing_record_is_an_open_field_but_name_and_number_must_be_there() -> None:
    without = {number: record for number, record in GENERATION_1.items() if number not in {4, 6}}
    read = Reading(ScriptedCard(without)).card(TODAY)
    assert (read.birth_date, read.nation) == (None, "")
    with pytest.raises(Corrupt, match="number"):
        Reading(ScriptedCard({})).card(TODAY)


def test_another_element_in_a_record_makes_the_card_corrupt() -> None:
    with pytest.raises(Corrupt, match="EF06 record 2 has tag 0A"):
        Reading(ScriptedCard({**GENERATION_1, 2: PERSON[10]})).card(TODAY)


@pytest.mark.parametrize("rest", [b"\x61\x10", b"\x01\x61\x10"])
def test_a_card_that_promises_without_end_is_not_believed(rest: bytes) -> None:
    card = ScriptedCard(GENERATION_1, lambda apdu: rest if apdu[1] in {0xC0, 0xA4} else None)
    with pytest.raises((Corrupt, Refused)):
        Reading(card).card(TODAY)
    assert len(card.sent) < 1100
