"""What a person can do at the ID-card reader."""

from __future__ import annotations

from collections.abc import Mapping

from simulators.bench import Verb, VerbError
from simulators.id_card.card import Card, ResidentCard
from simulators.id_card.machine import Action, Malformation, ReaderMachine


class ReaderHand:
    """Places and lifts cards; called under the device's lock."""

    def __init__(self, machine: ReaderMachine, cards: Mapping[str, Card]) -> None:
        self._machine = machine
        self._cards = cards

    def verbs(self) -> Mapping[str, Verb]:
        """The reader's own verbs."""
        return {
            "place_card": self.place_card,
            "lift": self.lift,
            "lift_during_read": self.lift_during_read,
            "swap_during_read": self.swap_during_read,
            "authorise": self.authorise,
            "blink_power": self.blink_power,
            "find_again": self.find_again,
            "latency": self.latency,
            "malform_next_reply": self.malform_next_reply,
            "cards": self.cards,
        }

    def place_card(self, card: str) -> None:
        """Lay a card (放卡) on the reader; `cards` lists them."""
        try:
            self._machine.place(card, self._card(card))
        except ValueError as error:
            raise VerbError(str(error)) from None

    def lift(self) -> None:
        """Take the card away (取卡); nothing happens when there is none."""
        self._machine.lift()

    def lift_during_read(self, after_ms: float = 300.0) -> None:
        """The next base read loses its card `after_ms` after it began; the reader answers "read failed" (41)."""
        self._machine.plan_during_read(_not_negative(after_ms), "", None)

    def swap_during_read(self, card: str, after_ms: float = 300.0) -> None:
        """`after_ms` into the next base read the card is swapped for another, as impatient citizens do."""
        self._machine.plan_during_read(_not_negative(after_ms), card, self._card(card))

    def authorise(self, on: bool) -> None:
        """Whether the SAM is authorised; if not, it answers 66 to status, find, select and read."""
        self._machine.authorised = on

    def blink_power(self, off_ms: float = 0.0) -> None:
        """The reader alone is without power for so long; the line, an adapter's or a serial server's, stays up."""
        self._machine.blink(_not_negative(off_ms))

    def find_again(self, on: bool) -> None:
        """Whether the reader finds a card again that was read and not lifted; by the documents it does not."""
        self._machine.finds_again = on

    def latency(self, command: str, ms: float) -> None:
        """How long a command takes before its reply; command `all` sets every one."""
        if command != "all" and command not in list(Action):
            raise VerbError(f"no command {command!r}; there are: all, {', '.join(Action)}")
        for action in Action:
            if command in {"all", action}:
                self._machine.latency_ms[action] = _not_negative(ms)

    def malform_next_reply(self, way: str) -> None:
        """The next reply comes as careless readers send it: wrong_checksum, handheld_timeout, long_length, …"""
        if way not in list(Malformation):
            raise VerbError(f"no way {way!r}; there are: {', '.join(Malformation)}")
        self._machine.malformation = Malformation(way)

    def cards(self) -> dict[str, str]:
        """Cards that can be placed, with the invented holder and the end of validity."""
        return {name: f"{card.name}, {_end(card)}" for name, card in self._cards.items()}

    def look(self) -> dict[str, object]:
        """The machine's part of the `state` verb."""
        machine = self._machine
        return {
            "card": machine.card_name or None,
            "phase": machine.phase.value,
            "authorised": machine.authorised,
            "finds_again": machine.finds_again,
            "cards_read": machine.cards_read,
            "finds": machine.finds,
            "found_at_s": machine.found_at_s,
        }

    def _card(self, name: str) -> Card:
        if name not in self._cards:
            raise VerbError(f"no card {name!r}; there are: {', '.join(self._cards)}")
        return self._cards[name]


def _end(card: Card) -> str:
    if isinstance(card, ResidentCard) and card.end_text is not None:
        return card.end_text
    return "长期" if card.valid_until is None else card.valid_until.isoformat()


def _not_negative(ms: float) -> float:
    if ms < 0:
        raise VerbError("milliseconds must not be negative")
    return ms
