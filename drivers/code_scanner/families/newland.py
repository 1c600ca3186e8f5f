"""Newland: ~ SOH 0000 # TAG data ; ETX (domain.md c.2). The tags of the trigger are unverified there."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from drivers.code_scanner.families.contract import (
    SUFFIX,
    Answer,
    Command,
    Damaged,
    Family,
    Reply,
    Setting,
    Span,
    mark_at,
)

_HEAD: Final = b"\x7e\x010000#"  # "#" temporary, "@" permanent: the product saves nothing
_REPLY: Final = b"\x02\x010000"
_END: Final = b";\x03"
_ANSWERS: Final = {0x06: Answer.DONE, 0x05: Answer.DENIED, 0x15: Answer.DENIED}
_LONGEST_REPLY: Final = 128  # [U]
# "Legacy trigger 1B 31 / stop 1B 30 [1]": for engines without the tag.
LEGACY_START: Final = Command(b"\x1b\x31")
LEGACY_STOP: Final = Command(b"\x1b\x30")


def command(tag: str, data: str) -> Command:
    """A command for `tag`; with `data` "*" it asks for the present value."""
    return Command(_HEAD + (tag + data).encode("ascii") + _END, tag.encode("ascii"))


def find(heard: bytes, echo: bytes) -> Span | None:
    """The first reply; one that repeats another tag is of an earlier command and is skipped."""
    at = mark_at(heard, _REPLY)
    if at < 0:
        return None
    end = heard.find(_END, at)
    if end < 0:
        return Span(at, at + 1, Damaged()) if len(heard) - at > _LONGEST_REPLY else Span(at)
    body = heard[at + len(_REPLY) + 1 : end]  # without "@" or "#"
    answer = _ANSWERS.get(body[-1]) if body else None
    if answer is None:
        return Span(at, end + len(_END), Damaged())
    if not body.startswith(echo):
        return Span(at, end + len(_END))
    return Span(at, end + len(_END), Reply(answer, body[len(echo) : -1]))


NEWLAND: Final = Family(
    name="newland",
    probe=command("SCNMOD", "*"),  # [U] the tag; an engine without it answers ENQ, which is an answer
    start=command("SCNTRG", "1"),  # [U]
    stop=command("SCNTRG", "0"),  # [U]
    find=find,
    answers=True,
    lasts_s=10.0,  # [U]
    settings=(
        Setting("host_trigger", command("SCNMOD", "*"), lambda data: data == b"0", command("SCNMOD", "0")),  # [U]
        Setting(SUFFIX, command("TSUENA", "*"), lambda data: data == b"1", command("TSUENA", "1")),  # [U]
    ),
)


def legacy(family: Family) -> Family:
    """`family` for engines that know only the old trigger, which they do not answer; by the option `trigger`."""
    return replace(family, start=LEGACY_START, stop=LEGACY_STOP, answers=False)
