"""The byte link under a driver: open, read what is there, write by a deadline, and ONE wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from drivers.base.deadline import Deadline
from drivers.base.wake import Wake


@dataclass(frozen=True, slots=True)
class Ready:
    """Why `wait` came back. Neither flag: the deadline passed."""

    readable: bool
    woken: bool


class Transport(Protocol):
    """A byte link. Every call is made on the session's thread; failures of the link raise `LinkLost`."""

    def open(self, deadline: Deadline) -> None:
        """Open exclusively and drop stale input; `LinkLost` when it is not there or held by another."""
        ...

    def wait(self, deadline: Deadline, wake: Wake | None = None) -> Ready:
        """Block until bytes can be read, `wake` is set or the deadline passes. Does not clear `wake`."""
        ...

    def read_available(self) -> bytes:
        """All bytes that are there now, possibly none, without blocking; `LinkLost` on hang-up."""
        ...

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Write everything; `Timeout` if the device takes no more, `LinkLost` on hang-up."""
        ...

    def discard_input(self) -> None:
        """Throw away what has arrived and was not read."""
        ...

    def close(self) -> None:
        """Give the link back; never raises, may be called twice."""
        ...
