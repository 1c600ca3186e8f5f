"""Tables of the social security card: names, files, status words, PC/SC codes. Source: domain.md b."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, unique
from typing import Final

# "select SSSE ("sx1.sh." + GBK 社会保障)" (domain.md b [V 4])
APPLICATION: Final = b"sx1.sh." + "社会保障".encode("gbk")


@dataclass(frozen=True, slots=True)
class CardFile:
    """One elementary file: its two-byte identifier and its short one (domain.md b [V 3], [V 2])."""

    name: str
    identifier: bytes
    short: int


EF05: Final = CardFile("EF05", b"\xef\x05", 0x05)
EF06: Final = CardFile("EF06", b"\xef\x06", 0x06)


@dataclass(frozen=True, slots=True)
class Entry:
    """One data element: its tag and how many bytes its value has by the specification."""

    tag: int
    size_bytes: int


# domain.md b. Not asked for: 01 card identifier, 0C birthplace; nobody at the window needs them.
CARD_CLASS: Final = Entry(0x02, 1)
SPEC_VERSION: Final = Entry(0x03, 4)
ISSUER_CODE: Final = Entry(0x04, 12)
ISSUED_ON: Final = Entry(0x05, 4)
VALID_UNTIL: Final = Entry(0x06, 4)
CARD_NUMBER: Final = Entry(0x07, 9)
SOCIAL_SECURITY_NUMBER: Final = Entry(0x08, 18)
NAME: Final = Entry(0x09, 30)
SEX: Final = Entry(0x0A, 1)
NATION: Final = Entry(0x0B, 1)
BIRTH_DATE: Final = Entry(0x0D, 4)

# In EF05 a record's number is its tag; in EF06 the first record has tag 08.
OF_EF05: Final = (CARD_CLASS, SPEC_VERSION, ISSUER_CODE, ISSUED_ON, VALID_UNTIL, CARD_NUMBER)
EF06_FIRST_TAG: Final = 0x08
# "gen 1: sex is record 3; gen 2+: record 4, record 3 = name extension": what follows is one record further on.
EXTENSION_RECORD: Final = 3
EXTENSION_BYTES: Final = 20  # [U]; a card that knows better says so by 6C xx


@unique
class Sw(IntEnum):
    """Status words that this reading understands (ISO 7816-4). Any other is a refusal that we do not know."""

    OK = 0x9000
    WRONG_LENGTH = 0x6700
    INCOMPATIBLE_FILE = 0x6981
    NO_FILE_SELECTED = 0x6986
    FUNCTION_NOT_SUPPORTED = 0x6A81
    FILE_NOT_FOUND = 0x6A82
    RECORD_NOT_FOUND = 0x6A83
    BAD_P1_P2 = 0x6A86
    WRONG_P1_P2 = 0x6B00
    NO_SUCH_INSTRUCTION = 0x6D00
    NO_SUCH_CLASS = 0x6E00


MORE_BYTES: Final = 0x61  # SW1: so many bytes wait for GET RESPONSE
RIGHT_LENGTH_IS: Final = 0x6C  # SW1: ask again with this Le

NOT_A_SOCIAL_SECURITY_CARD: Final = frozenset(
    {Sw.FUNCTION_NOT_SUPPORTED, Sw.FILE_NOT_FOUND, Sw.BAD_P1_P2, Sw.NO_SUCH_INSTRUCTION, Sw.NO_SUCH_CLASS}
)
"""Answers to the selection of SSSE by a card that has none: a bank card, a bus card."""

NOT_THIS_WAY: Final = frozenset(
    {
        *(Sw.WRONG_LENGTH, Sw.INCOMPATIBLE_FILE, Sw.NO_FILE_SELECTED, Sw.FUNCTION_NOT_SUPPORTED),
        *(Sw.FILE_NOT_FOUND, Sw.BAD_P1_P2, Sw.WRONG_P1_P2, Sw.NO_SUCH_INSTRUCTION),
    }
)
"""Answers after which the same file is asked for in another of the known ways."""


@unique
class Code(IntEnum):
    """Return codes of PC/SC (winscard.h) that this driver tells apart."""

    CANCELLED = 0x80100002
    INVALID_HANDLE = 0x80100003
    UNKNOWN_READER = 0x80100009
    TIMEOUT = 0x8010000A
    SHARING_VIOLATION = 0x8010000B
    NO_SMARTCARD = 0x8010000C
    PROTO_MISMATCH = 0x8010000F
    COMM_ERROR = 0x80100013
    NOT_TRANSACTED = 0x80100016
    READER_UNAVAILABLE = 0x80100017
    NO_SERVICE = 0x8010001D
    SERVICE_STOPPED = 0x8010001E
    NO_READERS_AVAILABLE = 0x8010002E
    COMM_DATA_LOST = 0x8010002F
    UNRESPONSIVE_CARD = 0x80100066
    UNPOWERED_CARD = 0x80100067
    RESET_CARD = 0x80100068
    REMOVED_CARD = 0x80100069


LINK_CODES: Final = frozenset(
    {
        *(Code.INVALID_HANDLE, Code.UNKNOWN_READER, Code.COMM_ERROR, Code.READER_UNAVAILABLE, Code.NO_SERVICE),
        *(Code.SERVICE_STOPPED, Code.NO_READERS_AVAILABLE, Code.COMM_DATA_LOST),
    }
)
"""The service or the reader is gone: everything is opened anew."""

GONE_CODES: Final = frozenset({Code.REMOVED_CARD, Code.NO_SMARTCARD, Code.RESET_CARD})
MUTE_CODES: Final = frozenset({Code.UNRESPONSIVE_CARD, Code.UNPOWERED_CARD, Code.PROTO_MISMATCH})

# Bits of a reader's state (winscard.h); the upper 16 bits count its cards' comings and goings.
STATE_CHANGED: Final = 0x0002
STATE_READER_GONE: Final = 0x0001 | 0x0004 | 0x0008  # ignore, unknown, unavailable
STATE_PRESENT: Final = 0x0020
