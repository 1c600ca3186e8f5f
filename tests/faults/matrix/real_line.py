"""The same fault on a real pseudo-terminal, with a simulated device behind it on its own thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import cast

from drivers.base.clock import SystemClock
from simulators.byte_device import ByteDevice
from simulators.links.link import Wire
from simulators.links.pty import PtyLink
from tests.faults.matrix.memory_line import AWAY_S, MUTE_S, Deed, Heard, Spoiled

BAUD = 230400
_WAIT_S = 0.01  # real; the kernel hands a byte over sooner, and a device that is behind is waited for (`due_s`)
_SYSTEM = SystemClock()


class ImpatientClock(SystemClock):
    """One time for driver and device. Waits a moment for what may come, then jumps to what is due next.

    `monotonic` may be asked on any thread; everything else only by the driver's.
    """

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._line: RealLine | None = None

    def drive(self, line: RealLine | None) -> None:
        """Jump no further than to what the device on `line` does next."""
        self._line = line

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead_s

    def poll(self, fds: Collection[int], until_s: float | None) -> frozenset[int]:
        while True:
            left_s = _WAIT_S if until_s is None else min(_WAIT_S, max(0.0, until_s - self.monotonic()))
            ready = _SYSTEM.poll(fds, _SYSTEM.monotonic() + left_s)
            now_s = self.monotonic()
            if ready or (until_s is not None and now_s >= until_s):
                return ready
            due = [at_s for at_s in (until_s, self._line.due_s() if self._line else None) if at_s is not None]
            if due and min(due) > now_s:
                self._ahead_s += min(due) - now_s
                if self._line:
                    self._line.wake()


class _SpoilingWire:
    """A `Wire` that says something else instead of one reply. Only under its device's lock."""

    def __init__(self, wire: Wire, link: PtyLink, spoiled: Spoiled) -> None:
        self._wire = wire
        self._link = link
        self._spoiled = spoiled
        self._coming: list[tuple[float, bytes | Deed]] = []  # in order: what is late holds up what follows
        self._last_s = 0.0
        self._plug_s: float | None = None
        self._mute_until_s = 0.0
        self._request = b""
        self.back_s = 0.0
        self.replies: list[Heard] = []

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        self._request = data
        return self._pass(self._wire.on_bytes(data, now_s), now_s)

    def on_time(self, now_s: float) -> Sequence[bytes]:
        if self._plug_s is not None and now_s >= self._plug_s:
            self._link.plug()
            self._plug_s, self.back_s = None, now_s
        return self._pass(self._wire.on_time(now_s), now_s)

    def next_time_s(self) -> float | None:
        times = [self._wire.next_time_s(), self._plug_s, self._coming[0][0] if self._coming else None]
        return min((at_s for at_s in times if at_s is not None), default=None)

    def on_link(self, up: bool, now_s: float) -> None:
        if not up:
            self._coming.clear()
            self._last_s = 0.0
        self._wire.on_link(up, now_s)

    def _pass(self, said: Sequence[bytes], now_s: float) -> list[bytes]:
        for reply in said:
            number = len(self.replies)
            self.replies.append(Heard(self._request, reply))
            if now_s < self._mute_until_s:
                continue
            for after_s, piece in self._spoiled.pieces if number == self._spoiled.reply else ((0.0, reply),):
                self._last_s = max(self._last_s, now_s + after_s)
                self._coming.append((self._last_s, piece))
            self.back_s = max(self.back_s, self._last_s)
        given: list[bytes] = []
        while self._coming and self._coming[0][0] <= now_s:
            piece = self._coming[0][1]
            if isinstance(piece, bytes):
                given.append(piece)
            elif piece is Deed.MUTE:
                self._mute_until_s = self.back_s = now_s + MUTE_S
            elif given or self._link.has_unread():
                break  # the host first has to read what came before
            else:
                self._link.tear()
                self._plug_s = now_s + AWAY_S
                self._coming.clear()
                break
            del self._coming[0]
        return given


class _WatchedPty(PtyLink):
    """Tells whether the host has everything that was said to it."""

    def has_unread(self) -> bool:
        return self.is_up() and (self._to_host.waiting_bytes > 0 or self._unread_bytes() > 0)


class RealLine:
    """A simulated device on a pseudo-terminal, in the time of `clock`."""

    def __init__(self, wire: Wire, directory: Path, spoiled: Spoiled, clock: ImpatientClock) -> None:
        self._link = _WatchedPty(directory / "ttyMATRIX", BAUD)
        self._wire = _SpoilingWire(wire, self._link, spoiled)
        self._clock = clock
        self._device = ByteDevice("matrix", self._link, self._wire, {"hand": self._hand}, dict, clock.monotonic)
        self.replies = self._wire.replies

    @property
    def back_s(self) -> float:
        return self._wire.back_s

    def start(self) -> str:
        self._device.start()
        self._clock.drive(self)
        return self._device.endpoint()

    def do(self, hand: Callable[[], object]) -> object:
        return self._device.verbs()["hand"](do=hand)

    def due_s(self) -> float | None:
        """When the device does something by time alone; now, when it has not done all yet."""
        return cast("float | None", self.do(self._due_s))

    def wake(self) -> None:
        """It is later now."""
        self.do(lambda: None)

    def stop(self) -> None:
        self._clock.drive(None)
        self._device.stop()

    def _due_s(self) -> float | None:
        waiting = (self._device._wake, *self._link.descriptors())
        if _SYSTEM.poll(waiting, _SYSTEM.monotonic()):
            return self._clock.monotonic()  # on a busy machine its thread has yet to look
        times = (self._link.next_time_s(), self._wire.next_time_s())
        return min((at_s for at_s in times if at_s is not None), default=None)

    def _hand(self, do: object) -> object:
        return cast("Callable[[], object]", do)()
