"""Sealing: the whole case becomes one signed, encrypted item of the outbox, in one transaction."""

from __future__ import annotations

import logging

from terminal.cases.desk import RETRY_S, Desk
from terminal.cases.mailbox import Timer
from terminal.cases.model import Step
from terminal.cases.sealing_work import SealingWork
from terminal.cases.steps.contract import StepHandler

log = logging.getLogger(__name__)


class Sealing(StepHandler):
    """SEAL."""

    steps = frozenset({Step.SEAL})
    _timer: Timer | None = None

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._work = SealingWork(desk)

    def enter(self, step: Step) -> None:
        """Encrypt the documents, then commit manifest, outbox rows and the end of the journal together."""
        self._seal()

    def leave(self) -> None:
        """Sealed, or about to be tried anew."""
        self._work.forget()
        self._stop_clock()
        self.desk.parts.lost = ()

    def _seal(self) -> None:
        """While the disk refuses or a document is lost, the case stays here, says so and is tried again."""
        case = self.desk.case
        if case is None or case.step not in self.steps:
            return
        self._stop_clock()
        self.desk.unsay("seal.")
        try:
            self.desk.parts.lost = self._work.prepare(case, self.desk.record)
        except OSError as error:
            log.exception("the case could not be encrypted")
            self.desk.say("error", "seal.disk", ("what", error.strerror or type(error).__name__))
            self._timer = self.desk.later(RETRY_S, self._seal)
            return
        if self.desk.parts.lost:
            log.error("%d documents keep a case from its seal", len(self.desk.parts.lost))
            self._timer = self.desk.later(RETRY_S, self._seal)  # a disk may come back by itself
            return
        self.desk.record(self._work.seal, also=self._work.end_journal)
        self.desk.sync_wanted()

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
