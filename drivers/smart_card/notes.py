"""What happens at a reader beside APDUs, as a tap is told: all that is needed to play it (docs/devices/trace.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Call(StrEnum):
    """Which call of PC/SC."""

    STATUS = "status"  # SCardGetStatusChange, the watcher's
    CONNECT = "connect"
    TRANSMIT = "transmit"


@dataclass(frozen=True, slots=True)
class CardIn:
    """A card is in the reader. `first`: the first look after the link was opened found it there.

    `atr`: its answer to reset as the reader had it; empty for a card that gave none.
    """

    atr: bytes
    first: bool = False


@dataclass(frozen=True, slots=True)
class CardOut:
    """The card is gone; `first`: there was none at the first look."""

    first: bool = False


@dataclass(frozen=True, slots=True)
class CallFailed:
    """A call failed with `code` (winscard.h)."""

    call: Call
    code: int
