"""What a person can do with cards and reader."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping

from simulators.bench import Verb, VerbError
from simulators.smart_card.card import Card
from simulators.smart_card.machine import CardMachine
from simulators.smart_card.service import SLOTS, PcscService
from simulators.smart_card.wire import CardWire

READER = "Yichuang Card Reader"
OTHER_READER = "Yichuang Other Reader"
_LATENCY_S = 0.03  # of one APDU at a contact card's usual rate [U]


class _Slot:
    def __init__(self) -> None:
        self.name = ""
        self.pulled = False  # by `remove_during_read`
        self.machine: CardMachine | None = None
        self.wire: CardWire | None = None

    def holds(self) -> str:
        """Name of the card in the slot, "" for none."""
        return "" if self.pulled else self.name


class CardHand:
    """Called under the device's lock; the cards answer on threads of their own."""

    def __init__(self, service: PcscService, cards: Mapping[str, Card], *, fast: bool) -> None:
        self._service = service
        self._cards = cards
        self._fast = fast
        self._slots = [_Slot() for _ in range(SLOTS)]
        self._readers: tuple[str, ...] = (READER,)
        self._log: list[bytes] = []
        self._slow_s = 0.0
        self._pull_after: int | None = None
        self._garble_at: int | None = None
        self._over = threading.Event()  # ends waits of cards that answer slowly

    def verbs(self) -> Mapping[str, Verb]:
        """Everything that can be done."""
        return {
            "cards": self.cards,
            "insert": self.insert,
            "remove": self.remove,
            "remove_during_read": self.remove_during_read,
            "slow": self.slow,
            "garble": self.garble,
            "stop_service": self.stop_service,
            "kill_service": self.kill_service,
            "start_service": self.start_service,
            "unplug_reader": self.unplug_reader,
            "plug_in_reader": self.plug_in_reader,
        }

    def open(self) -> None:
        """Start the service with its reader."""
        self._over.clear()
        self._service.open()
        self._service.start(self._readers)

    def close(self) -> None:
        """Take the cards out and end the service."""
        self._over.set()
        for number in range(SLOTS):
            self._pull(number)
        self._service.close()

    def cards(self) -> dict[str, str]:
        """The cards that lie there, by the name that `insert` takes."""
        return {name: card.name for name, card in self._cards.items()}

    def insert(self, card: str, slot: int = 0) -> None:
        """Put a card into the reader (插卡); slot 1 is the reader's second one, a reader of its own by name."""
        if card not in self._cards:
            raise VerbError(f"no card {card!r}; there are: {', '.join(self._cards)}")
        place = self._slot(slot)
        if place.holds():
            raise VerbError(f"the card {place.name!r} is in the reader; remove it first")
        self._pull(slot)
        place.name = card
        place.machine = CardMachine(self._cards[card])
        self._connect(slot)

    def remove(self, slot: int = 0) -> None:
        """Take the card out (拔卡)."""
        if not self._slot(slot).holds():
            raise VerbError("there is no card in the reader")
        self._pull(slot)

    def remove_during_read(self, after_apdus: int = 5) -> None:
        """The next card that is asked for something is pulled out after `after_apdus` answers."""
        self._pull_after = after_apdus

    def slow(self, extra_ms: float = 0.0) -> None:
        """Every answer of a card comes `extra_ms` later than usual; 0 ends it."""
        self._slow_s = extra_ms / 1000

    def garble(self, position: int = 1) -> None:
        """Flip one bit of the byte at `position` of the next record that a card gives (0 tag, 1 length, then value)."""
        self._garble_at = position

    def stop_service(self) -> None:
        """End pcscd in order, as an update of the system does."""
        self._service.end(signal.SIGTERM)

    def kill_service(self) -> None:
        """Kill pcscd, as a crash does."""
        self._service.end(signal.SIGKILL)

    def start_service(self) -> None:
        """Start pcscd again; the cards are still in their slots."""
        if self._service.runs:
            raise VerbError("pcscd runs; stop or kill it first")
        self._service.start(self._readers)
        for number, slot in enumerate(self._slots):
            if slot.holds():
                self._connect(number)

    def unplug_reader(self, other: bool = False) -> None:
        """Pull the reader's cable (拔线); other=true: another reader stays. vpcd knows no hot-plug: pcscd restarts."""
        self._restart((OTHER_READER,) if other else ())

    def plug_in_reader(self) -> None:
        """Put the reader's cable in again (插线)."""
        self._restart((READER,))

    def look(self) -> dict[str, object]:
        """The `state` verb: cards, service, and every APDU that came since the start, as hex digits."""
        return {
            "card": self._slots[0].holds() or None,
            "second_card": self._slots[1].holds() or None,
            "service_runs": self._service.runs,
            "readers": list(self._readers),
            "apdus": [apdu.hex().upper() for apdu in self._log],
        }

    def _restart(self, readers: tuple[str, ...]) -> None:
        if self._service.runs:
            self._service.end(signal.SIGTERM)
        self._readers = readers
        self._service.start(readers)
        for number, slot in enumerate(self._slots):
            if slot.holds() and READER in readers:
                self._connect(number)

    def _slot(self, number: int) -> _Slot:
        if not 0 <= number < SLOTS:
            raise VerbError(f"no slot {number}; there are 0 and 1")
        return self._slots[number]

    def _connect(self, number: int) -> None:
        slot = self._slots[number]
        if slot.wire is not None:
            slot.wire.pull()
        machine = slot.machine
        if machine is None or not self._service.runs:
            return
        machine.reset()
        slot.wire = CardWire(self._service.connect(number), machine, lambda apdu: self._answer(slot, machine, apdu))
        slot.wire.start()

    def _pull(self, number: int) -> None:
        slot = self._slots[number]
        if slot.wire is not None:
            slot.wire.pull()
        slot.name, slot.pulled, slot.machine, slot.wire = "", False, None, None

    # on a card's thread

    def _answer(self, slot: _Slot, machine: CardMachine, apdu: bytes) -> bytes | None:
        self._log.append(apdu)
        self._over.wait(self._slow_s + (0.0 if self._fast else _LATENCY_S))
        if self._pull_after is not None:
            if self._pull_after == 0:
                self._pull_after, slot.pulled = None, True
                return None
            self._pull_after -= 1
        answer = machine.apdu(apdu)
        if self._garble_at is not None and apdu[1] == 0xB2 and len(answer) > 2:
            at, self._garble_at = min(self._garble_at, len(answer) - 3), None
            answer = answer[:at] + bytes((answer[at] ^ 0x20,)) + answer[at + 1 :]
        return answer
