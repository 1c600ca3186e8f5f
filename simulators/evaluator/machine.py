"""The pad as a machine: what it shows, for whom, and what was pressed. No bytes, no clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, unique

THANKS_S = 3.0  # how long the thank-you page stays; the profile leaves it to the pad
LABEL_BYTES = 60
LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意", 0: "不评价"}


@unique
class Page(IntEnum):
    """What the pad shows; the values are PONG's."""

    IDLE = 0
    RATING = 1
    THANKING = 2


@unique
class Result(IntEnum):
    """How a command ended; the values are ACK's."""

    DONE = 0
    UNKNOWN_TYPE = 1
    BAD_DATA = 2
    NOT_NOW = 3


PROMPTS = {1: "请您评价", 2: "谢谢您的评价", 3: "请稍候", 4: "请看屏幕"}
LAMPS = {0: "off", 1: "on", 2: "blinking"}


@dataclass(frozen=True, slots=True)
class KeyPress:
    """The first key pressed during the invitation `token` (4 bytes)."""

    token: bytes
    key: int


class PadMachine:
    """One pad. At most one key counts per invitation; nothing is ever pre-selected."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.page = Page.IDLE
        self.label = ""
        self.token = b""
        self.pressed: KeyPress | None = None
        self.ratings_started = 0
        self.keys_acknowledged = 0
        self.text = ""
        self.lamp = 0
        self.spoken: list[str] = []
        self._until_s: float | None = None
        self._fresh: list[KeyPress] = []

    # what the host does

    def show_idle(self, label: str) -> Result:
        """The window's idle page; an invitation that runs is over."""
        self.label = label
        self._go(Page.IDLE, None)
        return Result.DONE

    def rate(self, token: bytes, timeout_s: int, now_s: float) -> Result:
        """Invite one rating for `timeout_s` seconds. The running token again changes nothing."""
        if timeout_s == 0:
            return Result.BAD_DATA
        if self.page is Page.RATING:
            return Result.DONE if token == self.token else Result.NOT_NOW
        self.ratings_started += 1
        self._go(Page.RATING, now_s + timeout_s)
        self.token = token
        self.pressed = None
        return Result.DONE

    def end(self, token: bytes, thank: bool, now_s: float) -> Result:
        """Stop inviting; an invitation of another token goes on."""
        if self.page is Page.RATING and token == self.token:
            self._thank(now_s) if thank else self._go(Page.IDLE, None)
        return Result.DONE

    def show_text(self, text: str, seconds: int, now_s: float) -> Result:
        """A page of text instead of the idle page; 0 seconds stand until another page comes."""
        if self.page is Page.RATING:
            return Result.NOT_NOW
        self._go(Page.IDLE, now_s + seconds if seconds else None)
        self.text = text
        return Result.DONE

    def speak(self, prompt: int) -> Result:
        """One of the pad's own sentences."""
        if prompt not in PROMPTS:
            return Result.BAD_DATA
        self.spoken.append(PROMPTS[prompt])
        return Result.DONE

    def set_lamp(self, lamp: int) -> Result:
        """The lamp, until the pad goes idle."""
        if lamp not in LAMPS:
            return Result.BAD_DATA
        self.lamp = lamp
        return Result.DONE

    def acknowledge(self, press: KeyPress, now_s: float) -> None:
        """The host has the key: thank, unless another invitation runs by now."""
        self.keys_acknowledged += 1
        if self.page is not Page.RATING or press.token == self.token:
            self._thank(now_s)

    def on_time(self, now_s: float) -> None:
        """Go idle when an invitation or the thanks are over."""
        if self._until_s is not None and now_s >= self._until_s:
            self._go(Page.IDLE, None)

    def next_time_s(self) -> float | None:
        """When the page changes by itself; at once when a key waits to be sent."""
        return self._clock() if self._fresh else self._until_s

    def take_pressed(self) -> list[KeyPress]:
        """Keys pressed since the last call."""
        fresh, self._fresh = self._fresh, []
        return fresh

    # what a hand does

    def press(self, key: int) -> bool:
        """A key is touched; whether it counts: only the first one of a running invitation does."""
        self.on_time(self._clock())
        if self.page is not Page.RATING or self.pressed is not None:
            return False
        self.pressed = KeyPress(self.token, key)
        self._fresh.append(self.pressed)
        return True

    def restart(self) -> None:
        """Its power blinked: it knows nothing of before."""
        self.label = ""
        self.pressed = None
        self._fresh.clear()
        self._go(Page.IDLE, None)

    def _thank(self, now_s: float) -> None:
        self._go(Page.THANKING, now_s + THANKS_S)

    def _go(self, page: Page, until_s: float | None) -> None:
        self.page, self._until_s = page, until_s
        self.text = ""
        if page is Page.IDLE:
            self.lamp = 0
        if page is not Page.RATING:
            self.token = b""
