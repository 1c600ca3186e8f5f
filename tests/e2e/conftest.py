"""The hall in processes of its own, on a private display with two monitors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulators.demo.display import PrivateDisplay
from simulators.demo.hall import Hall
from simulators.demo.hands import Hands
from simulators.demo.screen_map import ScreenMap, connect
from simulators.demo.stage import Stage
from simulators.demo.story import CLERK, CLERK_PIN
from terminal.cases.model import Step
from tests.support.open_case import LeftCase, leave_case


class Scene:
    """A hall, its display, and hands and eyes at it."""

    def __init__(self, hall: Hall, display: PrivateDisplay, pictures: Path) -> None:
        self.hall = hall
        self.display = display
        self._pictures = pictures
        self._eyes: list[ScreenMap] = []
        self.left: LeftCase | None = None

    def leave(self, step: Step) -> None:
        """Before the window starts: a case was left at `step`."""
        self.left = leave_case(self.hall.config, step)

    def open(self) -> Stage:
        """Start the window and sign in."""
        self.hall.start_window()
        return self.come_back()

    def come_back(self) -> Stage:
        """Look at a window that was just started, and sign in."""
        eyes = connect(self.hall.inspector, within_s=20)
        self._eyes.append(eyes)
        stage = Stage(self.hall, Hands(self.display.environment()), eyes, self.display, self._pictures)
        eyes.widget("clerk.sign_in.staff_id", within_s=20)
        stage.fill("clerk.sign_in.staff_id", CLERK)
        stage.fill("clerk.sign_in.pin", CLERK_PIN)
        stage.hands.key("Return")
        stage.until("signed in", lambda screen: bool(screen.facts["signed_in"]))
        return stage

    def close(self) -> None:
        """Hang up."""
        for eyes in self._eyes:
            eyes.close()


@pytest.fixture(scope="session")
def display() -> Iterator[PrivateDisplay]:
    made = PrivateDisplay()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def scene(display: PrivateDisplay, tmp_path: Path) -> Iterator[Scene]:
    """Devices (without waits), hub and configuration stand; the window is started by the test."""
    hall = Hall(tmp_path / "hall", display.environment(), fast=True)
    made = Scene(hall, display, tmp_path / "pictures")
    try:
        hall.start_devices()
        hall.start_hub()
        hall.write_config()
        yield made
        assert hall.end_window() in {None, 0}, f"the window does not end: see {hall.log_of('window')}"
    finally:
        made.close()
        hall.stop()


@pytest.fixture
def at(scene: Scene) -> Callable[[Step], Stage]:
    """Open the window at a case that was left at a step."""

    def opened(step: Step) -> Stage:
        scene.leave(step)
        return scene.open()

    return opened
