"""The case thread: one queue, one thread, timers; whatever owns the database connection runs here."""

from __future__ import annotations

import heapq
import itertools
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.base.clock import Clock

log = logging.getLogger(__name__)


@dataclass(order=True, slots=True)
class Timer:
    """A call in the future; `cancel` is safe at any time on the case thread."""

    at_s: float
    number: int
    call: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Do not call after all."""
        self.cancelled = True


class CaseThread:
    """Runs posted messages one after another through `handle`. A failing message never ends the thread."""

    def __init__(self, handle: Callable[[object], None], clock: Clock, failed: Callable[[Exception], None]) -> None:
        self._handle = handle
        self._clock = clock
        self._failed = failed
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._timers: list[Timer] = []
        self._numbers = itertools.count()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="case")

    def start(self, first: Callable[[], None]) -> None:
        """Start the thread; `first` runs on it before any message."""
        self._queue.put(first)
        self._thread.start()

    def post(self, message: object) -> None:
        """Queue a message, or a callable to be called; from any thread, never blocks."""
        self._queue.put(message)

    def later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Call `call` on this thread after `seconds`. Case thread only."""
        timer = Timer(self._clock.monotonic() + seconds, next(self._numbers), call)
        heapq.heappush(self._timers, timer)
        return timer

    def stop(self, last: Callable[[], None], deadline_s: float) -> bool:
        """Work off what is queued, run `last`, end; whether the thread ended in time."""

        def finish() -> None:
            try:
                last()
            finally:
                self._stopping = True

        self._queue.put(finish)
        self._thread.join(deadline_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping:
            message = self._next()
            try:
                if callable(message):
                    message()
                elif message is not None:
                    self._handle(message)
            except Exception as error:  # the case thread must outlive any one message
                log.exception("a message failed: %s", type(message).__name__)
                self._tell(error)

    def _tell(self, error: Exception) -> None:
        try:
            self._failed(error)
        except Exception:  # the screens' picture comes from the database, which may be what failed
            log.exception("and could not be told")

    def _next(self) -> object:
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        if not self._timers:
            return self._queue.get()
        try:
            return self._queue.get(timeout=max(0.0, self._timers[0].at_s - self._clock.monotonic()))
        except queue.Empty:
            timer = heapq.heappop(self._timers)
            return None if timer.cancelled else timer.call
