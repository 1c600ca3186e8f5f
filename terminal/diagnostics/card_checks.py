"""Checks for which a person gives a card: it is read whole, shown masked to that person alone, and seen to go again.

Nothing of it is kept, and nothing of its holder stands in the finding, which goes into reports.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from drivers.base.by_hand import ByHand
from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceStatus, Fault
from drivers.id_card import api as id_card
from drivers.smart_card import api as smart_card
from terminal.cases import masking
from terminal.diagnostics.check import Finding, Outcome
from terminal.diagnostics.check_texts import said
from terminal.diagnostics.person_checks import PersonCheck


@dataclass(frozen=True, slots=True)
class GivenCard:
    """A card that was read: whose, masked for the person's eyes; `facts` for the report, nothing of the holder."""

    name: Sensitive[str]
    number: Sensitive[str]
    facts: str


class CardCheck(PersonCheck):
    """Reads one card and sees it go; the classes below know their device's commands and events."""

    name: ClassVar[str] = "card"
    start: ClassVar[object]
    give: ClassVar[str]
    none_came: ClassVar[str]

    def _with_person(self, device: ByHand, status: DeviceStatus) -> Finding:
        device.driver.execute(self.start)
        self._tell(self.give)
        fault: Fault | None = None
        for event in self._events(device):
            if (card := self._read(event)) is not None:
                return self._goes(device, status, card)
            if isinstance(event, id_card.CardReadFailed | smart_card.CardReadFailed):
                fault = event.fault
                self._tell_fault(fault)
        return self._nothing_came(fault, self.none_came, status)

    def _goes(self, device: ByHand, status: DeviceStatus, card: GivenCard) -> Finding:
        name, number = masking.name(card.name.reveal()), masking.id_number(card.number.reveal())
        self._tell("card.read", name=name, number=number)
        for event in self._events(device):
            if isinstance(event, id_card.CardRemoved | smart_card.CardRemoved):
                return self._finding(Outcome.WORKS, said("card.works"), status.state, detail=card.facts)
        return self._finding(Outcome.WARNING, said("card.not_gone"), status.state, detail=card.facts)

    @abstractmethod
    def _read(self, event: object) -> GivenCard | None:
        """The card, if `event` is one that was read."""


class IdCardCheck(CardCheck):
    """A person lays an ID card down."""

    start: ClassVar[object] = id_card.StartReading()
    give: ClassVar[str] = "card.give_id"
    none_came: ClassVar[str] = "card.no_id"

    def _read(self, event: object) -> GivenCard | None:
        if not isinstance(event, id_card.CardRead):
            return None
        text = event.text
        portrait = "placeholder" if event.portrait.placeholder else "decoded"
        facts = f"{text.kind}, {event.read_at_s - event.found_at_s:.1f} s, portrait {portrait}{_strange(text.findings)}"
        return GivenCard(text.name, text.id_number, facts)


class SocialCardCheck(CardCheck):
    """A person inserts a social security card."""

    start: ClassVar[object] = smart_card.StartReading()
    give: ClassVar[str] = "card.give_social"
    none_came: ClassVar[str] = "card.no_social"

    def _read(self, event: object) -> GivenCard | None:
        if not isinstance(event, smart_card.SocialSecurityCardRead):
            return None
        card = event.card
        took_s = event.read_at_s - event.inserted_at_s
        facts = f"version {card.spec_version}, {event.apdus} APDUs, {took_s:.1f} s{_strange(card.findings)}"
        return GivenCard(card.name, card.social_security_number, facts)


def _strange(findings: tuple[str, ...]) -> str:
    return f", findings {' '.join(findings)}" if findings else ""
