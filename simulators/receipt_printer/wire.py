"""The printer on its line: real-time commands at once, everything else in its order through the buffer."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.receipt_printer import status
from simulators.receipt_printer.interpreter import Interpreter
from simulators.receipt_printer.machine import PrinterMachine
from simulators.receipt_printer.real_time import RealTime, RealTimeScanner
from simulators.receipt_printer.receive_buffer import Program, ReceiveBuffer, Wait

_CLEARED = b"\x37\x25\x00"  # answer to DLE DC4 8: the buffers are clear


class PrinterWire:
    """Bytes in, answers out. The link asks `room` how many bytes the printer takes.

    `sees_line`: it notices when the line goes, as a network printer does; behind a serial line without modem signals
    half a command waits for its rest. `clears`: it knows DLE DC4 8, which many makes do not.
    """

    def __init__(self, machine: PrinterMachine, *, sees_line: bool = True, clears: bool = True) -> None:
        self.machine = machine
        self._sees_line = sees_line
        self._clears = clears
        self._scanner = RealTimeScanner()
        self._start()

    def _start(self) -> None:
        self.buffer = ReceiveBuffer()
        self.interpreter = Interpreter(self.machine, self.buffer)
        self._program: Program = self.interpreter.run()
        self._reported = status.automatic(self.machine)

    def room(self) -> int:
        """Bytes that the receive buffer still takes."""
        return self.buffer.room()

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """Take the host's bytes; answers to what is in real time, then to what could be worked off at once."""
        self.machine.now_s = now_s
        answers: list[bytes] = []
        start = 0
        for end, command in self._scanner.feed(data):
            self.buffer.put(data[start:end])
            start = end
            answers += self._obey(command)
        self.buffer.put(data[start:])
        return [*answers, *self._work()]

    def on_time(self, now_s: float) -> Sequence[bytes]:
        """Go on printing."""
        self.machine.now_s = now_s
        return self._work()

    def next_time_s(self) -> float | None:
        """When head or blade have finished what they do."""
        return self.machine.busy_until_s if self.machine.is_busy() else None

    def on_link(self, up: bool, now_s: float) -> None:
        """When the line is seen to go, whole commands in the buffer stay, half a command is forgotten."""
        del now_s
        if not up and self._sees_line:
            self._scanner.forget()
            self.buffer.end_connection()
            self.interpreter.automatic_status = 0

    def restart(self) -> None:
        """Power off and on: all buffers and formats are lost, the paper stays where it is."""
        self.machine.busy_until_s = 0.0
        self.machine.cutter_error = self.machine.cutter_blocked
        self._scanner.forget()
        self._start()

    def _obey(self, command: RealTime) -> list[bytes]:
        match command.opcode, tuple(command.arguments):
            case 0x04, [1 | 2 | 3 | 4 as number]:
                return [status.real_time(number, self.machine)]
            case 0x05, [1]:
                self.machine.recover()
            case 0x05, [2]:
                self.machine.recover()
                self._clear()
            case 0x14, [1, 0 | 1, _]:
                self.machine.kick_drawer()
            case 0x14, [8, 1, 3, 20, 1, 6, 2, 8] if self._clears:
                self._clear()
                return [_CLEARED]
            case _:
                shown = " ".join(str(byte) for byte in command.arguments)
                self.interpreter.note_unknown(f"DLE {command.opcode:02X} {shown}")
        return []

    def _clear(self) -> None:
        self.buffer.clear()
        self.interpreter.forget()
        self._program = self.interpreter.run()

    def _work(self) -> list[bytes]:
        while not self.machine.is_stopped() and not self.machine.is_busy():
            if next(self._program) is Wait.BYTES:
                break
        answers, self.interpreter.answers = self.interpreter.answers, []
        now = status.automatic(self.machine)
        if now != self._reported:
            self._reported = now
            if self.interpreter.automatic_status:
                answers.append(now)
        return answers
