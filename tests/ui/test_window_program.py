"""The window program: two windows over one core, its start, its end, and the keyboard that stays with the clerk."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kiosk_ui.shell.displays import Displays as DisplayKeeper
from kiosk_ui.shell.window_program import WindowOptions, WindowProgram
from terminal.cases.catalogue import Catalogue
from terminal.config import Displays
from terminal.intents import Intent
from terminal.snapshot import Snapshot
from tests.support import ui_scenes as scene


class QuietCore:
    """A core that publishes one snapshot when it is started, and notes that it was stopped."""

    def __init__(self) -> None:
        self.catalogue = Catalogue.load()
        self.posted: list[Intent] = []
        self.stopped = 0
        self._sink: Callable[[Snapshot], None] = lambda _: None

    def post(self, intent: Intent) -> None:
        self.posted.append(intent)

    def subscribe(self, sink: Callable[[Snapshot], None]) -> None:
        self._sink = sink

    def fetch_blob(self, blob: str, done: Callable[[bytes | None], None]) -> None:
        done(None)

    def start(self) -> None:
        self._sink(scene.snapshot(None, staff=None))

    def stop(self) -> None:
        self.stopped += 1


@pytest.fixture(autouse=True)
def screens_without_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The offscreen platform's screen has no name, so Displays (which has tests of its own) would show nothing."""

    def place(_: DisplayKeeper, clerk: QWidget, citizen: QWidget) -> None:
        clerk.show()
        citizen.show()

    monkeypatch.setattr(DisplayKeeper, "place", place)


@pytest.fixture
def core() -> QuietCore:
    return QuietCore()


@pytest.fixture
def program(qtbot: QtBot, core: QuietCore) -> Iterator[WindowProgram]:
    made = WindowProgram(core, Displays(), WindowOptions())
    made.start()
    qtbot.waitUntil(lambda: made.timings.start_to_usable_s is not None, timeout=5000)
    yield made
    made.stop()
    for window in (made.clerk_window, made.citizen_window):
        window.removeEventFilter(made)
        window.close()


def test_the_first_page_makes_the_window_usable_and_the_watch_begin(program: WindowProgram, qtbot: QtBot) -> None:
    assert program.facts()["signed_in"] is False
    qtbot.waitUntil(lambda: program.watchdog.longest_stall_ms() > 0, timeout=3000)


def test_whoever_closes_a_window_ends_the_program(
    program: WindowProgram, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(QApplication, "quit", lambda: asked.append(True))
    program.citizen_window.hide()  # an unplugged screen
    qtbot.wait(20)
    assert not asked
    program.clerk_window.close()
    qtbot.waitUntil(lambda: bool(asked), timeout=2000)


def test_a_touch_on_the_citizens_screen_never_takes_the_keyboard(program: WindowProgram) -> None:
    assert program.citizen_window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus


def test_the_core_is_stopped_once_and_nothing_is_drawn_afterwards(qtbot: QtBot, core: QuietCore) -> None:
    made = WindowProgram(core, Displays(), WindowOptions())
    made.start()
    qtbot.waitUntil(lambda: made.timings.start_to_usable_s is not None, timeout=5000)
    made.stop()
    assert core.stopped == 1
    core.start()  # a late snapshot
    qtbot.wait(20)
    assert not made.clerk_window.isVisible()
    assert not made.citizen_window.isVisible()
