"""A line in memory between a driver and a simulated device's wire: fake time, one fault at one reply."""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from types import ModuleType

import pytest

from drivers.base.deadline import Deadline
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost
from drivers.base.transport import Ready
from drivers.base.wake import Wake
from simulators.links.link import Wire
from tests.support.scripted_device import JumpingClock

AWAY_S = 0.7  # how long a cable is out
FOR_EVER_S = 3600.0


class Deed(Enum):
    """What can happen on a line beside bytes."""

    TEAR = auto()
    MUTE = auto()  # the device hears, works and says nothing for MUTE_S


MUTE_S = 9.0

Piece = tuple[float, bytes | Deed]
"""Seconds after the reply would have come, and what comes instead."""


@dataclass(frozen=True)
class Spoiled:
    """The reply with this number (from the first connection on) is replaced by `pieces`."""

    reply: int
    pieces: tuple[Piece, ...]
    title: str = ""


@dataclass
class Heard:
    """A reply as the device gave it, with what had been asked last."""

    request: bytes
    reply: bytes


@dataclass
class MemoryLine:
    """A `Transport`. The device's wire is called with the fake time; bytes take none."""

    wire: Wire
    clock: JumpingClock
    spoiled: Spoiled | None = None
    replies: list[Heard] = field(default_factory=list[Heard])
    plugged: bool = True
    back_s: float = 0.0  # when the device was last plugged in or spoke again
    _open: bool = False
    _request: bytes = b""
    _coming: list[tuple[float, int, bytes | Deed]] = field(default_factory=list[tuple[float, int, bytes | Deed]])
    _count: int = 0
    _last_s: float = 0.0
    _arrived: bytearray = field(default_factory=bytearray)
    _torn: bool = False
    _plug_s: float | None = None
    _mute_until_s: float = 0.0

    # the driver's end

    def open(self, deadline: Deadline) -> None:
        del deadline
        self._pass_time(self.clock.now_s)
        self.close()
        if not self.plugged:
            raise LinkLost("memory: not there")
        self._open, self._torn = True, False
        self.wire.on_link(True, self.clock.now_s)

    def wait(self, deadline: Deadline, wake: Wake | None = None) -> Ready:
        end_s = deadline.at_s
        while True:
            self._pass_time(self.clock.now_s)
            woken = wake is not None and bool(self.clock.poll((wake.fileno(),), self.clock.now_s))
            if woken or self._arrived or self._torn:
                return Ready(bool(self._arrived) or self._torn, woken)
            due_s = min(self._times(), default=FOR_EVER_S * 10)
            assert end_s is not None or due_s < FOR_EVER_S * 10, "a wait that nobody ends"
            if end_s is not None and end_s <= due_s:
                self.clock.now_s = max(self.clock.now_s, end_s)
                self._pass_time(self.clock.now_s)
                return Ready(bool(self._arrived) or self._torn, False)
            self.clock.now_s = max(self.clock.now_s, due_s)

    def read_available(self) -> bytes:
        self._must_be_open()
        self._pass_time(self.clock.now_s)
        data, self._arrived = bytes(self._arrived), bytearray()
        if not data and self._torn:
            raise LinkLost("memory: hung up")
        return data

    def write(self, data: bytes, deadline: Deadline) -> None:
        del deadline
        self._must_be_open()
        self._pass_time(self.clock.now_s)
        if self._torn:
            raise LinkLost("memory: hung up")
        self._request = data
        self._say(self.wire.on_bytes(data, self.clock.now_s))

    def discard_input(self) -> None:
        self.read_available()

    def close(self) -> None:
        if self._open and not self._torn:
            self.wire.on_link(False, self.clock.now_s)
        self._open = False
        self._arrived.clear()
        self._coming.clear()
        self._last_s = 0.0

    # time

    def do(self, hand: Callable[[], object]) -> object:
        """A hand at the device."""
        done = hand()
        self._pass_time(self.clock.now_s)
        return done

    def _must_be_open(self) -> None:
        if not self._open:
            raise LinkLost("memory: not open")

    def _times(self) -> Iterator[float]:
        if self._coming:
            yield self._coming[0][0]
        if self._plug_s is not None:
            yield self._plug_s
        wire_s = self.wire.next_time_s()
        if wire_s is not None:
            yield max(wire_s, self.clock.now_s)

    def _pass_time(self, now_s: float) -> None:
        if self._plug_s is not None and now_s >= self._plug_s:
            self.plugged, self.back_s, self._plug_s = True, self._plug_s, None
        self._say(self.wire.on_time(now_s))
        while self._coming and self._coming[0][0] <= now_s:
            at_s, _, piece = heapq.heappop(self._coming)
            if piece is Deed.TEAR:
                self._tear(at_s)
            elif piece is Deed.MUTE:
                self._mute_until_s = self.back_s = at_s + MUTE_S
            else:
                assert isinstance(piece, bytes)
                self._arrived += piece

    def _say(self, said: Sequence[bytes]) -> None:
        for reply in said:
            number = len(self.replies)
            self.replies.append(Heard(self._request, reply))
            if self.clock.now_s < self._mute_until_s or not self._open:
                continue
            spoiled = self.spoiled
            pieces: tuple[Piece, ...] = ((0.0, reply),)
            if spoiled is not None and spoiled.reply == number:
                pieces = spoiled.pieces
            for after_s, piece in pieces:  # in order, as a line is: what is late holds up what follows
                self._count += 1
                self._last_s = max(self._last_s, self.clock.now_s + after_s)
                heapq.heappush(self._coming, (self._last_s, self._count, piece))
            self.back_s = max(self.back_s, self._last_s)

    def _tear(self, at_s: float) -> None:
        self._torn, self.plugged = True, False
        self._coming.clear()
        self._last_s = 0.0
        self._plug_s = at_s + AWAY_S
        self.wire.on_link(False, at_s)


@contextmanager
def in_memory(line: MemoryLine) -> Iterator[None]:
    """Every driver built inside talks over `line`, whatever its endpoint says."""

    def transport_of(endpoint: Endpoint, clock: object, tap: object) -> MemoryLine:
        del endpoint, clock, tap
        return line

    with pytest.MonkeyPatch.context() as patch:
        for module in _using_transports():
            patch.setattr(module, "transport_of", transport_of)
        yield


def _using_transports() -> list[ModuleType]:
    return [
        module
        for name, module in sorted(sys.modules.items())
        if name.startswith("drivers.") and hasattr(module, "transport_of")
    ]
