"""Sealing a case, wherever it stands: the open one by its step, one that a crash left behind by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable

from terminal.cases import documents
from terminal.cases import events as ev
from terminal.cases.catalogue import UnknownItem
from terminal.cases.desk import Desk
from terminal.cases.documents import NOTICE
from terminal.cases.model import Case, GapCause, GapDocument
from terminal.cases.notices.errors import NoticeError
from terminal.cases.notices.render import notice_context
from terminal.custody.seal import PreparedCase
from terminal.store import journal
from terminal.store.connection import Connection

log = logging.getLogger(__name__)

MADE_AGAIN = "告知书文件丢失或损坏，封存前按同一决定重新生成"


def notice_pdf(desk: Desk, case: Case) -> bytes:
    """The notice of a decided case; `NoticeError` when it cannot be made."""
    if case.decision is None:
        raise ValueError("a notice needs a decision")
    try:
        item, situation = desk.item_of(case)
    except UnknownItem as error:
        raise NoticeError("本厅目录中已没有该事项") from error
    return desk.notices.render(case.decision.kind, notice_context(case, item, situation, desk.config.hall))


class SealingWork:
    """Gathers, encrypts and commits. What is encrypted once is kept, however often the commit is tried."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._prepared: PreparedCase | None = None

    def prepare(self, case: Case, record: Callable[[ev.Event], Case]) -> tuple[GapDocument, ...]:
        """Encrypt every document of `case`; what keeps it from its seal: empty when it may be committed.

        A notice that is not there is made: the decision stands in the journal. `record` journals that and gives the
        new case. OSError when the disk refuses.
        """
        if self._prepared is not None and self._prepared.case.id == case.id:
            return ()
        found = documents.collect(case, self._desk.blobs)
        for lost in found.lost:
            if lost.role == NOTICE and (made := self._with_notice(case, lost, record)) is not None:
                case = made
                found = documents.collect(case, self._desk.blobs)
        missing = tuple(lost for lost in found.lost if documents.allowed(case, lost) is None)
        if not missing:
            self._prepared = self._desk.sealer.prepare_case(case, found.documents, documents.exceptions(case, found))
        return missing

    def seal(self, connection: Connection) -> ev.Event:
        """For the transaction that ends the case: the event of what was prepared."""
        if self._prepared is None:
            raise RuntimeError("nothing is prepared")
        return ev.CaseSealed(seal=self._desk.sealer.commit_case(connection, self._prepared))

    @staticmethod
    def end_journal(connection: Connection, sealed: Case) -> None:
        """In the same transaction: the journal, and the person in it, leave the database."""
        journal.close(connection, sealed.id)

    def forget(self) -> None:
        """Sealed, or another case: nothing is kept of it."""
        self._prepared = None

    def _with_notice(self, case: Case, lost: GapDocument, record: Callable[[ev.Event], Case]) -> Case | None:
        """`case` with its notice on the disk; None when it cannot be made."""
        if case.decision is None:
            return None
        try:
            blob = self._desk.blobs.put(notice_pdf(self._desk, case))
        except NoticeError as error:
            log.error("no notice: %s", error)
            return None
        if blob == case.papers.notice:  # the same, byte by byte
            return case
        reason = "" if lost.cause is GapCause.NOT_MADE else MADE_AGAIN
        return record(ev.NoticeIssued(blob=blob, kind=case.decision.kind, reason=reason))
