"""The receipt printer: prints a receipt, proves that it came out, and never prints one twice by itself."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, LinkLost, Refused, Timeout, Unsupported
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.base.transport import Ready, Transport
from drivers.base.transports import transport_of
from drivers.base.wake import Wake
from drivers.receipt_printer import codec
from drivers.receipt_printer.api import DropLine, JobOutcome, PaperChanged, PaperState, PrintJob, PrintResult
from drivers.receipt_printer.tables import COLUMNS, INITIALIZE, PAPER_SENSORS, Barrier, Cut, QrMode

OPEN_S: Final = 2.0
STATUSES: Final = (1, 2, 3, 4)  # what DLE EOT is asked for, always in this order
ANSWER_S: Final = 1.0  # DLE EOT is answered at once, whatever the printer does; slow network cards are not
POLL_EVERY_S: Final = 2.0
SILENT_AFTER: Final = 3  # rounds of status without an answer
GIVE_UP_AFTER: Final = 10  # such rounds after which the connection is made anew
WRITE_S: Final = 15.0  # a receipt into a printer that prints while its buffer is full
JOB_S: Final = 30.0  # from the last byte to the proof
LOOK_EVERY_S: Final = 0.25  # how often the printer is asked how it is while the proof is waited for

_SILENT: Final = codec.Meaning(
    DeviceState.OFFLINE, Fault("receipt_printer.silent", FaultAction.CLEAR), PaperState.UNKNOWN
)
# What stops a receipt that was begun. Whatever else stops it has no word of its own.
_IN_JOB: Final = {
    f"receipt_printer.{trouble}": f"receipt_printer.{trouble}_in_job"
    for trouble in ("paper_out", "cover_open", "cutter")
}
_MENDS_ITSELF: Final = "receipt_printer.overheated"


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """What the configuration says."""

    layout: codec.Layout
    barrier: Barrier

    @classmethod
    def of(cls, options: Mapping[str, str]) -> PrinterSettings:
        """From the driver's options; `Unsupported` for a value that does not exist."""
        paper, cut = options.get("paper_mm", "80"), options.get("cut", Cut.FULL)
        barrier = options.get("barrier", Barrier.PROCESS_ID)
        if paper not in map(str, COLUMNS):
            raise Unsupported(f"option paper_mm of the receipt printer is 80 or 58, not {paper!r}")
        try:
            qr = QrMode(options.get("qr", QrMode.NATIVE))
            return cls(codec.Layout(int(paper), Cut(cut), qr), Barrier(barrier))
        except ValueError as error:
            raise Unsupported(f"an option of the receipt printer: {error}") from error


