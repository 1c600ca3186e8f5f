"""Scanned codes: a case found by its receipt, a citizen known by a credential, a material satisfied by a licence.

What code is expected follows from where the desk stands, after every message anew (`settled`). Without light the
scanner takes what its own key, or a code held before it, brings; the clerk's key lights it for a while.
"""

from __future__ import annotations

import logging
from typing import Final

from msgspec.structs import replace

from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault
from drivers.code_scanner import api as scanner
from drivers.id_card.check_digit import birth_date_of, is_valid, sex_of
from terminal import intents
from terminal.cases import codes
from terminal.cases import events as ev
from terminal.cases.catalogue import MaterialSpec, UnknownItem
from terminal.cases.machine import NotAllowed
from terminal.cases.model import Case, CredentialRef, Identity, IdentitySource, MaterialMode, Step
from terminal.cases.steps.contract import Handlers, StepHandler
from terminal.cases.verifier import Answer, Refusal, Verified
from terminal.snapshot import FoundView, Role, ScanPhase, ScanView, WorkRow
from terminal.store import journal

log = logging.getLogger(__name__)

KIND: Final = "code_scanner"
LIT_S: Final = 30.0
FIND, IDENTITY, MATERIAL = "find", "identity", "material"
_ENDED: Final = frozenset({Step.SEALED, Step.ABANDONED})


