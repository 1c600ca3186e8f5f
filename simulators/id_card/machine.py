"""The reader as a machine: what it holds and what it does with it. No bytes, no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

from simulators.id_card.card import Card


@unique
class Phase(StrEnum):
    """How far the card on the reader has come. A card that was read must be lifted first (domain.md a.6, 2)."""

    EMPTY = "empty"
    PRESENT = "present"
    FOUND = "found"
    SELECTED = "selected"
    READ = "read"


@unique
class Action(StrEnum):
    """What a host can ask for."""

    RESET = "reset"
    STATUS = "status"
    SAM_ID = "sam_id"
    FIND = "find"
    SELECT = "select"
    READ_BASE = "read_base"
    READ_BASE_FP = "read_base_fp"
    READ_NEW_ADDRESS = "read_new_address"
    SET_BAUD = "set_baud"
    SET_RF_FRAME = "set_rf_frame"


@unique
class Outcome(StrEnum):
    """How an action ended."""

    DONE = "done"
    FOUND = "found"
    NO_CARD = "no_card"
    SELECT_FAILED = "select_failed"
    READ_FAILED = "read_failed"
    NO_SUCH_ITEM = "no_such_item"
    NOT_AUTHORISED = "not_authorised"


@unique
class Malformation(StrEnum):
    """Ways in which readers in the wild get a reply wrong (domain.md a.3, a.4)."""

    HANDHELD_TIMEOUT = "handheld_timeout"  # a Bluetooth handheld's time-out frame in the reply's place
    WRONG_CHECKSUM = "wrong_checksum"
    SHORT_LENGTH = "short_length"  # the length says one byte too few
    LONG_LENGTH = "long_length"  # … one too many
    HUGE_LENGTH = "huge_length"
    NO_PREAMBLE = "no_preamble"
    HALF_PREAMBLE = "half_preamble"
    DOUBLED = "doubled"
    NO_STATUS = "no_status"  # a frame that holds nothing but its checksum


@dataclass(frozen=True, slots=True)
class Answer:
    """Outcome of an action, with the card it concerns when it gave something of it."""

    outcome: Outcome
    card: Card | None = None


READS = frozenset({Action.READ_BASE, Action.READ_BASE_FP, Action.READ_NEW_ADDRESS})

# Milliseconds from the end of the command to the start of the reply. A real base read takes 1 to 1.5 s [U], hosts
# wait 100 ms for find and select and 300 ms for the SAM id (domain.md a.6, 3).
REAL_LATENCY_MS = {
    Action.RESET: 50.0,
    Action.STATUS: 20.0,
    Action.SAM_ID: 30.0,
    Action.FIND: 60.0,
    Action.SELECT: 40.0,
    Action.READ_BASE: 1000.0,
    Action.READ_BASE_FP: 1500.0,
    Action.READ_NEW_ADDRESS: 400.0,
    Action.SET_BAUD: 10.0,
    Action.SET_RF_FRAME: 10.0,
}
NO_LATENCY_MS = dict.fromkeys(Action, 0.0)


class ReaderMachine:
    """One reader. `begin` starts an action and tells how long it takes, `finish` gives its answer.

    What a hand does in between counts: a card lifted in mid-read makes the read fail.
    """

    def __init__(self, latency_ms: dict[Action, float]) -> None:
        self.latency_ms = dict(latency_ms)
        self.authorised = True
        self.finds_again = False  # [U] readers that find a card that was read though nobody lifted it
        self.malformation: Malformation | None = None  # of the next reply
        self.card_name = ""
        self.phase = Phase.EMPTY
        self.cards_read = 0
        self.finds = 0
        self.found_at_s: float | None = None  # when the newest "found" was said
        self._card: Card | None = None
        self._running: Action | None = None
        self._disturbed = False
        self._planned: tuple[float, str, Card | None] | None = None
        self._plan_at_s: float | None = None
        self._blink_s: float | None = None  # a loss of power that has not begun yet, and how long it is
        self._dark_until_s = 0.0

    # what a hand does

    def place(self, name: str, card: Card) -> None:
        """A card comes into the field; `ValueError` when one lies there."""
        if self._card is not None:
            raise ValueError(f"the card {self.card_name!r} lies on the reader; lift it first")
        self._card, self.card_name, self.phase = card, name, Phase.PRESENT

    def lift(self) -> None:
        """The card leaves the field; a running read is spoilt."""
        self._card, self.card_name, self.phase = None, "", Phase.EMPTY
        self._disturbed = self._running in READS

    def plan_during_read(self, after_ms: float, name: str, card: Card | None) -> None:
        """`after_ms` into the next base read the card is lifted and, if one is given, another put in its place."""
        self._planned = (after_ms / 1000, name, card)

    def blink(self, off_ms: float) -> None:
        """The reader alone loses its power for so long: it starts anew, and what lies in its field is new to it."""
        self._blink_s = off_ms / 1000
        self.phase = Phase.PRESENT if self._card is not None else Phase.EMPTY
        self.abandon()

    # what the host does

    def lost_power(self, now_s: float) -> bool:
        """Whether the power went since the last look: what the reader had heard before is gone."""
        if self._blink_s is None:
            return False
        self._dark_until_s, self._blink_s = now_s + self._blink_s, None
        return True

    def is_dark(self, now_s: float) -> bool:
        """Whether the reader is without power: it hears nothing."""
        return now_s < self._dark_until_s

    def begin(self, action: Action, now_s: float) -> float:
        """Start an action; seconds it takes."""
        self._running = action
        self._disturbed = False
        if self._planned and self.phase is Phase.SELECTED and action in {Action.READ_BASE, Action.READ_BASE_FP}:
            self._plan_at_s = now_s + self._planned[0]
        return self.latency_ms[action] / 1000

    def is_disturbed(self) -> bool:
        """Whether the running read has lost its card and fails at once."""
        return self._disturbed

    def next_time_s(self) -> float | None:
        """When a planned hand moves."""
        return self._plan_at_s

    def on_time(self, now_s: float) -> None:
        """Let a planned hand move when its time has come."""
        if self._planned and self._plan_at_s is not None and now_s >= self._plan_at_s:
            _, name, card = self._planned
            self._planned = self._plan_at_s = None
            self.lift()
            if card is not None:
                self.place(name, card)

    def abandon(self) -> None:
        """Give up the running action without effect: nobody waits for its answer."""
        self._running = None
        self._disturbed = False

    def finish(self) -> Answer:
        """End the running action and give its answer."""
        action, self._running = self._running, None
        disturbed, self._disturbed = self._disturbed, False
        match action:
            case None | Action.RESET | Action.SAM_ID | Action.SET_BAUD | Action.SET_RF_FRAME:
                return Answer(Outcome.DONE)
            case _ if not self.authorised:
                return Answer(Outcome.NOT_AUTHORISED)
            case Action.STATUS:
                return Answer(Outcome.DONE)
            case Action.FIND:
                return self._find()
            case Action.SELECT:
                return self._select()
            case Action.READ_BASE | Action.READ_BASE_FP:
                return Answer(Outcome.READ_FAILED) if disturbed else self._read()
            case Action.READ_NEW_ADDRESS:
                return Answer(Outcome.READ_FAILED) if disturbed else self._read_new_address()

    def _find(self) -> Answer:
        self.finds += 1
        if self.phase is Phase.EMPTY or (self.phase is Phase.READ and not self.finds_again):
            return Answer(Outcome.NO_CARD)
        self.phase = Phase.FOUND
        return Answer(Outcome.FOUND)

    def _select(self) -> Answer:
        if self.phase is not Phase.FOUND:
            return Answer(Outcome.SELECT_FAILED)
        self.phase = Phase.SELECTED
        return Answer(Outcome.DONE)

    def _read(self) -> Answer:
        if self.phase is not Phase.SELECTED:
            return Answer(Outcome.READ_FAILED)
        self.phase = Phase.READ
        self.cards_read += 1
        return Answer(Outcome.DONE, self._card)

    def _read_new_address(self) -> Answer:
        if self._card is None or self.phase not in {Phase.SELECTED, Phase.READ}:
            return Answer(Outcome.READ_FAILED)
        if self._card.new_address is None:
            return Answer(Outcome.NO_SUCH_ITEM)
        return Answer(Outcome.DONE, self._card)
