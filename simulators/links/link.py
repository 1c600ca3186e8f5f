"""What a link and a wire owe each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Link(Protocol):
    """A byte line with one client. Every call is made under the device's lock; none blocks.

    `now_s` is monotonic seconds and never goes back.
    """

    def open(self) -> None:
        """Make the line reachable; `OSError` when it cannot be."""
        ...

    def close(self) -> None:
        """Take the line away for good; may be called twice."""
        ...

    def endpoint(self) -> str:
        """The URL of the line, the same after a tear."""
        ...

    def descriptors(self) -> Sequence[int]:
        """Descriptors whose being readable means that `receive` has something to do."""
        ...

    def next_time_s(self) -> float | None:
        """When `receive` or `pump` has something to do by time alone; None for not at all."""
        ...

    def receive(self, now_s: float) -> Sequence[bytes]:
        """Bytes of the host that have arrived by now, in slices as they came over the line."""
        ...

    def send(self, data: bytes, now_s: float) -> None:
        """Put bytes on the line, behind those still waiting; without a client they are lost."""
        ...

    def pump(self, now_s: float) -> None:
        """Hand over what the line has carried by now."""
        ...

    def is_up(self) -> bool:
        """Whether a host could be at the other end: cable in, and for TCP a client connected."""
        ...

    def tear(self) -> None:
        """Pull the cable: the host sees the line vanish, bytes on the way are lost."""
        ...

    def plug(self) -> None:
        """Put the cable in again, under the same endpoint; `OSError` when the place was taken."""
        ...

    def state(self) -> dict[str, object]:
        """Facts for the `state` verb (JSON values)."""
        ...


class Wire(Protocol):
    """Bytes to machine and back; pure in time, no I/O. Each item returned is one reply or frame."""

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """The host's bytes, in any slices."""
        ...

    def on_time(self, now_s: float) -> Sequence[bytes]:
        """Called often and whenever `next_time_s` is over, also after every verb: what is said now."""
        ...

    def next_time_s(self) -> float | None:
        """When `on_time` wants to be called (monotonic seconds); None for not at all."""
        ...

    def on_link(self, up: bool, now_s: float) -> None:
        """The line went up or down: half a frame is forgotten."""
        ...
