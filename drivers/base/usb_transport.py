"""USB bulk pipes, `usb://0400:c35a?form=pair`: the two forms in which ID-card readers speak (domain.md a.1).

The older form has two pipes out, for the frame's head and its rest, and two in; the newer one pair for whole frames.
Never tried at a reader: proven at the seam, against pipes made by hand.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Final

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost, Timeout, Unsupported
from drivers.base.link_reader import ThreadedLink, why
from drivers.base.tap import Direction, Tap
from drivers.base.usb_address import UsbAddress
from drivers.base.usb_backend import PyUsb, UsbBackend, UsbHandle

FORMS: Final = ("auto", "pair", "pipes")
WRITE_WITHIN_MS: Final = 1000  # domain.md a.6, 4 [1], as the next
READ_SLICE_MS: Final = 100
HEAD_BYTES: Final = 7  # preamble and length: what the older form sends by itself [1]

_HEAD_OUT: Final = 0x02
_REST_OUT: Final = 0x06
_HEAD_IN: Final = 0x81
_REST_IN: Final = 0x85
_ROOM_BYTES: Final = 4096  # a multiple of the 64-byte packets: libusb then never overflows
_TO_HOST: Final = 0x80
_STALE_READS: Final = 32


class UsbTransport(ThreadedLink):
    """One reader on bulk pipes, its interface held alone."""

    def __init__(self, endpoint: Endpoint, clock: Clock, tap: Tap, backend: UsbBackend | None = None) -> None:
        """`Unsupported` when the endpoint names no VID:PID or an unknown form. `backend`: for tests."""
        self._address = UsbAddress.parse(endpoint)
        super().__init__(f"USB device {self._address}", clock)
        self._form = endpoint.option("form", FORMS[0])
        if self._form not in FORMS:
            raise Unsupported(f"form is one of {', '.join(FORMS)}, not {self._form!r}")
        self._tap = tap
        self._backend = backend or PyUsb()
        self._handle: UsbHandle | None = None
        self._outs: tuple[int, ...] = ()
        self._ins: tuple[int, ...] = ()

    def open(self, deadline: Deadline) -> None:
        """Claim the interface, drop stale input, begin to read; `LinkLost` says missing, busy or not allowed.

        libusb opens at once or not at all, so `deadline` is not looked at. `Unsupported` when the pipes are not there.
        """
        del deadline
        self.close()
        try:
            handle = self._backend.open(self._address)
        except OSError as error:
            raise LinkLost(why(self._title, error)) from error
        self._handle = handle
        try:
            self._outs, self._ins = _pipes(handle.pipes, self._form)
            for pipe in self._ins:
                _drain(handle, pipe)
        except OSError as error:
            self.close()
            raise LinkLost(why(self._title, error)) from error
        except Unsupported:
            self.close()
            raise
        self._start_reading(self._read_slice)

    def read_available(self) -> bytes:
        """All bytes that are there now, possibly none; `LinkLost` when the device is gone, after what came before."""
        data = b"".join(self._open_reader().take())
        if data:
            self._tap.bytes_seen(Direction.FROM_DEVICE, data, self._clock.monotonic())
        return data

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Write one frame; `Timeout` if the device does not take all of it, `LinkLost` when it is gone."""
        self._open_reader()
        parts = (data,) if len(self._outs) == 1 else (data[:HEAD_BYTES], data[HEAD_BYTES:])
        written = 0
        for pipe, part in zip(self._outs, parts, strict=False):
            if part:
                written += self._write_part(pipe, part, deadline)
        if written < len(data):
            raise Timeout(f"{self._title} took {written} of {len(data)} bytes")

    def discard_input(self) -> None:
        """Throw away what has arrived and was not read; the tap still sees it."""
        self.read_available()

    def close(self) -> None:
        """Stop reading and give the interface back; never raises, may be called twice."""
        handle, self._handle = self._handle, None
        self._stop_reading()
        if handle is not None:
            handle.close()

    def _write_part(self, pipe: int, part: bytes, deadline: Deadline) -> int:
        left_s = deadline.left_s()
        timeout_ms = WRITE_WITHIN_MS if left_s is None else max(1, min(WRITE_WITHIN_MS, int(left_s * 1000)))
        try:
            count = self._open_handle().write(pipe, part, timeout_ms)
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                raise Timeout(f"{self._title} takes no bytes") from error
            raise LinkLost(why(self._title, error)) from error
        self._tap.bytes_seen(Direction.TO_DEVICE, part[:count], self._clock.monotonic())
        return count

    def _read_slice(self) -> bytes:
        """On the reading thread: one slice. In the older form the head announces how much the other pipe brings."""
        handle = self._open_handle()
        head = handle.read(self._ins[0], _ROOM_BYTES, READ_SLICE_MS)
        if len(self._ins) == 1 or len(head) < HEAD_BYTES:
            return head
        announced = int.from_bytes(head[HEAD_BYTES - 2 : HEAD_BYTES], "big")
        return head + b"".join(_announced(handle, self._ins[1], announced - len(head[HEAD_BYTES:])))

    def _open_handle(self) -> UsbHandle:
        if self._handle is None:
            raise OSError(errno.EBADF, "closed")
        return self._handle


def _pipes(there: tuple[int, ...], form: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Pipes out and in. `auto` takes the older form where all four of its pipes are there."""
    older = {_HEAD_OUT, _REST_OUT, _HEAD_IN, _REST_IN} <= set(there)
    if form == "pipes" or (form == "auto" and older):
        if not older:
            raise Unsupported("this USB device has not the pipes 02, 06, 81 and 85")
        return (_HEAD_OUT, _REST_OUT), (_HEAD_IN, _REST_IN)
    outs = tuple(pipe for pipe in there if not pipe & _TO_HOST)
    ins = tuple(pipe for pipe in there if pipe & _TO_HOST)
    if not outs or not ins:
        raise Unsupported("this USB device has no pair of bulk pipes")
    return outs[:1], ins[:1]


def _announced(handle: UsbHandle, pipe: int, count: int) -> Iterator[bytes]:
    """Up to `count` bytes in as many reads as they take; a slice without any ends it."""
    while count > 0 and (data := handle.read(pipe, _ROOM_BYTES, READ_SLICE_MS)):
        count -= len(data)
        yield data


def _drain(handle: UsbHandle, pipe: int) -> None:
    for _ in range(_STALE_READS):  # a device that never stops is not waited for
        if not handle.read(pipe, _ROOM_BYTES, 1):
            return
