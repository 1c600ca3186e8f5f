"""The window's end of the capture child: starts it, speaks with it, and ends it. Imports neither OpenCV nor numpy."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterable

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.errors import Cancelled, Corrupt, LinkLost, Timeout
from drivers.base.media import messages as msg
from drivers.base.media.ring import Ring
from drivers.base.tap import Direction, NullTap, Tap
from drivers.base.transport import Ready
from drivers.base.wake import Wake

SILENT_AFTER_S = 5.0  # the child sends a heartbeat every second
_RECEIVE_BYTES = 1024 * 1024
_REAP_WITHIN_S = 2.0
# One arena and no spare threads: the child shares a terminal with 4 GB of memory with everything else.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "OPENCV_LOG_LEVEL": "ERROR",
}


class CaptureClient:
    """A link to a child of its own. Every call on the session's thread, which must outlive the child.

    After `LinkLost` call `close`; `open` then starts a new child. The ring lives from `open` to `close`.
    """

    def __init__(self, clock: Clock, recipe: str, tap: Tap | None = None) -> None:
        """`recipe` is the module whose `run(picture, arguments)` the child calls for every still."""
        self._clock = clock
        self._recipe = recipe
        self._tap = tap or NullTap()
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._ring: Ring | None = None
        self._inbox = msg.MessageBuffer()
        self._heard_at_s = 0.0

    @property
    def pid(self) -> int:
        """Process number of the child; 0 when there is none."""
        return 0 if self._process is None else self._process.pid

    @property
    def ring_name(self) -> str:
        """Name for `RingReader`; "" when closed."""
        return "" if self._ring is None else self._ring.name

    @property
    def silent_at_s(self) -> float:
        """Monotonic second at which the child counts as hung if nothing more is heard of it."""
        return self._heard_at_s + SILENT_AFTER_S

    def open(self) -> None:
        """Start the child; `LinkLost` when that fails. It answers once it has loaded OpenCV (about 0.3 s)."""
        self.close()
        self._inbox = msg.MessageBuffer()
        try:
            self._ring = Ring()
            self._link, theirs = socket.socketpair()
            with theirs:
                fds = (theirs.fileno(), self._ring.fileno())
                self._process = subprocess.Popen(
                    [
                        *(sys.executable, "-m", "drivers.base.media.child", "--recipe", self._recipe),
                        *("--socket", str(fds[0]), "--ring", str(fds[1])),
                    ],
                    pass_fds=fds,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=os.environ | _ENVIRONMENT,
                )
            self._link.setblocking(False)
        except OSError as error:
            self.close()
            raise LinkLost(f"capture child: {error}") from error
        self._heard_at_s = self._clock.monotonic()

    def fileno(self) -> int:
        """Descriptor that becomes readable when the child speaks or ends; `LinkLost` when closed."""
        return self._open_link().fileno()

    def wait(self, deadline: Deadline, wake: Wake | None = None) -> Ready:
        """Block until the child speaks, `wake` is set or the deadline passes."""
        fds = [self.fileno()] if wake is None else [self.fileno(), wake.fileno()]
        ready = self._clock.poll(fds, deadline.at_s)
        return Ready(fds[0] in ready, wake is not None and wake.fileno() in ready)

    def send(self, request: msg.Request) -> None:
        """Send one message; `LinkLost` when the child does not take it."""
        data = msg.encode(request)
        self._tap.bytes_seen(Direction.TO_DEVICE, data, self._clock.monotonic())
        try:
            # Requests are far below the socket's buffer: what does not fit means a child that reads no more.
            if self._open_link().send(data) != len(data):
                raise LinkLost("the capture child reads no more")
        except OSError as error:
            raise LinkLost(f"capture child: {error}") from error

    def receive(self) -> list[msg.Report]:
        """All messages that are there now; `LinkLost` when the child has ended or speaks nonsense."""
        reports: list[msg.Report] = []
        while True:
            try:
                data = self._open_link().recv(_RECEIVE_BYTES)
            except BlockingIOError:
                return reports
            except OSError as error:
                raise LinkLost(f"capture child: {error}") from error
            if not data:
                if reports:
                    return reports  # the end is met again by the next call
                raise LinkLost(self._how_it_ended())
            self._heard_at_s = self._clock.monotonic()
            try:
                for body in self._inbox.feed(data):
                    reports.append(msg.decode_report(body))
                    self._watch(reports[-1], body)
            except Corrupt as error:
                raise LinkLost(f"capture child: {error.reason}") from error

    def await_report(
        self, wanted: tuple[type[msg.Report], ...], deadline: Deadline, cancel: Wake | None, aside: list[msg.Report]
    ) -> msg.Report:
        """Wait for the first report of a `wanted` type; what comes before or with it is put `aside`.

        `Timeout`, `LinkLost`, or `Cancelled` when `cancel` is set; with None it cannot be cancelled.
        """
        while not deadline.expired():
            ready = self.wait(deadline, cancel)
            if ready.woken:
                raise Cancelled("capture")
            if not ready.readable:
                continue
            found: msg.Report | None = None
            for report in self.receive():
                if found is None and isinstance(report, wanted):
                    found = report
                else:
                    aside.append(report)
            if found is not None:
                return found
        raise Timeout("the capture child did not answer")

    def close(self) -> None:
        """End the child at once and free the ring; never raises, may be called twice.

        It is killed, not asked: it keeps nothing on disk, and the kernel gives the camera back.
        """
        if self._link is not None:
            self._link.close()
            self._link = None
        if self._ring is not None:
            self._ring.close()
            self._ring = None
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            _reap(process)

    def _open_link(self) -> socket.socket:
        if self._link is None:
            raise LinkLost("no capture child")
        return self._link

    def _watch(self, report: msg.Report, body: bytes) -> None:
        match report:
            case msg.Still():  # a citizen's paper never enters a trace
                seen: Iterable[bytes] = (msg.encode(msg.Still(report.ticket, b"")),)
            case msg.Heartbeat():
                seen = ()
            case _:
                seen = (body,)
        for data in seen:
            self._tap.bytes_seen(Direction.FROM_DEVICE, data, self._heard_at_s)

    def _how_it_ended(self) -> str:
        code = None if self._process is None else self._process.poll()
        return f"the capture child ended ({'no code yet' if code is None else code})"


def _reap(process: subprocess.Popen[bytes]) -> None:
    """Wait for a killed process without polling; one that hangs in the kernel is left to the system."""
    try:
        handle = os.pidfd_open(process.pid)
    except OSError:
        process.wait()
        return
    try:
        poller = select.poll()
        poller.register(handle, select.POLLIN)
        if poller.poll(_REAP_WITHIN_S * 1000):
            process.wait()
    finally:
        os.close(handle)
