"""A serial line as a pseudo-terminal: a name that comes and goes, and the pace of the rate that the host set."""

from __future__ import annotations

import fcntl
import os
import sys
import termios
import tty
from collections.abc import Callable, Sequence
from pathlib import Path

from simulators.links.pace import PacedQueue, resampled

_SPEEDS = {getattr(termios, f"B{baud}"): baud for baud in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)}
_CODES = {baud: code for code, baud in _SPEEDS.items()}
_UNREAD_BYTES = 4000  # Linux keeps 4095 bytes for a host that does not read
_BACKLOG_BYTES = 4096  # beyond this the host's write blocks, as behind a full UART


class PtyLink:
    """A pseudo-terminal behind the symbolic link `path`.

    Bytes pass no faster than 10 bits a byte at the sender's rate. A host that set another rate than the
    device's `baud` sends and sees garbage. A serial line cannot refuse a second reader: hosts lock it
    (flock, as pyserial's `exclusive`), and the system then refuses the second.

    `room` tells how many bytes the device takes now (None: any number); what is more stays with the host, whose
    write then waits, as a hardware handshake makes it.
    """

    def __init__(self, path: Path, baud: int = 115200, room: Callable[[], int] | None = None) -> None:
        self._path = path
        self._room = room
        self._baud = baud
        self._first_baud = baud
        self._master = -1
        self._slave = -1
        self._from_host = PacedQueue()
        self._to_host = PacedQueue()
        self._lost_bytes = 0

    def open(self) -> None:
        """Make the pseudo-terminal and its name; `OSError` when the name is taken by something else."""
        if self._master >= 0:
            return
        if self._path.exists() and not self._path.is_symlink():
            raise FileExistsError(f"{self._path} is there and no symbolic link")
        self._master, self._slave = os.openpty()
        # Until a host configures it, a terminal echoes: raw from the start, and our own slave descriptor stays
        # open, for the last close of a slave would undo it (platform.md 3).
        tty.setraw(self._slave)
        modes = termios.tcgetattr(self._slave)
        modes[4] = modes[5] = _CODES[self._baud]
        termios.tcsetattr(self._slave, termios.TCSANOW, modes)
        os.set_blocking(self._master, False)
        fresh = self._path.with_name(f".{self._path.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self._path)

    def close(self) -> None:
        """Close the terminal and take its name away."""
        self.tear()

    def endpoint(self) -> str:
        """`serial:///DIR/ttyIDR?baud=115200`; the rate is the one the device had at first."""
        return f"serial://{self._path.absolute()}?baud={self._first_baud}"

    def set_baud(self, baud: int) -> None:
        """The device's own rate from now on; what it has said already still goes out at the old one."""
        if baud not in _CODES:
            raise ValueError(f"no rate {baud}")
        self._baud = baud

    def descriptors(self) -> Sequence[int]:
        """The master, unless the line from the host is full."""
        return (self._master,) if self._master >= 0 and self._takes_bytes() > 0 else ()

    def next_time_s(self) -> float | None:
        """When the next slice of either direction has passed."""
        times = [at_s for at_s in (self._from_host.next_time_s(), self._to_host.next_time_s()) if at_s is not None]
        return min(times, default=None)

    def receive(self, now_s: float) -> Sequence[bytes]:
        """Slices of the host's bytes that have passed the line by now."""
        if self._master < 0:
            return ()
        if (takes := self._takes_bytes()) > 0:
            try:
                data = os.read(self._master, takes)
            except BlockingIOError:
                data = b""
            host_baud = self._host_baud()
            if data:
                self._from_host.put(resampled(data, host_baud, self._baud), host_baud, now_s)
        return self._from_host.due(now_s)

    def send(self, data: bytes, now_s: float) -> None:
        """Put the device's bytes on the line at its own rate."""
        if self._master >= 0 and data:
            self._to_host.put(resampled(data, self._baud, self._host_baud()), self._baud, now_s)

    def pump(self, now_s: float) -> None:
        """Hand over what has passed; a host that does not read loses bytes, as with a full UART."""
        for piece in self._to_host.due(now_s):
            try:
                written = os.write(self._master, piece) if self._unread_bytes() < _UNREAD_BYTES else 0
            except BlockingIOError:
                written = 0
            self._lost_bytes += len(piece) - written

    def is_up(self) -> bool:
        """Whether the cable is in."""
        return self._master >= 0

    def tear(self) -> None:
        """Close the terminal (the host's read fails at once) and remove its name."""
        if self._master < 0:
            return
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1
        self._path.unlink(missing_ok=True)
        self._from_host.clear()
        self._to_host.clear()

    def plug(self) -> None:
        """A new pseudo-terminal under the old name."""
        self.open()

    def state(self) -> dict[str, object]:
        """Cable, both rates, bytes lost to a host that did not read."""
        host_baud = self._host_baud() if self._slave >= 0 else None
        return {"plugged": self.is_up(), "baud": self._baud, "host_baud": host_baud, "lost_bytes": self._lost_bytes}

    def _takes_bytes(self) -> int:
        """How much may be taken from the host now: what fits on the line and, once there, into the device."""
        waiting = self._from_host.waiting_bytes
        if waiting >= _BACKLOG_BYTES:
            return 0
        return _BACKLOG_BYTES if self._room is None else min(_BACKLOG_BYTES, self._room() - waiting)

    def _host_baud(self) -> int:
        return _SPEEDS.get(termios.tcgetattr(self._slave)[5], self._baud)

    def _unread_bytes(self) -> int:
        return int.from_bytes(fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4)), sys.byteorder)
