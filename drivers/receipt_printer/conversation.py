"""What a printer is asked and what it answers: its status, the proof of a receipt, a known state after a broken one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext
from drivers.base.errors import Cancelled, Timeout
from drivers.base.transport import Transport
from drivers.receipt_printer import codec
from drivers.receipt_printer.tables import CLEAR, PAPER_SENSORS, Barrier

STATUSES: Final = (1, 2, 3, 4)  # what DLE EOT is asked for, always in this order
ANSWER_S: Final = 1.0  # DLE EOT is answered at once, whatever the printer does; slow network cards are not
LATE_S: Final = 1.5  # how long after that an answer may still come; only then is it lost
SETTLE_S: Final = 0.1  # without another answer for so long, all are there that were held up
WRITE_S: Final = 15.0  # a receipt into a printer that prints while its buffer is full
SYNC_TRIES: Final = 3
SYNC_S: Final = 5.0  # it may be printing what it holds
PROCESS_ID_SIZE: Final = 4
SYNC_BYTES: Final = 4096  # NULs before it is asked once more


class Conversation:
    """Questions and answers over one connection after another. On the session's thread; `Cancelled` ends every wait."""

    def __init__(self, transport: Transport, context: DriverContext, barrier: Barrier) -> None:
        self._transport = transport
        self._clock = context.clock
        self._cancel = context.cancel
        self._barrier = barrier
        self._answers = codec.AnswerReader()
        self._statuses: list[int] = []
        self._missing = False  # answers to DLE EOT that were given up and may still come …
        self._missing_until_s = 0.0  # … until then
        self._lost = False  # some were not there by then: whatever came since may be theirs
        self._process_id = ""
        self._processed: set[str] = set()
        self._sensors: codec.PaperSensors | None = None
        self._owed_sensors = 0  # answers to GS r that this connection still owes, ours being the last
        self._cleared = False
        self.reported = False  # it spoke of its status unasked

    def opened(self) -> None:
        """Another connection: it owes nothing. But a serial line brings late statuses all the same."""
        self._answers.clear()
        self._forget_proof()

    def receive(self) -> None:
        """Take what is there; `LinkLost`."""
        for answer in self._answers.feed(self._transport.read_available()):
            match answer:
                case codec.RealTimeStatus():
                    self._statuses.append(answer.bits)
                case codec.Processed():
                    self._processed.add(answer.process_id)
                case codec.PaperSensors() if self._barrier is Barrier.PAPER_STATUS:  # else one NUL of noise
                    # Answers come in the order of the questions: only the last one owed is the running job's.
                    self._owed_sensors = max(0, self._owed_sensors - 1)
                    self._sensors = answer
                case codec.Cleared():
                    self._cleared = True
                    self._owed_sensors = 0
                case codec.AutomaticStatus():
                    self.reported = True
                case codec.PaperSensors():
                    pass

    def write(self, data: bytes, within_s: float) -> None:
        """Send `data`; `Timeout`, `LinkLost`."""
        self._transport.write(data, Deadline.after(self._clock, within_s))

    def wait(self, deadline: Deadline) -> None:
        """Wait for bytes until then."""
        if self._transport.wait(deadline, self._cancel).woken:
            raise Cancelled("the printer's session ends")

    # status

    def ask(self) -> codec.RawStatus:
        """The four answers to DLE EOT; `Timeout` when one of them does not come.

        Asked for at once, not one after the other: behind a serial adapter every turn costs up to 16 ms. They do not
        say to what they belong: after a missing one, what is late is waited for before anything is asked again.
        """
        self.receive()
        self._hear_out()
        self._statuses.clear()
        try:
            self.write(b"".join(codec.encode_status_query(number) for number in STATUSES), ANSWER_S)
            while len(self._statuses) < len(STATUSES):
                if not self._another_came(ANSWER_S):
                    raise Timeout(f"the printer does not answer DLE EOT {STATUSES[len(self._statuses)]}")
        except Timeout:
            self._missing, self._missing_until_s = True, self._clock.monotonic() + LATE_S
            raise
        if self._lost:  # if they were held up for longer, they stand before the answers to these questions
            while self._another_came(SETTLE_S):
                pass
            self._lost = False
        return codec.RawStatus.of(*self._statuses[-len(STATUSES) :])

    # proof

    def ask_for_proof(self) -> bytes:
        """What to send behind a receipt, so that `is_proven` tells whether it was worked off; b"" with no barrier."""
        self._forget_proof(self._owed_sensors)
        match self._barrier:
            case Barrier.PROCESS_ID:
                self._process_id = new_process_id()
                return codec.encode_process_id(self._process_id)
            case Barrier.PAPER_STATUS:
                self._owed_sensors += 1
                return PAPER_SENSORS
            case Barrier.NONE:
                return b""

    def is_proven(self) -> bool:
        """Whether what was sent before the last `ask_for_proof`, on this connection, was worked off."""
        return self._process_id in self._processed or (self._sensors is not None and not self._owed_sensors)

    def has_paper_ended(self) -> bool:
        """Whether the answer that proves it said so (GS r)."""
        return self._sensors is not None and self._sensors.end

    def _forget_proof(self, owed_sensors: int = 0) -> None:
        self._process_id = ""
        self._processed.clear()
        self._sensors, self._owed_sensors = None, owed_sensors

    # a known state

    def clear(self) -> bool:
        """Let it throw away what it holds, half a command, too; whether it says so. Many do not know DLE DC4 8."""
        self._cleared = False
        self.write(CLEAR, ANSWER_S)
        return self._came(lambda: self._cleared, ANSWER_S)

    def fill_up(self, count: int) -> None:
        """End half a command that lacks up to `count` bytes: NULs, which are nothing to a printer that lacks none.

        Asks for a proof until one comes; and where answers have no number, hears out that of an earlier receipt.
        """
        self.write(bytes(count), WRITE_S)
        if self._barrier is Barrier.NONE:
            return
        for _ in range(SYNC_TRIES):
            self.write(self.ask_for_proof(), ANSWER_S)
            if self._came(lambda: self._process_id in self._processed or self._sensors is not None, SYNC_S):
                if self._barrier is Barrier.PAPER_STATUS:
                    self._came(lambda: False, ANSWER_S)
                    self._owed_sensors = 0
                return
            self.write(bytes(SYNC_BYTES), WRITE_S)
        self._owed_sensors += 1  # that of an earlier receipt may still come

    def _hear_out(self) -> None:
        if self._missing:
            left_s = self._missing_until_s - self._clock.monotonic()
            came = self._came(lambda: len(self._statuses) >= len(STATUSES), left_s)
            self._missing, self._lost = False, self._lost or not came

    def _another_came(self, within_s: float) -> bool:
        heard = len(self._statuses)
        return self._came(lambda: len(self._statuses) > heard, within_s)

    def _came(self, condition: Callable[[], bool], within_s: float) -> bool:
        """Take what comes until `condition` holds; False when it does not `within_s` seconds."""
        deadline = Deadline.after(self._clock, within_s)
        while not condition():
            if deadline.expired():
                return False
            self.wait(deadline)
            self.receive()
        return True


def new_process_id() -> str:
    """One that no earlier receipt had, as far as chance goes: of some 200 000."""
    return "".join(secrets.choice(codec.PROCESS_ID_LETTERS) for _ in range(PROCESS_ID_SIZE))
