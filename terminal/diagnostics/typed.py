"""A burst of keys as a scanner types it and kiosk_ui/shell/wedge.py hears it: told from typing by its pace."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline

LEAST_CHARACTERS: Final = 6  # of a code; the window's, too
_SILENCE_S: Final = 1.0  # after the last key: more does not come
_ENTER: Final = (0x0A, 0x0D)
_CHUNK: Final = 4096


@dataclass(frozen=True, slots=True)
class Burst:
    """What was typed. `gap_s`: seconds from key to key, on average, and `longest_s` the longest pause; what was read
    late stands in both. `ended`: Enter was its last key.
    """

    text: str
    gap_s: float
    longest_s: float
    ended: bool


def burst(clock: Clock, keys: int, within_s: float) -> Burst | None:
    """The first burst from the descriptor `keys` that begins within `within_s` seconds; None for none.

    Short ones are passed over: somebody pressed Enter to go on. A long one is given whatever its pace and end, which
    the caller judges.
    """
    end = Deadline.after(clock, within_s)
    try:
        while not end.expired():
            found = _until_enter(clock, keys, end)
            if len(found.text) >= LEAST_CHARACTERS:
                return found
    except (EOFError, OSError):  # the terminal was closed
        return None
    return None


def _until_enter(clock: Clock, keys: int, begins: Deadline) -> Burst:
    """What is typed until Enter or silence; an empty one when nothing begins in time."""
    typed = bytearray()
    first_s = last_s = longest_s = 0.0
    until_s = begins.at_s
    ended = False
    while not ended and clock.poll((keys,), until_s):
        data = os.read(keys, _CHUNK)
        if not data:
            raise EOFError
        now_s = clock.monotonic()
        if typed:
            longest_s = max(longest_s, now_s - last_s)
        else:
            first_s = now_s
        last_s = now_s
        until_s = last_s + _SILENCE_S
        for byte in data:
            if byte in _ENTER:
                ended = True
                break
            typed.append(byte)
    gap_s = (last_s - first_s) / max(1, len(typed))
    return Burst(typed.decode("utf-8", "replace"), gap_s, longest_s, ended)
