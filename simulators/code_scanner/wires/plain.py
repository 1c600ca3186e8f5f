"""A scanner that understands nothing and looks all the time: codes as lines, as from a cheap serial gun."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.code_scanner.machine import Code, ScannerMachine, Trigger


class PlainWire:
    """Whatever the host says is lost."""

    name = "plain"

    def __init__(self, machine: ScannerMachine) -> None:
        self._machine = machine

    def factory(self) -> dict[str, bytes]:
        """Nothing can be set."""
        return {}

    def take(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """Passed over."""
        del data, now_s
        return ()

    def code(self, code: Code) -> Sequence[bytes]:
        """The text and its suffix."""
        return [code.data + self._machine.suffix]

    def forget(self) -> None:
        """Nothing is kept."""

    def apply(self) -> None:
        """It looks all the time."""
        self._machine.trigger = Trigger.PRESENTATION
