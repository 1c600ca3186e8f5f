"""Checks of the configured devices: each opens its device by the driver, as the terminal would, and closes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import urlsplit

from drivers import registry
from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import DriverError, Timeout
from drivers.base.status import DeviceState, DeviceStatus
from drivers.base.wake import Wake
from drivers.document_camera.api import CapturePage, Page
from drivers.id_card.api import CardFound, StartReading
from drivers.receipt_printer.api import Feed, JobOutcome, PrintJob, PrintResult, Rule, TextLine
from terminal.config import DeviceEntry
from terminal.devices.faults import fault_of, status_of
from terminal.diagnostics import fault_texts
from terminal.diagnostics.check import Finding, Level, Outcome

Create = Callable[[str, str, Mapping[str, str], DriverContext], Driver]

ASK_WITHIN_S: Final = 15.0  # connect and interrogate, of which the drivers' own deadlines are parts
PERSON_WITHIN_S: Final = 20.0
_WORKING: Final = frozenset({DeviceState.ONLINE, DeviceState.DEVICE_BUSY})
_HELD: Final = frozenset({"link.busy", "document_camera.busy"})
_NETWORK: Final = frozenset({"tcp", "mjpeg+http"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a device check needs to know. `terminal_runs`: the terminal of this configuration holds its devices."""

    clock: Clock
    terminal_runs: bool = False
    required_kinds: frozenset[str] = frozenset()
    create: Create = registry.create


class DeviceCheck:
    """The device is there, is what it should be, and says that it works."""

    level: ClassVar[Level] = Level.INTERNAL
    name: ClassVar[str] = "device"
    within_s: ClassVar[float] = ASK_WITHIN_S

    def __init__(self, entry: DeviceEntry, surroundings: Surroundings) -> None:
        self._entry = entry
        self._around = surroundings

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
            return self._try(driver, status) if status.state in _WORKING and not status.fault else self._bad(status)
        except Exception as error:  # a driver's bug is a finding, too
            return self._bad(status_of(error))
        finally:
            if driver is not None:
                driver.close()
            alarm.cancel()
            alarm.join()
            cancel.close()

    def _try(self, driver: Driver, status: DeviceStatus) -> Finding:
        """What is done with a device that says it works."""
        del driver
        facts = ", ".join(f"{name} {value}" for name, value in status.facts)
        return self._finding(Outcome.WORKS, "工作正常。", "Works.", status.state, detail=facts)

    def _bad(self, status: DeviceStatus) -> Finding:
        fault = status.fault
        code = fault.code if fault else ""
        detail = fault.detail if fault else ""
        if self._around.terminal_runs and self._may_be_held(status, code):
            return self._finding(
                Outcome.NOT_EXAMINED,
                "正被运行中的终端程序使用，没有检查；请在终端窗口查看它的状态，或先退出终端再检查。",
                "The running terminal uses it, so it was not examined: look at it in the terminal, or end that first.",
                DeviceState.DEVICE_BUSY,
                code,
                detail,
            )
        if not code:
            return self._finding(
                Outcome.BROKEN,
                f"设备报告状态 {status.state}，没有说明原因；请检查设备后再试。",
                f"The device says {status.state} and not why. Look at it and try again.",
                status.state,
            )
        zh, en = fault_texts.sentence(code, "zh"), fault_texts.sentence(code, "en")
        outcome = Outcome.WARNING if status.state in _WORKING and code not in _HELD else Outcome.BROKEN
        return self._finding(outcome, zh, en, status.state, code, detail)

    def _may_be_held(self, status: DeviceStatus, code: str) -> bool:
        # A network device that serves one client refuses or ignores the second, each in its own way.
        network = urlsplit(self._entry.url).scheme in _NETWORK
        away = status.state in {DeviceState.POWER_OFF, DeviceState.OFFLINE}
        return code in _HELD or (network and away)

    def _finding(
        self, outcome: Outcome, zh: str, en: str, state: DeviceState, code: str = "", detail: str = ""
    ) -> Finding:
        entry = self._entry
        required = entry.needed == "required" or entry.kind in self._around.required_kinds
        return Finding(
            self.name, entry.id, self.level, required, outcome, zh, en, entry.kind, entry.url, state, code, detail
        )

    def _failed(self, error: Exception) -> Finding:
        fault = fault_of(error)
        zh, en = fault_texts.sentence(fault.code, "zh"), fault_texts.sentence(fault.code, "en")
        return self._finding(Outcome.BROKEN, zh, en, DeviceState.ONLINE, fault.code, fault.detail)


