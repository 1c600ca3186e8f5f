"""Sealing: the whole case becomes one signed, encrypted item of the outbox, in one transaction."""

from __future__ import annotations

import logging

from terminal.cases import application
from terminal.cases import events as ev
from terminal.cases.desk import RETRY_S
from terminal.cases.model import Case, Step
from terminal.cases.steps.contract import StepHandler
from terminal.custody.seal import Document, PreparedCase
from terminal.store import journal
from terminal.store.connection import Connection

log = logging.getLogger(__name__)


class Sealing(StepHandler):
    """SEAL."""

    steps = frozenset({Step.SEAL})
    _prepared: PreparedCase | None = None  # encrypted once, however often the commit is tried

    def enter(self, step: Step) -> None:
        """Encrypt the documents, then commit manifest, outbox rows and the end of the journal together."""
        self._seal()

    def leave(self) -> None:
        """Sealed."""
        self._prepared = None

    def _seal(self) -> None:
        """While the disk refuses, the case stays here, says so and is tried again."""
        case = self.desk.case
        if case is None or case.step not in self.steps:
            return
        self.desk.unsay("seal.")
        try:
            if self._prepared is None:
                self._prepared = self.desk.sealer.prepare_case(case, self._documents(case))
        except OSError as error:
            log.exception("the case could not be encrypted")
            self.desk.say("error", "seal.disk", ("what", error.strerror or type(error).__name__))
            self.desk.later(RETRY_S, self._seal)
            return

        prepared = self._prepared

        def seal(connection: Connection) -> ev.Event:
            return ev.CaseSealed(seal=self.desk.sealer.commit_case(connection, prepared))

        def end_journal(connection: Connection, sealed: Case) -> None:
            journal.close(connection, sealed.id)

        self.desk.record(seal, also=end_journal)
        self.desk.sync_wanted()

    def _documents(self, case: Case) -> tuple[Document, ...]:
        """Every document of the case by role; the portrait stays card data and is left out."""
        get = self.desk.blobs.get
        documents = [
            Document("application", "application.json", "application/json", application.canonical(case)),
        ]
        documents += [
            Document("material", f"{m.code}.pdf", "application/pdf", get(m.pdf)) for m in case.materials if m.pdf
        ]
        if case.signature is not None:
            documents.append(Document("signature", "signature.png", "image/png", get(case.signature.picture)))
            documents.append(
                Document("signature_strokes", "signature.json", "application/json", get(case.signature.strokes))
            )
        if case.papers.notice is not None:
            documents.append(Document("notice", "notice.pdf", "application/pdf", get(case.papers.notice)))
        return tuple(documents)
