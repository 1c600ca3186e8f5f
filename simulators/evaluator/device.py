"""The simulated pad put together."""

from __future__ import annotations

import time
from pathlib import Path

from simulators.byte_device import ByteDevice
from simulators.evaluator.hand import PadHand
from simulators.evaluator.machine import PadMachine
from simulators.evaluator.wire import PadWire
from simulators.links.pty import PtyLink

PORT_NAME = "ttyPAD"


def build(directory: Path, fast: bool) -> ByteDevice:
    """A pad at `directory`/ttyPAD, 115200 baud. It answers at once anyway: `fast` changes nothing."""
    del fast
    machine = PadMachine(time.monotonic)
    wire = PadWire(machine)
    hand = PadHand(machine, wire)
    return ByteDevice("evaluator", PtyLink(directory / PORT_NAME), wire, hand.verbs(), hand.look)
