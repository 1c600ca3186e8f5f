"""What a person can do at the receipt printer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulators.bench import Verb, VerbError
from simulators.receipt_printer.machine import PRINTABLE_DOTS, ROLL_MM
from simulators.receipt_printer.wire import PrinterWire


class PrinterHand:
    """Paper, cover, blade and switch; called under the device's lock. `tear` and `plug` are the line's."""

    def __init__(self, wire: PrinterWire, tear: Callable[[], None], plug: Callable[[], None]) -> None:
        self._wire = wire
        self._machine = wire.machine
        self._tear = tear
        self._plug = plug

    def verbs(self) -> Mapping[str, Verb]:
        """The printer's own verbs."""
        return {
            "paper_out": self.paper_out,
            "paper_low": self.paper_low,
            "paper_out_after": self.paper_out_after,
            "refill": self.refill,
            "open_cover": self.open_cover,
            "close_cover": self.close_cover,
            "jam_cutter": self.jam_cutter,
            "clear_jam": self.clear_jam,
            "overheat": self.overheat,
            "power_off": self.power_off,
            "power_on": self.power_on,
        }

    def paper_out(self) -> None:
        """Take the roll out (缺纸): printing stops at once."""
        self._machine.paper_mm = 0.0
        self._machine.paper_end = True

    def paper_low(self) -> None:
        """Put in a roll that is nearly used up (纸将尽): 3 m, the near-end sensor says so."""
        self._machine.load_roll(3_000.0, self._machine.width_mm)

    def paper_out_after(self, mm: float) -> None:
        """The roll ends after `mm` more millimetres, in the middle of what is printed then."""
        if mm < 0:
            raise VerbError("mm must not be negative")
        self._machine.load_roll(mm, self._machine.width_mm)
        self._machine.paper_end = False

    def refill(self, mm: float = ROLL_MM, width_mm: int = 0) -> None:
        """Put a new roll in (换纸) and close the cover; it goes on with what lies in its buffer.

        width_mm 80 or 58; 0: as before.
        """
        width_mm = width_mm or self._machine.width_mm
        if width_mm not in PRINTABLE_DOTS or mm <= 0:
            raise VerbError(f"a roll is longer than 0 mm and {' or '.join(map(str, PRINTABLE_DOTS))} mm wide")
        self._machine.load_roll(mm, width_mm)

    def open_cover(self) -> None:
        """Open the cover (开盖): printing stops."""
        self._machine.cover_open = True

    def close_cover(self) -> None:
        """Close the cover (合盖): printing goes on."""
        self._machine.cover_open = False

    def jam_cutter(self) -> None:
        """Something sticks in the blade (切刀卡住): the next cut fails, which is an error."""
        self._machine.cutter_blocked = True

    def clear_jam(self, by_hand: bool = True) -> None:
        """Take out what sticks. by_hand: cover opened and closed, which ends the error; else DLE ENQ has to."""
        self._machine.cutter_blocked = False
        if by_hand:
            self._machine.recover()

    def overheat(self, on: bool = True) -> None:
        """The head is too hot (过热) and printing rests; on=false: it has cooled down."""
        self._machine.overheated = on

    def power_off(self) -> None:
        """Switch off (断电): the line goes, all that was not printed is lost."""
        self._tear()
        self._wire.restart()

    def power_on(self) -> None:
        """Switch on again (上电), under the same endpoint."""
        self._plug()

    def look(self) -> dict[str, object]:
        """The machine's part of the `state` verb."""
        machine, interpreter, buffer = self._machine, self._wire.interpreter, self._wire.buffer
        errors = {
            "cover_open": machine.cover_open,
            "paper_out": machine.paper_end,
            "cutter": machine.cutter_error,
            "overheated": machine.overheated,
        }
        return {
            "online": not machine.is_stopped(),
            "paper": "out" if machine.paper_end else "low" if machine.is_near_end() else "ok",
            "paper_mm": round(machine.paper_mm, 1),
            "paper_width_mm": machine.width_mm,
            "printed_mm": round(machine.printed_mm, 1),
            "errors": [name for name, is_so in errors.items() if is_so],
            "receipts": machine.tray.count,
            "last_receipt": None if machine.tray.last is None else str(machine.tray.last),
            "cuts": machine.cuts,
            "bytes_received": buffer.received,
            "bytes_waiting": buffer.waiting(),
            "line_waiting": interpreter.line.text or None,
            "process_ids": interpreter.process_ids[-20:],
            "jobs_done": len(interpreter.process_ids),
            "drawer_pulses": machine.drawer_pulses,
            "unknown": dict(interpreter.unknown),
            "bad_characters": interpreter.bad_characters,
            "half_commands": interpreter.half_commands,
        }