class PrintCheck(DeviceCheck):
    """The receipt printer prints a few lines and says itself that they came out."""

    level: ClassVar[Level] = Level.EXTERNAL
    name: ClassVar[str] = "print"

    def _try(self, driver: Driver, status: DeviceStatus) -> Finding:
        lines = (TextLine("一窗 打印检查", align="center", double=True), Rule(), TextLine("能看到这两行字即为正常。"))
        at = self._around.clock.wall()
        job = PrintJob(f"doctor/{at.timestamp()}", (*lines, TextLine(f"{at:%Y-%m-%d %H:%M:%S}"), Feed(2)))
        try:
            result = driver.execute(job)
        except DriverError as error:
            return self._failed(error)
        if isinstance(result, PrintResult) and result.outcome is JobOutcome.DONE:
            return self._finding(
                Outcome.WORKS, "打印了一张检查条，请看字迹是否清楚。", "A test slip came out; look at it.", status.state
            )
        fault = result.fault if isinstance(result, PrintResult) else None
        code, detail = (fault.code, fault.detail) if fault else ("receipt_printer.unconfirmed", "")
        zh, en = fault_texts.sentence(code, "zh"), fault_texts.sentence(code, "en")
        return self._finding(Outcome.BROKEN, zh, en, status.state, code, detail)


class CaptureCheck(DeviceCheck):
    """The document camera takes a page: the whole way from light to JPEG. The page is thrown away."""

    level: ClassVar[Level] = Level.EXTERNAL
    name: ClassVar[str] = "capture"

    def _try(self, driver: Driver, status: DeviceStatus) -> Finding:
        try:
            page = driver.execute(CapturePage())
        except DriverError as error:
            return self._failed(error)
        if not isinstance(page, Page):
            return self._failed(Timeout("no page"))
        detail = f"{page.width_px}x{page.height_px} px, {', '.join(page.findings) or 'no findings'}"
        if page.straightened and not page.findings:
            return self._finding(
                Outcome.WORKS, "拍到一页，边缘清楚。", "Took a page with clear edges.", status.state, detail=detail
            )
        return self._finding(
            Outcome.WARNING,
            "能拍照，但没有拍到清楚的一页；请放一张白纸，露出四边，再检查一次。",
            "Takes pictures, but found no good page. Lay a white sheet with all edges in view and check again.",
            status.state,
            detail=detail,
        )


class CardCheck(DeviceCheck):
    """A person lays a card down and the reader finds it. Nothing is read from it."""

    level: ClassVar[Level] = Level.INTERACTIVE
    name: ClassVar[str] = "card"
    within_s: ClassVar[float] = ASK_WITHIN_S + PERSON_WITHIN_S

    def __init__(self, entry: DeviceEntry, surroundings: Surroundings, ask: Callable[[str, str], None]) -> None:
        """`ask` shows a person what to do, Chinese and English."""
        super().__init__(entry, surroundings)
        self._ask = ask

    def _try(self, driver: Driver, status: DeviceStatus) -> Finding:
        seconds = int(PERSON_WITHIN_S)
        try:
            driver.execute(StartReading())
            self._ask(
                f"请在 {seconds} 秒内把一张身份证放到阅读器 {self._entry.id} 上。",
                f"Lay an ID card on {self._entry.id} within {seconds} s.",
            )
            found = self._card_comes(driver)
        except DriverError as error:
            return self._failed(error)
        if found:
            return self._finding(Outcome.WORKS, "找到了放上的证件。", "Found the card laid down.", status.state)
        return self._finding(
            Outcome.BROKEN,
            f"{seconds} 秒内没有找到证件；如果确实放了证件，阅读器的天线可能损坏，请联系技术人员。",
            f"No card was found within {seconds} s. If one lay there, the reader's antenna may be broken.",
            status.state,
        )

    def _card_comes(self, driver: Driver) -> bool:
        clock = self._around.clock
        end = Deadline.after(clock, PERSON_WITHIN_S)
        never = Wake()
        try:
            while not end.expired():
                due = [at_s for at_s in (driver.next_timer_s(), end.at_s) if at_s is not None]
                ready = driver.wait(Deadline(clock, min(due)), never)
                events = list(driver.on_readable()) if ready.readable else []
                timer_s = driver.next_timer_s()
                if timer_s is not None and clock.monotonic() >= timer_s:
                    events += driver.on_timer()
                if any(isinstance(event, CardFound) for event in events):
                    return True
        finally:
            never.close()
        return False
