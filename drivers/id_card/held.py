"""What is known of the card on the reader. Pure: told by the driver what reader and desk said, it says what follows.

That a card is found again proves nothing: readers lose their power behind an adapter that keeps the line up, and that
a card is found only once until it is lifted is a rule that two sources know and no reader promises (domain.md a.6, 2
[V 2]). Only the reader's own "no card", twice in a row, or another number in its place says that a card was lifted.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from drivers.base.sensitive import Sensitive

MISSES_ARE_REMOVAL: Final = 2
LEFT_BEHIND_S: Final = 10.0  # a citizen has that long to take the card after it is needed no more
LEFT_BEHIND_AGAIN_S: Final = 30.0


class Held(Enum):
    """What lies on the reader."""

    NOTHING = auto()  # that we know of
    PERHAPS = auto()  # an order has ended, and nobody has looked since whether it left a card
    MAY_RETRY = auto()  # the card or the cable went away in mid-read: read again as soon as a card is found
    READ = auto()  # read whole under the order that still stands; found again, it is told apart by its number
    LIFT_FIRST = auto()  # dealt with, or of an order that has ended: not read before it was seen to be gone


class HeldCard:
    """The card that was found and has not been seen lifted. Seconds are of the monotonic clock."""

    def __init__(self) -> None:
        self.is_ = Held.NOTHING
        self.number: Sensitive[str] | None = None  # of the card that was read, until its order ends
        self._misses = 0
        self._unneeded_at_s: float | None = None  # when its order ended
        self._told_left_s: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether a card is known to lie there."""
        return self.is_ not in {Held.NOTHING, Held.PERHAPS}

    # what was done with it

    def begun(self) -> None:
        """A card was found that may be read."""
        self._become(Held.NOTHING)

    def was_read(self, number: Sensitive[str]) -> None:
        """A whole card was read and told."""
        self._become(Held.READ, number)

    def was_read_again(self) -> None:
        """The card that was told before was found and read again, so finding it proves nothing any more."""
        self._become(Held.LIFT_FIRST, self.number)

    def failed(self, *, may_retry: bool) -> None:
        """Nothing of it was kept. `may_retry`: it left the reader, so what is found next may be read."""
        self._become(Held.MAY_RETRY if may_retry else Held.LIFT_FIRST)

    def link_lost(self) -> None:
        """What happened on the reader meanwhile is not known."""
        self._misses = 0
        if self.is_ is Held.READ:
            self._become(Held.LIFT_FIRST)

    def order_ended(self, now_s: float) -> None:
        """Whatever lies there is of the order that ended; the next one must not have it."""
        self._become(Held.LIFT_FIRST if self.is_known else Held.PERHAPS)
        self._unneeded_at_s = now_s

    # what the reader says

    def seen(self) -> None:
        """It lies there."""
        self._misses = 0
        if self.is_ is Held.PERHAPS:
            self.is_ = Held.LIFT_FIRST

    def not_answered(self) -> None:
        """A reader that says nothing may be without power: misses before and after it are not of one removal."""
        self._misses = 0

    def missed(self) -> bool:
        """The reader says that there is no card; whether that makes a removal to be told."""
        self._misses += 1
        if self._misses < MISSES_ARE_REMOVAL:
            return False
        was_known = self.is_known
        self._become(Held.NOTHING)
        return was_known

    def left_behind_s(self, now_s: float) -> float | None:
        """Seconds for which nobody has needed it, when that is to be told now.

        Only once the desk has said that it needs no card: after one shot it may still want the new address.
        """
        if self._unneeded_at_s is None or now_s - self._unneeded_at_s < LEFT_BEHIND_S:
            return None
        if self._told_left_s is not None and now_s - self._told_left_s < LEFT_BEHIND_AGAIN_S:
            return None
        self._told_left_s = now_s
        return now_s - self._unneeded_at_s

    def _become(self, held: Held, number: Sensitive[str] | None = None) -> None:
        self.is_, self.number, self._misses = held, number, 0
        self._unneeded_at_s = self._told_left_s = None
