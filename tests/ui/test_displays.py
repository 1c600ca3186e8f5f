"""Which window stands on which screen: the decision as a table, and real windows on a real X server."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from PyQt6.QtCore import QRect

from kiosk_ui.shell.displays import Arrangement, Placement, Wanted, decide, side_by_side

TWO, ONE = Arrangement.TWO_SCREENS, Arrangement.ONE_SCREEN
ROOT = Path(__file__).parents[2]
RETURN_S = 1.0  # the citizen's window is back within this time


@pytest.mark.parametrize(
    ("screens", "primary", "wanted", "before", "expected"),
    [
        pytest.param(("A", "B"), "A", Wanted(), None, Placement(TWO, "A", "B"), id="unnamed: primary and other"),
        pytest.param(("A", "B"), "B", Wanted(), None, Placement(TWO, "B", "A"), id="the primary screen is the clerk's"),
        pytest.param(("A", "B"), "A", Wanted("B", "A"), None, Placement(TWO, "B", "A"), id="names win over primary"),
        pytest.param(("A", "B"), "A", Wanted("", "A"), None, Placement(TWO, "B", "A"), id="clerk gets what is left"),
        pytest.param(("A", "B"), "A", Wanted("B", ""), None, Placement(TWO, "B", "A"), id="citizen gets what is left"),
        pytest.param(("A",), "A", Wanted(), None, Placement(ONE, "A", "A"), id="laptop"),
        pytest.param(
            ("A", "B"), "A", Wanted(), Placement(ONE, "A", "A"), Placement(TWO, "A", "B"), id="laptop, docked"
        ),
        pytest.param((), "", Wanted(), None, Placement(ONE, "", ""), id="no screen at all"),
        pytest.param(("A",), "A", Wanted("", "B"), None, Placement(TWO, "A", ""), id="named screen still off at start"),
        pytest.param(
            ("A",), "A", Wanted(), Placement(TWO, "A", "B"), Placement(TWO, "A", ""), id="unplugged is no laptop"
        ),
        pytest.param(
            ("B",), "B", Wanted(), Placement(TWO, "A", "B"), Placement(TWO, "", "B"), id="the clerk does not jump over"
        ),
        pytest.param(
            ("A", "B"), "B", Wanted(), Placement(TWO, "A", "B"), Placement(TWO, "A", "B"), id="new primary, same places"
        ),
        pytest.param(
            ("A", "C"), "A", Wanted(), Placement(TWO, "A", "B"), Placement(TWO, "A", "C"), id="another socket, unnamed"
        ),
        pytest.param(
            ("A", "C"),
            "A",
            Wanted("", "B"),
            Placement(TWO, "A", "B"),
            Placement(TWO, "A", ""),
            id="a screen is waited for",
        ),
        pytest.param(
            ("C", "B"), "B", Wanted("A", "B"), None, Placement(TWO, "", "B"), id="the clerk's screen is waited for too"
        ),
        pytest.param(
            ("C", "B"), "B", Wanted(), Placement(TWO, "A", "B"), Placement(TWO, "C", "B"), id="clerk in another socket"
        ),
        pytest.param((), "", Wanted(), Placement(TWO, "A", "B"), Placement(TWO, "", ""), id="everything unplugged"),
    ],
)
def test_decision(
    screens: tuple[str, ...], primary: str, wanted: Wanted, before: Placement | None, expected: Placement
) -> None:
    assert decide(screens, primary, wanted, before) == expected


def test_no_decision_puts_both_windows_on_one_screen_of_two() -> None:
    names = ("A", "B", "C")
    for primary in names:
        for clerk in ("", *names):
            for citizen in ("", *names):
                if clerk and clerk == citizen:
                    continue
                before = decide(names, primary, Wanted(clerk, citizen), None)
                for left in (("A",), ("B",), ("C",), ("A", "B"), ("A", "C"), ("B", "C"), names):
                    now = decide(left, left[0], Wanted(clerk, citizen), before)
                    assert now.arrangement is TWO
                    assert not now.clerk or now.clerk != now.citizen


def test_one_wide_screen_is_split_and_a_narrow_one_overlapped() -> None:
    clerk, citizen = side_by_side(QRect(0, 0, 2560, 1440))
    assert not clerk.intersects(citizen)
    narrow = QRect(0, 0, 1366, 768)
    clerk, citizen = side_by_side(narrow)
    assert clerk == narrow
    assert narrow.contains(citizen)


# with real windows

STAFF = ("*STAFF", "1280/340x800/212+0+0", "screen")
CITIZEN = ("CITIZEN", "1024/270x768/200+1280+0", "none")
STAFF_AREA, CITIZEN_AREA = [0, 0, 1280, 800], [1280, 0, 1024, 768]


class Screens:
    """An X server whose monitors are plugged in and out, and the windows of the child on it."""

    def __init__(self, display: str, child: subprocess.Popen[str]) -> None:
        self._display = display
        self._child = child
        self._lines: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()
        self.history: list[dict[str, object]] = []
        assert child.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(child.stdout,))
        self._reader.start()

    def _read(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                self._lines.put(json.loads(line))

    def until(self, within_s: float = 20.0, **wanted: object) -> float:
        """Wait until the child says this; the seconds it took."""
        began_s = time.monotonic()
        last: dict[str, object] = {}
        while True:
            left_s = began_s + within_s - time.monotonic()
            try:
                last = self._lines.get(timeout=max(0.01, left_s))
            except queue.Empty:
                pytest.fail(f"wanted {wanted}, got {last or self.history[-1:]}")
            self.history.append(last)
            if all(last[name] == value for name, value in wanted.items()):
                return time.monotonic() - began_s

    def monitor(self, *args: str) -> None:
        """Plug a monitor in (name, geometry, output) or out (name)."""
        verb = "--setmonitor" if len(args) == 3 else "--delmonitor"
        subprocess.run(["xrandr", verb, *args], env={**os.environ, "DISPLAY": self._display}, check=True, timeout=10)

    def move_citizen(self) -> None:
        """Move the citizen's window to the clerk's screen."""
        assert self._child.stdin is not None
        self._child.stdin.write("move\n")
        self._child.stdin.flush()

    def join(self) -> None:
        """Wait for the reader."""
        self._reader.join(5)


@contextmanager
def screens(*monitors: tuple[str, str, str], names: tuple[str, str] = ("-", "-")) -> Iterator[Screens]:
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "2304x800x24", "-noreset", "-nolisten", "tcp"],
        pass_fds=(write_end,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    child: subprocess.Popen[str] | None = None
    made: Screens | None = None
    try:
        with os.fdopen(read_end) as pipe:
            display = f":{pipe.readline().strip()}"
        env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
        for monitor in monitors:
            subprocess.run(["xrandr", "--setmonitor", *monitor], env=env, check=True, timeout=10)
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.support.displays_child", *names],
            env=env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        made = Screens(display, child)
        yield made
    finally:
        if child is not None:
            child.communicate("", timeout=10) if made is None else _end(child)
        if made is not None:
            made.join()
        server.terminate()
        server.wait(10)


def _end(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.close()
    try:
        child.wait(10)
    finally:
        child.kill()
        child.wait(10)


def test_the_citizens_window_goes_with_its_screen_and_comes_back_with_it() -> None:
    with screens(STAFF, CITIZEN) as on:
        on.until(clerk=STAFF_AREA, citizen=CITIZEN_AREA, present=True, signals=[True])
        on.monitor("CITIZEN")
        on.until(citizen=None, clerk=STAFF_AREA, present=False, signals=[True, False])
        on.monitor(*CITIZEN)
        took_s = on.until(clerk=STAFF_AREA, citizen=CITIZEN_AREA, present=True, signals=[True, False, True])
        assert took_s < RETURN_S
        on.monitor("CITIZEN")
        on.until(citizen=None, present=False)
        assert all(seen["citizen"] in (None, CITIZEN_AREA) for seen in on.history[1:]), "it stood somewhere else"
        assert all(seen["clerk"] == STAFF_AREA for seen in on.history[1:]), "the clerk was disturbed"
        assert on.history[-1]["left_open"] == [], "it was still open when Qt moved the windows of the lost screen"


def test_the_clerks_window_does_not_jump_to_the_citizens_side() -> None:
    with screens(STAFF, CITIZEN, names=("STAFF", "CITIZEN")) as on:
        on.until(clerk=STAFF_AREA, citizen=CITIZEN_AREA)
        on.monitor("STAFF")
        on.until(clerk=None, citizen=CITIZEN_AREA)
        on.monitor(*STAFF)
        assert on.until(clerk=STAFF_AREA, citizen=CITIZEN_AREA) < RETURN_S
        assert all(seen["clerk"] in (None, STAFF_AREA) for seen in on.history[1:])
        assert on.history[-1]["left_open"] == []


def test_one_screen_shows_two_ordinary_windows_until_a_second_one_comes() -> None:
    with screens(STAFF) as on:
        on.until(arrangement="one_screen", present=True, citizen=[256, 32, 1024, 768])
        on.monitor(*CITIZEN)
        on.until(arrangement="two_screens", clerk=STAFF_AREA, citizen=CITIZEN_AREA)
        on.monitor("CITIZEN")
        on.until(arrangement="two_screens", citizen=None, present=False)


def test_a_window_that_is_moved_to_the_other_side_is_hidden_and_brought_back() -> None:
    with screens(STAFF, CITIZEN) as on:
        on.until(clerk=STAFF_AREA, citizen=CITIZEN_AREA)
        on.move_citizen()
        on.until(citizen=None, clerk=STAFF_AREA)
        assert on.until(clerk=STAFF_AREA, citizen=CITIZEN_AREA) < RETURN_S
        assert all(seen["citizen"] in (None, CITIZEN_AREA) for seen in on.history[1:]), "it was seen on the wrong side"
