"""The simulated pad put together."""

from __future__ import annotations

import time
from pathlib import Path

from simulators.byte_device import ByteDevice
from simulators.evaluator.hand import PadHand
from simulators.evaluator.machine import PadMachine
from simulators.evaluator.wire import EVERYTHING, PadWire
from simulators.links.pty import PtyLink

PORT_NAME = "ttyPAD"


def build(directory: Path, fast: bool, caps: int | None = EVERYTHING) -> ByteDevice:
    """A pad at `directory`/ttyPAD, 115200 baud. It answers at once anyway: `fast` changes nothing.

    `caps`: what it can do beside rating (bits of the profile); None for a pad of version 1.
    """
    del fast
    machine = PadMachine(time.monotonic)
    wire = PadWire(machine, caps)
    hand = PadHand(machine, wire)
    return ByteDevice("evaluator", PtyLink(directory / PORT_NAME), wire, hand.verbs(), hand.look)
