"""What a trace keeps of a card and its reader: the shape of every record, no value, no chip's number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.smart_card.masking import AnswerMask, build, masked_atr
from drivers.smart_card.notes import Call, CallFailed, CardIn, CardOut

SELECT_EF06 = bytes.fromhex("00a4020002ef06")
GET_RESPONSE = bytes.fromhex("00c0000010")


def read_record(number: int) -> bytes:
    return bytes((0x00, 0xB2, number, 0x04, 0x00))


def masked(*talk: tuple[bytes, str]) -> str:
    """The masked answers of commands and answers, one behind another."""
    masker = build()
    said: list[str] = []
    for apdu, answer in talk:
        assert masker.to_device.feed(apdu) == apdu
        said.append(masker.from_device.feed(bytes.fromhex(answer)).hex())
    return " ".join(said)


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        ("0201339000", "0201339000"),
        ("0304332e30309000", "0304332e30309000"),
        ("0303414243" + "9000", "0303000000" + "9000"),
        ("0709433030303030303033" + "9000", "0709" + "00" * 9 + "9000"),
        ("0906c0eed1f9b1be" + "9000", "0906d1f9b1be0000" + "9000"),
        ("0902c0ee" + "9000", "09027878" + "9000"),
        ("0b023033" + "9000", "0b023031" + "9000"),
        ("0d0419880614" + "9000", "0d0419491231" + "9000"),
        ("0604ffffffff" + "9000", "0604ffffffff" + "9000"),
        ("0901ff9000", "0901ff9000"),
        ("0d0419880614ffff" + "9000", "0d0419491231" + "0000" + "9000"),
    ],
)
def test_a_record_keeps_tag_and_length(record: str, kept: str) -> None:
    assert masked((read_record(1), record)) == kept


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        ("0d0419881314" + "9000", "0d0480808080" + "9000"),
        ("0812" + "41" * 18 + "9000", "0812" + "80" * 18 + "9000"),
        ("0902c0ff" + "9000", "09028080" + "9000"),
        ("0d06198806" + "9000", "0d06000000" + "9000"),
        ("0d041988061431" + "9000", "0d041949123178" + "9000"),
        ("0d", "00"),
        ("", ""),
    ],
)
def test_what_is_refused_is_still_refused(record: str, kept: str) -> None:
    assert masked((read_record(1), record)) == kept


def test_the_rest_of_a_long_name_is_known_by_its_place() -> None:
    third = "4e04d0e9b9b9" + "9000"
    assert masked((SELECT_EF06, "9000"), (read_record(3), third)) == "9000 4e04000000009000"
    assert masked((bytes.fromhex("00b2033400"), third)) == "4e04000000009000"
    assert masked((SELECT_EF06, "9000"), (read_record(3), "4e02d0009000")) == "9000 4e0280809000"
    assert masked((SELECT_EF06, "9000"), (read_record(3), "0a01329000")) == "9000 0a01319000", "generation 1: the sex"
    for elsewhere in ((SELECT_EF06, "9000"), (read_record(4), third)), ((read_record(3), third),):
        assert masked(*elsewhere).endswith("0000000000009000"), "it may be anything"


def test_a_record_in_several_answers_is_one() -> None:
    first, rest = "0812303030303030313938" + "6109", "383036313430313733" + "9000"
    told = masked((read_record(1), first), (GET_RESPONSE, "6c09"), (GET_RESPONSE, rest))
    assert told == "0812313130313035313934" + "6109" + " 6c09 " + "393132333130303258" + "9000"
    assert masked((read_record(1), first), (read_record(2), "0201319000")).endswith(" 0201319000")
    assert masked((read_record(1), "6114"), (GET_RESPONSE, "0a01329000")) == "6114 0a01319000"
    assert masked((read_record(1), "0a01326105"), (GET_RESPONSE, "0a01329000")).endswith(" 0000009000")


def test_an_answer_whose_command_nobody_saw_is_zeros() -> None:
    assert AnswerMask().feed(bytes.fromhex("0812" + "31" * 18 + "9000")) == bytes(20) + b"\x90\x00"


@given(st.lists(st.tuples(st.sampled_from([SELECT_EF06, GET_RESPONSE, *map(read_record, range(1, 5))]), st.binary())))
def test_any_answers_keep_their_length_and_status_word(talk: list[tuple[bytes, bytes]]) -> None:
    masker = build()
    for apdu, answer in talk:
        masker.to_device.feed(apdu)
        told = masker.from_device.feed(answer)
        assert len(told) == len(answer)
        assert len(answer) < 2 or told[-2:] == answer[-2:]


# what is no bytes


@pytest.mark.parametrize(
    ("atr", "kept"),
    [
        ("3b6d00000031c071d66438d00300849000", "3b6d0000" + "00" * 13),  # T=0: no check byte
        ("3b8f8001804f0ca000000306030001000000006a", "3b8f8001" + "00" * 15 + "0e"),  # PC/SC part 3: a storage card
        ("3b80800101", "3b80800101"),
        ("3b8f8001804f0ca000000306030001000000006b", "3b8f8001" + "00" * 15 + "0f"),
        ("3b6d00000031c071", "00" * 8),
        ("3b", "00"),
        ("3bf0", "0000"),
        ("", ""),
    ],
    ids=["T=0", "T=1", "no history", "a wrong check byte", "cut", "one byte", "half an interface byte", "none"],
)
def test_of_an_answer_to_reset_the_historical_bytes_go(atr: str, kept: str) -> None:
    assert build().told(CardIn(bytes.fromhex(atr))) == {"atr": kept, "first": False}


@given(st.binary(max_size=40))
def test_any_bytes_are_an_answer_to_reset_or_zeros(atr: bytes) -> None:
    assert len(masked_atr(atr)) == len(atr)
    assert masked_atr(masked_atr(atr)) == masked_atr(atr)


def test_a_reader_s_doings_are_told() -> None:
    assert build().told(CardOut(first=True)) == {"first": True}
    assert build().told(CallFailed(Call.TRANSMIT, 0x80100016)) == {"call": "transmit", "code": "80100016"}
