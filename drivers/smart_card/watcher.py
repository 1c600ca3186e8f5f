"""Watches one reader for its driver: a blocking call of PC/SC becomes a descriptor that the session's wait can hold."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Final

from drivers.base.clock import Clock
from drivers.base.errors import LinkLost
from drivers.base.wake import Wake
from drivers.smart_card.port import Context, PcscError
from drivers.smart_card.tables import STATE_PRESENT

# The call comes back at least this often: a cancel that came a moment too early (LudovicRousseau/PCSC#160) is made good
# then, and a call that does not come back shows that the service hangs.
TURN_S: Final = 1.0
HANGS_AFTER_S: Final = 5.0
_COUNT_SHIFT: Final = 16
_JOIN_S: Final = 2 * TURN_S


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the reader holds. `count` goes up with every coming and going of a card; `atr` tells no two apart."""

    present: bool
    count: int
    atr: bytes = field(default=b"", compare=False)


class Watcher:
    """One thread for one reader, from `start` to `stop`. It reconnects nothing: when it ends, `look` says why.

    It cannot end silently: whatever ends it is kept, the descriptor becomes readable, and `look` raises from then on.
    """

    def __init__(self, context: Context, reader: str, clock: Clock) -> None:
        """`context` is this watcher's alone, until `stop`, which releases it."""
        self._context = context
        self._reader = reader
        self._clock = clock
        self._news = Wake()
        self._lock = threading.Lock()  # guards the three below
        self._sighting: Sighting | None = None
        self._end: BaseException | None = None
        self._turned_at_s = clock.monotonic()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="smart-card-watch", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def fileno(self) -> int:
        """Readable as soon as `look` has something new."""
        return self._news.fileno()

    def look(self) -> Sighting | None:
        """The newest sighting, None before the first; `LinkLost` when service or reader are gone or hang."""
        self._news.clear()
        with self._lock:
            sighting, end, turned_at_s = self._sighting, self._end, self._turned_at_s
        if end is not None:
            raise LinkLost(f"{self._reader}: {end}") from end
        if self._clock.monotonic() - turned_at_s > TURN_S + HANGS_AFTER_S:
            raise LinkLost(f"{self._reader}: the PC/SC service does not answer")
        return sighting

    def stop(self) -> None:
        """End the thread and release its context; never raises. A service that hangs keeps both."""
        self._stopping = True
        if self._thread.is_alive() and not self._hangs():
            self._context.cancel()
            self._thread.join(_JOIN_S)
        if not self._thread.is_alive():
            self._context.release()
            self._news.close()

    def _hangs(self) -> bool:
        with self._lock:
            return self._clock.monotonic() - self._turned_at_s > TURN_S + HANGS_AFTER_S

    # on the watcher's thread

    def _run(self) -> None:
        try:
            bits = 0
            while not self._stopping:
                changed = self._context.changed(self._reader, bits, int(TURN_S * 1000))
                with self._lock:
                    self._turned_at_s = self._clock.monotonic()
                if changed is not None and changed.bits != bits:
                    bits = changed.bits
                    self._saw(Sighting(bool(bits & STATE_PRESENT), bits >> _COUNT_SHIFT, changed.atr))
        except PcscError as error:
            self._ended(error)
        except BaseException as error:  # not even a mistake of ours may end it silently
            self._ended(error)
            raise
        # A stop that was asked for needs no reason: nobody looks any more.

    def _saw(self, sighting: Sighting) -> None:
        with self._lock:
            if sighting == self._sighting:  # in use, powered: of no interest here
                return
            self._sighting = sighting
        self._news.set()

    def _ended(self, error: BaseException) -> None:
        with self._lock:
            self._end = error
        self._news.set()
