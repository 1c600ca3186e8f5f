"""What a chapter of the demonstration works with: the hall, hands, eyes, and a camera for pictures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from simulators.demo.display import CITIZEN, STAFF, PrivateDisplay
from simulators.demo.hall import Hall
from simulators.demo.hands import Hands
from simulators.demo.screen_map import NotThere, Screen, ScreenMap

# A person needs longer than a program: the pictures and the input must not run ahead of the paint.
_SETTLE_S = 0.15
_TRIES = 5
_LOOKS = 5


class Stage:
    """Hands and eyes at one running hall. One thread."""

    def __init__(
        self, hall: Hall, hands: Hands, eyes: ScreenMap, display: PrivateDisplay | None, pictures: Path
    ) -> None:
        self.hall = hall
        self.hands = hands
        self.eyes = eyes
        self.marks: dict[str, float] = {}
        self._display = display
        self._pictures = pictures
        self._taken = 0
        self._pause = threading.Event()

    def click(self, name: str, within_s: float = 15.0) -> None:
        """Press a widget with the pointer, once it can be pressed."""
        self.hands.click(*self.eyes.widget(name, within_s).middle)

    def fill(self, name: str, text: str) -> None:
        """Put the cursor into a field, type over what is in it, and see that it arrived.

        XTEST drops a character now and then when it has to put Chinese ones onto the keyboard first; a person
        would see it and type again. `NotThere` when it does not arrive in five tries.
        """
        for _ in range(_TRIES):
            self.click(name)
            self.hands.key("ctrl+a")
            self.hands.type(text)
            for _ in range(_LOOKS):
                field = self.eyes.screen().find(name)
                if field is not None and field.text == text:
                    return
                self._pause.wait(_SETTLE_S)
        raise NotThere(f"{name} does not take {text!r}")

    def until_step(self, step: str, within_s: float = 20.0) -> Screen:
        """Wait until the case stands at `step` and says it is saved."""
        return self.eyes.until(f"step {step}", lambda screen: screen.step == step, within_s)

    def until(self, what: str, seen: Callable[[Screen], bool], within_s: float = 20.0) -> Screen:
        """Wait for anything else."""
        return self.eyes.until(what, seen, within_s)

    def device_until(self, device: str, what: str, seen: Callable[[dict[str, object]], bool], within_s: float) -> None:
        """Wait until a device is as it should be."""
        end_s = time.monotonic() + within_s
        while not seen(state := self.hall.state(device)):
            if time.monotonic() > end_s:
                raise NotThere(f"{device}: {what} did not come within {within_s:.0f} s; it is {state}")
            self._pause.wait(0.03)

    def mark(self, name: str) -> None:
        """Remember the monotonic second at which something happened."""
        self.marks[name] = time.monotonic()

    def rest(self, seconds: float = _SETTLE_S) -> None:
        """Give the eyes time: a paint, an animation."""
        self._pause.wait(seconds)

    def picture(self, name: str) -> None:
        """Both screens as PNG files, numbered in order; nothing on somebody's own display."""
        if self._display is None:
            return
        self.rest()
        self._taken += 1
        self._pictures.mkdir(parents=True, exist_ok=True)
        for monitor in (STAFF, CITIZEN):
            path = self._pictures / f"{self._taken:02}-{name}-{monitor.name.lower()}.png"
            self._display.picture(monitor).save(path, compress_level=1)
