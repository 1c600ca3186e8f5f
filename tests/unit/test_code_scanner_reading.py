"""From what a scanner says to codes: whole, spoilt, and nobody's."""

from __future__ import annotations

import pytest

from drivers.base.status import Fault, FaultAction
from drivers.code_scanner.api import Symbology
from drivers.code_scanner.codec import LONGEST_CODE
from drivers.code_scanner.families.contract import Packet, Plain
from drivers.code_scanner.reading import HEARS_OUT_LINES_S, HEARS_OUT_S, Came, Code, Nobodys, Reading

NOW_S = 100.0


@pytest.fixture
def reading() -> Reading:
    return Reading("")


def took(reading: Reading, data: bytes, now_s: float = NOW_S) -> list[Came]:
    return list(reading.take(Plain(data), now_s))


def packet(data: bytes, *, more: bool = False) -> Packet:
    return Packet(data, Symbology.QR, again=False, more=more)


def code(text: str, symbology: Symbology = Symbology.UNKNOWN, *, is_ended: bool = True) -> Code:
    return Code(text.encode(), text, symbology, is_ended)


def codes(came: list[Came]) -> list[str]:
    return [one.code for one in came if isinstance(one, Fault)]


def test_lines_are_codes_and_so_is_what_silence_ends(reading: Reading) -> None:
    assert took(reading, b"one\r\ntw") == [code("one")]
    assert reading.is_inside_code
    assert took(reading, b"o") == []
    assert list(reading.fell_silent()) == [code("two", is_ended=False)]
    assert not reading.is_inside_code
    assert list(reading.fell_silent()) == []


def test_packets_are_put_together(reading: Reading) -> None:
    assert list(reading.take(packet(b"on", more=True), NOW_S)) == []
    assert list(reading.take(packet(b"e"), NOW_S)) == [code("one", Symbology.QR)]


def test_what_is_too_long_or_no_text_is_told_and_forgotten(reading: Reading) -> None:
    assert codes(took(reading, b"x" * (LONGEST_CODE + 1) + b"\r")) == ["code_scanner.too_long"]
    assert codes(took(reading, b"\x00\x01\r")) == ["code_scanner.unreadable"]
    for _ in range(LONGEST_CODE // 200 + 2):
        assert list(reading.take(packet(b"x" * 200, more=True), NOW_S)) == []
    assert codes(list(reading.take(packet(b""), NOW_S))) == ["code_scanner.too_long"]
    assert took(reading, b"next\r") == [code("next")]


def test_a_packet_given_up_takes_its_first_part_with_it(reading: Reading) -> None:
    damaged = Fault("code_scanner.damaged", FaultAction.CLEAR)
    list(reading.take(packet(b"half", more=True), NOW_S))
    assert list(reading.take(damaged, NOW_S)) == [damaged]
    assert list(reading.take(packet(b"whole"), NOW_S)) == [code("whole", Symbology.QR)]


@pytest.mark.parametrize("forget", [Reading.forget, Reading.forget_line])
def test_what_was_begun_is_forgotten(reading: Reading, forget) -> None:
    took(reading, b"half")
    forget(reading)
    assert not reading.is_inside_code
    assert took(reading, b"whole\r") == [code("whole")]


def test_another_scanner_has_yet_to_show_that_it_ends_its_codes(reading: Reading) -> None:
    took(reading, b"AAAA\r")
    reading.forget()
    took(reading, b"BBBB")
    assert not reading.would_be_deaf_for_long(NOW_S)


def test_packets_begun_on_another_link_are_forgotten(reading: Reading) -> None:
    list(reading.take(packet(b"half", more=True), NOW_S))
    reading.forget()
    assert list(reading.take(packet(b"whole"), NOW_S)) == [code("whole", Symbology.QR)]


@pytest.mark.parametrize(("has_line_ends", "deaf_s"), [(True, HEARS_OUT_LINES_S), (False, HEARS_OUT_S)])
def test_the_rest_of_a_broken_off_code_is_nobody_s(reading: Reading, has_line_ends: bool, deaf_s: float) -> None:
    reading.has_line_ends = has_line_ends
    took(reading, b"AAAA-00")
    assert reading.would_be_deaf_for_long(NOW_S) is has_line_ends
    list(reading.fell_silent())
    reading.hear_out(NOW_S + 0.2)
    assert took(reading, b"01-AAAA\r", NOW_S + deaf_s - 0.1) == [Nobodys()]
    assert took(reading, b"BBBB\r", NOW_S + deaf_s) == [code("BBBB")]


def test_the_rest_of_a_code_in_packets_is_nobody_s_however_long_it_takes(reading: Reading) -> None:
    list(reading.take(packet(b"AA", more=True), NOW_S))
    assert not reading.would_be_deaf_for_long(NOW_S)
    reading.hear_out(NOW_S + 0.2)
    for number in range(3):
        assert list(reading.take(packet(b"AA", more=True), NOW_S + 0.9 * (number + 1))) == [Nobodys()]
    assert list(reading.take(packet(b"AA"), NOW_S + 3.6)) == [Nobodys()]
    assert list(reading.take(packet(b"whole"), NOW_S + 3.6)) == [code("whole", Symbology.QR)]


def test_a_rest_in_packets_that_never_comes_costs_a_moment(reading: Reading) -> None:
    list(reading.take(packet(b"AA", more=True), NOW_S))
    reading.hear_out(NOW_S + 0.2)
    assert list(reading.take(packet(b"whole"), NOW_S + HEARS_OUT_S)) == [code("whole", Symbology.QR)]


def test_a_whole_code_is_followed_by_the_next_at_once(reading: Reading) -> None:
    took(reading, b"AAAA\r")
    assert not reading.would_be_deaf_for_long(NOW_S)
    reading.hear_out(NOW_S)
    assert took(reading, b"BBBB\r") == [code("BBBB")]
    assert reading.has_line_ends, "it has shown that"


def test_a_scanner_that_turned_out_to_end_no_code_is_heard_out_shortly(reading: Reading) -> None:
    reading.has_line_ends = True
    took(reading, b"AAAA")
    list(reading.fell_silent())
    reading.had_no_line_ends()
    assert not reading.would_be_deaf_for_long(NOW_S)
    reading.hear_out(NOW_S)
    assert took(reading, b"BBBB\r", NOW_S + HEARS_OUT_S) == [code("BBBB")]


def test_the_configured_charset_alone_is_read() -> None:
    chinese = Reading("gb18030")
    assert took(chinese, "样例".encode("gb18030") + b"\r") == [
        Code("样例".encode("gb18030"), "样例", Symbology.UNKNOWN, is_ended=True)
    ]
