"""From the citizen's rating, on the pad or on the second screen, to what they see of it there: run by `make bench`.

The real window program with its Qt loop on an X display of two monitors, the hub beside it, the simulated pad on its
paced serial line. The pixels are looked at from outside, in the picture of the X server. For the pad that is the whole
way: driver, session, case thread, journal (what a snapshot shows is on disk), crossing, both windows, paint.

Judged by the median: on two cores that are shared with other programs the slowest cases tell of those programs. p95 and
the worst are printed beside it; on a machine of its own they belong below the limit, too.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import cv2
import pytest

from simulators.demo.display import PrivateDisplay
from simulators.demo.hall import Hall
from simulators.demo.hands import Hands
from simulators.demo.screen_map import Screen, connect
from simulators.demo.stage import Stage
from simulators.demo.story import CLERK, CLERK_PIN
from tests.support.desk_scenes import paper
from tests.support.screen_watch import Finger, Patch

ROUNDS = 20
REACTION_S = 0.05
PAGE_PX = (1654, 2339)  # A4 at 200 dpi, as the document camera makes it
RESTS_S = 0.3  # between two cases, so that nothing of the last one is under way
SATISFIED, VERY_DISSATISFIED = 5, 1
ANOTHER = 3  # a key that is not touched: it changes only with the page


class RatingHall(Hall):
    """A hall whose window takes up another case at the rating whenever it is told."""

    def start_window(self, *more: str) -> None:
        page = self.folder / "page.jpg"
        assert cv2.imwrite(str(page), paper(1, PAGE_PX))
        log = self.log_of("window").open("a", encoding="utf-8")
        self._logs.append(log)
        self._window = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.support.rating_window", str(page), "window"),
                *("--config", str(self.config), "--inspect", str(self.inspector), "--with-parent", *more),
            ],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            text=True,
        )

    def next_case(self) -> None:
        assert self._window is not None
        assert self._window.stdin is not None
        self._window.stdin.write("\n")
        self._window.stdin.flush()

    def end_window(self, *arguments: object) -> int | None:
        if self._window is not None and self._window.stdin is not None:
            self._window.stdin.close()
        return super().end_window()


class Citizens:
    """One after the other they come to the rating."""

    def __init__(self, hall: RatingHall, display: PrivateDisplay, stage: Stage, finger: Finger) -> None:
        self.hall = hall
        self.finger = finger
        self._display = display
        self._stage = stage

    def invited(self) -> None:
        """The next one is asked, on pad and screen; of the one before nothing is under way any more."""
        self.hall.next_case()
        stage = self._stage
        stage.until("the next case", lambda s: s.step == "review" and s.facts["queued"] == 0)
        stage.device_until("evaluator", "the five keys", lambda state: state["page"] == "rating", within_s=10)
        stage.rest(RESTS_S)

    def key(self, level: int) -> Patch:
        """The key of `level` on the second screen as it stands there."""
        return Patch(self._display, self._stage.eyes.widget(f"citizen.rate.{level}"))

    def over(self, level: int) -> None:
        """A finger above a key."""
        self.finger.over(*self._stage.eyes.widget(f"citizen.rate.{level}").middle)
        self._stage.rest()

    def answered(self, level: int) -> None:
        """What was painted was the right thing: asked why, if not satisfied; then the case is sealed, once rated."""
        stage = self._stage
        if level == VERY_DISSATISFIED:
            stage.eyes.widget("citizen.reasons.next")
            stage.click("citizen.reasons.skip")
        screen = stage.until_step("sealed")
        assert screen.facts["review"] == "rated"
        assert not any(widget.name.startswith(("citizen.rate", "citizen.reasons")) for widget in screen.widgets)


@pytest.fixture(scope="module")
def citizens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Citizens]:
    with ExitStack() as undo:
        display = PrivateDisplay()
        display.start()
        undo.callback(display.stop)
        hall = RatingHall(tmp_path_factory.mktemp("hall"), display.environment(), fast=True)
        undo.callback(hall.stop)
        hall.start()
        eyes = connect(hall.inspector, within_s=30)
        undo.callback(eyes.close)
        stage = Stage(hall, Hands(display.environment()), eyes, display, hall.folder / "pictures")
        eyes.widget("clerk.sign_in.staff_id", within_s=30)
        stage.fill("clerk.sign_in.staff_id", CLERK)
        stage.fill("clerk.sign_in.pin", CLERK_PIN)
        stage.hands.key("Return")
        stage.until("signed in", signed_in)
        yield Citizens(hall, display, stage, undo.enter_context(Finger(display)))


def signed_in(screen: Screen) -> bool:
    return bool(screen.facts["signed_in"])


def judge(capsys, title: str, took_s: list[float]) -> None:
    took_ms = sorted(seconds * 1000 for seconds in took_s)
    median_ms = statistics.median(took_ms)
    with capsys.disabled():
        print(
            f"\n{title}: median {median_ms:.1f} ms (at most {REACTION_S * 1000:.0f} ms), p95 "
            f"{took_ms[int(len(took_ms) * 0.95) - 1]:.1f} ms, least {took_ms[0]:.1f} ms, most of {len(took_ms)} "
            f"{took_ms[-1]:.1f} ms"
        )
    assert median_ms <= REACTION_S * 1000


@pytest.mark.benchmark
@pytest.mark.parametrize(("level", "then"), [(SATISFIED, "thanked"), (VERY_DISSATISFIED, "asked why")])
def test_bench_key_on_the_pad_to_screen(capsys, citizens: Citizens, level: int, then: str) -> None:
    """From the press, which is before the key's frame is on the wire, to the second screen's next page."""
    took_s: list[float] = []
    for _ in range(ROUNDS):
        citizens.invited()
        page = citizens.key(ANOTHER)
        at_s = time.monotonic()
        citizens.hall.do("evaluator", "press", level=level)
        took_s.append(page.painted_at_s() - at_s)
        citizens.answered(level)
    judge(capsys, f"pad: key to the second screen, {then}", took_s)


@pytest.mark.benchmark
def test_bench_touch_to_screen(capsys, citizens: Citizens) -> None:
    """A key is drawn as pressed while the finger is on it, and answers when it is let go, as every button does."""
    pressed_s: list[float] = []
    answered_s: list[float] = []
    for _ in range(ROUNDS):
        citizens.invited()
        citizens.over(SATISFIED)
        touched, page = citizens.key(SATISFIED), citizens.key(ANOTHER)
        at_s = citizens.finger.down()
        pressed_s.append(touched.painted_at_s() - at_s)
        at_s = citizens.finger.up()
        answered_s.append(page.painted_at_s() - at_s)
        citizens.answered(SATISFIED)
    judge(capsys, "second screen: touch to the pressed key", pressed_s)
    judge(capsys, "second screen: finger lifted to the answer", answered_s)
