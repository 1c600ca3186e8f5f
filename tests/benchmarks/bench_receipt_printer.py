"""Receipts back to back against what the paper and the line allow: run by `make bench`."""

from __future__ import annotations

import time

import pytest

from drivers.receipt_printer import codec
from drivers.receipt_printer.api import JobOutcome
from tests.support.printer_rig import RECEIPT, printer_rig

RECEIPTS = 8
RATE_BYTES_PER_S = 4000  # about 38400 baud, a slow serial printer
ROUNDS = 200


def print_all(rig, name):
    start_s = time.perf_counter()
    for number in range(RECEIPTS):
        assert rig.print(f"{name}/{number}").outcome is JobOutcome.DONE
    return (time.perf_counter() - start_s) / RECEIPTS


@pytest.mark.benchmark
def test_bench_receipts_back_to_back(capsys, tmp_path):
    size = len(codec.encode_receipt(RECEIPT, codec.Layout()))
    with printer_rig(tmp_path / "at once", fast=True) as rig:
        rig.start()
        own_s = print_all(rig, "own")
    with printer_rig(tmp_path / "paced", fast=False) as rig:
        rig.start()
        paced_s = print_all(rig, "paced")
        millimetres = float(str(rig.fact("printed_mm"))) / RECEIPTS
    with capsys.disabled():
        print(
            f"\nreceipt of {size} bytes, {millimetres:.0f} mm, proven: {paced_s * 1000:.0f} ms each at the simulated "
            f"printer's pace ({millimetres / paced_s:.0f} mm/s); {own_s * 1000:.1f} ms each when paper takes no time"
        )


@pytest.mark.benchmark
def test_bench_receipts_on_a_slow_line(capsys, tmp_path):
    with printer_rig(tmp_path, fast=True) as rig:
        rig.start()
        rig.device._link.receive_bytes_per_s = RATE_BYTES_PER_S
        sent = sum(map(len, rig.tap.sent))
        each_s = print_all(rig, "slow")
        each_bytes = (sum(map(len, rig.tap.sent)) - sent) / RECEIPTS
    line_s = each_bytes / RATE_BYTES_PER_S
    with capsys.disabled():
        print(
            f"\nreceipts on a line of {RATE_BYTES_PER_S} bytes/s: {each_s * 1000:.0f} ms each, the line alone takes "
            f"{line_s * 1000:.0f} ms ({each_s / line_s:.2f} times)"
        )


@pytest.mark.benchmark
def test_bench_encoding(capsys):
    codec.encode_receipt(RECEIPT, codec.Layout())
    start_s = time.process_time()
    for _ in range(ROUNDS):
        codec.encode_receipt(RECEIPT, codec.Layout())
    with capsys.disabled():
        print(f"\nencoding a receipt: {(time.process_time() - start_s) / ROUNDS * 1e6:.0f} us of CPU")
