"""Who is invited, which key counts, and which keys the pad may be told of. Pure: no clock, no I/O."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto, unique
from typing import Final

from drivers.base.errors import Refused
from drivers.evaluator import api, codec
from drivers.evaluator.tables import KEY_DECLINED, KEY_LEVELS

# The pad's time starts when RATE arrives; whether a key at the very end counts is for the case to say.
LATE_KEY_S: Final = 1.0
REMEMBERED: Final = 256  # invitations that are over; an unacknowledged key of one of them may come at any time
STRANGERS: Final = 8  # keys of invitations that nobody here has named yet


@unique
class Heard(Enum):
    """What is to be done with a key."""

    ANSWER = auto()  # acknowledge it; it counts for nothing, or has counted
    KEEP = auto()  # the pad repeats it until the host has it for good
    COUNTS = auto()  # as KEEP, and tell whoever invited


@dataclass(frozen=True, slots=True)
class Invitation:
    """One that runs."""

    token: bytes
    name: str  # the token as the command wrote it; events carry it back
    ends_at_s: float


class Invitations:
    """The invitation that runs, those that are over, and keys that wait.

    A key that counted is acknowledged when its invitation is ended, for then it is saved: a program that is killed in
    between hears it again. For the same reason a key of an unknown invitation waits while `strangers_wait`, until
    `forget_strangers`: a program that was just started may be about to name it.
    """

    def __init__(self, *, strangers_wait: bool = True) -> None:
        self._running: Invitation | None = None
        self._over: deque[bytes] = deque(maxlen=REMEMBERED)
        self._unsaved: tuple[bytes, int] | None = None  # whose key counted, and its newest SEQ
        self._strangers: dict[bytes, tuple[int, int]] = {}  # token: key, SEQ
        self.strangers_wait = strangers_wait

    @property
    def is_unsaved(self) -> bool:
        """Whether a key has counted whose invitation nobody has ended yet."""
        return self._unsaved is not None

    def current(self, now_s: float) -> Invitation | None:
        """The invitation that runs; None once its time and the moment for a late key are over."""
        running = self._running
        if running is not None and now_s >= running.ends_at_s + LATE_KEY_S:
            self._over.append(running.token)
            self._running = None
        return self._running

    def start(self, token: bytes, name: str, ends_at_s: float) -> tuple[codec.KeyPress, int] | None:
        """Run this one; the key that its citizen pressed before, with its SEQ, if any. `Refused` when it is over."""
        if token in self._over:
            raise Refused("evaluator.invitation_over", "this invitation has its key or was ended")
        if self._running is not None and self._running.token != token:
            self._over.append(self._running.token)
        self._running = Invitation(token, name, ends_at_s)
        early = self._strangers.pop(token, None)
        return (codec.KeyPress(token, early[0]), early[1]) if early is not None else None

    def stop(self) -> None:
        """The pad does not take the one that runs."""
        self._running = None

    def end(self, token: bytes) -> None:
        """Nothing counts for it any more."""
        if token not in self._over:
            self._over.append(token)
        if self._running is not None and self._running.token == token:
            self._running = None

    def key(self, pressed: codec.KeyPress, seq: int, now_s: float) -> Heard:
        """A KEY frame came."""
        if self._unsaved is not None and self._unsaved[0] == pressed.token:
            self._unsaved = (pressed.token, seq)
            return Heard.KEEP
        current = self.current(now_s)
        if current is not None and current.token == pressed.token:
            if pressed.key != KEY_DECLINED and pressed.key not in KEY_LEVELS:
                return Heard.ANSWER
            self._over.append(current.token)
            self._running = None
            self._unsaved = (pressed.token, seq)
            return Heard.COUNTS
        is_known = pressed.token in self._strangers or len(self._strangers) < STRANGERS
        if self.strangers_wait and pressed.token not in self._over and is_known:
            self._strangers[pressed.token] = (pressed.key, seq)
            return Heard.KEEP
        return Heard.ANSWER

    def saved(self, token: bytes) -> list[int]:
        """The key of `token` is saved: its SEQ, to be acknowledged now; none when it has none that waits."""
        if self._unsaved is not None and self._unsaved[0] == token:
            return self.given_up()
        stranger = self._strangers.pop(token, None)  # saved by the program that ran before
        return [] if stranger is None else [stranger[1]]

    def given_up(self, unless: bytes = b"") -> list[int]:
        """Nobody ends the invitation whose key counted any more, unless it is this one: SEQs to be acknowledged now."""
        if self._unsaved is None or self._unsaved[0] == unless:
            return []
        seq = self._unsaved[1]
        self._unsaved = None
        return [seq]

    def forget_strangers(self) -> list[int]:
        """Nobody names them any more: the SEQs of their keys, to be acknowledged now."""
        strangers, self._strangers = self._strangers, {}
        self.strangers_wait = False
        return [seq for _, seq in strangers.values()]


def event_of(name: str, key: int, at_s: float) -> api.Rated | api.Declined:
    """What a key of `KEY_LEVELS`, or 不评价, means for the invitation `name`."""
    return api.Declined(name, at_s) if key == KEY_DECLINED else api.Rated(name, key, at_s)
