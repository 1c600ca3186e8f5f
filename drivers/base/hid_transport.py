"""A HID tunnel, `hid://10c4:0007`: the frames of a reader that shows itself as a HID device (domain.md a.8 [1]).

Each variant is bound to its VID:PID; another device is only spoken to when the endpoint says which tunnel it has.
Never tried at a reader: proven at the seam, against reports made by hand.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Final

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost, Timeout, Unsupported
from drivers.base.hid_backend import HidApi, HidBackend, HidHandle
from drivers.base.hid_tunnel import Answer, TunnelDecoder, TunnelForm, reports
from drivers.base.link_reader import ThreadedLink, why
from drivers.base.tap import Direction, Tap
from drivers.base.usb_address import UsbAddress

TUNNELS: Final[Mapping[tuple[int, int], str]] = {(0x10C4, 0x0007): "miaxis"}
READ_SLICE_MS: Final = 100
_STALE_READS: Final = 64


class HidTransport(ThreadedLink):
    """One reader behind reports. What goes in and comes out are its frames.

    The tap sees those, so that what masks a reader's trace finds a person's data in them.
    """

    def __init__(self, endpoint: Endpoint, clock: Clock, tap: Tap, backend: HidBackend | None = None) -> None:
        """`Unsupported` when the endpoint names no VID:PID, no known tunnel or no possible form. `backend`: for tests.

        Options: tunnel=miaxis for another VID:PID; chunk and offset where a message lies otherwise in its reports.
        """
        self._address = UsbAddress.parse(endpoint)
        super().__init__(f"HID device {self._address}", clock)
        tunnel = endpoint.option("tunnel", TUNNELS.get((self._address.vendor, self._address.product), ""))
        if tunnel not in TUNNELS.values():
            raise Unsupported(f"no tunnel is known for {self._title}: {endpoint.url!r}")
        default = TunnelForm()
        self._form = TunnelForm(
            chunk_bytes=endpoint.number("chunk", default.chunk_bytes), offset=endpoint.number("offset", default.offset)
        )
        if not self._form.is_possible:
            raise Unsupported(f"no answer fits into reports with the chunk and offset of {endpoint.url!r}")
        self._tap = tap
        self._backend = backend or HidApi()
        self._handle: HidHandle | None = None
        self._decoder = TunnelDecoder(self._form)
        self._serial = 0

    def open(self, deadline: Deadline) -> None:
        """Open and lock the device, drop stale reports, begin to read; `LinkLost` says missing, busy or not allowed.

        hidapi opens at once or not at all, so `deadline` is not looked at.
        """
        del deadline
        self.close()
        try:
            self._handle = handle = self._backend.open(self._address)
            for _ in range(_STALE_READS):
                if not handle.read(self._form.report_bytes, 1):
                    break
        except OSError as error:
            self.close()
            raise LinkLost(why(self._title, error)) from error
        self._decoder.clear()
        self._start_reading(self._read_slice)

    def read_available(self) -> bytes:
        """Frames of whole answers to the newest request, possibly none; `LinkLost` when the device is gone.

        Damaged answers and those to an older request are passed over. What an answer's result byte means is not known,
        so its frame, which has a status of its own, decides.
        """
        answers = (self._decoder.feed(report) for report in self._open_reader().take())
        frames = [one.frame for one in answers if isinstance(one, Answer) and one.serial == self._serial]
        data = b"".join(frames)
        if data:
            self._tap.bytes_seen(Direction.FROM_DEVICE, data, self._clock.monotonic())
        return data

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Send one frame after dropping stale reports; `Timeout` when time is over, `LinkLost`."""
        self.discard_input()
        self._serial = (self._serial + 1) & 0xFFFF
        for report in reports(self._serial, data, self._form):
            if deadline.expired():
                raise Timeout(f"{self._title} takes reports too slowly")
            try:
                self._open_handle().write(report)
            except OSError as error:
                raise LinkLost(why(self._title, error)) from error
        self._tap.bytes_seen(Direction.TO_DEVICE, data, self._clock.monotonic())

    def discard_input(self) -> None:
        """Throw away what has arrived and was not read, half an answer too."""
        self.read_available()
        self._decoder.clear()

    def close(self) -> None:
        """Stop reading and give the device back; never raises, may be called twice."""
        handle, self._handle = self._handle, None
        self._stop_reading()
        if handle is not None:
            handle.close()

    def _read_slice(self) -> bytes:
        """On the reading thread: one report."""
        return self._open_handle().read(self._form.report_bytes, READ_SLICE_MS)

    def _open_handle(self) -> HidHandle:
        if self._handle is None:
            raise OSError(errno.EBADF, "closed")
        return self._handle
