"""GM65 / GM861: registers read and written by 7E 00 frames with CRC-16/XMODEM (domain.md c.4)."""

from __future__ import annotations

import binascii
from enum import IntEnum, unique
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

_HEAD: Final = b"\x7e\x00"
_REPLY: Final = b"\x02\x00\x00"
_SKIP_CHECK: Final = b"\xab\xcd"  # "`AB CD` = skip check"
_LONGEST_DATA: Final = 250


@unique
class Kind(IntEnum):
    """Type of a frame."""

    READ = 0x07
    WRITE = 0x08
    SAVE = 0x09


@unique
class Register(IntEnum):
    """Registers that the product reads or writes."""

    MODE = 0x0000
    TRIGGER = 0x0002
    READ_TIME = 0x0006
    BAUD = 0x002A
    AFFIXES = 0x0060


_COMMAND_TRIGGER: Final = 0x7D
_LONGEST_READ: Final = 0xC8  # "×0.1 s (C8=20 s)"
# What stands before and behind a code [V 3, public sources agree]: bit 0 an ending, bits 6 and 5 which one (00 CR,
# 01 CRLF, 10 TAB), bits 1 to 4 suffix, code id, prefix and a report of failure. Bit 7 is nobody's.
_ENDING_IS_CR: Final = 0x01
_KNOWN_AFFIXES: Final = 0x7F
_BAUDS: Final = {0x0139: "9600", 0x001A: "115200"}


def crc(body: bytes) -> bytes:
    """CRC-16/XMODEM over type to data."""
    return binascii.crc_hqx(body, 0).to_bytes(2, "big")


def frame(kind: Kind, register: Register, data: bytes) -> bytes:
    """A whole frame; reading, `data` is how many bytes."""
    body = bytes((kind, len(data))) + register.to_bytes(2, "big") + data
    return _HEAD + body + crc(body)


def write(register: Register, value: int) -> Command:
    """Set one register, until the engine loses power."""
    return Command(frame(Kind.WRITE, register, bytes((value,))))


def read(register: Register, count: int = 1) -> Command:
    """Ask for `count` registers."""
    return Command(frame(Kind.READ, register, bytes((count,))))


def find(heard: bytes, echo: bytes) -> Span | None:
    """The first reply. An engine that dislikes a frame says nothing, so a reply is always "done"."""
    del echo  # replies name neither command nor register
    at = mark_at(heard, _REPLY)
    if at < 0:
        return None
    head = at + len(_REPLY)
    if len(heard) <= head:
        return Span(at)
    size = heard[head]
    if not 0 < size <= _LONGEST_DATA:
        return Span(at, at + 1, Damaged())
    end = head + 1 + size + 2
    if len(heard) < end:
        return Span(at)
    body, check = heard[at + 2 : end - 2], heard[end - 2 : end]
    if check not in {crc(body), _SKIP_CHECK}:
        return Span(at, end, Damaged())
    return Span(at, end, Reply(Answer.DONE, body[2:]))


def _baud(data: bytes) -> str:
    rate = _BAUDS.get(int.from_bytes(data, "big"))
    return f"baud {rate}" if rate else ""


GM65: Final = Family(
    name="gm65",
    probe=read(Register.BAUD, 2),
    start=write(Register.TRIGGER, 1),
    stop=write(Register.TRIGGER, 0),
    find=find,
    answers=True,
    lasts_s=19.0,
    settings=(
        Setting(
            "host_trigger",
            read(Register.MODE),
            lambda data: data == bytes((_COMMAND_TRIGGER,)),
            write(Register.MODE, _COMMAND_TRIGGER),
        ),
        Setting(
            "read_time",
            read(Register.READ_TIME),
            lambda data: data == bytes((_LONGEST_READ,)),
            write(Register.READ_TIME, _LONGEST_READ),
        ),
        Setting(
            SUFFIX,
            read(Register.AFFIXES),
            lambda data: len(data) == 1 and data[0] & _KNOWN_AFFIXES == _ENDING_IS_CR,
            write(Register.AFFIXES, _ENDING_IS_CR),
        ),
    ),
    firmware=_baud,
)
