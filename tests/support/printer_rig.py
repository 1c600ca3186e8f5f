"""The receipt printer's driver at a simulated printer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from drivers.receipt_printer.api import Element, JobOutcome, PrintJob, PrintResult, QrCode, Rule, TextLine
from drivers.receipt_printer.driver import build
from simulators.receipt_printer.device import build as build_printer
from tests.support.device_rig import DeviceRig
from tests.support.sim_lines import nothing_left_over

RECEIPT: tuple[Element, ...] = (
    TextLine("获嘉县政务服务中心", "center", bold=True, double=True),
    Rule(),
    TextLine("办件编号：410724-A-20260302-00017"),
    TextLine("申请人：张*（老年人优待证），请保管好本凭证。"),
    QrCode("https://zwfw.example/q?c=7K2M9QXP"),
    TextLine("窗口：综合受理-03", "right"),
)


class PrinterRig(DeviceRig):
    """A printer on its TCP port, or with a `baud` on a serial line."""

    def __init__(self, directory: Path, options: Mapping[str, str], fast: bool, baud: int) -> None:
        width_mm = int(options.get("paper_mm", "80"))
        super().__init__(build_printer(directory, fast=fast, width_mm=width_mm, baud=baud), build, options)

    def print(self, job_id: str = "case-1/a", elements: tuple[Element, ...] = RECEIPT) -> PrintResult:
        result = self.driver.execute(PrintJob(job_id, elements))
        assert isinstance(result, PrintResult)
        assert result.job_id == job_id
        assert (result.fault is None) == (result.outcome is JobOutcome.DONE)
        return result

    def code(self, result: PrintResult) -> str:
        return result.fault.code if result.fault else ""


@contextlib.contextmanager
def printer_rig(directory: Path, *, fast: bool = True, baud: int = 0, **options: str) -> Iterator[PrinterRig]:
    """A rig that leaves nothing behind."""
    with nothing_left_over():
        rig = PrinterRig(directory, options, fast, baud)
        try:
            yield rig
        finally:
            rig.close()
