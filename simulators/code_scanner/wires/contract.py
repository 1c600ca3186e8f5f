"""What a family's wire gives and takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from simulators.code_scanner.machine import Code, ScannerMachine


class FamilyWire(Protocol):
    """The bytes of one family over a machine. Pure in time."""

    name: str

    def __init__(self, machine: ScannerMachine) -> None: ...

    def factory(self) -> dict[str, bytes]:
        """The settings as the scanner leaves its factory."""
        ...

    def take(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """The host's bytes; the replies."""
        ...

    def code(self, code: Code) -> Sequence[bytes]:
        """A code was read: what is said of it at first."""
        ...

    def forget(self) -> None:
        """Half a command is forgotten: a pause, or another line."""
        ...

    def apply(self) -> None:
        """Let the settings rule the machine."""
        ...
