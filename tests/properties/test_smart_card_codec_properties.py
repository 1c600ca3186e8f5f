"""The social security card's codec: any bytes give a value or Corrupt; whole cards come back as they were written."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from drivers.base.errors import Corrupt, Refused
from drivers.smart_card import codec
from drivers.smart_card.api import SocialSecurityCard
from drivers.smart_card.reading import Reading

TODAY = date(2026, 11, 24)
TAGS = st.integers(0, 255)
CHINESE = st.text(st.characters(codec="gbk", categories=["Lo"]), min_size=1, max_size=15)
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_corrupt(raw: bytes) -> None:
    try:
        answer = codec.response(raw)
    except Corrupt:
        assert len(raw) < 2
    else:
        assert answer.data + answer.sw.to_bytes(2, "big") == raw


@given(st.binary(max_size=300))
def test_any_bytes_are_a_record_or_corrupt(data: bytes) -> None:
    try:
        record = codec.record(data)
    except Corrupt:
        return
    whole = bytes((record.tag, len(record.value))) + record.value
    assert data.startswith(whole)
    assert set(data[len(whole) :]) <= {0x00, 0xFF}


@given(TAGS, st.binary(max_size=255), st.integers(0, 3), st.sampled_from((0x00, 0xFF)))
def test_a_record_comes_back_with_and_without_padding(tag: int, value: bytes, padding: int, byte: int) -> None:
    data = bytes((tag, len(value))) + value
    assert codec.record(data + bytes((byte,)) * padding) == codec.Record(tag, value)


@given(TAGS, st.binary(min_size=1, max_size=255), st.data())
def test_a_torn_record_is_never_read(tag: int, value: bytes, drawn: st.DataObject) -> None:
    data = bytes((tag, len(value))) + value
    kept = drawn.draw(st.integers(0, len(data) - 1))
    try:
        codec.record(data[:kept])
    except Corrupt:
        return
    raise AssertionError("a torn record was read")


@given(
    st.dictionaries(st.sampled_from((2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13)), st.binary(max_size=32)),
    st.binary(max_size=32),
)
def test_any_fields_are_a_card_or_corrupt(fields: dict[int, bytes], extension: bytes) -> None:
    card, why = None, ""
    try:
        card = codec.card(fields, extension, TODAY)
    except Corrupt as error:
        why = error.reason
    if card is None:
        assert re.fullmatch(r"a name that is no GBK|no name|a social .* none|date [01][0-9A-F] that is none", why)
        return
    assert isinstance(card, SocialSecurityCard)
    assert card.name.reveal()
    assert len(card.social_security_number.reveal()) == 18


@given(CHINESE, st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True), DAYS, DAYS, st.sampled_from((0x00, 0xFF)))
def test_what_was_written_is_read(name: str, number: str, born: date, until: date, padding: int) -> None:
    fields = {
        0x06: bytes.fromhex(f"{until:%Y%m%d}"),
        0x08: number.encode(),
        0x09: name.encode("gbk").ljust(30, bytes((padding,))),
        0x0D: bytes.fromhex(f"{born:%Y%m%d}"),
    }
    card = codec.card(fields, bytes((padding,)) * 20, TODAY)
    assert (card.name.reveal(), card.social_security_number.reveal()) == (name, number)
    assert card.birth_date is not None
    assert (card.birth_date.reveal(), card.valid_until) == (born, until)
    assert ("expired" in card.findings) is (until < TODAY)


@given(
    st.lists(st.one_of(st.binary(max_size=40), st.binary(max_size=6).map(lambda data: data + b"\x90\x00")), max_size=60)
)
def test_a_card_that_answers_anything_is_refused_or_corrupt_after_a_bounded_talk(answers: list[bytes]) -> None:
    sent: list[bytes] = []

    def transmit(apdu: bytes) -> bytes:
        sent.append(apdu)
        return answers[len(sent) % len(answers)] if answers else b""

    try:
        card = Reading(transmit).card(TODAY)
    except (Refused, Corrupt):
        card = None
    assert card is None or card.name.reveal()
    assert len(sent) < 20 * 1100
