"""Print a test receipt by hand: `python -m drivers.receipt_printer tcp://10.0.0.9:9100 --paper-mm 80`."""

from __future__ import annotations

import argparse
import secrets
import sys

from drivers.base.by_hand import ByHand, run
from drivers.receipt_printer.api import JobOutcome, PrintJob, PrintResult, QrCode, Rule, TextLine

SAMPLE = (
    TextLine("打印测试", "center", bold=True, double=True),
    Rule(),
    TextLine("左对齐 left"),
    TextLine("居中 centred", "center"),
    TextLine("右对齐 right", "right"),
    TextLine("中文换行不拆字，标点不出现在行首；Latin words stay whole. 生僻字：㐀䶮𠮷。"),
    QrCode("https://example.org/test"),
    TextLine("以上二维码应能用手机扫出网址。", "center"),
)


def main() -> int:
    """Print the status, a test receipt and what became of it; 0 when it is proven to have come out."""
    parser = argparse.ArgumentParser(prog="python -m drivers.receipt_printer", description=__doc__)
    parser.add_argument("url", help="tcp://HOST:9100 or serial:///dev/NAME?baud=115200")
    parser.add_argument("--paper-mm", default="80", choices=["80", "58"])
    parser.add_argument("--cut", default="full", choices=["full", "partial", "none"])
    parser.add_argument("--barrier", default="process_id", choices=["process_id", "paper_status", "none"])
    arguments = parser.parse_args()
    options = {"paper_mm": arguments.paper_mm, "cut": arguments.cut, "barrier": arguments.barrier}

    def print_sample(device: ByHand) -> int:
        result = device.driver.execute(PrintJob(f"test/{secrets.token_hex(4)}", SAMPLE))
        if not isinstance(result, PrintResult):
            return 1
        sys.stdout.write(f"{result.outcome} {result.fault or ''}\n")
        return 0 if result.outcome is JobOutcome.DONE else 1

    return run("receipt_printer", arguments.url, options, print_sample)


if __name__ == "__main__":
    sys.exit(main())
