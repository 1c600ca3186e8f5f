"""The one actor around a driver: connects, waits, executes, loses, asks again. No device writes its own reconnect."""

from __future__ import annotations

import logging
import random
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext, StatusReport
from drivers.base.errors import DriverError, LinkLost, Timeout
from drivers.base.status import DeviceState, DeviceStatus
from drivers.base.tap import NullTap, Tap
from drivers.base.wake import Wake
from terminal.devices.backoff import Backoff
from terminal.devices.faults import STOPPED, fault_of, refusal_of, status_of
from terminal.devices.notices import CommandDone, Happened, Notice, StatusChanged

log = logging.getLogger(__name__)

# A device that lets two commands in a row go by unanswered is asked anew who it is.
_TIMEOUTS_IN_A_ROW = 2


class Session:
    """One device: a thread, a mailbox, a driver.

    `emit` takes `Notice` values on the session's thread (for commands after the end: on the caller's); it must be
    quick and must not raise. `make` builds the driver, on the session's thread.
    """

    def __init__(
        self,
        device_id: str,
        make: Callable[[DriverContext], Driver],
        emit: Callable[[Notice], None],
        clock: Clock,
        *,
        tap: Tap | None = None,
        chance: Callable[[], float] = random.random,  # noqa: S311 - spreads retries, guards nothing
    ) -> None:
        self._id = device_id
        self._make = make
        self._emit = emit
        self._clock = clock
        self._backoff = Backoff(chance)
        self._lock = threading.Lock()  # guards mailbox, stopping, ended and the two wakes' lives
        self._mailbox: deque[tuple[int, object]] = deque()
        self._stopping = False
        self._ended = False
        self._wake = Wake()
        self._cancel = Wake()
        self._context = DriverContext(clock, self._cancel, tap or NullTap())
        self._thread = threading.Thread(target=self._run, name=f"device-{device_id}", daemon=True)
        # on the session's thread only
        self._driver: Driver | None = None
        self._status = DeviceStatus(DeviceState.STARTING)
        self._timeouts = 0

    def start(self) -> None:
        """Start the thread; the first attempt to connect begins at once."""
        self._thread.start()

    def submit(self, ticket: int, command: object) -> None:
        """Queue `command`; exactly one `CommandDone` with `ticket` follows. From any thread, never blocks."""
        with self._lock:
            if not self._ended:
                self._mailbox.append((ticket, command))
                self._wake.set()
                return
        self._emit(CommandDone(self._id, ticket, None, STOPPED))

    def ask_to_stop(self) -> None:
        """Give up the running command and every wait. From any thread, may be called twice."""
        with self._lock:
            self._stopping = True
            self._wake.set()
            self._cancel.set()

    def stop(self, deadline_s: float) -> bool:
        """Stop, close the driver, answer what waits; whether the thread ended within `deadline_s` seconds.

        A thread that is stuck in its driver closes it as soon as it comes back.
        """
        self.ask_to_stop()
        if self._thread.ident is None:
            self._finish()
            return True
        self._thread.join(deadline_s)
        return not self._thread.is_alive()

    # on the session's thread

    def _run(self) -> None:
        try:
            while not self._stopping:
                if self._connect():
                    since_s = self._clock.monotonic()
                    self._serve()
                    self._backoff.was_online(self._clock.monotonic() - since_s)
                self._rest()
        finally:
            self._finish()

    def _connect(self) -> bool:
        """Open the link and ask the device what it is; whether it can be served."""
        try:
            if self._driver is None:
                self._driver = self._make(self._context)
            self._driver.connect()
            status = self._driver.interrogate()
        except Exception as error:
            self._lost(error)
            return False
        self._timeouts = 0
        self._status = status
        self._emit(StatusChanged(self._id, status))
        return True

    def _serve(self) -> None:
        """Commands, unasked bytes and timers, until the device is lost or the session is to stop."""
        driver = self._driver
        while driver is not None:
            self._wake.clear()
            if self._stopping:
                return
            command, more = self._take()
            if command is not None and not self._execute(driver, *command):
                return
            try:
                timer_s = driver.next_timer_s()
                at_s = self._clock.monotonic() if more else timer_s
                ready = driver.wait(Deadline(self._clock, at_s), self._wake)
                if ready.readable:
                    self._tell(driver.on_readable())
                timer_s = driver.next_timer_s()
                if timer_s is not None and self._clock.monotonic() >= timer_s:
                    self._tell(driver.on_timer())
            except Exception as error:
                self._lost(error)
                return

    def _take(self) -> tuple[tuple[int, object] | None, bool]:
        """The next command, and whether another waits behind it. None once the session is to stop."""
        with self._lock:
            if self._stopping or not self._mailbox:
                return None, False
            return self._mailbox.popleft(), bool(self._mailbox)

    def _execute(self, driver: Driver, ticket: int, command: object) -> bool:
        """Do one command and answer it; False when the device is lost with it."""
        try:
            result = driver.execute(command)
        except Exception as error:
            fault = fault_of(error)
            log.info("%s: %s ended with %s", self._id, type(command).__name__, fault.code)
            self._emit(CommandDone(self._id, ticket, None, fault))
            self._timeouts = self._timeouts + 1 if isinstance(error, Timeout) else 0
            silent = self._timeouts >= _TIMEOUTS_IN_A_ROW
            # After an unforeseen exception nobody knows where driver and device stand: ask the device.
            if isinstance(error, LinkLost) or not isinstance(error, DriverError) or silent:
                self._lost(error)
                return False
            return True
        self._timeouts = 0
        self._emit(CommandDone(self._id, ticket, result, None))
        return True

    def _tell(self, events: Iterable[object]) -> None:
        """Pass a driver's events on; a report of its own status becomes the session's."""
        for event in events:
            if not isinstance(event, StatusReport):
                self._emit(Happened(self._id, event))
            elif event.status != self._status:
                self._status = event.status
                self._emit(StatusChanged(self._id, event.status))

    def _lost(self, error: Exception) -> None:
        """Close the link; whatever the device held is not known any more."""
        self._close()
        status = status_of(error)
        if _trouble(status) != _trouble(self._status) and not self._stopping:
            if not isinstance(error, DriverError):
                _log_unforeseen(self._id, error)
            log.warning("%s: %s", self._id, status.fault)
            self._status = status
            self._emit(StatusChanged(self._id, status))

    def _rest(self) -> None:
        """Wait before the next attempt. Commands are refused meanwhile: nobody waits for a device that is away."""
        until_s = self._clock.monotonic() + self._backoff.next_s()
        while self._clock.monotonic() < until_s:
            self._wake.clear()
            if self._stopping:
                return
            while (waiting := self._take()[0]) is not None:
                self._emit(CommandDone(self._id, waiting[0], None, refusal_of(self._status)))
            self._clock.poll([self._wake.fileno()], until_s)

    def _close(self) -> None:
        try:
            if self._driver is not None:
                self._driver.close()
        except Exception as error:  # a driver must not raise here; the thread goes on all the same
            _log_unforeseen(self._id, error)

    def _finish(self) -> None:
        """Close everything and answer what was never begun; also the end of a session that was never started."""
        self._close()
        with self._lock:
            self._ended = True
            waiting = tuple(self._mailbox)
            self._mailbox.clear()
            self._wake.close()
            self._cancel.close()
        for ticket, _ in waiting:
            self._emit(CommandDone(self._id, ticket, None, STOPPED))


def _trouble(status: DeviceStatus) -> tuple[DeviceState, str]:
    """What makes a trouble a new one; its details may change with every attempt."""
    return status.state, status.fault.code if status.fault else ""


def _log_unforeseen(device_id: str, error: Exception) -> None:
    # Where it happened and its type; never its words, which could quote a person.
    place = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s: %s in the driver\n%s", device_id, type(error).__name__, place)
