"""The scanner's bytes: the wire of the family it is now, with what can go wrong in answers and codes."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.code_scanner.machine import ScannerMachine
from simulators.code_scanner.wires.contract import FamilyWire
from simulators.code_scanner.wires.gm65 import Gm65Wire
from simulators.code_scanner.wires.honeywell import HoneywellWire
from simulators.code_scanner.wires.newland import NewlandWire
from simulators.code_scanner.wires.plain import PlainWire
from simulators.code_scanner.wires.ssi import SsiWire, packet

FAMILIES: dict[str, type[FamilyWire]] = {
    wire.name: wire for wire in (HoneywellWire, NewlandWire, SsiWire, Gm65Wire, PlainWire)
}
_PAUSE_S = 0.2  # [U] a command broken off is forgotten after this silence
_REFUSING = frozenset({"ssi", "newland"})


class ScannerWire:
    """A `Wire` that delegates to the family's."""

    def __init__(self, machine: ScannerMachine, family: str) -> None:
        self._machine = machine
        self._heard_s = 0.0
        self._naks = 0
        self._babble = b""
        self.heard_bytes = 0
        self.become(family)

    def become(self, family: str) -> None:
        """Be a scanner of another family, fresh from its factory."""
        self.family = FAMILIES[family](self._machine)
        self._machine.settings = self.family.factory()
        self._machine.saved = dict(self._machine.settings)
        self._machine.dark()
        self._machine.hide()
        self.family.apply()

    def reboot(self) -> None:
        """Its power was gone for a moment, behind an adapter that kept the line: what was not saved is forgotten."""
        self.family.forget()
        self._machine.power_cycle()
        self.family.apply()

    def refuse(self, times: int) -> None:
        """Answer the next `times` commands with NAK."""
        self._naks = times

    def say(self, data: bytes) -> None:
        """Say these bytes as soon as possible."""
        self._babble += data

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """The host's bytes; the replies to them."""
        if now_s - self._heard_s >= _PAUSE_S:
            self.family.forget()
        self._heard_s = now_s
        self.heard_bytes += len(data)
        before = dict(self._machine.settings)
        replies = list(self.family.take(data, now_s))
        if replies and self._naks and self.family.name in _REFUSING:
            self._naks -= 1
            self._machine.settings = before
            self.family.apply()
            self._machine.dark()
            return [packet(0xD1, b"\x06") if self.family.name == "ssi" else replies[0][:-3] + b"\x15;\x03"]
        return [*replies, *self.on_time(now_s)]

    def on_time(self, now_s: float) -> Sequence[bytes]:
        """What is said unasked: a code that was read."""
        said, self._babble = ([self._babble] if self._babble else []), b""
        code = self._machine.read(now_s)
        return [*said, *(self.family.code(code) if code is not None else ())]

    def next_time_s(self) -> float | None:
        """When a code is read or the light goes out."""
        return self._heard_s if self._babble else self._machine.next_time_s()

    def on_link(self, up: bool, now_s: float) -> None:
        """The scanner is fed by its cable: a torn one takes its power."""
        del now_s
        if up:
            self.family.forget()
        else:
            self.reboot()
