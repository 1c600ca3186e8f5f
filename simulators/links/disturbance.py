"""What can go wrong with what a device says: late, cut, corrupt, in pieces, behind noise, not at all."""

from __future__ import annotations

import heapq
import random
from collections.abc import Mapping
from typing import TypeVar

from simulators.bench import Verb, VerbError

N = TypeVar("N", int, float)


class Disturbance:
    """Takes the device's replies and gives pieces with the second at which they go on the line.

    A reply is what the wire returned as one item. Order is kept: a late reply holds up the later ones.
    """

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._pieces: list[tuple[float, int, bytes]] = []
        self._count = 0
        self._last_at_s = 0.0
        self._silent = False
        self._extra_s = 0.0
        self._chunk_bytes = 0
        self._gap_s = 0.0
        self._corrupt_at: int | None = None
        self._cut_after: int | None = None
        self._noise_bytes = 0

    def take(self, reply: bytes, now_s: float) -> None:
        """A reply that the device gives now."""
        if self._silent:
            return
        if self._corrupt_at is not None and reply:
            at, self._corrupt_at = max(-len(reply), min(self._corrupt_at, len(reply) - 1)) % len(reply), None
            reply = reply[:at] + bytes([reply[at] ^ 0x20]) + reply[at + 1 :]
        if self._cut_after is not None:
            reply, self._cut_after = reply[: self._cut_after], None
        if self._noise_bytes:
            reply, self._noise_bytes = self._random.randbytes(self._noise_bytes) + reply, 0
        at_s = max(now_s + self._extra_s, self._last_at_s)
        size = self._chunk_bytes or max(1, len(reply))
        for start in range(0, len(reply), size):
            heapq.heappush(self._pieces, (at_s, self._count, reply[start : start + size]))
            self._count += 1
            self._last_at_s = at_s
            at_s += self._gap_s

    def due(self, now_s: float) -> list[bytes]:
        """Pieces whose second has come."""
        pieces: list[bytes] = []
        while self._pieces and self._pieces[0][0] <= now_s:
            pieces.append(heapq.heappop(self._pieces)[2])
        return pieces

    def next_time_s(self) -> float | None:
        """When the next piece is due."""
        return self._pieces[0][0] if self._pieces else None

    def forget(self) -> None:
        """Drop what is on its way: the line is gone."""
        self._pieces.clear()
        self._last_at_s = 0.0

    def verbs(self) -> Mapping[str, Verb]:
        """The verbs every byte device has."""
        return {
            "corrupt_next_reply": self.corrupt_next_reply,
            "cut_next_reply": self.cut_next_reply,
            "noise_before_next_reply": self.noise_before_next_reply,
            "silence": self.silence,
            "slow": self.slow,
            "split_replies": self.split_replies,
        }

    def corrupt_next_reply(self, position: int = -2) -> None:
        """Flip one bit of the byte at `position` (negative: from the end) of the next reply."""
        self._corrupt_at = position

    def cut_next_reply(self, after_bytes: int = 5) -> None:
        """Send only the first `after_bytes` bytes of the next reply."""
        self._cut_after = _not_negative("after_bytes", after_bytes)

    def noise_before_next_reply(self, bytes_count: int = 7) -> None:
        """Put `bytes_count` random bytes in front of the next reply."""
        self._noise_bytes = _not_negative("bytes_count", bytes_count)

    def silence(self, on: bool = True) -> None:
        """The device hears and works but says nothing (on=false: speaks again)."""
        self._silent = on

    def slow(self, extra_ms: float = 0.0) -> None:
        """Every reply comes `extra_ms` later than usual; 0 ends it."""
        self._extra_s = _not_negative("extra_ms", extra_ms) / 1000

    def split_replies(self, chunk_bytes: int = 1, gap_ms: float = 0.0) -> None:
        """Send replies in chunks with a gap between them; chunk_bytes=0: whole again."""
        self._chunk_bytes = _not_negative("chunk_bytes", chunk_bytes)
        self._gap_s = _not_negative("gap_ms", gap_ms) / 1000

    def state(self) -> dict[str, object]:
        """Facts for the `state` verb."""
        return {"silent": self._silent, "extra_ms": round(self._extra_s * 1000, 3), "chunk_bytes": self._chunk_bytes}


def _not_negative(name: str, value: N) -> N:
    if value < 0:
        raise VerbError(f"{name} must not be negative")
    return value
