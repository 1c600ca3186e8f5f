"""A device on a byte line: one thread that carries bytes between a link and a wire."""

from __future__ import annotations

import functools
import os
import select
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from simulators.bench import Verb
from simulators.links.disturbance import Disturbance
from simulators.links.link import Link, Wire


class ByteDevice:
    """A `SimulatedDevice` for everything that speaks over a serial or TCP line.

    `hand` holds the device's own verbs, `look` gives what the `state` verb answers about the machine. Verbs
    run under the device's lock, after them the thread is woken, so machine and wire need no lock.
    """

    def __init__(
        self,
        name: str,
        link: Link,
        wire: Wire,
        hand: Mapping[str, Verb],
        look: Callable[[], dict[str, object]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._link = link
        self._wire = wire
        self._look = look
        self._clock = clock
        self._disturbance = Disturbance()
        self._lock = threading.Lock()
        self._wake = -1
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._was_up = False
        own: dict[str, Verb] = {"tear_cable": self._tear_cable, "plug_in": self._plug_in, "state": self._state}
        every = {**own, **self._disturbance.verbs(), **hand}
        self._verbs = {verb: self._guarded(call) for verb, call in every.items()}

    @property
    def name(self) -> str:
        """The device's name on the bench."""
        return self._name

    def start(self) -> None:
        """Open the link and start the thread."""
        if self._thread is not None:
            return
        self._link.open()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"sim-{self._name}")
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, then close the link."""
        if self._thread is None:
            return
        with self._lock:
            self._stopping = True
            os.eventfd_write(self._wake, 1)
        self._thread.join()
        self._thread = None
        self._link.close()
        os.close(self._wake)
        self._wake = -1

    def endpoint(self) -> str:
        """The link's URL."""
        return self._link.endpoint()

    def verbs(self) -> Mapping[str, Verb]:
        """The link's verbs and the device's own."""
        return self._verbs

    def _guarded(self, verb: Verb) -> Verb:
        @functools.wraps(verb)
        def call(**arguments: object) -> object:
            with self._lock:
                result = verb(**arguments)
                if self._wake >= 0:
                    os.eventfd_write(self._wake, 1)
                return result

        return call

    def _tear_cable(self) -> None:
        """Pull the cable (拔线): the host loses the link at once; the device keeps its power and its state."""
        self._link.tear()
        self._disturbance.forget()
        self._watch_link(self._clock())

    def _plug_in(self) -> None:
        """Put the cable in again (插线), under the same endpoint."""
        self._link.plug()

    def _state(self) -> dict[str, object]:
        """What the device is and shows now."""
        return {**self._look(), "link": {**self._link.state(), **self._disturbance.state()}}

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._stopping:
                    return
                now_s = self._clock()
                self._step(now_s)
                times = (self._link.next_time_s(), self._wire.next_time_s(), self._disturbance.next_time_s())
                waited_for = [*self._link.descriptors(), self._wake]
            due = [at_s for at_s in times if at_s is not None]
            try:
                # Not poll(2): its whole milliseconds would make every answer late by one.
                select.select(waited_for, (), (), max(0.0, min(due) - self._clock()) if due else None)
                os.eventfd_read(self._wake)
            except OSError:  # nobody called; or the cable was pulled just now and its descriptor is gone
                continue

    def _step(self, now_s: float) -> None:
        slices = self._link.receive(now_s)
        self._watch_link(now_s)
        for data in slices:
            self._say(self._wire.on_bytes(data, now_s), now_s)
        self._say(self._wire.on_time(now_s), now_s)
        for piece in self._disturbance.due(now_s):
            self._link.send(piece, now_s)
        self._link.pump(now_s)

    def _say(self, replies: Iterable[bytes], now_s: float) -> None:
        for reply in replies:
            self._disturbance.take(reply, now_s)

    def _watch_link(self, now_s: float) -> None:
        if self._link.is_up() is not self._was_up:
            self._was_up = not self._was_up
            if not self._was_up:
                self._disturbance.forget()
            self._wire.on_link(self._was_up, now_s)
