"""The simulated scanner put together."""

from __future__ import annotations

from pathlib import Path

from simulators.byte_device import ByteDevice
from simulators.code_scanner.hand import ScannerHand
from simulators.code_scanner.machine import ScannerMachine
from simulators.code_scanner.wire import ScannerWire
from simulators.links.pty import PtyLink

PORT_NAME = "ttyQRC"


def build(directory: Path, fast: bool, family: str = "gm65") -> ByteDevice:
    """A scanner of `family` at `directory`/ttyQRC, 115200 baud. It reads at once anyway: `fast` changes nothing."""
    del fast
    machine = ScannerMachine()
    wire = ScannerWire(machine, family)
    hand = ScannerHand(machine, wire)
    return ByteDevice("code_scanner", PtyLink(directory / PORT_NAME), wire, hand.verbs(), hand.look)
