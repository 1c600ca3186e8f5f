"""All devices of this terminal: one session each, their last known state, and the way to the case thread."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from drivers import registry
from drivers.base.clock import Clock
from drivers.base.driver import Driver, DriverContext
from terminal.config import DeviceEntry
from terminal.devices import state
from terminal.devices.notices import CommandDone, Notice
from terminal.devices.session import Session
from terminal.snapshot import DeviceView

log = logging.getLogger(__name__)

Create = Callable[[str, str, Mapping[str, str], DriverContext], Driver]


class Supervisor:
    """Owns the sessions. Every method may be called from any thread; none but `stop` waits."""

    def __init__(
        self,
        entries: Sequence[DeviceEntry],
        clock: Clock,
        create: Create = registry.create,
        create_by_id: Mapping[str, Create] | None = None,
    ) -> None:
        """One session per entry; no driver is made and nothing opened before `start`.

        `create_by_id` makes the drivers of single devices in another way (their sessions are written down).
        """
        by_id = create_by_id or {}
        self._clock = clock
        self._lock = threading.Lock()
        self._views = {entry.id: state.initial(entry) for entry in entries}
        self._waiting = dict.fromkeys(self._views, 0)  # commands without an answer, by device
        self._post: Callable[[object], None] | None = None
        self._sessions = {
            entry.id: Session(
                entry.id,
                functools.partial(by_id.get(entry.id, create), entry.kind, entry.url, dict(entry.options)),
                self._noticed,
                clock,
            )
            for entry in entries
        }

    def start(self, post: Callable[[object], None]) -> None:
        """Start all sessions at once. `post` gets every notice after the views know it; it must never block."""
        self._post = post
        for session in self._sessions.values():
            session.start()

    def stop(self, deadline_s: float) -> bool:
        """Stop all sessions together; whether all ended within `deadline_s`. Their last answers still go to `post`."""
        until_s = self._clock.monotonic() + deadline_s
        for session in self._sessions.values():
            session.ask_to_stop()
        stuck = [
            device_id
            for device_id, session in self._sessions.items()
            if not session.stop(max(0.0, until_s - self._clock.monotonic()))
        ]
        if stuck:
            log.error("did not end in time: %s", ", ".join(stuck))
        return not stuck

    def submit(self, device_id: str, ticket: int, command: object) -> None:
        """Queue `command`; exactly one `CommandDone` with `ticket` comes. `KeyError` for a device that is not there."""
        session = self._sessions[device_id]
        self._count(device_id, +1)
        session.submit(ticket, command)

    def views(self) -> tuple[DeviceView, ...]:
        """All configured devices as they are known now, in the order of the configuration."""
        with self._lock:
            return tuple(self._views.values())

    # on the sessions' threads

    def _noticed(self, notice: Notice) -> None:
        if isinstance(notice, CommandDone):
            self._count(notice.device_id, -1)
        else:
            with self._lock:
                self._views[notice.device_id] = state.after(self._views[notice.device_id], notice)
        if self._post is not None:
            self._post(notice)

    def _count(self, device_id: str, change: int) -> None:
        with self._lock:
            self._waiting[device_id] += change
            self._views[device_id] = replace(self._views[device_id], busy=self._waiting[device_id] > 0)
