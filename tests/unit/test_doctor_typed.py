"""A scanner that types like a keyboard: heard at the console, judged as the window would, and proved able to fail."""

from __future__ import annotations

import os
import termios
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import msgspec
import numpy as np
import pytest
from rich.console import Console

from drivers.code_scanner.options import read_options
from kiosk_ui.shell import wedge
from terminal.config import DeviceEntry
from terminal.diagnostics import scan_checks, typed
from terminal.diagnostics.check import Finding, Outcome
from terminal.diagnostics.person import AtTheConsole, drawn
from terminal.diagnostics.scan_checks import TypedScanCheck, internal
from tests.support.sim_lines import nothing_left_over
from tests.support.technician import Technician, TypingClock, around

W = Outcome
WEDGE = DeviceEntry(id="scanner", kind="code_scanner", url="wedge://", needed="required")
CODE = "Yichuang-Check-0a1b2c"
QUICK, SLOW = 0.004, 0.06


def keys(text: str, gap_s: float = QUICK, first_s: float = 2.0) -> list[tuple[float, str]]:
    return [(first_s if at == 0 else gap_s, key) for at, key in enumerate(text)]


@pytest.fixture
def scan(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Finding]]:
    """Runs the check while `typed` comes in; the finding."""
    monkeypatch.setattr(scan_checks, "check_text", lambda: CODE)
    with nothing_left_over():
        receiving, typing = os.pipe()

        def run(*what: tuple[float, str], sees_codes: bool = True, keyboard: bool = True, gap_ms: str = "") -> Finding:
            person = Technician(keys=receiving if keyboard else None, sees_codes=sees_codes)
            surroundings = replace(around(), clock=TypingClock(typing, *what), person_s=30.0)
            entry = msgspec.structs.replace(WEDGE, options={"gap_ms": gap_ms} if gap_ms else {})
            return TypedScanCheck(entry, surroundings, person).run()

        yield run
        os.close(receiving)
        os.close(typing)


def test_without_a_scan_nobody_knows_and_the_doctor_says_so() -> None:
    found = internal(WEDGE, around()).run()
    assert (found.outcome, found.state, found.stands_in_the_way) == (W.NOT_EXAMINED, "unknown", True)
    assert "无从知道" in found.zh
    assert "interactive" in found.zh


def test_the_code_on_the_screen_typed_quickly_and_ended_works(scan: Callable[..., Finding]) -> None:
    found = scan(*keys(CODE + "\r"))
    assert (found.outcome, found.zh) == (W.WORKS, "扫到了屏幕上的码，内容一字不差。")
    assert found.detail == "21 characters, 4 ms each, longest pause 4 ms"
    assert CODE not in f"{found}"


@pytest.mark.parametrize(
    ("what", "outcome", "word"),
    [
        ([], W.BROKEN, "没有收到"),
        (keys(CODE), W.BROKEN, "没有以回车结束"),
        (keys(CODE + "\r", SLOW), W.BROKEN, "太慢"),
        ([*keys(CODE[:9]), (0.2, CODE[9]), *keys(CODE[10:] + "\r", first_s=QUICK)], W.WARNING, "停顿"),
        (keys(CODE.swapcase() + "\n"), W.BROKEN, "大写锁定"),
        (keys(CODE.replace("-", "ß") + "\n"), W.WARNING, "键盘布局"),
        (keys("6901234567892\n"), W.WARNING, "不是屏幕上那个码"),
        ([(31.0, CODE + "\n")], W.BROKEN, "没有收到"),
    ],
)
def test_what_the_window_would_not_take_is_told_with_its_reason(
    scan: Callable[..., Finding], what: list[tuple[float, str]], outcome: Outcome, word: str
) -> None:
    found = scan(*what)
    assert found.outcome is outcome
    assert word in found.zh
    assert found.state == ("unknown" if word == "没有收到" else "online"), "what has typed is there"
    assert found.stands_in_the_way is (outcome is W.BROKEN)


def test_enter_and_a_few_keys_before_the_scan_are_passed_over(scan: Callable[..., Finding]) -> None:
    assert scan(*keys("\n"), *keys("ok\n", SLOW), *keys(CODE + "\r\n")).outcome is W.WORKS


def test_where_no_code_can_be_shown_any_will_do(scan: Callable[..., Finding]) -> None:
    found = scan(*keys("6901234567892\n"), sees_codes=False)
    assert (found.outcome, "没有核对" in found.zh) == (W.WORKS, True)


def test_without_a_keyboard_it_says_where_to_go(scan: Callable[..., Finding]) -> None:
    found = scan(keyboard=False)
    assert (found.outcome, found.state, found.stands_in_the_way) == (W.NOT_EXAMINED, "unknown", True)


def test_a_console_that_was_closed_is_nothing_typed() -> None:
    receiving, typing = os.pipe()
    os.close(typing)
    assert typed.burst(around().clock, receiving, 5.0) is None
    os.close(receiving)


@pytest.mark.parametrize(("gap_ms", "outcome"), [("80", W.WORKS), ("50", W.BROKEN)])
def test_the_pace_is_what_the_configuration_says(scan: Callable[..., Finding], gap_ms: str, outcome: Outcome) -> None:
    assert scan(*keys(CODE + "\r", SLOW), gap_ms=gap_ms).outcome is outcome


def test_the_console_judges_by_the_window_s_own_limits() -> None:
    assert wedge.gap_ms_of([WEDGE]) == read_options({}).gap_s * 1000
    assert typed.LEAST_CHARACTERS == wedge.LEAST_CHARACTERS


# the console


def test_at_a_terminal_keys_come_one_by_one_unechoed_and_its_modes_return() -> None:
    ours, theirs = os.openpty()
    before = termios.tcgetattr(theirs)
    person = AtTheConsole(Console(), theirs, english=False)
    got: list[typed.Burst | None] = []
    try:
        with person.keyboard() as fd:
            assert fd == theirs
            reading = threading.Thread(target=lambda: got.append(typed.burst(around().clock, theirs, 10.0)))
            reading.start()
            os.write(ours, b"Yichuang-Check-1\r")
            reading.join(15)
        assert got
        assert got[0] is not None
        assert (got[0].text, got[0].ended) == ("Yichuang-Check-1", True)
        os.set_blocking(ours, False)
        with pytest.raises(BlockingIOError):
            os.read(ours, 100)  # an echo would stand here
        assert termios.tcgetattr(theirs) == before
    finally:
        os.close(ours)
        os.close(theirs)


def test_without_a_terminal_there_is_no_keyboard_and_no_code() -> None:
    receiving, typing = os.pipe()
    with open(typing, "w", encoding="utf-8") as out:
        person = AtTheConsole(Console(file=out), receiving, english=False)
        with person.keyboard() as fd:
            assert fd is None
        assert not person.show_code("x")
    os.close(receiving)


def test_the_code_that_is_drawn_can_be_read() -> None:
    lines = drawn(CODE)
    assert len({len(line) for line in lines}) == 1
    halves = {" ": (255, 255), "▀": (0, 255), "▄": (255, 0), "█": (0, 0)}
    rows = [[halves[character][half] for character in line] for line in lines for half in (0, 1)]
    picture = np.kron(np.array(rows, np.uint8), np.ones((8, 8), np.uint8))
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    assert text == CODE


def test_each_code_is_another() -> None:
    assert len({scan_checks.check_text() for _ in range(10)}) == 10