class _Stopped(Exception):
    """A job that was begun has no proof. Carries the fault; never leaves this module."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class ReceiptPrinter:
    """Driver of one printer."""

    def __init__(self, transport: Transport, settings: PrinterSettings, context: DriverContext) -> None:
        self._transport = transport
        self._settings = settings
        self._clock = context.clock
        self._cancel = context.cancel
        self._facts = (
            ("paper_mm", str(settings.layout.paper_mm)),
            ("barrier", str(settings.barrier)),
        )
        self._answers = codec.AnswerReader()
        self._statuses: list[int] = []
        self._processed: set[str] = set()
        self._sensors: codec.PaperSensors | None = None
        self._owed_sensors = 0  # answers to GS r that this connection still owes, ours being the last
        self._begun: set[str] = set()
        self._told: codec.Meaning | None = None
        self._missed = 0
        self._next_poll_s = 0.0
        self._broken = ""

    def connect(self) -> None:
        """Open the connection; `LinkLost` when it is not there or another program holds the printer."""
        self._transport.open(Deadline.after(self._clock, OPEN_S))
        self._answers.clear()
        self._owed_sensors = 0
        self._missed = 0
        self._broken = ""

    def interrogate(self) -> DeviceStatus:
        """Ask how it is; offline when it does not answer. The paper follows as an event at once."""
        try:
            found = codec.meaning(self._ask())
        except Timeout:
            found = _SILENT
            self._missed = SILENT_AFTER
        self._told = None
        self._next_poll_s = self._clock.monotonic()
        return DeviceStatus(found.state, found.fault, self._facts)

    def execute(self, command: object) -> object:
        """PrintJob: a `PrintResult`, whatever happens to the link. DropLine: None, or `Timeout`, `LinkLost`.

        `Refused` for a job that was begun before, `Unsupported` for one that cannot be printed.
        """
        if isinstance(command, DropLine):
            self._transport.write(INITIALIZE, Deadline.after(self._clock, ANSWER_S))
            return None
        if not isinstance(command, PrintJob):
            raise Unsupported(f"the receipt printer knows no {type(command).__name__}")
        receipt = codec.encode_receipt(command.elements, self._settings.layout)
        if command.job_id in self._begun:
            raise Refused("receipt_printer.duplicate_job", "a job with this id was sent to the printer before")
        return self._print(command.job_id, receipt)

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait, on the connection."""
        return self._transport.wait(deadline, wake)

    def on_readable(self) -> Iterable[object]:
        """It spoke unasked: status that it reports by itself is a reason to ask; late answers count for nothing."""
        self._receive()
        return ()

    def next_timer_s(self) -> float | None:
        """The next look at its status; at once when the connection is of no more use."""
        return self._clock.monotonic() if self._broken else self._next_poll_s

    def on_timer(self) -> Iterable[object]:
        """Ask how it is. `LinkLost` when the connection has to be made anew."""
        if self._broken:
            raise LinkLost(self._broken)
        self._next_poll_s = self._clock.monotonic() + POLL_EVERY_S
        try:
            found = codec.meaning(self._ask())
        except Timeout as error:
            self._missed += 1
            if self._missed >= GIVE_UP_AFTER:
                raise LinkLost("no answer for long; connecting anew") from error
            if self._missed < SILENT_AFTER:
                return ()
            found = _SILENT
        return self._tell(found)

    def close(self) -> None:
        """Give the connection back."""
        self._transport.close()

    # printing

    def _print(self, job_id: str, receipt: bytes) -> PrintResult:
        self._next_poll_s = self._clock.monotonic()  # how it is now is told right after the job
        if self._broken:
            return _failed(job_id, "link_lost", FaultAction.RESET, self._broken)
        try:
            found = codec.meaning(self._ask())
            if found.fault is not None:
                return PrintResult(job_id, JobOutcome.FAILED, found.fault)
            # Prints nothing: a connection that breaks here has cost nothing.
            self._transport.write(INITIALIZE, Deadline.after(self._clock, ANSWER_S))
        except Timeout as error:
            return _failed(job_id, "silent", FaultAction.CLEAR, str(error))
        except LinkLost as error:
            self._broken = str(error)
            return _failed(job_id, "link_lost", FaultAction.RESET, str(error))
        except Cancelled as error:
            return _failed(job_id, "not_begun", FaultAction.RESET, str(error))
        self._begun.add(job_id)
        try:
            self._send_and_prove(receipt)
        except _Stopped as stopped:
            return PrintResult(job_id, JobOutcome.INDETERMINATE, stopped.fault)
        except LinkLost as error:
            self._broken = str(error)
            fault = Fault("receipt_printer.link_lost_in_job", FaultAction.RESET, str(error))
            return PrintResult(job_id, JobOutcome.INDETERMINATE, fault)
        except Cancelled as error:
            fault = Fault("receipt_printer.interrupted", FaultAction.RESET, str(error))
            return PrintResult(job_id, JobOutcome.INDETERMINATE, fault)
        return PrintResult(job_id, JobOutcome.DONE)

    def _send_and_prove(self, receipt: bytes) -> None:
        """Send the receipt; return only with the proof. `_Stopped`, `LinkLost` or `Cancelled` without one."""
        process_id = secrets.token_hex(2)
        match self._settings.barrier:
            case Barrier.PROCESS_ID:
                receipt += codec.encode_process_id(process_id)
                self._processed.clear()
            case Barrier.PAPER_STATUS:
                receipt += PAPER_SENSORS
                self._owed_sensors += 1
            case Barrier.NONE:
                pass
        try:
            self._transport.write(receipt, Deadline.after(self._clock, WRITE_S))
        except Timeout as error:
            # Half a command may lie in the printer; what is written next would become its rest.
            self._broken = str(error)
            raise _Stopped(Fault("receipt_printer.silent_in_job", FaultAction.CLEAR, str(error))) from error
        self._await_proof(process_id)

    def _await_proof(self, process_id: str) -> None:
        """Wait for what the barrier asks for, looking how the printer is meanwhile; a proof outdoes any trouble."""
        unproved = self._settings.barrier is Barrier.NONE
        deadline = Deadline.after(self._clock, JOB_S)
        look_s = self._clock.monotonic() + (0 if unproved else LOOK_EVERY_S)
        missed = 0
        while True:
            self._receive()
            if self._is_proven(process_id):
                return
            if self._clock.monotonic() >= look_s:
                try:
                    fault = self._trouble()
                    missed = 0
                except Timeout as error:
                    fault = None
                    missed += 1
                    if missed >= SILENT_AFTER:
                        self._broken = str(error)
                        fault = Fault("receipt_printer.silent_in_job", FaultAction.CLEAR, str(error))
                if self._is_proven(process_id) or (unproved and not missed and fault is None):
                    return
                if fault is not None:
                    raise _Stopped(fault)
                look_s = self._clock.monotonic() + LOOK_EVERY_S
            if deadline.expired():
                self._broken = "the printer did not confirm a receipt"
                raise _Stopped(Fault("receipt_printer.unconfirmed", FaultAction.CLEAR, self._broken))
            self._wait(Deadline(self._clock, look_s))

    def _is_proven(self, process_id: str) -> bool:
        match self._settings.barrier:
            case Barrier.PROCESS_ID:
                return process_id in self._processed
            case Barrier.PAPER_STATUS:
                if self._owed_sensors or self._sensors is None:
                    return False
                if self._sensors.end:
                    raise _Stopped(Fault("receipt_printer.paper_out_in_job", FaultAction.CLEAR, "GS r: paper end"))
                return True
            case Barrier.NONE:
                return False

    def _trouble(self) -> Fault | None:
        """What makes the printer stand in the middle of a job; `Timeout` when it does not answer."""
        fault = codec.meaning(self._ask()).fault
        if fault is None or fault.code == _MENDS_ITSELF:
            return None
        code = _IN_JOB.get(fault.code, "receipt_printer.stopped_in_job")
        return Fault(code, fault.action, f"{fault.code}: {fault.detail}")

    # status

    def _ask(self) -> codec.RawStatus:
        """The four answers to DLE EOT; `Timeout` when one of them does not come.

        Asked for at once, not one after the other: behind a serial adapter every turn costs up to 16 ms.
        """
        self._receive()
        self._statuses.clear()
        deadline = Deadline.after(self._clock, ANSWER_S)
        self._transport.write(b"".join(codec.encode_status_query(number) for number in STATUSES), deadline)
        while (heard := len(self._statuses)) < len(STATUSES):
            self._wait(deadline)
            self._receive()
            if len(self._statuses) > heard:
                deadline = Deadline.after(self._clock, ANSWER_S)
            elif deadline.expired():
                raise Timeout(f"the printer does not answer DLE EOT {STATUSES[heard]}")
        self._missed = 0
        return codec.RawStatus.of(*self._statuses[: len(STATUSES)])

    def _receive(self) -> None:
        """Take what is there."""
        for answer in self._answers.feed(self._transport.read_available()):
            match answer:
                case codec.RealTimeStatus():
                    self._statuses.append(answer.bits)
                case codec.Processed():
                    self._processed.add(answer.process_id)
                case codec.PaperSensors():
                    # Answers come in the order of the questions: only the last one owed is the running job's.
                    self._owed_sensors = max(0, self._owed_sensors - 1)
                    self._sensors = answer
                case codec.AutomaticStatus():
                    self._next_poll_s = self._clock.monotonic()

    def _wait(self, deadline: Deadline) -> None:
        if self._transport.wait(deadline, self._cancel).woken:
            raise Cancelled("the printer's session ends")

    def _tell(self, found: codec.Meaning) -> list[object]:
        """Events for what differs from what was told last."""
        told, self._told = self._told, found
        events: list[object] = []
        # The session drops a report of what it knows already.
        if told is None or (told.state, told.fault) != (found.state, found.fault):
            events.append(StatusReport(DeviceStatus(found.state, found.fault, self._facts)))
        if told is None or told.paper is not found.paper:
            events.append(PaperChanged(found.paper))
        return events


def _failed(job_id: str, trouble: str, action: FaultAction, detail: str) -> PrintResult:
    return PrintResult(job_id, JobOutcome.FAILED, Fault(f"receipt_printer.{trouble}", action, detail))


def build(endpoint: Endpoint, options: Mapping[str, str], context: DriverContext) -> ReceiptPrinter:
    """The driver for `endpoint` (`tcp://10.0.0.9:9100`, `serial:///dev/…`); `Unsupported` for a wrong option.

    Options: paper_mm (80, 58), cut (full, partial, none), barrier (process_id, paper_status, none; README),
    qr (native, raster).
    """
    settings = PrinterSettings.of(options)
    return ReceiptPrinter(transport_of(endpoint, context.clock, context.tap), settings, context)