class Codes(StepHandler):
    """Wherever a code may be shown: between cases, IDENTIFY, COLLECT_MATERIALS."""

    steps = frozenset({Step.IDENTIFY, Step.COLLECT_MATERIALS})
    _armed: tuple[str, bool] = ("", False)  # what the scanner was told: purpose with its case, and light
    _lit_for: str = ""  # the place for which the clerk asked for light
    _material: str = ""
    _asked: int = 0  # the running question to the verifier; an answer to an earlier one counts for nothing
    _verifying: bool = False

    def intents(self) -> Handlers:
        """Light, and what a keyboard scanner typed."""
        return {
            intents.ScanCode: self.light,
            intents.StopScanning: self.stop,
            intents.CodeTyped: self.typed,
            intents.ForgetFound: self.forget,
        }

    def device_events(self) -> Handlers:
        """What the scanner reports."""
        return {
            scanner.CodeScanned: self.scanned,
            scanner.ScanFailed: self.failed,
            scanner.ScanTimedOut: self.timed_out,
        }

    def leave(self) -> None:
        """Another step: nobody waits for an answer any more."""
        self._asked += 1
        self._verifying = False
        self._material = ""

    def device_away(self, kind: str) -> None:
        """The light is out: who asked for it is told, and may ask again once the scanner is back."""
        if kind == KIND and self._lit_for:
            self._lit_for = self._material = ""
            scanner_view = self.desk.device(KIND)
            if scanner_view is not None and scanner_view.fault_code:
                self.desk.say_fault(KIND, scanner_view.fault_code)

    def device_back(self, kind: str) -> None:
        """The scanner works again: tell it anew what is expected."""
        if kind == KIND:
            self._armed = ("", False)

    def settled(self) -> None:
        """Arm or disarm, if what is expected is another thing than what the scanner was told."""
        place = self._place()
        if place != self._lit_for:
            self._lit_for = ""
        if self.desk.case is not None and self.desk.case.step not in _ENDED:
            self.desk.parts.found = None
        wanted = (place, bool(place) and place == self._lit_for)
        if wanted != self._armed:
            self._armed = wanted
            self._tell(*wanted)
        self.desk.parts.scan = self._view(*wanted)

    # what people do

    def light(self, intent: intents.ScanCode) -> None:
        """Look for a code now; for a material only where the item allows a licence instead."""
        self._begin_anew()
        if self.desk.device(KIND) is None:
            self.desk.say("error", "scan.no_scanner")
            return
        if intent.material or self._step() is Step.COLLECT_MATERIALS:
            if not self._allowed(intent.material).credentials:
                raise NotAllowed(Step.COLLECT_MATERIALS, "credential")
            if self.desk.verifier is None:
                self.desk.say("error", "credential.no_verifier")
                return
            self._material = intent.material
        place = self._place()
        if not place:
            raise NotAllowed(self._step() or Step.IDENTIFY, "scan")
        self._lit_for = place
        self._armed = ("", False)  # a second press begins the time anew

    def stop(self, _: intents.StopScanning) -> None:
        """No code after all."""
        self._lit_for = ""
        self._material = ""

    def forget(self, _: intents.ForgetFound) -> None:
        """The row has been looked at."""
        self.desk.parts.found = None

    def typed(self, intent: intents.CodeTyped) -> None:
        """As scanned; a burst that began for something else counts for nothing."""
        if not intent.purpose or intent.purpose != self._place():
            return
        if intent.text.reveal():
            self._read(intent.text)
        else:
            self.desk.say("error", "scan.broken")

    # what the scanner says

    def scanned(self, event: scanner.CodeScanned) -> None:
        """The one code of this arming."""
        if event.purpose == self._armed[0]:
            self._armed = ("", False)
        if event.purpose and event.purpose == self._place():
            self._read(event.text)

    def failed(self, event: scanner.ScanFailed) -> None:
        """Something was read and is no code; the scanner goes on."""
        if event.purpose == self._place():
            self.desk.say_fault(KIND, event.fault.code)

    def timed_out(self, event: scanner.ScanTimedOut) -> None:
        """The light went out: codes still count without it."""
        if event.purpose == self._armed[0]:
            self._armed = ("", False)
            self._lit_for = ""
            self._material = ""
            self.desk.say("info", "scan.timed_out")

    # inside

    def _begin_anew(self) -> None:
        self.desk.unsay("scan.", "credential.")
        self.desk.unsay_fault(KIND)

    def _step(self) -> Step | None:
        case = self.desk.case
        return None if case is None or case.step in _ENDED else case.step

    def _place(self) -> str:
        """What a code would be for now, with the case and material it is for; "" when none is expected."""
        if self._verifying:
            return ""
        case = self.desk.case
        match self._step():
            case None:
                staff = self.desk.parts.staff
                return FIND if staff is not None and staff.role is not Role.TECHNICIAN else ""
            case Step.IDENTIFY if self.desk.verifier is not None and case is not None:
                return f"{IDENTITY}|{case.id}"
            case Step.COLLECT_MATERIALS if self._material and case is not None:
                return f"{MATERIAL}|{case.id}|{self._material}"
            case _:
                return ""

    def _tell(self, place: str, lit: bool) -> None:
        if not place:
            self.desk.ask(KIND, scanner.Disarm())
            return
        self.desk.ask(KIND, scanner.Arm(place, LIT_S if lit else None, lit), lambda _, fault: self._told(place, fault))

    def _told(self, place: str, fault: Fault | None) -> None:
        # Without light nobody asked for anything: the strip shows what is wrong with the scanner.
        if fault is not None and place == self._lit_for:
            self._lit_for = ""
            self.desk.say_fault(KIND, fault.code)

    def _view(self, place: str, lit: bool) -> ScanView:
        if self._verifying:
            return ScanView(ScanPhase.VERIFYING, material=self._material)
        if not place or self.desk.device(KIND) is None:
            return ScanView()
        return ScanView(ScanPhase.WAITING if lit else ScanPhase.READY, place, self._material)

    def _read(self, text: Sensitive[str]) -> None:
        self._lit_for = ""
        self._begin_anew()
        match codes.classify(text):
            case codes.Unusable.BAD_CHECK:
                self.desk.say("error", "scan.bad_check")
            case codes.Unusable.TOO_LONG:
                self.desk.say("error", "scan.too_long")
            case codes.CaseCode(project_number=number):
                self._find(number)
            case codes.AppointmentCode() as appointment:
                self._appointment(appointment)
            case codes.Credential(text=credential):
                self._verify(credential)

    def _find(self, number: str) -> None:
        if self._step() is not None:
            self.desk.say("warning", "scan.is_case_code")
            return
        entry = journal.case_numbered(self.desk.connection, number)
        self.desk.parts.found = None
        if entry is None:
            self.desk.say("warning", "scan.not_here", ("number", number))
            return
        # The viewer fills the row in, each time anew; here only the number counts.
        row = WorkRow(entry.case_id, number, None, entry.item_name, entry.step, None, entry.opened_at, "")
        self.desk.parts.found = FoundView(row=row)

    def _appointment(self, code: codes.AppointmentCode) -> None:
        if self._step() is not None:
            self.desk.say("warning", "scan.is_appointment")
            return
        try:
            item = self.desk.catalogue.item(code.item_code).name if code.item_code else ""
        except UnknownItem:
            item = ""
        self.desk.parts.found = FoundView(appointment_at=code.at, appointment_number=code.number, appointment_item=item)

    def _verify(self, credential: Sensitive[str]) -> None:
        if self._step() is None:
            self.desk.say("warning", "scan.start_first")
            return
        if self.desk.verifier is None:
            self.desk.say("error", "credential.no_verifier")
            return
        self._asked += 1
        asked, material = self._asked, self._material
        purpose = MATERIAL if material else IDENTITY
        self._verifying = True
        self.desk.verifier.verify(
            credential, purpose, lambda answer: self.desk.back(lambda: self._answered(asked, material, answer))
        )

    def _answered(self, asked: int, material: str, answer: Answer) -> None:
        if asked != self._asked:
            return  # of another step, or of an earlier citizen
        self._verifying = False
        self._material = ""
        if isinstance(answer, Refusal):
            self.desk.say("error", f"credential.{answer}")
        elif not answer.name.reveal().strip() or not is_valid(answer.id_number.reveal()):
            self.desk.say("error", "credential.bad_answer")
        elif material:
            self._satisfy(material, answer)
        else:
            self._identify(answer)

    def _identify(self, answer: Verified) -> None:
        number = answer.id_number.reveal()
        self.desk.record(
            ev.IdentityRead(
                identity=Identity(
                    source=IdentitySource.QR_CREDENTIAL,
                    name=Sensitive(answer.name.reveal().strip()),
                    id_number=answer.id_number,
                    sex=sex_of(number),
                    nation="",
                    birth_date=Sensitive(birth_date_of(number)),
                    address=Sensitive(""),
                    credential=_ref(answer),
                )
            )
        )

    def _satisfy(self, code: str, answer: Verified) -> None:
        case = self.desk.open_case()
        state = next(m for m in case.materials if m.code == code)
        if not _is_same_person(case, answer):
            self.desk.say("error", "credential.other_person", field=code)
        elif answer.kind not in self._allowed(code).credentials:
            self.desk.say("error", "credential.wrong_kind", ("kind", answer.kind_name), field=code)
        else:
            provided = replace(
                state, mode=MaterialMode.CREDENTIAL, credential=_ref(answer), pages=(), pdf=None, copies=0, due=None
            )
            self.desk.record(ev.MaterialChanged(material=provided))
            self.desk.messages = [m for m in self.desk.messages if m.field != code]

    def _allowed(self, material: str) -> MaterialSpec:
        _, situation = self.desk.item()
        found = next((spec for spec in situation.materials if spec.code == material), None)
        if found is None:
            raise NotAllowed(Step.COLLECT_MATERIALS, "credential")
        return found


def _ref(answer: Verified) -> CredentialRef:
    return CredentialRef(kind=answer.kind, kind_name=answer.kind_name, trace_id=answer.trace_id, at=answer.at)


def _is_same_person(case: Case, answer: Verified) -> bool:
    identity = case.identity
    return (
        identity is not None
        and identity.id_number.reveal() == answer.id_number.reveal()
        and identity.name.reveal() == answer.name.reveal().strip()
    )
