"""A driver that does what a test wrote down, and a clock that jumps or stands still instead of waiting."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext
from drivers.base.errors import Cancelled
from drivers.base.status import DeviceState, DeviceStatus
from drivers.base.transport import Ready
from drivers.base.wake import Wake
from terminal.devices.notices import CommandDone, Notice, StatusChanged

ONLINE = DeviceStatus(DeviceState.ONLINE)
_REAL_LIMIT_MS = 20_000  # a wait for ever that nobody ends is a broken test


class JumpingClock:
    """Waits with an end jump there at once unless a descriptor is ready; `standing` waits only end by one."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.standing = False
        self.jumps: list[float] = []
        self.waiting = threading.Event()  # set while a wait stands

    def monotonic(self) -> float:
        return self.now_s

    def wall(self) -> datetime:
        return datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def poll(self, fds: Collection[int], until_s: float | None) -> frozenset[int]:
        poller = select.poll()
        for fd in fds:
            poller.register(fd, select.POLLIN)
        ready = poller.poll(0)
        if not ready and until_s is not None and not self.standing:
            self.jumps.append(max(0.0, until_s - self.now_s))
            self.now_s = max(self.now_s, until_s)
            return frozenset()
        if not ready:
            self.waiting.set()
            ready = poller.poll(_REAL_LIMIT_MS)
            self.waiting.clear()
            assert ready, "nobody ended a wait that stands"
        return frozenset(fd for fd, _ in ready)


@dataclass(frozen=True, slots=True)
class Say:
    """Command: answer with `result`."""

    result: object


@dataclass(frozen=True, slots=True)
class Raise:
    """Command: fail with `error`."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Hang:
    """Command: wait until cancelled, as a driver does."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Command: wait for `release` and ignore every cancel, as no driver should."""

    release: threading.Event


class ScriptedDriver:
    """`connects` and `interrogations` hold what goes wrong or is found next; empty: it works and is online."""

    def __init__(self, context: DriverContext) -> None:
        self.context = context
        self.connects: deque[Exception | None] = deque()
        self.interrogations: deque[Exception | DeviceStatus] = deque()
        self.executed: list[object] = []
        self.opened = 0
        self.is_open = False
        self.timer_s: float | None = None
        self.timer_error: Exception | None = None
        self.timer_events: list[object] = []
        self.executing = threading.Event()
        self._fd = -1
        self._heard: deque[object] = deque()
        self._line = threading.Lock()

    def speak(self, *said: object) -> None:
        """The device says something unasked, heard only while connected; an exception is raised by the read."""
        with self._line:
            if self.is_open:
                self._heard.extend(said)
                os.eventfd_write(self._fd, 1)

    def connect(self) -> None:
        assert not self.is_open, "connected twice"
        if self.connects and (error := self.connects.popleft()) is not None:
            raise error
        self._fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._heard.clear()
        self.is_open = True
        self.opened += 1

    def interrogate(self) -> DeviceStatus:
        found = self.interrogations.popleft() if self.interrogations else ONLINE
        if isinstance(found, Exception):
            raise found
        return found

    def execute(self, command: object) -> object:
        assert self.is_open, "commanded without a link"
        self.executed.append(command)
        match command:
            case Say(result=result):
                return result
            case Raise(error=error):
                raise error
            case Ignore(release=release):
                self.executing.set()
                assert release.wait(10)
                return None
            case _:
                self.executing.set()
                self.context.clock.poll([self.context.cancel.fileno()], None)
                raise Cancelled("told to stop")

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        ready = self.context.clock.poll([self._fd, wake.fileno()], deadline.at_s)
        return Ready(self._fd in ready, wake.fileno() in ready)

    def on_readable(self) -> Iterable[object]:
        os.eventfd_read(self._fd)
        while self._heard:
            said = self._heard.popleft()
            if isinstance(said, Exception):
                raise said
            yield said

    def next_timer_s(self) -> float | None:
        return self.timer_s

    def on_timer(self) -> Iterable[object]:
        self.timer_s = None
        if self.timer_error is not None:
            error, self.timer_error = self.timer_error, None
            raise error
        return self.timer_events

    def close(self) -> None:
        with self._line:
            if self.is_open:
                self.is_open = False
                os.close(self._fd)


class Ear:
    """Takes notices on any thread; a test waits for the one it expects."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self._changed = threading.Condition()

    def __call__(self, notice: object) -> None:
        with self._changed:
            self.notices.append(notice)  # pyright: ignore[reportArgumentType]
            self._changed.notify_all()

    def wait_for(self, fits: Callable[[Notice], bool], within_s: float = 5.0) -> Notice:
        """The first notice that fits, waiting for it if need be."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(fits(n) for n in self.notices), within_s), self.notices
            return next(n for n in self.notices if fits(n))

    def done(self, ticket: int) -> CommandDone:
        """The answer of `ticket`."""
        found = self.wait_for(lambda n: isinstance(n, CommandDone) and n.ticket == ticket)
        assert isinstance(found, CommandDone)
        return found

    def states(self) -> list[DeviceState]:
        """The states told so far."""
        return [n.status.state for n in self.notices if isinstance(n, StatusChanged)]

    def wait_states(self, *states: DeviceState) -> None:
        """Wait until exactly these states were told."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.states() == list(states), 5.0), self.states()

    def forget(self) -> None:
        """Start anew."""
        with self._changed:
            self.notices.clear()
