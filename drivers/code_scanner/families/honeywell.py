"""Honeywell: SYN T CR lights, SYN U CR stops, SYN M CR opens a menu command (domain.md c.1)."""

from __future__ import annotations

import re
from typing import Final

from drivers.code_scanner.families.contract import SUFFIX, Answer, Command, Family, Reply, Setting, Span

_MENU: Final = b"\x16\x4d\x0d"
_VOLATILE: Final = b"!"  # "`.` (save) or `!` (volatile)"
# "Reply echoes the command then 06 ACK / 05 ENQ (bad tag) / 15 NAK (bad data) before the final punctuation."
_ANSWERS: Final = {0x06: Answer.DONE, 0x05: Answer.DENIED, 0x15: Answer.DENIED}
_LONGEST_ANSWER: Final = 64  # [U] of one tag's data


def menu(tag: str, data: str) -> Command:
    """A menu command for `tag` (three letters and three of the sub-tag); nothing of it is saved."""
    return Command(_MENU + (tag + data).encode("ascii") + _VOLATILE, tag.encode("ascii"))


def find(heard: bytes, echo: bytes) -> Span | None:
    """The answer that repeats `echo`; letters before it are a code's."""
    if not echo:
        return None
    at = _echo_at(heard, echo)
    if at < 0:
        return None
    whole = re.compile(re.escape(echo) + rb"([ -~]{0,%d}?)([\x05\x06\x15])[.!]" % _LONGEST_ANSWER).match(heard, at)
    if whole is not None:
        return Span(at, whole.end(), Reply(_ANSWERS[whole[2][0]], whole[1]))
    begun = re.compile(rb"[ -~]{1,%d}[\x05\x06\x15]?\Z" % (_LONGEST_ANSWER + len(echo))).match(heard, at)
    return Span(at) if begun is not None else None


def _echo_at(heard: bytes, echo: bytes) -> int:
    at = heard.rfind(echo)
    if at >= 0:
        return at
    return next((len(heard) - n for n in range(len(echo) - 1, 0, -1) if heard.endswith(echo[:n])), -1)


HONEYWELL: Final = Family(
    name="honeywell",
    probe=menu("TRGMOD", "?"),
    start=Command(b"\x16\x54\x0d"),
    stop=Command(b"\x16\x55\x0d"),
    find=find,
    answers=False,
    lasts_s=20.0,  # [U] the factory's trigger time-out is 30 s
    settings=(
        # "needs TRGMOD0-type manual mode"
        Setting("host_trigger", menu("TRGMOD", "?"), lambda data: data == b"0", menu("TRGMOD", "0")),
        # SUFBK2, all symbologies (99), CR [V 3 for the tag; its CR form follows the example with tab]
        Setting(SUFFIX, menu("SUFBK2", "?"), lambda data: data.upper() == b"990D", menu("SUFBK2", "990D")),
    ),
)
