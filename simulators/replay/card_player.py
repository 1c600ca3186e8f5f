"""Plays a card's script: what is to be done at reader and card, and what the card answers. No thread, no line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from simulators.replay.card_steps import Arrive, CardScript, CardStep, Insert, Leave, Lose, Remove, Restore, Silence
from simulators.replay.course import Course
from simulators.replay.steps import Hear, Say

UNKNOWN = b"\x6f\x00"  # ISO 7816-4: no precise diagnosis
_LOOKS_EVERY_S = 0.4  # pcscd, at a reader
_NOTICED_S = 0.6  # what moves sooner after what happened before might not be seen
_FIRST_LOOK_S = 0.3  # of a host that has just come


@dataclass(frozen=True, slots=True)
class Answer:
    """The card answers the APDU that waits."""

    data: bytes


_WORDS: dict[type[CardStep], str] = {
    Insert: "a card that is put in",
    Remove: "the card taken out",
    Lose: "the loss of the reader",
    Restore: "the return of the reader",
    Leave: "the end of the session",
    Arrive: "the begin of a session",
}

Move = Silence | Insert | Remove | Lose | Restore | Leave | Arrive
Act = Answer | Move


class CardPlayer:
    """Called under the device's lock. `turn` gives what is to be done now, again and again until it is None."""

    def __init__(self, script: CardScript, speed: float) -> None:
        self.course = Course(script.steps, speed)
        self._apdu: bytes | None = None  # waits for an answer
        self._is_heard = False  # it is the recorded one
        self._is_under_way = False  # the step was begun: a card that is not seen yet, a host that has not come yet
        self._is_seen = False
        self._clients = 0

    def ask(self, apdu: bytes) -> None:
        """The host sends an APDU."""
        self._apdu, self._is_heard = apdu, False

    def see(self) -> None:
        """The reader has looked at the card that was put in."""
        self._is_seen = True

    def count(self, clients: int) -> None:
        """So many clients are at the service."""
        self._clients = clients

    def fail(self, line: int, why: str) -> None:
        """The step of `line` cannot be played."""
        self.course.divergence = self.course.divergence or f"line {line}: {why}"

    def turn(self, now_s: float) -> Act | None:
        """What is to be done now; None for nothing until `next_time_s` or until something happens."""
        self.course.begin(now_s)
        while not self.course.is_over:
            step = self.course.step
            if isinstance(step, Hear):
                if self._apdu is None:
                    return None
                if self._apdu != step.data:
                    return self._diverge(f"recorded {step.data.hex(' ')}")
                self._is_heard = True
                self._pass(now_s)
            elif self._is_under_way:
                if not self._has_happened(step):
                    return None
                self._pass(now_s)
            elif self._apdu is not None and not self._is_heard and not _goes_at_apdu(step):
                return self._diverge(f"recorded {_WORDS[type(step)]}")
            elif not self._is_time(step, now_s):
                return None
            else:
                return self._play(step, now_s)
        return None if self._apdu is None else self._diverge("recorded nothing more")

    def next_time_s(self) -> float | None:
        """When the next step is due."""
        course = self.course
        if course.is_over or self._is_under_way or isinstance(course.step, Hear | Leave):
            return None
        return self._due_s(course.step)

    def _play(self, step: CardStep, now_s: float) -> Act:
        match step:
            case Say():
                self._pass(self._due_s(step))
                self._apdu, self._is_heard = None, False
                return Answer(step.data)
            case Silence() | Remove() | Lose():
                self._apdu, self._is_heard = None, False
                self._pass(now_s)
                return step
            case Restore() | Leave():
                self._pass(now_s)
                return step
            case Insert() | Arrive():
                self._is_under_way, self._is_seen = True, False
                return step
            case Hear():
                raise AssertionError("is waited for, not played")
            case _:
                assert_never(step)

    def _has_happened(self, step: CardStep) -> bool:
        # Who asks something of the card has seen it.
        return self._clients > 0 if isinstance(step, Arrive) else self._is_seen or self._apdu is not None

    def _is_time(self, step: CardStep, now_s: float) -> bool:
        if isinstance(step, Leave):
            return not self._clients
        return now_s >= self._due_s(step) or (self._apdu is not None and _goes_at_apdu(step))

    def _due_s(self, step: CardStep) -> float:
        recorded_s = self.course.recorded_s(step)
        wait_s = recorded_s / self.course.speed
        match step:
            case Arrive() | Insert(before_host=True) | Remove(before_host=True):
                wait_s = 0.0
            case Insert(lay_there=True):  # is seen no later than it was
                wait_s = max(_FIRST_LOOK_S, recorded_s - _LOOKS_EVERY_S)
            case Insert() if isinstance(self.course.before, Arrive):
                # However fast it is played, the host needs its time until it wants a card.
                wait_s = max(wait_s, recorded_s, _NOTICED_S)
            case Insert() | Remove() | Lose() if not self._is_heard:
                wait_s = max(wait_s, _NOTICED_S)
            case _:
                pass
        return self.course.due_s(wait_s)

    def _pass(self, done_s: float) -> None:
        self.course.passed(done_s)
        self._is_under_way = False

    def _diverge(self, recorded: str) -> Answer:
        came = (self._apdu or b"").hex(" ")
        course = self.course
        where = f"line {course.line}" if course.line else "after the last line"
        course.divergence = course.divergence or f"{where}: {recorded}, came {came}"
        self._apdu = None
        return Answer(UNKNOWN)


def _goes_at_apdu(step: CardStep) -> bool:
    return isinstance(step, Remove | Lose) and step.at_apdu
