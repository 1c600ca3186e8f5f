"""Checks of the configured devices that need nobody: each opens its device by the driver, as the terminal would."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import urlsplit

from drivers import registry
from drivers.base.by_hand import ByHand
from drivers.base.clock import Clock
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import DriverError, LinkLost, Timeout
from drivers.base.status import DeviceState, DeviceStatus
from drivers.base.wake import Wake
from drivers.document_camera.api import CapturePage, Page
from drivers.receipt_printer.api import Feed, JobOutcome, PrintJob, PrintResult, Rule, TextLine
from terminal.config import DeviceEntry
from terminal.devices.faults import fault_of, status_of
from terminal.devices.policy import WORKING
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.diagnostics.check_texts import of_fault, said

Create = Callable[[str, str, Mapping[str, str], DriverContext], Driver]

ASK_WITHIN_S: Final = 15.0  # connect and interrogate, of which the drivers' own deadlines are parts
PERSON_WITHIN_S: Final = 30.0  # for one thing that a person is asked to do
_HELD: Final = frozenset({"link.busy", "document_camera.busy"})
_NETWORK: Final = frozenset({"tcp", "mjpeg+http"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a device check needs to know. `terminal_runs`: the terminal of this configuration holds its devices.

    `window`: what a pad shows when idle. `rating_waits`: it may hold a rating for a case that is not finished.
    `person_s`: seconds for one thing that a person is asked to do.
    """

    clock: Clock
    terminal_runs: bool = False
    required_kinds: frozenset[str] = frozenset()
    create: Create = registry.create
    window: str = ""
    rating_waits: bool = False
    person_s: float = PERSON_WITHIN_S


class DeviceCheck:
    """The device is there, is what it should be, and says that it works."""

    level: ClassVar[Level] = Level.INTERNAL
    name: ClassVar[str] = "device"
    within_s: ClassVar[float] = ASK_WITHIN_S
    goes_on_with_faults: ClassVar[bool] = False  # whether a device that works, but not in everything, is tried

    def __init__(self, entry: DeviceEntry, surroundings: Surroundings) -> None:
        self._entry = entry
        self._around = surroundings

    @property
    def subject(self) -> str:
        """The device's id."""
        return self._entry.id

    def run(self) -> Finding:
        """See `Check`. Ends at the latest `within_s` seconds and one answer of the device after it began."""
        cancel = Wake()
        context = DriverContext(self._around.clock, cancel)
        alarm = threading.Timer(self.within_s, cancel.set)
        alarm.start()
        driver: Driver | None = None
        try:
            driver = self._around.create(self._entry.kind, self._entry.url, self._entry.options, context)
            driver.connect()
            status = driver.interrogate()
            works = status.state in WORKING and (status.fault is None or self.goes_on_with_faults)
            return self._try(ByHand(driver, context), status) if works else self._bad(status)
        except Exception as error:  # a driver's bug is a finding, too
            return self._bad(status_of(error))
        finally:
            if driver is not None:
                driver.close()
            alarm.cancel()
            alarm.join()
            cancel.close()

    def _try(self, device: ByHand, status: DeviceStatus) -> Finding:
        """What is done with a device that says it works."""
        del device
        facts = ", ".join(f"{name} {value}" for name, value in status.facts)
        return self._finding(Outcome.WORKS, said("device.works"), status.state, detail=facts)

    def _bad(self, status: DeviceStatus) -> Finding:
        fault = status.fault
        code = fault.code if fault else ""
        detail = fault.detail if fault else ""
        if self._around.terminal_runs and self._may_be_held(status, code):
            return self._held(code, detail)
        if not code:
            return self._finding(Outcome.BROKEN, said("device.unexplained", state=status.state), status.state)
        outcome = Outcome.WARNING if status.state in WORKING and code not in _HELD else Outcome.BROKEN
        return self._finding(outcome, of_fault(code), status.state, code, detail)

    def _held(self, code: str = "", detail: str = "") -> Finding:
        return self._finding(Outcome.NOT_EXAMINED, said("device.held"), DeviceState.DEVICE_BUSY, code, detail)

    def _may_be_held(self, status: DeviceStatus, code: str) -> bool:
        # A network device that serves one client refuses or ignores the second, each in its own way.
        network = urlsplit(self._entry.url).scheme in _NETWORK
        away = status.state in {DeviceState.POWER_OFF, DeviceState.OFFLINE}
        return code in _HELD or (network and away)

    def _finding(
        self, outcome: Outcome, texts: tuple[str, str], state: DeviceState, code: str = "", detail: str = ""
    ) -> Finding:
        entry = self._entry
        required = entry.needed == "required" or entry.kind in self._around.required_kinds
        zh, en = texts
        return Finding(
            self.name, entry.id, self.level, required, outcome, zh, en, entry.kind, entry.url, state, code, detail
        )

    def _failed(self, error: Exception) -> Finding:
        fault = fault_of(error)
        state = status_of(error).state if isinstance(error, LinkLost) else DeviceState.ONLINE
        return self._finding(Outcome.BROKEN, of_fault(fault.code), state, fault.code, fault.detail)


class PrintCheck(DeviceCheck):
    """The receipt printer prints a few lines and says itself that they came out."""

    level: ClassVar[Level] = Level.EXTERNAL
    name: ClassVar[str] = "print"

    def _try(self, device: ByHand, status: DeviceStatus) -> Finding:
        lines = (TextLine("一窗 打印检查", align="center", double=True), Rule(), TextLine("能看到这两行字即为正常。"))
        at = self._around.clock.wall()
        job = PrintJob(f"doctor/{at.timestamp()}", (*lines, TextLine(f"{at:%Y-%m-%d %H:%M:%S}"), Feed(2)))
        try:
            result = device.driver.execute(job)
        except DriverError as error:
            return self._failed(error)
        if isinstance(result, PrintResult) and result.outcome is JobOutcome.DONE:
            return self._finding(Outcome.WORKS, said("print.works"), status.state)
        fault = result.fault if isinstance(result, PrintResult) else None
        code, detail = (fault.code, fault.detail) if fault else ("receipt_printer.unconfirmed", "")
        return self._finding(Outcome.BROKEN, of_fault(code), status.state, code, detail)


class CaptureCheck(DeviceCheck):
    """The document camera takes a page: the whole way from light to JPEG. The page is thrown away."""

    level: ClassVar[Level] = Level.EXTERNAL
    name: ClassVar[str] = "capture"

    def _try(self, device: ByHand, status: DeviceStatus) -> Finding:
        try:
            page = device.driver.execute(CapturePage())
        except DriverError as error:
            return self._failed(error)
        if not isinstance(page, Page):
            return self._failed(Timeout("no page"))
        detail = f"{page.width_px}x{page.height_px} px, {', '.join(page.findings) or 'no findings'}"
        if page.straightened and not page.findings:
            return self._finding(Outcome.WORKS, said("capture.works"), status.state, detail=detail)
        return self._finding(Outcome.WARNING, said("capture.no_page"), status.state, detail=detail)
