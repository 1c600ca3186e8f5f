"""From the last byte of a code to its event, beyond the idle gap where there is no line end: run by `make bench`."""

from __future__ import annotations

import statistics
import time

import pytest

from drivers.base.tap import Direction, NullTap
from drivers.code_scanner.api import Arm, CodeScanned
from drivers.code_scanner.codec import LineReader
from drivers.code_scanner.families.contract import Splitter
from drivers.code_scanner.families.ssi import SSI
from tests.support.scanner_rig import scanner_rig

ROUNDS = 30
BYTE_TO_EVENT_S = 0.015
IDLE_S = 0.08


class Stamp(NullTap):
    """A tap that knows when bytes came."""

    def __init__(self) -> None:
        self.times_s: list[float] = []
        self.sent: list[bytes] = []
        self.heard = bytearray()

    def bytes_seen(self, direction: Direction, data: bytes, at_s: float) -> None:
        if direction is Direction.FROM_DEVICE:
            self.times_s.append(at_s)
        else:
            self.sent.append(data)


@pytest.mark.benchmark
@pytest.mark.parametrize(
    ("family", "ending"),
    [("honeywell", "cr"), ("newland", "cr"), ("ssi", "cr"), ("gm65", "cr"), ("plain", "cr"), ("plain", "none")],
)
def test_bench_last_byte_to_event(capsys, tmp_path, family: str, ending: str) -> None:
    """Judged by what 95 of 100 codes keep: whoever scans waits for each of them.

    Scanners with settings are set to end their codes; of a plain one without a line end only the idle gap tells.
    """
    gap_s = IDLE_S if ending == "none" else 0.0
    took_s: list[float] = []
    with scanner_rig(tmp_path, family, family="generic" if family == "plain" else family, duplicate_ms="0") as rig:
        stamp = Stamp()
        rig.driver._transport._tap = stamp
        rig.start()
        rig.do("suffix", ending=ending)
        for number in range(ROUNDS):
            rig.driver.execute(Arm("bench", 30.0))
            rig.do("show_code", text=f"CTID-SIM.{number:032}")
            event = rig.event(CodeScanned)
            last_s = max(at_s for at_s in stamp.times_s if at_s <= event.at_s)  # what came later answers the stop
            took_s.append(event.at_s - last_s - gap_s)
            rig.do("hide_code")
            rig.run_until(lambda: not rig.lit())
    took_s.sort()
    most_s = took_s[int(ROUNDS * 0.95)]
    with capsys.disabled():
        beyond = f" without a line end, beyond the idle gap of {gap_s * 1000:.0f} ms" if gap_s else ""
        print(
            f"\nscanner {family}: last byte to event p95 {most_s * 1000:.2f} ms{beyond} (at most "
            f"{BYTE_TO_EVENT_S * 1000:.0f} ms), median {statistics.median(took_s) * 1000:.2f} ms, worst of {ROUNDS} "
            f"{took_s[-1] * 1000:.2f} ms"
        )
    assert took_s[0] >= 0, "a code was told before it could be over"
    assert most_s <= BYTE_TO_EVENT_S


@pytest.mark.benchmark
def test_bench_framing(capsys) -> None:
    stream = b"CTID-SIM.0123456789abcdef0123456789abcdef\r" * 2000
    start_s = time.perf_counter()
    splitter, lines = Splitter(SSI), LineReader()
    found = 0
    for at in range(0, len(stream), 64):
        for heard in splitter.feed(stream[at : at + 64], None):
            found += len(lines.feed(heard.data))  # pyright: ignore
    took_s = time.perf_counter() - start_s
    with capsys.disabled():
        print(f"\nscanner framing: {len(stream) / took_s / 1e6:.1f} MB/s")
    assert found >= 1999
