"""The neutral profile's constants (docs/devices/evaluator.md)."""

from __future__ import annotations

from enum import IntEnum, IntFlag, unique
from typing import Final

START: Final = b"\xea\x01"  # start mark and profile version
HEADER_BYTES: Final = 5  # start, LEN, SEQ, TYPE
FRAME_BYTES: Final = 7  # of a frame without DATA
LONGEST_DATA: Final = 240
LONGEST_LABEL: Final = 60  # bytes of UTF-8
LONGEST_TIMEOUT_S: Final = 0xFFFF
LONGEST_TEXT: Final = 200  # bytes of UTF-8
FIRST_VERSION: Final = 1  # of a pad that says none
TOKEN_BYTES: Final = 4
PAUSE_S: Final = 0.05  # "A pause of more than 50 ms inside a frame drops it."
REPLY_S: Final = 0.2  # every reply comes within 200 ms
TRIES: Final = 3  # "The host repeats an unanswered frame twice with the same SEQ"
PING_EVERY_S: Final = 2.0
SILENT_AFTER: Final = 3  # heartbeats missed


@unique
class FrameType(IntEnum):
    """TYPE of a frame."""

    HELLO = 0x01
    PING = 0x02
    IDLE = 0x03
    RATE = 0x04
    END = 0x05
    SHOW = 0x06
    VOICE = 0x07
    LAMP = 0x08
    KEY = 0x40
    ACK = 0x80
    HELLO_REPLY = 0x81
    PONG = 0x82
    KEY_ACK = 0xC0


@unique
class AckResult(IntEnum):
    """How the pad took a command. UNKNOWN stands for every code that a later pad may add."""

    DONE = 0
    UNKNOWN_TYPE = 1
    BAD_DATA = 2
    NOT_NOW = 3
    UNKNOWN = -1

    @classmethod
    def _missing_(cls, value: object) -> AckResult:
        return cls.UNKNOWN


@unique
class PadState(IntEnum):
    """What the pad shows. UNKNOWN stands for every code that a later pad may add."""

    IDLE = 0
    RATING = 1
    THANKING = 2
    UNKNOWN = -1

    @classmethod
    def _missing_(cls, value: object) -> PadState:
        return cls.UNKNOWN


KEY_DECLINED: Final = 0  # 不评价
KEY_LEVELS: Final = range(1, 6)  # 1 非常不满意 … 5 非常满意


class Capability(IntFlag):
    """CAPS of HELLO_REPLY: what a pad of version 2 can do beside rating. Bits of a later version stay as they are."""

    SHOW = 0x01
    VOICE = 0x02
    LAMP = 0x04


NOTHING_MORE: Final = Capability(0)
