"""The same fault on a real pseudo-terminal or TCP connection, with a simulated device behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import cast

from drivers.base.clock import SystemClock
from simulators.byte_device import ByteDevice
from simulators.links.link import Link, Wire
from simulators.links.pty import PtyLink
from tests.faults.matrix.memory_line import Deed, Heard, Spoiled

AWAY_S = 0.05
_WAIT_S = 0.03  # real; whatever takes longer on a line within the machine is not coming


class ImpatientClock(SystemClock):
    """Waits a moment for what may come, then jumps to the end of the wait."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead_s

    def poll(self, fds: Collection[int], until_s: float | None) -> frozenset[int]:
        now_s = self.monotonic()
        left_s = 3600.0 if until_s is None else max(0.0, until_s - now_s)
        ready = _SYSTEM.poll(fds, _SYSTEM.monotonic() + min(left_s, _WAIT_S))
        if not ready and until_s is not None:
            self._ahead_s += max(0.0, until_s - self.monotonic())
        return ready


_SYSTEM = SystemClock()


class _SpoilingWire:
    """A `Wire` that says something else instead of one reply. Only on its device's thread."""

    def __init__(self, wire: Wire, link: Link, spoiled: Spoiled) -> None:
        self._wire = wire
        self._link = link
        self._spoiled = spoiled
        self._coming: list[tuple[float, bytes | Deed]] = []
        self._plug_s: float | None = None
        self.replies: list[Heard] = []
        self._request = b""

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        self._request = data
        return self._pass(self._wire.on_bytes(data, now_s), now_s)

    def on_time(self, now_s: float) -> Sequence[bytes]:
        if self._plug_s is not None and now_s >= self._plug_s:
            self._plug_s = None
            self._link.plug()
        return self._pass(self._wire.on_time(now_s), now_s)

    def next_time_s(self) -> float | None:
        times = [at_s for at_s in (self._wire.next_time_s(), self._plug_s) if at_s is not None]
        return min([*times, *(at_s for at_s, _ in self._coming)], default=None)

    def on_link(self, up: bool, now_s: float) -> None:
        self._wire.on_link(up, now_s)

    def _pass(self, said: Sequence[bytes], now_s: float) -> list[bytes]:
        for reply in said:
            pieces = self._spoiled.pieces if len(self.replies) == self._spoiled.reply else ((0.0, reply),)
            self.replies.append(Heard(self._request, reply))
            self._coming += [(now_s + after_s, piece) for after_s, piece in pieces]
        given: list[bytes] = []
        while self._coming and self._coming[0][0] <= now_s:
            piece = self._coming[0][1]
            if piece is Deed.TEAR:
                if given or not self._is_read():
                    break  # the host first has to read what came before
                self._link.tear()
                self._plug_s = now_s + AWAY_S
                self._coming.clear()
                break
            assert isinstance(piece, bytes)
            given.append(piece)
            del self._coming[0]
        return given

    def _is_read(self) -> bool:
        link = self._link
        if isinstance(link, PtyLink):
            return link._slave < 0 or (link._unread_bytes() == 0 and link._to_host.waiting_bytes == 0)
        return True


class RealLine:
    """A simulated device on a pseudo-terminal; `back_s` is 0: a cable is in again before anybody can ask."""

    back_s = 0.0

    def __init__(self, wire: Wire, directory: Path, spoiled: Spoiled) -> None:
        link = PtyLink(directory / "ttyMATRIX", 230400)
        self._wire = _SpoilingWire(wire, link, spoiled)
        self.replies = self._wire.replies
        self._device = ByteDevice("matrix", link, self._wire, {"hand": self._hand}, dict)

    def start(self) -> str:
        self._device.start()
        return self._device.endpoint()

    def do(self, hand: Callable[[], object]) -> object:
        return self._device.verbs()["hand"](do=hand)

    def stop(self) -> None:
        self._device.stop()

    def _hand(self, do: object) -> object:
        return cast("Callable[[], object]", do)()
