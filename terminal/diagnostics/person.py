"""The person before the devices: told what to do, shown a code to scan, heard when a scanner types in their place."""

from __future__ import annotations

import contextlib
import os
import sys
import termios
import tty
from collections.abc import Generator
from contextlib import AbstractContextManager
from typing import Final, Protocol

from rich.console import Console
from rich.text import Text

from drivers.base.qr_matrix import qr_matrix

_RIM: Final = 4  # white modules around a code (ISO/IEC 18004)
# Two modules a character, the upper one first; the paper is what is not printed.
_HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_ON_PAPER: Final = "black on bright_white"  # whatever the console's own colours are


class Person(Protocol):
    """Who takes part in an interactive check. Called on the check's thread."""

    def tell(self, zh: str, en: str) -> None:
        """Say what to do, or what was seen, now; returns at once."""
        ...

    def show_code(self, text: str) -> bool:
        """Show `text` as a QR code; False where it cannot be shown, and any code has to do."""
        ...

    def keyboard(self) -> AbstractContextManager[int | None]:
        """Within it: a descriptor that gives what is typed here, unechoed and key by key; None where there is none."""
        ...


class AtTheConsole:
    """The person at this terminal: told on standard error, so that the report on standard output stays whole."""

    def __init__(self, console: Console, keyboard_fd: int, *, english: bool) -> None:
        """`console` shows; `keyboard_fd` is where keys come from, if it is a terminal."""
        self._console = console
        self._fd = keyboard_fd
        self._english = english

    def tell(self, zh: str, en: str) -> None:
        """See `Person`."""
        text = Text(en if self._english else zh)
        text.overflow = "fold"  # a Chinese sentence has no blanks to be broken at
        self._console.print(text)

    def show_code(self, text: str) -> bool:
        """See `Person`. Only on a terminal of UTF-8 that is large enough."""
        console = self._console
        lines = drawn(text)
        if not console.is_terminal or console.encoding != "utf-8" or console.width < len(lines[0]):
            return False
        for line in lines:
            console.print(Text(line, _ON_PAPER), soft_wrap=True)
        return True

    @contextlib.contextmanager
    def keyboard(self) -> Generator[int | None]:
        """See `Person`. What was typed before is thrown away, before and after; Ctrl-C still ends the program."""
        if not os.isatty(self._fd):
            yield None
            return
        before = termios.tcgetattr(self._fd)
        tty.setcbreak(self._fd, termios.TCSAFLUSH)
        try:
            yield self._fd
        finally:
            termios.tcsetattr(self._fd, termios.TCSAFLUSH, before)


def here(*, english: bool) -> AtTheConsole:
    """The person who started this program."""
    try:
        fd = sys.stdin.fileno()
    except (OSError, ValueError):  # closed, or a test's
        fd = -1
    return AtTheConsole(Console(stderr=True), fd, english=english)


def drawn(text: str) -> list[str]:
    """`text` as a QR code of half blocks, dark on light, white rim included; lines of one length."""
    matrix = qr_matrix(text.encode())
    size = len(matrix) + 2 * _RIM
    rows = [[False] * size for _ in range(size + size % 2)]
    for down, row in enumerate(matrix):
        rows[_RIM + down][_RIM : _RIM + len(row)] = row
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_HALVES[both] for both in zip(upper, lower, strict=True)) for upper, lower in pairs]
