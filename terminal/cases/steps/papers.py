"""Notice and receipt: made once, printed truthfully, never printed twice by themselves."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from typing import Final

from drivers.base.status import Fault
from drivers.receipt_printer import api as printer
from drivers.receipt_printer.voiding import void_slip
from terminal import intents
from terminal.cases import documents, receipts
from terminal.cases import events as ev
from terminal.cases.catalogue import UnknownItem
from terminal.cases.desk import RETRY_S, Desk
from terminal.cases.machine import NotAllowed, may
from terminal.cases.model import GapCause, GapDocument, PrintState, Step
from terminal.cases.notices.errors import NoticeError
from terminal.cases.sealing_work import notice_pdf
from terminal.cases.steps.contract import Handlers, StepHandler
from terminal.devices.faults import PERHAPS_DONE
from terminal.store import journal
from terminal.store.connection import DATABASE_ERRORS, Connection

log = logging.getLogger(__name__)

_PRINTER: Final = "receipt_printer"
_NO_NOTICE: Final = GapDocument(role=documents.NOTICE, name=documents.NOTICE_NAME, cause=GapCause.NOT_MADE)
# What a session tells of any device, told of the receipt: not printed, or perhaps printed and never again by itself.
_MEANS_TO_A_RECEIPT: Final[Mapping[printer.JobOutcome, Mapping[str, str]]] = {
    printer.JobOutcome.DONE: {},
    printer.JobOutcome.FAILED: {
        "link.lost": "receipt_printer.link_lost",
        "link.offline": "receipt_printer.link_lost",
        "link.timeout": "receipt_printer.silent",
        "driver.stopped": "receipt_printer.not_begun",
    },
    printer.JobOutcome.INDETERMINATE: {
        "link.lost": "receipt_printer.link_lost_in_job",
        "link.timeout": "receipt_printer.silent_in_job",
        "link.corrupt": "receipt_printer.unconfirmed",
        "driver.cancelled": "receipt_printer.interrupted",
        "driver.internal": "receipt_printer.unconfirmed",
    },
}


class PapersStep(StepHandler):
    """ISSUE_PAPERS; the receipt may still come out while the citizen rates."""

    steps = frozenset({Step.ISSUE_PAPERS, Step.REVIEW})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        # Read before anything is done: a kiosk seals the cases of its last run unseen, and their journals go.
        self._earlier_unproven: Final = any(
            _is_unproven(desk.connection, case_id) for case_id in journal.open_cases(desk.connection, decided=True)
        )

    def intents(self) -> Handlers:
        """Printing, answering, handing over."""
        return {
            intents.PrintReceipt: self.print_again,
            intents.AnswerCameOut: self.answer,
            intents.WaiveReceipt: self.waive,
            intents.PapersHandedOver: self.handed_over,
        }

    def device_events(self) -> Handlers:
        """The printer's paper."""
        return {printer.PaperChanged: self.paper_changed}

    def enter(self, step: Step) -> None:
        """Make the notice and print the receipt; after a restart go on where it stood."""
        papers = self.desk.open_case().papers
        if step is Step.ISSUE_PAPERS:
            self._issue_notice()
        match papers.receipt:
            case PrintState.NOT_PRINTED:
                self._print()
            case PrintState.QUEUED:
                self._print_if_ready()
            case PrintState.PRINTING:
                # The program ended while the printer worked: nobody knows what came out.
                self.desk.record(ev.ReceiptChanged(state=PrintState.ASK, job=papers.receipt_job))
            case PrintState.PRINTED | PrintState.ASK | PrintState.WAIVED:
                pass

    def uses(self) -> frozenset[str]:
        """The printer, until the receipt is settled."""
        case = self.desk.case
        settled = case is None or case.papers.receipt in {PrintState.PRINTED, PrintState.WAIVED}
        return frozenset() if settled else frozenset({_PRINTER})

    def device_online(self, kind: str) -> None:
        """The printer works again: what waits is printed, once."""
        if kind == _PRINTER:
            self._print_if_ready()

    def paper_changed(self, event: printer.PaperChanged) -> None:
        """Paper is in again."""
        if event.paper in {printer.PaperState.OK, printer.PaperState.LOW}:
            self._print_if_ready()

    def print_again(self, _: intents.PrintReceipt) -> None:
        """The clerk asks for (another) copy."""
        state = self.desk.open_case().papers.receipt
        if state is PrintState.PRINTING:
            return
        if state is PrintState.ASK:
            self.desk.say("warning", "receipt.answer_first")
            return
        self._print()

    def answer(self, intent: intents.AnswerCameOut) -> None:
        """A person looked: it came out, or it has to be printed again."""
        papers = self.desk.open_case().papers
        if papers.receipt is not PrintState.ASK:
            raise NotAllowed(self.desk.open_case().step, "receipt answer")
        if intent.came_out:
            self.desk.record(ev.ReceiptChanged(state=PrintState.PRINTED, job=papers.receipt_job))
            self._unsay()
        else:
            self._print()

    def waive(self, _: intents.WaiveReceipt) -> None:
        """The citizen photographs the receipt's code from the screen instead."""
        papers = self.desk.open_case().papers
        if papers.receipt in {PrintState.PRINTED, PrintState.PRINTING}:
            raise NotAllowed(self.desk.open_case().step, "receipt waived")
        self.desk.record(ev.ReceiptChanged(state=PrintState.WAIVED, fault=papers.receipt_fault))
        self._unsay()

    def handed_over(self, _: intents.PapersHandedOver) -> None:
        """Everything is in the citizen's hands, or the clerk has said why not."""
        if self.desk.open_case().step is not Step.ISSUE_PAPERS:
            raise NotAllowed(self.desk.open_case().step, "papers")
        self._issue_notice()
        case = self.desk.open_case()
        if case.papers.notice is None and documents.has_notice(case) and not documents.allowed(case, _NO_NOTICE):
            return  # why was said
        if case.papers.receipt not in {PrintState.PRINTED, PrintState.WAIVED}:
            self.desk.say("error", "receipt.not_settled")
            return
        self.desk.record(ev.PapersGiven())

    def _issue_notice(self) -> None:
        """Make the notice unless it is there; when that fails the case goes on and it is tried again at the end."""
        case = self.desk.open_case()
        if case.decision is None or case.papers.notice is not None or not documents.has_notice(case):
            return
        self.desk.unsay("notice.")
        try:
            pdf = notice_pdf(self.desk, case)
        except NoticeError as error:
            log.error("no notice: %s", error)
            if not documents.allowed(case, _NO_NOTICE):
                self.desk.say("error", "notice.failed", ("what", str(error)))
            return
        self.desk.record(ev.NoticeIssued(blob=self.desk.blobs.put(pdf), kind=case.decision.kind))

    def _print_if_ready(self) -> None:
        case = self.desk.case
        if case is not None and case.papers.receipt is PrintState.QUEUED and case.step in self.steps:
            self._print()

    def _print(self) -> None:
        case = self.desk.open_case()
        try:
            item, situation = self.desk.item()
        except UnknownItem:  # of a release that did not keep the item; the code on the screen needs none
            self.desk.record(ev.ReceiptChanged(state=PrintState.QUEUED))
            self.desk.say("error", "receipt.item_gone")
            return
        job_id = f"{case.id}/{uuid.uuid4().hex[:8]}"
        elements = receipts.receipt(
            case,
            item,
            situation,
            self.desk.config.hall,
            reprint=case.papers.receipt_copies > 0,
            paper_mm=self._paper_mm(),
        )
        self._unsay()
        # Journalled before the first byte: after a crash the screen asks instead of printing again.
        self.desk.record(ev.ReceiptChanged(state=PrintState.PRINTING, job=job_id))
        sent = self.desk.ask(
            _PRINTER,
            printer.PrintJob(
                job_id, elements, void_slip(self.desk.clock.wall()), earlier_unproven=self._earlier_unproven
            ),
            lambda result, fault: self._printed(case.id, job_id, result, fault),
        )
        if not sent:
            self.desk.record(ev.ReceiptChanged(state=PrintState.QUEUED, fault="receipt_printer.none"))
            self.desk.say("warning", "receipt.no_printer")

    def _paper_mm(self) -> int:
        """The width of the paper that the printer is configured for: of several the first, as `Desk.ask` takes it."""
        entry = next((device for device in self.desk.config.device if device.kind == _PRINTER), None)
        return 58 if entry is not None and entry.options.get("paper_mm") == "58" else 80

    def _printed(self, case_id: str, job_id: str, result: object | None, fault: Fault | None) -> None:
        """The printer tells it once: what the disk refuses is written later, or the job would be under way for ever."""
        try:
            self._print_ended(case_id, job_id, result, fault)
        except (OSError, *DATABASE_ERRORS):
            self.desk.later(RETRY_S, lambda: self._print_ended(case_id, job_id, result, fault))
            raise

    def _print_ended(self, case_id: str, job_id: str, result: object | None, fault: Fault | None) -> None:
        case = self.desk.case
        if case is None or case.id != case_id or case.papers.receipt_job != job_id or not may(case, "receipt"):
            return  # of another case, or one that is sealed by now
        outcome = printer.JobOutcome.FAILED  # a command that never reached the printer printed nothing
        if isinstance(result, printer.PrintResult):
            outcome, fault = result.outcome, result.fault
        elif fault is not None and fault.code in PERHAPS_DONE:
            outcome = printer.JobOutcome.INDETERMINATE  # lost while it may have been printing
        code = _MEANS_TO_A_RECEIPT[outcome].get(fault.code, fault.code) if fault else ""
        match outcome:
            case printer.JobOutcome.DONE:
                self.desk.record(ev.ReceiptChanged(state=PrintState.PRINTED, job=job_id))
                self._unsay()
                return
            case printer.JobOutcome.FAILED:
                self.desk.record(ev.ReceiptChanged(state=PrintState.QUEUED, fault=code))
            case printer.JobOutcome.INDETERMINATE:
                self.desk.record(ev.ReceiptChanged(state=PrintState.ASK, job=job_id, fault=code))
        if code:
            self.desk.say_fault(_PRINTER, code)

    def _unsay(self) -> None:
        self.desk.unsay_fault(_PRINTER)
        self.desk.unsay("receipt.")


def _is_unproven(connection: Connection, case_id: str) -> bool:
    """Whether a receipt of the case may lie half in the printer: one was begun, and none was proven since.

    A person's word that it came out proves nothing of what the printer still holds.
    """
    try:
        receipts = [event for event in journal.events(connection, case_id) if isinstance(event, ev.ReceiptChanged)]
    except journal.Unreadable:
        return True
    under_way, unproven = False, False
    for receipt in receipts:
        match receipt.state:
            case PrintState.PRINTING:
                under_way = True
            case PrintState.ASK:
                under_way, unproven = False, True
            case PrintState.PRINTED if under_way:
                under_way, unproven = False, False
            case _:
                under_way = False
    return under_way or unproven
