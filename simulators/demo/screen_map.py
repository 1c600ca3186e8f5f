"""Asks a running window program where its named widgets are (its --inspect socket)."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

_ASK_EVERY_S = 0.03
ANSWER_WITHIN_S = 10.0


class NotThere(Exception):
    """What was waited for did not come; the message says what stands there instead."""


@dataclass(frozen=True, slots=True)
class Widget:
    """One named widget: what of it can be seen, in pixels of the desktop."""

    name: str
    text: str
    x: int
    y: int
    width: int
    height: int
    enabled: bool
    focus: bool

    @property
    def middle(self) -> tuple[int, int]:
        """Where a finger would touch it."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Screen:
    """The program's answer at one moment."""

    facts: dict[str, object]
    widgets: tuple[Widget, ...]

    @property
    def step(self) -> str:
        """The step of the open case; empty without one."""
        return str(self.facts.get("step", ""))

    @property
    def messages(self) -> tuple[str, ...]:
        """Keys of what the screens say to clerk and citizen."""
        return tuple(map(str, cast("list[object]", self.facts.get("messages", []))))

    def find(self, name: str) -> Widget | None:
        """The visible widget called `name`."""
        return next((widget for widget in self.widgets if widget.name == name), None)


class ScreenMap:
    """One connection to the inspector, not for several threads at once. A context manager."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(ANSWER_WITHIN_S)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._reader = self._socket.makefile("rb")
        self._pause = threading.Event()

    def screen(self) -> Screen:
        """What can be seen now. `OSError` when the program is gone."""
        answer = self._ask("screen")
        listed = cast("list[dict[str, object]]", answer.pop("widgets"))
        return Screen(answer, tuple(_widget(entry) for entry in listed))

    def stats(self) -> dict[str, object]:
        """Start, longest stall of the UI thread, when each step was shown."""
        return self._ask("stats")

    def until(self, what: str, seen: Callable[[Screen], bool], within_s: float = 15.0) -> Screen:
        """Look again and again until `seen` holds; `NotThere` names `what` was waited for."""
        end_s = time.monotonic() + within_s
        while True:
            screen = self.screen()
            if seen(screen):
                return screen
            if time.monotonic() > end_s:
                names = ", ".join(sorted(widget.name for widget in screen.widgets))
                raise NotThere(f"{what} did not come within {within_s:.0f} s; facts {screen.facts}; there are: {names}")
            self._pause.wait(_ASK_EVERY_S)

    def widget(self, name: str, within_s: float = 15.0, *, enabled: bool = True) -> Widget:
        """Wait for a widget that can be used, standing still between two looks; `NotThere` when it does not come."""
        last: Widget | None = None

        def seen(screen: Screen) -> bool:
            nonlocal last
            before, last = last, screen.find(name)
            return last is not None and last == before and (last.enabled or not enabled)

        self.until(f"widget {name}", seen, within_s)
        return cast("Widget", last)

    def close(self) -> None:
        """Hang up."""
        self._reader.close()
        self._socket.close()

    def _ask(self, ask: str) -> dict[str, object]:
        self._socket.sendall(json.dumps({"ask": ask}).encode() + b"\n")
        line = self._reader.readline()
        if not line:
            raise ConnectionError("the window program hung up")
        return cast("dict[str, object]", json.loads(line))


def connect(path: Path, within_s: float = 15.0) -> ScreenMap:
    """The map of a program that may still be starting; `NotThere` when it does not come."""
    end_s = time.monotonic() + within_s
    pause = threading.Event()
    while True:
        try:
            return ScreenMap(path)
        except OSError:
            if time.monotonic() > end_s:
                raise NotThere(f"the window program did not open {path} within {within_s:.0f} s") from None
            pause.wait(_ASK_EVERY_S)


def _widget(entry: dict[str, object]) -> Widget:
    def number(name: str) -> int:
        return int(cast("int", entry[name]))

    return Widget(
        name=str(entry["name"]),
        text=str(entry["text"]),
        x=number("x"),
        y=number("y"),
        width=number("width"),
        height=number("height"),
        enabled=bool(entry["enabled"]),
        focus=bool(entry["focus"]),
    )
