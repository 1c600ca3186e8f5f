"""The receipt printer: prints a receipt, proves that it came out, and never prints one twice by itself."""

from __future__ import annotations

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
from drivers.receipt_printer.conversation import ANSWER_S, WRITE_S, Conversation
from drivers.receipt_printer.tables import COLUMNS, INITIALIZE, Barrier, Cut, QrMode
from drivers.receipt_printer.voiding import ENDS, longest_rest, void_slip

OPEN_S: Final = 2.0
POLL_EVERY_S: Final = 2.0
SILENT_AFTER: Final = 3  # rounds of status without an answer
GIVE_UP_AFTER: Final = 10  # such rounds after which the connection is made anew
JOB_S: Final = 30.0  # from the last byte to the proof
VOID_S: Final = 10.0  # the same for what voids a broken receipt: a printer that proves nothing shall go on all the same
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
    """The printer stands, or what was begun has no proof. Never leaves this module.

    `found` is what the printer said of itself, if a receipt that was not begun may wait for the end of that. Without it
    a person has to look: tried again by itself, it could void one paper after the other.
    """

    def __init__(self, fault: Fault, found: codec.Meaning | None = None) -> None:
        super().__init__(fault.code)
        self.fault = fault
        self.found = found


class ReceiptPrinter:
    """Driver of one printer."""

    def __init__(self, transport: Transport, settings: PrinterSettings, context: DriverContext) -> None:
        self._transport = transport
        self._settings = settings
        self._clock = context.clock
        self._facts = (
            ("paper_mm", str(settings.layout.paper_mm)),
            ("barrier", str(settings.barrier)),
        )
        self._talk = Conversation(transport, context, settings.barrier)
        self._begun: set[str] = set()
        self._unproven: bytes | None = None  # the receipt of which nobody knows what the printer still holds
        self._knows_itself = False  # what became of all that was printed: no job of an earlier program is left
        self._told: codec.Meaning | None = None
        self._untold: codec.Meaning | None = None  # what a job failed of, to be told before the printer is asked again
        self._missed = 0
        self._next_poll_s = 0.0
        self._broken = ""

    def connect(self) -> None:
        """Open the connection; `LinkLost` when it is not there or another program holds the printer."""
        self._transport.open(Deadline.after(self._clock, OPEN_S))
        self._talk.opened()
        self._missed = 0
        self._broken = ""

    def interrogate(self) -> DeviceStatus:
        """Ask how it is; offline when it does not answer. The paper follows as an event at once."""
        try:
            if self._unproven is not None:
                # Before any question: a printer that waits for the rest of a command takes its bytes for that rest.
                self._talk.write(ENDS, ANSWER_S)
            found = self._look()
        except Timeout:
            found = _SILENT
            self._missed = SILENT_AFTER
        self._told = self._untold = None
        self._next_poll_s = self._clock.monotonic()
        return DeviceStatus(found.state, found.fault, self._facts)

    def execute(self, command: object) -> object:
        """PrintJob: a `PrintResult`, whatever happens to the link. DropLine: None, or `Timeout`, `LinkLost`.

        `Refused` for a job that was begun before, `Unsupported` for one that cannot be printed.
        """
        if isinstance(command, DropLine):
            self._talk.write(INITIALIZE, ANSWER_S)
            return None
        if not isinstance(command, PrintJob):
            raise Unsupported(f"the receipt printer knows no {type(command).__name__}")
        receipt = codec.encode_receipt(command.elements, self._settings.layout)
        slip = codec.encode_receipt(command.voiding or void_slip(self._clock.wall()), self._settings.layout)
        if command.job_id in self._begun:
            raise Refused("receipt_printer.duplicate_job", "a job with this id was sent to the printer before")
        return self._print(command, receipt, slip)

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait, on the connection."""
        return self._transport.wait(deadline, wake)

    def on_readable(self) -> Iterable[object]:
        """It spoke unasked: status that it reports by itself is a reason to ask; late answers count for nothing."""
        self._talk.receive()
        return ()

    def next_timer_s(self) -> float | None:
        """The next look at its status; at once when there is a reason, or the connection is of no more use."""
        is_urgent = bool(self._broken) or self._untold is not None or self._talk.reported
        return self._clock.monotonic() if is_urgent else self._next_poll_s

    def on_timer(self) -> Iterable[object]:
        """Ask how it is. `LinkLost` when the connection has to be made anew."""
        if self._broken:
            raise LinkLost(self._broken)
        found, self._untold = self._untold, None
        if found is not None:
            return self._tell(found)
        self._next_poll_s = self._clock.monotonic() + POLL_EVERY_S
        self._talk.reported = False
        try:
            found = self._look()
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

    def _print(self, job: PrintJob, receipt: bytes, slip: bytes) -> PrintResult:
        self._next_poll_s = self._clock.monotonic()  # how it is now is told right after the job
        if self._broken:
            return _failed(job.job_id, "link_lost", FaultAction.RESET, self._broken)
        try:
            self._must_print()
            if self._must_void(job):
                self._void(slip, receipt)
                self._must_print()
            # Prints nothing: a connection that breaks here has cost nothing.
            self._talk.write(INITIALIZE, ANSWER_S)
        except _Stopped as stopped:
            if stopped.found is None:
                self._begun.add(job.job_id)
                return PrintResult(job.job_id, JobOutcome.INDETERMINATE, stopped.fault)
            self._untold = stopped.found  # so that its end is told, too, and the receipt comes again
            return PrintResult(job.job_id, JobOutcome.FAILED, stopped.found.fault)
        except Timeout as error:
            self._untold = _SILENT
            return _failed(job.job_id, "silent", FaultAction.CLEAR, str(error))
        except LinkLost as error:
            self._broken = str(error)
            return _failed(job.job_id, "link_lost", FaultAction.RESET, str(error))
        except Cancelled as error:
            return _failed(job.job_id, "not_begun", FaultAction.RESET, str(error))
        self._begun.add(job.job_id)
        self._unproven = receipt
        try:
            self._send(receipt)
            if not self._await_proof(JOB_S):
                self._broken = "the printer did not confirm a receipt"
                raise _Stopped(Fault("receipt_printer.unconfirmed", FaultAction.CLEAR, self._broken))
        except _Stopped as stopped:
            return PrintResult(job.job_id, JobOutcome.INDETERMINATE, stopped.fault)
        except LinkLost as error:
            return PrintResult(job.job_id, JobOutcome.INDETERMINATE, self._lost_in_job(error))
        except Cancelled as error:
            fault = Fault("receipt_printer.interrupted", FaultAction.RESET, str(error))
            return PrintResult(job.job_id, JobOutcome.INDETERMINATE, fault)
        self._unproven, self._knows_itself = None, True
        return PrintResult(job.job_id, JobOutcome.DONE)

    def _must_print(self) -> None:
        """Ask how it is, twice if need be; `_Stopped` while it prints nothing."""
        try:
            found = self._look()
        except Timeout:
            found = self._look()
        if found.fault is not None:
            raise _Stopped(found.fault, found)

    def _must_void(self, job: PrintJob) -> bool:
        """Whether the printer may hold a part of a receipt. One that was proven late is none."""
        if self._unproven is not None and self._talk.is_proven() and not self._talk.has_paper_ended():
            self._unproven, self._knows_itself = None, True
        return self._unproven is not None or (job.earlier_unproven and not self._knows_itself)

    def _void(self, slip: bytes, receipt: bytes) -> None:
        """Bring the printer to a known state, void what is on the paper and cut it off.

        `receipt` is the next one: that of an earlier program is taken for as long. `_Stopped` for what goes wrong.
        """
        try:
            if not self._talk.clear():
                self._talk.fill_up(longest_rest(self._unproven or receipt))
            self._send(INITIALIZE + slip)
            if self._await_proof(VOID_S):
                self._unproven, self._knows_itself = None, True
        except Timeout as error:
            raise self._stuck(error) from error
        except LinkLost as error:
            raise _Stopped(self._lost_in_job(error)) from error

    def _send(self, data: bytes) -> None:
        """Send `data`, and what asks for its proof; `_Stopped`, `LinkLost`."""
        try:
            self._talk.write(data + self._talk.ask_for_proof(), WRITE_S)
        except Timeout as error:
            raise self._stuck(error) from error

    def _await_proof(self, within_s: float) -> bool:
        """Wait for what the barrier asks for, looking how the printer is meanwhile; a proof outdoes any trouble.

        False when neither comes within `within_s` seconds.
        """
        unproved = self._settings.barrier is Barrier.NONE
        deadline = Deadline.after(self._clock, within_s)
        look_s = self._clock.monotonic() + (0 if unproved else LOOK_EVERY_S)
        missed = 0
        while True:
            self._talk.receive()
            if self._is_proven():
                return True
            if self._clock.monotonic() >= look_s:
                try:
                    stopped = self._trouble()
                    missed = 0
                except Timeout as error:
                    missed += 1
                    stopped = self._stuck(error) if missed >= SILENT_AFTER else None
                if self._is_proven() or (unproved and not missed and stopped is None):
                    return True
                if stopped is not None:
                    raise stopped
                look_s = self._clock.monotonic() + LOOK_EVERY_S
            if deadline.expired():
                return False
            self._talk.wait(Deadline(self._clock, look_s))

    def _is_proven(self) -> bool:
        if not self._talk.is_proven():
            return False
        if self._talk.has_paper_ended():
            fault = Fault("receipt_printer.paper_out", FaultAction.CLEAR, "GS r: paper end")
            raise _stopped(codec.Meaning(DeviceState.USER_ERROR, fault, PaperState.OUT), fault)
        return True

    def _trouble(self) -> _Stopped | None:
        """What makes the printer stand in the middle of a job; `Timeout` when it does not answer."""
        found = self._look()
        if found.fault is None or found.fault.code == _MENDS_ITSELF:
            return None
        return _stopped(found, found.fault)

    def _stuck(self, error: Timeout) -> _Stopped:
        """Half a command may lie in the printer; what is written next on this connection would become its rest."""
        self._broken = str(error)
        return _Stopped(Fault("receipt_printer.silent_in_job", FaultAction.CLEAR, str(error)))

    def _lost_in_job(self, error: LinkLost) -> Fault:
        self._broken = str(error)
        return Fault("receipt_printer.link_lost_in_job", FaultAction.RESET, str(error))

    # status

    def _look(self) -> codec.Meaning:
        found = codec.meaning(self._talk.ask())
        self._missed = 0
        return found

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


def _stopped(found: codec.Meaning, fault: Fault) -> _Stopped:
    code = _IN_JOB.get(fault.code, "receipt_printer.stopped_in_job")
    return _Stopped(
        Fault(code, fault.action, f"{fault.code}: {fault.detail}"), found if fault.code in _IN_JOB else None
    )


def build(endpoint: Endpoint, options: Mapping[str, str], context: DriverContext) -> ReceiptPrinter:
    """The driver for `endpoint` (`tcp://10.0.0.9:9100`, `serial:///dev/…`); `Unsupported` for a wrong option.

    Options: paper_mm (80, 58), cut (full, partial, none), barrier (process_id, paper_status, none; README),
    qr (native, raster).
    """
    settings = PrinterSettings.of(options)
    return ReceiptPrinter(transport_of(endpoint, context.clock, context.tap), settings, context)
