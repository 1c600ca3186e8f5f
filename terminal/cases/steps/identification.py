"""Who is here: card, or the clerk's look at a paper; then the comparison of person and document."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault
from drivers.id_card import api as card
from drivers.id_card.check_digit import birth_date_of, is_valid, sex_of
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.document_kinds import kind_of_number
from terminal.cases.model import FaceCheck, Identity, IdentitySource, Step
from terminal.cases.steps import social_security
from terminal.cases.steps.contract import Handlers, StepHandler
from terminal.snapshot import ReaderView


class Identification(StepHandler):
    """IDENTIFY and VERIFY_FACE."""

    steps = frozenset({Step.IDENTIFY, Step.VERIFY_FACE})

    def intents(self) -> Handlers:
        """Reading again, the legal paths, the face step."""
        return {
            intents.ReadCardAgain: self.read_again,
            intents.IdentifyByClerk: self.by_clerk,
            intents.PassFace: self.pass_face,
        }

    def device_events(self) -> Handlers:
        """What the card reader reports."""
        return {
            card.CardFound: self.card_found,
            card.CardRead: self.card_read,
            card.CardReadFailed: self.card_failed,
            card.CardRemoved: self.card_removed,
            card.CardLeftBehind: self.left_behind,
        }

    def enter(self, step: Step) -> None:
        """Begin looking for a card; the clerk only has to lay it down."""
        if step is Step.IDENTIFY:
            self._arm()

    def leave(self) -> None:
        """Stop looking: a card that lies there by chance is not read."""
        if self.desk.parts.reader.phase != "idle":
            self._stop()
            social_security.disarm(self.desk)
        self.desk.parts.reader = ReaderView()

    def uses(self) -> frozenset[str]:
        """The reader, until the citizen is known."""
        return frozenset({"id_card"}) if self._wanted() else frozenset()

    def device_away(self, kind: str) -> None:
        """A card that was being read then is read no more."""
        reader = self.desk.parts.reader
        if kind == "id_card" and (reader.phase, reader.kind) == ("reading", ""):
            self.desk.parts.reader = ReaderView("waiting")

    def device_back(self, kind: str) -> None:
        """A reader that was away was not told whether a card is wanted now, nor perhaps that another case is over."""
        if kind != "id_card":
            return
        if self._wanted():
            self._start()
        else:
            self._stop()

    def read_again(self, _: intents.ReadCardAgain) -> None:
        """Arm the reader again, going back from the face step if need be."""
        if self.desk.open_case().step is Step.VERIFY_FACE:
            self.desk.record(ev.WentBack(to=Step.IDENTIFY))
            return
        self._arm()

    def by_clerk(self, intent: intents.IdentifyByClerk) -> None:
        """No card could be read: what a shown paper says, with the reason."""
        name, number = intent.name.reveal().strip(), intent.id_number.reveal().strip().upper()
        self.desk.unsay("identify.")
        if not name:
            self.desk.say("error", "identify.name_missing", field="name")
        if not is_valid(number):
            self.desk.say("error", "identify.bad_number", field="id_number")
        if not intent.reason.strip():
            self.desk.say("error", "identify.reason_missing", field="reason")
        if any(m.level == "error" and m.key.startswith("identify.") for m in self.desk.messages):
            return
        self.desk.record(
            ev.IdentityRead(
                identity=Identity(
                    source=IdentitySource.CLERK,
                    kind=kind_of_number(number),
                    name=Sensitive(name),
                    id_number=Sensitive(number),
                    sex=sex_of(number),
                    nation="",
                    birth_date=Sensitive(birth_date_of(number)),
                    address=Sensitive(""),
                    reason=intent.reason.strip(),
                )
            )
        )

    def pass_face(self, intent: intents.PassFace) -> None:
        """The clerk compared face and document; a mismatch keeps the case here."""
        if not intent.passed:
            self.desk.say("error", "face.not_same")
            return
        if not intent.reason.strip():
            self.desk.say("error", "face.reason_missing", field="reason")
            return
        self.desk.record(
            ev.FaceChecked(check=FaceCheck(method=intent.method, passed=True, reason=intent.reason.strip()))
        )

    def card_found(self, _: card.CardFound) -> None:
        """A card answered: say so at once."""
        if self._looking():
            social_security.begin_anew(self.desk)
            self.desk.parts.reader = ReaderView("reading")

    def card_read(self, event: card.CardRead) -> None:
        """A whole card: the citizen is known."""
        if not self._looking():
            return
        self.desk.parts.reader = ReaderView("waiting")  # should it not be saved, it can be read again
        text = event.text
        portrait = self.desk.blobs.put(event.portrait.png.reveal())
        self.desk.ask("id_card", card.ReadNewAddress(), self._moved)  # before the reader is told to stop
        self.desk.record(ev.IdentityRead(identity=_identity(text, portrait, event.portrait.placeholder)))
        for finding in text.findings:
            self.desk.say("warning", f"card.{finding}")

    def _moved(self, result: object | None, _: Fault | None) -> None:
        """Where the citizen lives now, if the card knows; most cards know of nothing newer, and that is no fault."""
        case = self.desk.case
        if not isinstance(result, card.NewAddresses) or not result.addresses or case is None:
            return
        identity, may = case.identity, case.step in {Step.VERIFY_FACE, Step.CHOOSE_ITEM}
        if not may or identity is None or identity.source is not IdentitySource.ID_CARD:
            return
        if identity.id_number.reveal() == result.id_number.reveal() and result.addresses[-1].reveal().strip():
            self.desk.record(ev.AddressMoved(address=result.addresses[-1]))
            self.desk.say("info", "card.moved")

    def card_failed(self, event: card.CardReadFailed) -> None:
        """The card was there but not read: nothing of it was kept."""
        if self._looking():
            self.desk.parts.reader = ReaderView("failed", event.fault.code)
            self.desk.say_fault("id_card", event.fault.code)

    def card_removed(self, _: card.CardRemoved) -> None:
        """After a failed read the card was lifted: ready for the next try. Nobody has left it behind."""
        self.desk.unsay("card.left_behind")
        if self._looking() and self.desk.parts.reader.phase == "failed":
            self.desk.parts.reader = ReaderView("waiting", self.desk.parts.reader.fault_code)

    def left_behind(self, _: card.CardLeftBehind) -> None:
        """A card that nobody needs any more still lies there, perhaps without its citizen."""
        self.desk.say("warning", "card.left_behind")

    def _wanted(self) -> bool:
        return self.desk.case is not None and self.desk.case.step is Step.IDENTIFY

    def _looking(self) -> bool:
        """Whether what the reader reports is of this case: a card read for the one before may still be on its way."""
        return self._wanted() and not self.desk.stopping("id_card")

    def _stop(self) -> None:
        self.desk.stop("id_card", card.StopReading())

    def _start(self) -> bool:
        if self.desk.unheard("id_card"):
            self._stop()
        return self.desk.ask("id_card", card.StartReading())

    def _arm(self) -> None:
        found = self._start()
        found = social_security.arm(self.desk) or found
        self.desk.parts.reader = ReaderView("waiting" if found else "idle")


def _identity(text: card.CardText, portrait: str, placeholder: bool) -> Identity:
    """What the case keeps of a card, of whatever kind. `portrait` is a blob."""
    nationality, english_name, pass_number = "", Sensitive(""), Sensitive("")
    match text.details:
        case card.HmtDetails():
            pass_number = text.details.pass_number
        case card.Foreigner2017Details() | card.Foreigner2023Details():
            nationality = text.details.nationality
            # Shown beside the name, not instead of it.
            english_name = text.details.english_name if text.details.chinese_name.reveal() else english_name
        case None:
            pass
    return Identity(
        source=IdentitySource.ID_CARD,
        kind=text.kind,
        name=text.name,
        id_number=text.id_number,
        sex=text.sex,
        nation=text.nation,
        birth_date=text.birth_date,
        address=text.address,
        issuer=text.issuer,
        valid_from=text.valid_from,
        valid_until=text.valid_until,
        findings=text.findings,
        portrait=portrait,
        portrait_placeholder=placeholder,
        nationality=nationality,
        english_name=english_name,
        pass_number=pass_number,
        birth_text=text.birth_text,
        valid_from_text=text.valid_from_text,
        valid_until_text=text.valid_until_text,
    )
