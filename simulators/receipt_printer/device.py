"""The simulated printer put together."""

from __future__ import annotations

from pathlib import Path

from simulators.byte_device import ByteDevice
from simulators.links.tcp import TcpLink
from simulators.receipt_printer.hand import PrinterHand
from simulators.receipt_printer.machine import AT_ONCE, REAL, PrinterMachine
from simulators.receipt_printer.paper import Tray
from simulators.receipt_printer.wire import PrinterWire

RECEIPTS = "receipts"


def build(directory: Path, fast: bool, width_mm: int = 80) -> ByteDevice:
    """A printer on a free TCP port; receipts go to `directory`/receipts. `fast` prints without taking time."""
    machine = PrinterMachine(Tray(directory / RECEIPTS), AT_ONCE if fast else REAL, width_mm)
    wire = PrinterWire(machine)
    link = TcpLink(room=wire.room)
    hand = PrinterHand(wire, link.tear, link.plug)
    return ByteDevice("receipt_printer", link, wire, hand.verbs(), hand.look)
