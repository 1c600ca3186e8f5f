"""How fast and how truly a serial line carries bytes: ten bits a byte, and garbage between unequal rates."""

from __future__ import annotations

from collections import deque

BITS_PER_BYTE = 10  # start bit, eight data bits, stop bit (8N1, domain.md a.1)
SLICE_S = 0.002  # a host sees bytes in slices about this long, as a UART's FIFO hands them over


class PacedQueue:
    """Bytes on a serial line, each slice with the second at which its last bit has passed."""

    def __init__(self) -> None:
        self._slices: deque[tuple[float, bytes]] = deque()
        self._free_s = 0.0
        self.waiting_bytes = 0

    def put(self, data: bytes, baud: int, now_s: float) -> None:
        """`data` follows what is on the line already, or starts now."""
        size = max(1, int(baud / BITS_PER_BYTE * SLICE_S))
        at_s = max(now_s, self._free_s)
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            at_s += len(piece) * BITS_PER_BYTE / baud
            self._slices.append((at_s, piece))
        self._free_s = at_s
        self.waiting_bytes += len(data)

    def due(self, now_s: float) -> list[bytes]:
        """Slices that have passed by now."""
        passed: list[bytes] = []
        while self._slices and self._slices[0][0] <= now_s:
            passed.append(self._slices.popleft()[1])
            self.waiting_bytes -= len(passed[-1])
        return passed

    def next_time_s(self) -> float | None:
        """When the next slice has passed."""
        return self._slices[0][0] if self._slices else None

    def clear(self) -> None:
        """The line is cut: what was on it is gone."""
        self._slices.clear()
        self._free_s = 0.0
        self.waiting_bytes = 0


def resampled(data: bytes, sent_baud: int, taken_baud: int) -> bytes:
    """What a UART at `taken_baud` makes of `data` sent back to back at `sent_baud`; equal rates change nothing.

    The receiver waits for a falling edge and looks at the middle of each of its own bit times; a missing stop
    bit is a framing error, which Linux hands on as 00 (termios(3), INPCK clear).
    """
    if sent_baud == taken_baud:
        return data
    levels: list[int] = []
    for byte in data:
        levels += [0, *((byte >> bit) & 1 for bit in range(8)), 1]
    taken = bytearray()
    position = 0.0
    step = sent_baud / taken_baud
    while True:
        start = int(position)
        while start < len(levels) and levels[start]:
            start += 1
        if start >= len(levels):
            return bytes(taken)
        edge = max(position, float(start))
        bits = [_level(levels, edge + (number + 0.5) * step) for number in range(1, 10)]
        taken.append(sum(level << bit for bit, level in enumerate(bits[:8])) if bits[8] else 0)
        position = edge + 9.5 * step
        while not bits[8] and int(position) < len(levels) and not levels[int(position)]:
            position += 1  # after a break the receiver waits for the line to go idle


def _level(levels: list[int], at: float) -> int:
    return levels[int(at)] if int(at) < len(levels) else 1
