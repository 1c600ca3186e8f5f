"""A driver whose session is written down: the bytes by the tap, commands, results and events here."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import Final

from drivers import registry
from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import LinkLost, Unsupported
from drivers.base.status import DeviceStatus
from drivers.base.transport import Ready
from drivers.base.wake import Wake
from terminal.config import Config
from terminal.devices.faults import fault_of
from terminal.diagnostics.trace.lines import Head, What
from terminal.diagnostics.trace.recorder import Recorder, new_path

Create = Callable[[str, str, Mapping[str, str], DriverContext], Driver]
NO_BYTES: Final = "the bytes of this kind of device are never written down"


class TracedDriver:
    """Passes everything on to `driver`. Called on the session's thread."""

    def __init__(self, driver: Driver, recorder: Recorder) -> None:
        self._driver = driver
        self._recorder = recorder
        self._open = False

    def connect(self) -> None:
        """See `Driver`."""
        self._driver.connect()
        self._open = True
        self._recorder.link("open")

    def interrogate(self) -> DeviceStatus:
        """See `Driver`."""
        with self._watching():
            status = self._driver.interrogate()
        self._recorder.tell(What.EVENT, status, told=_status(status))
        return status

    def execute(self, command: object) -> object:
        """See `Driver`."""
        self._recorder.tell(What.DO, command)
        try:
            with self._watching():
                result = self._driver.execute(command)
        except Exception as error:
            self._recorder.tell(What.DONE, None, told={"fault": fault_of(error).code})
            raise
        self._recorder.tell(What.DONE, result)
        return result

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """See `Driver`."""
        with self._watching():
            return self._driver.wait(deadline, wake)

    def on_readable(self) -> Iterable[object]:
        """See `Driver`."""
        with self._watching():
            return self._told(self._driver.on_readable())

    def next_timer_s(self) -> float | None:
        """See `Driver`."""
        return self._driver.next_timer_s()

    def on_timer(self) -> Iterable[object]:
        """See `Driver`."""
        with self._watching():
            return self._told(self._driver.on_timer())

    def close(self) -> None:
        """See `Driver`. The trace's file is closed with the link."""
        self._driver.close()
        if self._open:
            self._open = False
            self._recorder.link("closed")

    def _told(self, events: Iterable[object]) -> list[object]:
        found = list(events)
        for event in found:
            self._recorder.tell(What.EVENT, event)
        return found

    @contextlib.contextmanager
    def _watching(self) -> Generator[None]:
        try:
            yield
        except LinkLost:
            if self._open:
                self._open = False
                self._recorder.link("lost")
            raise


def traced(
    kind: str,
    url: str,
    options: Mapping[str, str],
    context: DriverContext,
    path: Path,
    create: Create = registry.create,
) -> TracedDriver:
    """The driver of a device of `kind`, its session written to `path`. `Unsupported` for a kind without a masker."""
    masker = registry.masker(kind)
    if masker is None:
        raise Unsupported(f"{kind}: {NO_BYTES}")
    recorder = Recorder(path, Head.of(kind, url), masker, context.clock)
    return TracedDriver(create(kind, url, options, dataclasses.replace(context, tap=recorder)), recorder)


def creates_of(config: Config, clock: Clock) -> Mapping[str, Create]:
    """By device id, how the terminal makes the drivers whose sessions the configuration wants written down."""
    return {
        entry.id: functools.partial(_traced_into, Path(config.folder) / entry.trace_dir, entry.id, clock)
        for entry in config.device
        if entry.trace_dir
    }


def _traced_into(
    folder: Path,
    device_id: str,
    clock: Clock,
    kind: str,
    url: str,
    options: Mapping[str, str],
    context: DriverContext,
) -> Driver:
    return traced(kind, url, options, context, new_path(folder, device_id, clock))


def _status(status: DeviceStatus) -> dict[str, object]:
    return {"state": status.state.value, "fault": status.fault.code if status.fault else ""}
