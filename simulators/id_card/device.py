"""The simulated reader put together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from simulators.byte_device import ByteDevice
from simulators.id_card import fixtures
from simulators.id_card.card import Card
from simulators.id_card.hand import ReaderHand
from simulators.id_card.machine import NO_LATENCY_MS, REAL_LATENCY_MS, ReaderMachine
from simulators.id_card.wire import ReaderWire
from simulators.links.pty import PtyLink

PORT_NAME = "ttyIDR"
DECODER = Path(__file__).parent / "demo_wlt" / "demo_wlt_decoder.py"
"""The portrait decoder plug-in that reads these cards."""


def build(directory: Path, fast: bool, cards: Mapping[str, Card] | None = None) -> ByteDevice:
    """A reader at `directory`/ttyIDR, 115200 baud; `fast` takes out the latency, not the line's pace."""
    machine = ReaderMachine(NO_LATENCY_MS if fast else REAL_LATENCY_MS)
    link = PtyLink(directory / PORT_NAME)
    hand = ReaderHand(machine, fixtures.cards() if cards is None else cards)
    return ByteDevice("id_card", link, ReaderWire(machine, link.set_baud), hand.verbs(), hand.look)
