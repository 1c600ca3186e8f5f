"""ESC/POS constants: commands, status bits, paper sizes, QR sizes (Epson ESC/POS command reference; platform.md 9)."""

from __future__ import annotations

from enum import IntFlag, StrEnum, unique
from typing import Final

INITIALIZE: Final = b"\x1b@"  # ESC @; prints nothing
ALIGN: Final = {"left": b"\x1ba\x00", "center": b"\x1ba\x01", "right": b"\x1ba\x02"}  # ESC a n
BOLD_ON: Final = b"\x1bE\x01"  # ESC E n
BOLD_OFF: Final = b"\x1bE\x00"
DOUBLE_ON: Final = b"\x1d!\x11"  # GS ! n: width and height, Latin and Chinese alike
DOUBLE_OFF: Final = b"\x1d!\x00"
CHINESE_ON: Final = b"\x1c&"  # FS &
CHINESE_OFF: Final = b"\x1c."  # FS .
LINE_FEED: Final = b"\n"
FEED: Final = b"\x1bd"  # ESC d n: print and feed n lines
LONGEST_FEED: Final = 255
TO_THE_BLADE: Final = 6  # lines between head and blade, and a little white
REAL_TIME_STATUS: Final = b"\x10\x04"  # DLE EOT n, answered at once whatever waits in the buffer
PAPER_SENSORS: Final = b"\x1dr1"  # GS r 49, answered when all data before it are processed
CLEAR: Final = bytes(
    (0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8)
)  # DLE DC4 8, at once: clear the buffers, break off a command
PROCESS_ID: Final = b"\x1d(H\x06\x0000"  # GS ( H, function 48, m 48; four characters follow
QR_MODEL_2: Final = b"\x1d(k\x04\x001A2\x00"
QR_MODULE: Final = b"\x1d(k\x03\x001C"
QR_LEVEL_M: Final = b"\x1d(k\x03\x001E1"
RASTER: Final = b"\x1dv0\x00"  # GS v 0, normal size; bytes across and rows follow, low byte first
QR_PRINT: Final = b"\x1d(k\x03\x001Q0"


@unique
class Cut(StrEnum):
    """What ends a receipt."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@unique
class QrMode(StrEnum):
    """Who draws a QR code."""

    NATIVE = "native"  # the printer: 60 bytes on the line
    RASTER = "raster"  # we, for a printer that knows no GS ( k: some thousand bytes


CUTS: Final = {Cut.FULL: b"\x1dV\x00", Cut.PARTIAL: b"\x1dV\x01", Cut.NONE: b""}  # GS V m


@unique
class Barrier(StrEnum):
    """What proves that a receipt was worked off."""

    PROCESS_ID = "process_id"
    PAPER_STATUS = "paper_status"
    NONE = "none"


COLUMNS: Final = {80: 48, 58: 32}  # Latin characters (12 dots) across a roll of so many millimetres
COLUMN_DOTS: Final = 12
RULE_CHARACTER: Final = "─"  # GB 2312 row 9, two columns, joined without a gap

# Bytes of text that fit into a QR code of version 1, 2, … at level M, byte mode (ISO/IEC 18004, table 7).
QR_BYTES: Final = (
    *(14, 26, 42, 62, 84, 106, 122, 152, 180, 213),
    *(251, 287, 331, 362, 412, 450, 504, 560, 624, 666),
)
QR_FIRST_MODULES: Final = 21  # modules a side of version 1; 4 more with each version
QR_QUIET_MODULES: Final = 8  # white on both sides, which the code needs to be read
QR_LARGEST_MODULE: Final = 16

# Chinese punctuation that begins no line, and that ends none.
CLOSING: Final = frozenset("，。、；：？！）》〉」』】〕”’…％℃")
OPENING: Final = frozenset("（《〈「『【〔“‘")

# Status bytes are told apart by their fixed bits (Epson, "transmission status identification").
STATUS_MASK: Final = 0x93
REAL_TIME_FIXED: Final = 0x12  # DLE EOT
AUTOMATIC_FIXED: Final = 0x10  # the first of the four bytes of GS a
ORDERED_MASK: Final = 0x90  # GS r, and the later bytes of GS a: fixed zeros
PROCESS_ID_HEADER: Final = b'\x37"'  # then the four characters and NUL
CLEARED: Final = b"\x37\x25\x00"  # the answer to DLE DC4 8


class PrinterBits(IntFlag):
    """Answer to DLE EOT 1."""

    DRAWER = 0x04
    OFFLINE = 0x08
    WAITS_FOR_RECOVERY = 0x20
    FEED_BUTTON = 0x40


class OfflineBits(IntFlag):
    """Answer to DLE EOT 2: why it is offline."""

    COVER_OPEN = 0x04
    FEED_BUTTON = 0x08
    PAPER_END = 0x20
    ERROR = 0x40


class ErrorBits(IntFlag):
    """Answer to DLE EOT 3: which error."""

    RECOVERABLE = 0x04
    CUTTER = 0x08
    UNRECOVERABLE = 0x20
    RECOVERS_BY_ITSELF = 0x40  # head too hot


class PaperBits(IntFlag):
    """Answer to DLE EOT 4. Each sensor sets two bits."""

    NEAR_END = 0x0C
    END = 0x60
