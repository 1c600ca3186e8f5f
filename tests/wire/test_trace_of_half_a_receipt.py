"""A session in which half a receipt was voided is a device again, and nobody's name is in its trace."""

from __future__ import annotations

from pathlib import Path

from drivers.receipt_printer.api import JobOutcome, PrintJob, PrintResult, TextLine
from simulators.receipt_printer.device import build
from terminal.diagnostics.trace.lines import What, read
from tests.support.sim_lines import nothing_left_over
from tests.support.trace_rig import TraceRig, outline, replayed

LONG = (TextLine("申请人：张桂兰"),) * 60
NEXT = (TextLine("申请人：李建国"),)
VOIDING = (TextLine("以上内容作废", "center", bold=True, double=True), TextLine("2026-11-24 09:00:00", "center"))


def record(folder: Path, path: Path) -> None:
    with nothing_left_over():
        device = build(folder, fast=True)
        device.start()
        hand = device.verbs()
        rig = TraceRig("receipt_printer", device.endpoint(), path)
        try:
            rig.start()
            rig.event("StatusReport")
            rig.event("PaperChanged")
            hand["paper_out_after"](mm=60.0)
            result = rig.driver.execute(PrintJob("a", LONG, VOIDING))
            assert isinstance(result, PrintResult)
            assert result.outcome is JobOutcome.INDETERMINATE
            hand["power_off"]()
            rig.lose()
            hand["refill"]()
            hand["power_on"]()
            rig.connect_again()
            result = rig.driver.execute(PrintJob("b", NEXT, VOIDING, earlier_unproven=True))
            assert isinstance(result, PrintResult)
            assert result.outcome is JobOutcome.DONE
        finally:
            rig.close()
            device.stop()


def test_a_voided_receipt_is_played_back_and_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "voided.trace"
    record(tmp_path, path)
    lines = read(path.read_bytes())[1]
    assert "earlier_unproven" in str([line.told for line in lines if line.what is What.DO][-1])
    sent = b"".join(line.data for line in lines)
    assert sent.count(bytes.fromhex("10140801031401060208")) == 1, "the printer was cleared"
    for name in ("张桂兰", "李建国", "作废"):
        assert name.encode("gb18030") not in sent
    assert outline(replayed(path, tmp_path)[1]) == outline(lines)
