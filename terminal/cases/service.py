"""The case service: takes intents, device notices and sync news on the case thread, gives snapshots out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import uuid_utils

from drivers.base.status import DeviceState
from sync.agent.status import AgentStatus
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.catalogue import UnknownItem
from terminal.cases.desk import RETRY_S, Desk
from terminal.cases.device_messages import DeviceMessages
from terminal.cases.left_over import LeftOver
from terminal.cases.machine import NotAllowed, step_back
from terminal.cases.model import Case, RecordingState, Step
from terminal.cases.reception import Reception
from terminal.cases.steps.check import Check
from terminal.cases.steps.codes import Codes
from terminal.cases.steps.contract import StepHandler
from terminal.cases.steps.decision import Deciding
from terminal.cases.steps.form import Form
from terminal.cases.steps.identification import Identification
from terminal.cases.steps.materials import Materials
from terminal.cases.steps.mending import Mending
from terminal.cases.steps.papers import PapersStep
from terminal.cases.steps.review import Reviewing
from terminal.cases.steps.sealing import Sealing
from terminal.cases.steps.social_security import SocialSecurity
from terminal.cases.view import Viewer
from terminal.devices import policy
from terminal.devices.notices import CommandDone, Happened, StatusChanged
from terminal.snapshot import Snapshot
from terminal.store import journal
from terminal.store.blobs import BlobMissing
from terminal.store.connection import DATABASE_ERRORS, Connection
from terminal.store.database import clear_log

log = logging.getLogger(__name__)

ENDED = frozenset({Step.SEALED, Step.ABANDONED})
_FAILURES = ("case.document_missing", "case.internal", "case.not_saved")
HANDLERS: tuple[type[StepHandler], ...] = (
    Identification,
    SocialSecurity,
    Form,
    Materials,
    Check,
    Deciding,
    PapersStep,
    Reviewing,
    Sealing,
    Mending,
    Codes,
)
# What needs no member of staff: the citizen's own answers, and the door.
UNATTENDED: frozenset[type] = frozenset(
    {
        intents.SignIn,
        intents.SignOut,
        intents.UnlockStaff,
        intents.DismissMessage,
        intents.CitizenConfirms,
        intents.CitizenObjects,
        intents.SubmitSignature,
        intents.RateOnScreen,
        intents.DeclineRating,
        intents.GiveReasons,
        intents.KeepReasoning,
    }
)


class CaseService:
    """One per terminal. Everything here runs on the case thread."""

    def __init__(self, desk: Desk, reception: Reception, viewer: Viewer, publish: Callable[[Snapshot], None]) -> None:
        self._desk = desk
        self._reception = reception
        self._viewer = viewer
        self._publish = publish
        self._handlers = tuple(handler(desk) for handler in HANDLERS)
        self._device_messages = DeviceMessages(desk, self._in_use)
        self._left_over = LeftOver(desk, self._clean_up)
        self._step: Step | None = None
        self._intents: dict[type, Callable[[Any], None]] = {
            intents.StartCase: self._start_case,
            intents.AbandonCase: self._abandon,
            intents.GoBack: self._go_back,
            intents.DismissMessage: self._dismiss,
            intents.SignIn: reception.sign_in,
            intents.SignOut: reception.sign_out,
            intents.UnlockStaff: reception.unlock,
        }
        desk.timer_done = self.refresh
        self._device_events: dict[type, list[Callable[[Any], None]]] = {}
        for handler in self._handlers:
            self._intents.update(handler.intents())
            for kind, call in handler.device_events().items():
                self._device_events.setdefault(kind, []).append(call)

    def begin(self) -> None:
        """Take up where the last run ended: the window resumes its case, the kiosk purges what was not decided."""
        self._left_over.begin()
        self._clean_up()
        self._publish_now()

    def resume(self) -> None:
        """Once the devices were started: enter the step of the resumed case, and seal what was decided before."""
        if self._desk.case is not None and self._step is None:
            self._desk.entered.append(self._desk.case.step)
            self._settle()
            self._publish_now()
        self._left_over.go_on()

    def handle(self, message: object) -> None:
        """One message of the mailbox, then a new snapshot."""
        try:
            match message:
                case StatusChanged():
                    self._status_changed(message)
                case Happened(event=event):
                    for call in self._device_events.get(type(event), ()):
                        call(event)
                case CommandDone(ticket=ticket, result=result, fault=fault):
                    self._desk.answered(ticket, result, fault)
                case AgentStatus():
                    self._viewer.sync = message
                case _ if type(message) in UNATTENDED or self._reception.clerk() is not None:
                    self._intents[type(message)](message)
                case _:
                    self._desk.say("error", self._reception.refusal())
        except NotAllowed as refusal:
            log.info("not now: %s in %s", refusal.kind, refusal.step)
            self._desk.say("warning", "case.not_now")
        except UnknownItem:
            self._desk.say("error", "case.unknown_item")
        except BlobMissing as error:
            self._say_failure(error)
        finally:
            self._settle()
            self._publish_now()

    def failed(self, error: Exception) -> None:
        """A message failed in a way nobody foresaw: say so, keep the case."""
        self._say_failure(error)
        self._publish_now()

    def refresh(self) -> None:
        """A timer did something: settle and publish."""
        self._settle()
        self._publish_now()

    # what is not bound to one step

    def _start_case(self, _: intents.StartCase) -> None:
        desk = self._desk
        if desk.case is not None and desk.case.step not in ENDED:
            desk.say("warning", "case.already_open")
            return
        clerk = self._reception.clerk()
        if clerk is None:
            raise NotAllowed(Step.IDENTIFY, "opened")
        if self._say_missing():
            return
        desk.case = None
        desk.parts.resumed = False
        desk.record(
            ev.CaseOpened(
                id=str(uuid_utils.uuid7()),
                profile=desk.config.profile,
                window=desk.config.hall.window,
                clerk_id=clerk.id,
                clerk_name=clerk.name,
                at=desk.clock.wall(),
            ),
            ev.RecordingSettled(state=RecordingState.NONE_BY_POLICY, reason=desk.config.recording.reason),
        )

    def _say_missing(self) -> bool:
        """Say which devices no case may be opened without now; whether there are any."""
        desk = self._desk
        desk.unsay("case.device_required")
        missing = policy.missing(desk.device_views(), desk.config.profile_value)
        for kind in missing:
            desk.say("error", "case.device_required", ("device", kind), device=kind)
        return bool(missing)

    def _abandon(self, intent: intents.AbandonCase) -> None:
        def end_journal(connection: Connection, case: Case) -> None:
            journal.close(connection, case.id)

        self._desk.record(ev.Abandoned(reason=intent.reason.strip()[:200] or "群众离开"), also=end_journal)
        self._settle()
        self._desk.case = None
        self._step = None
        self._clean_up()

    def _go_back(self, _: intents.GoBack) -> None:
        target = step_back(self._desk.open_case())
        if target is None:
            raise NotAllowed(self._desk.open_case().step, "back")
        self._desk.record(ev.WentBack(to=target))

    def _dismiss(self, intent: intents.DismissMessage) -> None:
        self._desk.messages = [m for m in self._desk.messages if m.id != intent.message_id]

    # devices and steps

    def _status_changed(self, notice: StatusChanged) -> None:
        view = next((d for d in self._desk.device_views() if d.id == notice.device_id), None)
        case = self._desk.case
        if view is None:
            return
        if not policy.is_working(notice.status.state):
            self._device_messages.away(view, notice.status)
            for handler in self._handlers:
                handler.device_away(view.kind)
        if notice.status.state is not DeviceState.ONLINE:
            return
        self._device_messages.back(view)
        if any(m.key == "case.device_required" for m in self._desk.messages):
            self._say_missing()
        for handler in self._handlers:
            handler.device_back(view.kind)
            if case is not None and case.step in handler.steps:
                handler.device_online(view.kind)

    def _in_use(self) -> tuple[str, ...]:
        """Kinds of the devices that the open case is working with, in the order of the handlers."""
        case = self._desk.case
        handlers = (h for h in self._handlers if case is not None and case.step in h.steps)
        return tuple(kind for handler in handlers for kind in sorted(handler.uses()))

    def _settle(self) -> None:
        """Leave and enter the steps the case went through, until it rests."""
        self._step_aside()
        self._left_over.bring_up()
        while self._desk.entered:
            step = self._desk.entered.pop(0)
            self._leave()
            self._step = step
            if step is Step.SEAL:
                self._publish_now()  # the citizen's answer is on disk: nobody waits for the sealing to see that
            for handler in self._handlers:
                if step in handler.steps:
                    self._enter(handler, step)
            self._device_messages.entered()
            if step is Step.SEALED:
                self._clean_up()
        self._step_aside()

    def _step_aside(self) -> None:
        """A case that waits for a supervisor does not stand before the next citizen."""
        if self._left_over.is_in_the_way():
            self._leave()
            self._left_over.put_away()

    def _leave(self) -> None:
        for handler in self._handlers:
            if self._step in handler.steps:
                handler.leave()
        self._step = None

    def _enter(self, handler: StepHandler, step: Step) -> None:
        """Begin a step. What could not be begun (a full disk) is tried again for as long as the case stands there."""
        case = self._desk.case
        try:
            handler.enter(step)
        except Exception as error:
            log.exception("could not begin: %s", step)
            self._say_failure(error)

            def again() -> None:
                now = self._desk.case
                if case is not None and now is not None and now.id == case.id and now.step is step is self._step:
                    self._desk.unsay(*_FAILURES)
                    self._enter(handler, step)

            self._desk.later(RETRY_S, again)

    def _say_failure(self, error: Exception) -> None:
        kind = type(error).__name__
        match error:
            case BlobMissing():
                log.error("a document of the open case is missing or altered")
                self._desk.say("error", "case.document_missing")
            case OSError():
                self._desk.say("error", "case.not_saved", ("what", error.strerror or kind))
            case _ if isinstance(error, DATABASE_ERRORS):
                self._desk.say("error", "case.not_saved", ("what", str(error)))
            case _:
                self._desk.say("error", "case.internal", ("what", kind))

    def _clean_up(self) -> None:
        """Sealed, abandoned and purged cases leave the disk: their files, and what the database's log holds of them."""
        wanted: set[str] = set()
        known = True
        for case_id in journal.open_cases(self._desk.connection):
            try:
                wanted |= blobs_of(journal.load(self._desk.connection, case_id))
            except journal.Unreadable:
                log.exception("an open case cannot be read")
                self._desk.say("error", "case.unreadable")
                known = False
        if known:  # else: what belongs to a case that cannot be read is not known
            self._desk.blobs.keep_only(wanted)
        if not clear_log(self._desk.connection):
            log.info("the database's log is in use and will be cleared later")

    def _publish_now(self) -> None:
        for handler in self._handlers:
            handler.settled()
        self._publish(self._viewer.snapshot(self._desk, self._reception, self._in_use()))


def blobs_of(case: Case) -> set[str]:
    """The names of all blobs `case` refers to."""
    named = {case.papers.notice, case.identity.portrait if case.identity else None}
    if case.signature is not None:
        named |= {case.signature.picture, case.signature.strokes}
    for scan in (*case.materials, *case.rescans):
        named |= {scan.pdf, *(page.blob for page in scan.pages)}
    return {name for name in named if name}
