"""Who is here, by social security card: armed beside the ID-card reader; whichever card is read first counts.

Read once, the case has left the step: what the other reader still tells is about nobody, and is dropped.
"""

from __future__ import annotations

from datetime import date

from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault, FaultAction
from drivers.id_card.check_digit import birth_date_of, has_right_check_digit, is_valid
from drivers.smart_card import api as smart
from terminal.cases import events as ev
from terminal.cases.desk import Desk
from terminal.cases.document_kinds import kind_of_number
from terminal.cases.model import Identity, IdentitySource, Step
from terminal.cases.steps.contract import Handlers, StepHandler
from terminal.snapshot import ReaderView

KIND = "smart_card"
_NO_BIRTH_DATE = Fault("smart_card.corrupt", FaultAction.CLEAR, "no birth date")


def arm(desk: Desk) -> bool:
    """Read the next social security card; False when this terminal has no reader for it.

    A reader that was away when it was told to stop is told so first.
    """
    if desk.unheard(KIND):
        disarm(desk)
    return desk.ask(KIND, smart.StartReading())


def disarm(desk: Desk) -> None:
    """Read none: a card that is in the reader by chance is nobody's."""
    desk.stop(KIND, smart.StopReading())


def begin_anew(desk: Desk) -> None:
    """A card is going to be read: what became of the ones before is history. A reader that is away stays said."""
    for kind in ("id_card", KIND):
        if desk.online(kind):
            desk.unsay_fault(kind)


class SocialSecurity(StepHandler):
    """IDENTIFY, as far as the social security card is concerned."""

    steps = frozenset({Step.IDENTIFY})

    def device_events(self) -> Handlers:
        """What its reader reports."""
        return {
            smart.CardInserted: self.card_inserted,
            smart.SocialSecurityCardRead: self.card_read,
            smart.CardReadFailed: self.card_failed,
            smart.CardRemoved: self.card_removed,
        }

    def uses(self) -> frozenset[str]:
        """Its reader."""
        return frozenset({KIND})

    def device_away(self, kind: str) -> None:
        """A card that was being read then is read no more."""
        reader = self.desk.parts.reader
        if kind == KIND and (reader.phase, reader.kind) == ("reading", KIND):
            self._show("waiting")

    def device_back(self, kind: str) -> None:
        """A reader that was away was not told whether a card is wanted now."""
        if kind != KIND:
            return
        if self._wanted():
            arm(self.desk)
        else:
            disarm(self.desk)

    def card_inserted(self, event: smart.CardInserted) -> None:
        """A card that is going to be read: say so at once."""
        if event.will_be_read and self._looking():
            begin_anew(self.desk)
            self._show("reading")

    def card_read(self, event: smart.SocialSecurityCardRead) -> None:
        """A whole card: the citizen is known."""
        if not self._looking():
            return
        read = event.card
        number = read.social_security_number.reveal()
        born = _born(read, number)
        if born is None:  # without a birth date there is nobody to compare with the person at the window
            self._failed(_NO_BIRTH_DATE)
            return
        self._show("waiting")  # should it not be saved, it can be read again
        findings = read.findings + _number_findings(number, born)
        self.desk.record(
            ev.IdentityRead(
                identity=Identity(
                    source=IdentitySource.SOCIAL_SECURITY_CARD,
                    kind=kind_of_number(number),
                    name=read.name,
                    id_number=read.social_security_number,
                    sex=read.sex,
                    nation=read.nation,
                    birth_date=Sensitive(born),
                    address=Sensitive(""),  # the card has none
                    valid_from=read.issued_on,
                    valid_until=read.valid_until,
                    findings=findings,
                )
            )
        )
        for finding in findings:
            self.desk.say("warning", f"card.{finding}")

    def card_failed(self, event: smart.CardReadFailed) -> None:
        """The card was there but not read: nothing of it was kept."""
        if self._looking():
            self._failed(event.fault)

    def card_removed(self, _: smart.CardRemoved) -> None:
        """After a failed read the card was taken out: ready for the next try."""
        reader = self.desk.parts.reader
        if self._looking() and reader.phase == "failed" and reader.kind == KIND:
            self._show("waiting", reader.fault_code)

    def _failed(self, fault: Fault) -> None:
        self._show("failed", fault.code)
        self.desk.say_fault(KIND, fault.code)

    def _show(self, phase: str, fault_code: str = "") -> None:
        self.desk.parts.reader = ReaderView(phase, fault_code, KIND)

    def _wanted(self) -> bool:
        return self.desk.case is not None and self.desk.case.step is Step.IDENTIFY

    def _looking(self) -> bool:
        """Whether what the reader reports is of this case, not of the one before."""
        return self._wanted() and not self.desk.stopping(KIND)


def _born(read: smart.SocialSecurityCard, number: str) -> date | None:
    """The birth date that the card names, else the one in its number."""
    if read.birth_date is not None:
        return read.birth_date.reveal()
    return birth_date_of(number) if is_valid(number) else None


def _number_findings(number: str, born: date) -> tuple[str, ...]:
    if not has_right_check_digit(number):
        return ("check_digit",)
    return () if number[6:14] == f"{born:%Y%m%d}" else ("birth_mismatch",)
