"""A document of a decided case cannot be read: it is scanned again while the paper is there, or a supervisor lets the
case be sealed without it, by name, with the reason. Never by itself (docs/decisions/0014).
"""

from __future__ import annotations

from msgspec.structs import replace

from terminal import intents
from terminal.cases import documents
from terminal.cases import events as ev
from terminal.cases.documents import NOTICE, NOTICE_NAME
from terminal.cases.machine import NotAllowed
from terminal.cases.model import Gap, GapCause, GapDocument, PageRef, Rescan, Step
from terminal.cases.notices.errors import NoticeError
from terminal.cases.reception import vouch
from terminal.cases.sealing_work import notice_pdf
from terminal.cases.steps.contract import Handlers
from terminal.cases.steps.scanning import CAMERA, Scanning
from terminal.snapshot import Role

REASON_CHARS = 300


class Mending(Scanning):
    """SEAL, when a document is lost; ISSUE_PAPERS, when the notice cannot be made."""

    steps = frozenset({Step.SEAL})
    _seeing: bool = False

    def intents(self) -> Handlers:
        """What can be done about a lost document."""
        return {
            intents.RescanPage: self.capture,
            intents.DropRescannedPage: self.drop,
            intents.FinishRescan: self.finish,
            intents.SealWithGap: self.accept_gap,
        }

    def leave(self) -> None:
        """Sealed, or tried anew."""
        if self._seeing:
            self._seeing = False
            self.close_camera()

    def settled(self) -> None:
        """The camera is open as long as a scan is missing."""
        case = self.desk.case
        wanted = case is not None and case.step in self.steps and any(lost.material for lost in self.desk.parts.lost)
        if wanted and not self._seeing:
            self._seeing = True
            self.open_camera()
        elif not wanted:
            self.leave()

    def uses(self) -> frozenset[str]:
        """The camera, as long as a scan is missing."""
        return frozenset({CAMERA}) if self._seeing else frozenset()

    def device_online(self, kind: str) -> None:
        """The camera is back: so is its preview."""
        if kind == CAMERA and self._seeing:
            self.open_camera()

    def capture(self, intent: intents.RescanPage) -> None:
        """Take a picture of one page more."""
        code = intent.material
        self._lost_material(code)

        def take(page: PageRef) -> None:
            before = self._rescan(code)
            self._change(replace(before, pages=(*before.pages, page)))

        self.take_picture(code, lambda _: self._is_lost(code), take)

    def drop(self, intent: intents.DropRescannedPage) -> None:
        """Throw away one page."""
        self._lost_material(intent.material)
        before = self._rescan(intent.material)
        pages = tuple(page for index, page in enumerate(before.pages) if index != intent.index)
        if len(pages) != len(before.pages):
            self._change(replace(before, pages=pages))

    def finish(self, intent: intents.FinishRescan) -> None:
        """Make the PDF of the new pages and go on to the seal. What the citizen signed stays as it was."""
        code = intent.material
        name = self._lost_material(code)
        before = self._rescan(code)
        pdf = self.bound(code, name, before.pages)
        if pdf is not None:
            self._change(replace(before, pdf=pdf))
            self.desk.entered.append(Step.SEAL)

    def accept_gap(self, intent: intents.SealWithGap) -> None:
        """A supervisor's PIN and reason for exactly the documents that are missing now."""
        self.desk.unsay("gap.", "staff.")
        lost = self._missing()
        if not lost:
            raise NotAllowed(self.desk.open_case().step, "gap")
        reason = intent.reason.strip()[:REASON_CHARS]
        if not reason:
            self.desk.say("error", "gap.reason_missing", field="reason")
            return
        by = vouch(self.desk, intent.staff_id, intent.pin)
        if by is None:
            return
        if by.role is not Role.SUPERVISOR:
            self.desk.say("error", "gap.supervisor_only", field="staff_id")
            return
        at_seal = self.desk.open_case().step in self.steps
        gap = Gap(documents=lost, by=by.id, reason=reason, at=self.desk.clock.wall())
        self.desk.record(ev.GapAccepted(gap=gap))
        self.desk.unsay("notice.")
        if at_seal:
            self.desk.entered.append(Step.SEAL)

    def _missing(self) -> tuple[GapDocument, ...]:
        """What the case cannot be sealed with, as it stands now: a notice is tried once more."""
        case = self.desk.open_case()
        if case.step in self.steps:
            return self.desk.parts.lost
        if case.step is not Step.ISSUE_PAPERS or case.papers.notice is not None or not documents.has_notice(case):
            return ()
        notice = GapDocument(role=NOTICE, name=NOTICE_NAME, cause=GapCause.NOT_MADE)
        if documents.allowed(case, notice):
            return ()
        try:
            notice_pdf(self.desk, case)
        except NoticeError:
            return (notice,)
        return ()

    def _is_lost(self, code: str) -> bool:
        return any(lost.material == code for lost in self.desk.parts.lost)

    def _lost_material(self, code: str) -> str:
        """The name of a lost material; `NotAllowed` for any other."""
        case = self.desk.open_case()
        name = next((m.name for m in case.materials if m.code == code), "")
        if case.step not in self.steps or not name or not self._is_lost(code):
            raise NotAllowed(case.step, "rescan")
        return name

    def _rescan(self, code: str) -> Rescan:
        return documents.rescan_of(self.desk.open_case(), code) or Rescan(code=code)

    def _change(self, rescan: Rescan) -> None:
        staff = self.desk.parts.staff
        by = staff.id if staff else self.desk.open_case().clerk_id
        pdf = rescan.pdf if rescan.pages == self._rescan(rescan.code).pages else None  # of other pages
        self.desk.record(ev.RescanChanged(rescan=replace(rescan, pdf=pdf, by=by, at=self.desk.clock.wall())))
        self.desk.messages = [m for m in self.desk.messages if m.field != rescan.code]
