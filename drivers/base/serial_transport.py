"""A serial line, `serial:///dev/idcard?baud=115200`: 8N1 without flow control, pyserial behind it."""

from __future__ import annotations

import contextlib
import errno
import termios
from typing import Final

import serial

from drivers.base.byte_stream import ByteStream
from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost, Unsupported
from drivers.base.tap import Tap

DEFAULT_BAUD: Final = 115200

# pyserial lets errors of the system through in three shapes (platform.md 3).
_FAILURES = (OSError, serial.SerialException, termios.error)
# EAGAIN: another program holds the lock; EBUSY: it has the line for itself by TIOCEXCL.
_BUSY = frozenset({errno.EAGAIN, errno.EBUSY})


class SerialTransport(ByteStream):
    """One serial line, held alone. An unplugged adapter wakes the wait, the next read says `LinkLost`."""

    def __init__(self, endpoint: Endpoint, clock: Clock, tap: Tap) -> None:
        """`Unsupported` when the endpoint names no device or the rate is no number."""
        super().__init__(endpoint.path, clock, tap)
        if not endpoint.path or endpoint.host:
            raise Unsupported(f"a serial endpoint is serial:///dev/NAME, not {endpoint.url!r}")
        self._path = endpoint.path
        self._baud = endpoint.number("baud", DEFAULT_BAUD)
        if not self._baud:
            raise Unsupported(f"no rate in {endpoint.url!r}")
        self._port: serial.Serial | None = None

    def open(self, deadline: Deadline) -> None:
        """Open exclusively and drop stale input; `LinkLost`, saying "busy" when another program holds the line.

        Never blocks, so `deadline` is not looked at. Devices without modem lines (pseudo-terminals, some adapters)
        are opened all the same.
        """
        del deadline
        self.close()
        try:
            # timeout=0 is never used for reading; pyserial then leaves the descriptor to us, non-blocking.
            self._port = serial.Serial(self._path, self._baud, timeout=0, exclusive=True)
        except _FAILURES as error:
            raise LinkLost(_why(self._path, error)) from error
        except ValueError as error:
            raise Unsupported(f"{self._path}: no rate {self._baud}") from error

    def fileno(self) -> int:
        """The line's descriptor; `LinkLost` when closed."""
        return self._open_port().fileno()

    @property
    def baud(self) -> int:
        """The rate now, or with which the next `open` begins."""
        return self._baud

    def set_baud(self, baud: int) -> None:
        """Another rate from now on, also after a later `open`. `Unsupported` when the line cannot, or `LinkLost`."""
        if self._port is not None:
            try:
                self._port.baudrate = baud
            except _FAILURES as error:
                raise LinkLost(_why(self._path, error)) from error
            except ValueError as error:
                raise Unsupported(f"{self._path}: no rate {baud}") from error
        self._baud = baud

    def close(self) -> None:
        """Give the line back; never raises, may be called twice."""
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(*_FAILURES):
                port.close()

    def _open_port(self) -> serial.Serial:
        if self._port is None:
            raise LinkLost(f"{self._path} is not open")
        return self._port


def _why(path: str, error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number in _BUSY:
        return f"{path} is busy: another program holds it"
    if number == errno.ENOENT:
        return f"{path} is not there"
    if number in {errno.EACCES, errno.EPERM}:
        return f"{path}: no right to open it"
    return f"{path}: {error}"
