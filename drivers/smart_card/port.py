"""What this driver asks of PC/SC, so that it can be tested without any. The real one is pcsc_adapter.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.base.errors import DriverError
from drivers.smart_card.tables import Code


class PcscError(DriverError):
    """A call of PC/SC failed; `code` as in winscard.h."""

    def __init__(self, call: str, code: int) -> None:
        name = Code(code).name if code in set(Code) else "unknown"
        super().__init__(f"{call}: {name} {code:08X}")
        self.code = code


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What a reader tells of itself. `bits`: flags and card count as in tables.py, without STATE_CHANGED."""

    bits: int
    atr: bytes = b""  # the card's answer to reset; empty without a card, or when it gave none


class Connection(Protocol):
    """One card that is this program's alone until `close`."""

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command and give the answer with its status word; `PcscError`. Blocks as long as the reader does."""
        ...

    def close(self) -> None:
        """Give the card back, powered as it is; never raises."""
        ...


class Context(Protocol):
    """One conversation with the service. Used by one thread, but for `cancel`. Every call raises `PcscError`."""

    def readers(self) -> tuple[str, ...]:
        """Names of the readers that are there; empty for none."""
        ...

    def changed(self, reader: str, bits: int, within_ms: int) -> ReaderState | None:
        """The state of `reader` once it has other `bits`; None when time is over or `cancel` was called.

        0 asks for the state as it is.
        """
        ...

    def cancel(self) -> None:
        """End a running `changed`. From any thread; one that has not begun yet is not ended. Never raises."""
        ...

    def connect(self, reader: str) -> Connection:
        """The card in `reader`, for this program alone."""
        ...

    def release(self) -> None:
        """End the conversation; never raises, may be called twice."""
        ...


OpenContext = Callable[[], Context]
"""Opens a conversation with the service; `PcscError`."""
