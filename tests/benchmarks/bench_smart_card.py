"""What our reading of a social security card costs beyond reader and card: run by `make bench`."""

from __future__ import annotations

import statistics

import pytest

from drivers.smart_card.api import CardRemoved, SocialSecurityCardRead, StartReading
from tests.support.smart_card_rig import card_rig, needs_pcscd

ROUNDS = 20
RESTARTS = 10
BEYOND_MS = 3.0


@pytest.mark.benchmark
@needs_pcscd
def test_bench_smart_card(capsys):
    """Judged by the median of twenty cards, which another program's burst on a shared machine does not move."""
    over_ms, read_ms, apdu_ms, back_s = [], [], [], []
    with card_rig() as rig:
        rig.start()
        for _ in range(ROUNDS):
            rig.driver.execute(StartReading())
            rig.do("insert", card="li")
            read = rig.event(SocialSecurityCardRead)
            whole_ms = (read.read_at_s - read.inserted_at_s) * 1000
            assert read.card.name.reveal() == "李样本"
            assert 0 < read.apdu_s * 1000 <= whole_ms
            read_ms.append(whole_ms)
            apdu_ms.append(read.apdu_s * 1000)
            over_ms.append(whole_ms - read.apdu_s * 1000)
            rig.do("remove")
            rig.event(CardRemoved)
        for _ in range(RESTARTS):
            rig.do("kill_service")
            rig.lost()
            rig.do("start_service")
            back_s.append(rig.back_within(3.0))
    beyond_ms = statistics.median(over_ms)
    with capsys.disabled():
        print(
            f"\nsocial security card: {beyond_ms:.2f} ms beyond its {read.apdus} APDUs (at most {BEYOND_MS:.0f} ms), "
            f"most of {ROUNDS} {max(over_ms):.2f} ms; seen to read median {statistics.median(read_ms):.2f} ms, APDUs "
            f"{statistics.median(apdu_ms):.2f} ms; connected {statistics.median(back_s) * 1000:.2f} ms after pcscd is "
            "up, without the session's back-off"
        )
    assert beyond_ms <= BEYOND_MS
