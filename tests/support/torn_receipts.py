"""Two citizens' receipts in memory: the line tears while the first is sent, after any byte; the second follows."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost
from drivers.base.status import DeviceState
from drivers.base.wake import Wake
from drivers.receipt_printer import api
from drivers.receipt_printer.driver import build
from simulators.receipt_printer.machine import AT_ONCE, PrinterMachine, Speed
from simulators.receipt_printer.paper import Receipt, Tray
from simulators.receipt_printer.wire import PrinterWire
from tests.faults.matrix.memory_line import MemoryLine
from tests.faults.matrix.scene import BACK_WITHIN_S
from tests.faults.matrix.session import MatrixSession
from tests.support.printer_rig import QUESTION
from tests.support.scripted_device import JumpingClock

VOID = "以上内容作废"


class Slips(Tray):
    """Keeps what stands on each piece of paper that was cut off; without its blank lines."""

    def __init__(self) -> None:
        super().__init__(Path("/nowhere"))
        self.texts: list[tuple[str, ...]] = []

    def take(self, receipt: Receipt) -> None:
        self.texts.append(tuple(line.strip() for line in receipt.text.splitlines() if line.strip()))
        self.count += 1


@dataclass
class TearingLine(MemoryLine):
    """Tears once `left` more bytes of receipts are out. `is_said`: the write that it breaks says so, as for a
    connection that is reset; else the bytes are swallowed, as by a system's own buffer.
    """

    left: int | None = None
    is_said: bool = True
    most: int | None = None  # bytes that one read gives

    def read_available(self) -> bytes:
        data = super().read_available()
        given = data if self.most is None else data[: self.most]
        self._arrived[:0] = data[len(given) :]
        return given

    def write(self, data: bytes, deadline: Deadline) -> None:
        if self.left is None or data.startswith(QUESTION):
            super().write(data, deadline)
            return
        part = data[: self.left]
        self.left -= len(part)
        if part:
            super().write(part, deadline)
        if self.left:
            return
        self.left = None
        self._tear(self.clock.now_s)
        if len(part) < len(data) and self.is_said:
            raise LinkLost("memory: torn")


class Counter:
    """A driver at a printer in memory, and the paper that comes out."""

    def __init__(self, wire: PrinterWire, slips: list[tuple[str, ...]], options: Mapping[str, str]) -> None:
        self.slips = slips
        self.codes: list[str] = []
        self._clock = JumpingClock()
        self._cancel = Wake()
        self._options = options
        self.line = TearingLine(wire, self._clock)
        self.session = self._started()

    def print(self, job_id: str, elements: tuple[api.Element, ...], **more: Any) -> api.JobOutcome:
        """What becomes of it; its fault goes to `codes`."""
        result = self.session.execute(api.PrintJob(job_id, elements, **more))
        assert isinstance(result, api.PrintResult), result
        self.codes.append(result.fault.code if result.fault else "")
        return result.outcome

    def come_back(self) -> None:
        """Until the session has noticed the loss, and is online again."""
        self.session.run(lambda: not self.session.is_online(), BACK_WITHIN_S)
        assert self.session.run(self.session.is_online, 2 * BACK_WITHIN_S), self.session.status

    def restart(self) -> None:
        """Another program at the same printer."""
        self.session.close()
        self.session = self._started()

    def told(self) -> list[tuple[DeviceState, str]]:
        """The states that the printer reported, with the codes of their faults."""
        reports = [event.status for event in self.session.of(StatusReport) if isinstance(event, StatusReport)]
        return [(status.state, status.fault.code if status.fault else "") for status in reports]

    def close(self) -> None:
        self.session.close()
        self._cancel.close()

    def _started(self) -> MatrixSession:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("drivers.receipt_printer.driver.transport_of", lambda endpoint, clock, tap: self.line)
            driver = build(Endpoint.parse("tcp://memory:1"), self._options, DriverContext(self._clock, self._cancel))
        session = MatrixSession(driver, self.line, self._clock)
        assert session.run(session.is_online, BACK_WITHIN_S)
        return session


@contextmanager
def counter(
    options: Mapping[str, str], *, sees_line: bool = True, clears: bool = True, speed: Speed = AT_ONCE
) -> Generator[Counter]:
    """A printer of this kind, connected to and online."""
    tray = Slips()
    machine = PrinterMachine(tray, speed, int(options.get("paper_mm", "80")))
    machine.drawer_pin_high = True  # so that not all answers look alike
    made = Counter(PrinterWire(machine, sees_line=sees_line, clears=clears), tray.texts, options)
    try:
        yield made
    finally:
        made.close()
