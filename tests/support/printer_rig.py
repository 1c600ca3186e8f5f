"""The receipt printer's driver at a simulated printer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from drivers.base.errors import LinkLost
from drivers.receipt_printer.api import Element, JobOutcome, PrintJob, PrintResult, QrCode, Rule, TextLine
from drivers.receipt_printer.driver import build
from simulators.receipt_printer.device import build as build_printer
from tests.support.device_rig import DeviceRig
from tests.support.sim_lines import nothing_left_over, until

RECEIPT: tuple[Element, ...] = (
    TextLine("获嘉县政务服务中心", "center", bold=True, double=True),
    Rule(),
    TextLine("办件编号：410724-A-20260302-00017"),
    TextLine("申请人：张*（老年人优待证），请保管好本凭证。"),
    QrCode("https://zwfw.example/q?c=7K2M9QXP"),
    TextLine("窗口：综合受理-03", "right"),
)


QUESTION = b"\x10\x04"  # DLE EOT: no part of a receipt


class PrinterRig(DeviceRig):
    """A printer on its TCP port, or with a `baud` on a serial line."""

    def __init__(self, directory: Path, options: Mapping[str, str], fast: bool, baud: int) -> None:
        width_mm = int(options.get("paper_mm", "80"))
        super().__init__(build_printer(directory, fast=fast, width_mm=width_mm, baud=baud), build, options)

    def print(
        self, job_id: str = "case-1/a", elements: tuple[Element, ...] = RECEIPT, voiding: tuple[Element, ...] = ()
    ) -> PrintResult:
        result = self.driver.execute(PrintJob(job_id, elements, voiding))
        assert isinstance(result, PrintResult)
        assert result.job_id == job_id
        assert (result.fault is None) == (result.outcome is JobOutcome.DONE)
        return result

    def print_torn(self, elements: tuple[Element, ...], count: int) -> PrintResult:
        """Print; the cable goes when the printer has `count` bytes of it. The session then closes."""
        write, left, wanted = self.driver._transport.write, count, 0

        def torn(data: bytes, deadline: object) -> None:
            nonlocal left, wanted
            if data.startswith(QUESTION):
                write(data, deadline)
                return
            wanted = wanted or int(str(self.fact("bytes_received"))) + count
            part = data[:left]
            left -= len(part)
            write(part, deadline)
            if not left:
                until(lambda: self.fact("bytes_received") == wanted)
                self.do("tear_cable")
                raise LinkLost("torn")

        self.driver._transport.write = torn
        result = self.print("torn", elements)
        self.driver._transport.write = write
        self.driver.close()
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
