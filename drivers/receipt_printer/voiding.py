"""What a receipt that was broken off leaves behind: half a command in the printer, half a text on the paper. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from drivers.receipt_printer.api import Element, Feed, Rule, TextLine

# Completes the head of whatever command was broken off, with small numbers. Its first byte is none that GS V cuts at,
# as NUL would: a receipt that lacks nothing but its cut must not leave the printer unvoided. A printer that waits for a
# command ignores all of it. 8 bytes: as long as the longest head.
ENDS: Final = b"\x02" + bytes(7)

_ESC, _GS = 0x1B, 0x1D
_BLOCK, _BLOCK_HEAD = ord("("), 5  # GS ( x pL pH, then so many bytes
_RASTER, _RASTER_HEAD = ord("v"), 8  # GS v 0 m xL xH yL yH, then x times y bytes
_SHORT: Final = 3  # every other command of ours but ESC @, which is none of a receipt


def void_slip(at: datetime) -> tuple[Element, ...]:
    """What voids everything above it on its paper, `at` aware local time."""
    return (
        Rule(),
        TextLine("以上内容作废", "center", bold=True, double=True),
        Feed(1),
        TextLine("凭条打印中断，以上如有内容请勿使用。", "center"),
        TextLine(f"{at:%Y-%m-%d %H:%M:%S}", "center"),
        Rule(),
    )


def longest_rest(receipt: bytes) -> int:
    """Bytes that a printer may still take for the rest of a command after any beginning of `receipt`, and ENDS.

    `receipt` is what the codec encoded, from the beginning of a command on.
    """
    begun = (head[:cut] + ENDS for head in _heads(receipt) for cut in range(1, len(head) + 1))
    return max((_size(command) - len(command) for command in begun), default=0)


def _heads(receipt: bytes) -> Iterator[bytes]:
    """The heads of the commands with data behind them."""
    at = 0
    while at < len(receipt):
        command = receipt[at : at + _RASTER_HEAD]
        if command[0] == _GS and command[1] in {_BLOCK, _RASTER}:
            yield command if command[1] == _RASTER else command[:_BLOCK_HEAD]
            at += _size(command)
        else:
            at += _SHORT if command[0] in {_ESC, _GS} else 1


def _size(command: bytes) -> int:
    """Bytes of the command at the front, with its data."""
    if command[1] == _BLOCK:
        return _BLOCK_HEAD + int.from_bytes(command[3:5], "little")
    if command[1] == _RASTER:
        return _RASTER_HEAD + int.from_bytes(command[4:6], "little") * int.from_bytes(command[6:8], "little")
    return _SHORT
