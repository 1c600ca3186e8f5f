"""The simulated printer put together."""

from __future__ import annotations

from pathlib import Path

from simulators.byte_device import ByteDevice
from simulators.links.pty import PtyLink
from simulators.links.tcp import TcpLink
from simulators.receipt_printer.hand import PrinterHand
from simulators.receipt_printer.machine import AT_ONCE, REAL, PrinterMachine
from simulators.receipt_printer.paper import Tray
from simulators.receipt_printer.wire import PrinterWire

RECEIPTS = "receipts"
PORT_NAME = "ttyPRN"


def build(directory: Path, fast: bool, width_mm: int = 80, baud: int = 0, *, clears: bool = True) -> ByteDevice:
    """A printer whose receipts go to `directory`/receipts. `fast` prints without taking time.

    It hangs on a free TCP port; with a `baud` on a serial line instead (`directory`/ttyPRN, 8N1 at that pace), which
    holds the host up while the buffer is full, as the wires of a hardware handshake do, and of whose cable the printer
    knows nothing. `clears`: it knows DLE DC4 8 (clear buffers).
    """
    machine = PrinterMachine(Tray(directory / RECEIPTS), AT_ONCE if fast else REAL, width_mm)
    wire = PrinterWire(machine, sees_line=not baud, clears=clears)
    link = PtyLink(directory / PORT_NAME, baud, wire.room) if baud else TcpLink(room=wire.room)
    hand = PrinterHand(wire, link.tear, link.plug)
    return ByteDevice("receipt_printer", link, wire, hand.verbs(), hand.look)
