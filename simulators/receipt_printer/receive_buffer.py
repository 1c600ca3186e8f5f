"""The receive buffer: what the host has sent and the printer has not worked off."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from enum import Enum, unique

BUFFER_BYTES = 4096


@unique
class Wait(Enum):
    """Why the printer's program stands still."""

    BYTES = "bytes"
    MECHANISM = "mechanism"


Program = Generator[Wait, None, None]
"""The printer's program, or a part of it; it stops wherever it has to wait."""


class HalfCommand(Exception):
    """The line went down inside a command: the rest of it will not come."""


class ReceiveBuffer:
    """Bytes in order, with the places at which one connection ended and the next began."""

    def __init__(self) -> None:
        self._parts: deque[bytearray] = deque([bytearray()])
        self.received = 0

    def put(self, data: bytes) -> None:
        """Bytes from the host. The link never brings more than `room`."""
        self._parts[-1] += data
        self.received += len(data)

    def waiting(self) -> int:
        """Bytes not worked off yet."""
        return sum(map(len, self._parts))

    def room(self) -> int:
        """Bytes that may still come; at 0 the printer takes nothing from the line."""
        return max(0, BUFFER_BYTES - self.waiting())

    def end_connection(self) -> None:
        """What comes from now on belongs to another connection."""
        if self._parts[-1] or len(self._parts) == 1:
            self._parts.append(bytearray())

    def clear(self) -> None:
        """Throw everything away."""
        self._parts = deque([bytearray()])

    def command_byte(self) -> Generator[Wait, None, int]:
        """The first byte of a command, from this connection or the next."""
        while not self._parts[0]:
            if len(self._parts) > 1:
                self._parts.popleft()
            else:
                yield Wait.BYTES
        return self._parts[0].pop(0)

    def read(self, size: int) -> Generator[Wait, None, bytes]:
        """The next `size` bytes of the command; `HalfCommand` when its connection ended before."""
        got = bytearray()
        while len(got) < size:
            part = self._parts[0]
            if part:
                taken = part[: size - len(got)]
                del part[: len(taken)]
                got += taken
            elif len(self._parts) > 1:
                raise HalfCommand
            else:
                yield Wait.BYTES
        return bytes(got)
