"""The status bytes (Epson ESC/POS command reference: DLE EOT, GS r, GS a), made from the machine."""

from __future__ import annotations

from simulators.receipt_printer.machine import PrinterMachine

_FIXED = 0x12  # bits 1 and 4 are always set in an answer to DLE EOT, bits 0 and 7 never


def real_time(number: int, machine: PrinterMachine) -> bytes:
    """Answer to DLE EOT 1 printer, 2 cause of being offline, 3 cause of an error, 4 paper."""
    match number:
        case 1:
            bits = 0x04 * machine.drawer_pin_high | 0x08 * machine.is_stopped()
        case 2:
            bits = 0x04 * machine.cover_open | 0x20 * machine.paper_end | 0x40 * machine.has_error()
        case 3:
            bits = 0x08 * machine.cutter_error | 0x40 * machine.overheated
        case _:
            bits = 0x0C * machine.is_near_end() | 0x60 * machine.paper_end
    return bytes((_FIXED | bits,))


def paper_sensors(machine: PrinterMachine) -> bytes:
    """Answer to GS r 1: bits 0 and 1 near the end, bits 2 and 3 at the end."""
    return bytes((0x03 * machine.is_near_end() | 0x0C * machine.paper_end,))


def automatic(machine: PrinterMachine) -> bytes:
    """The four bytes of automatic status back (GS a)."""
    return bytes(
        (
            0x10 | 0x08 * machine.is_stopped() | 0x20 * machine.cover_open,
            0x08 * machine.cutter_error | 0x40 * machine.overheated,
            0x03 * machine.is_near_end() | 0x0C * machine.paper_end,
            0x00,
        )
    )
