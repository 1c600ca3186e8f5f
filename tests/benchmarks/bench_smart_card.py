"""What our reading of a social security card costs beyond reader and card: run by `make bench`. Asserts no time."""

from __future__ import annotations

import statistics

import pytest

from drivers.smart_card.api import CardRemoved, SocialSecurityCardRead, StartReading
from tests.support.smart_card_rig import card_rig, needs_pcscd

ROUNDS = 10
GOAL_MS = 3.0


@pytest.mark.benchmark
@needs_pcscd
def test_bench_smart_card(capsys):
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
        for _ in range(ROUNDS):
            rig.do("kill_service")
            rig.lost()
            rig.do("start_service")
            back_s.append(rig.back_within(3.0))
    assert len(back_s) == len(over_ms) == ROUNDS
    with capsys.disabled():
        print()
        print(f"seen to read: {read.apdus} APDUs")
        print(f"seen to read              median {statistics.median(read_ms):6.2f} ms, most {max(read_ms):6.2f} ms")
        print(f"reader and card           median {statistics.median(apdu_ms):6.2f} ms, most {max(apdu_ms):6.2f} ms")
        print(
            f"beyond the APDUs          median {statistics.median(over_ms):6.2f} ms, most {max(over_ms):6.2f} ms "
            f"(goal {GOAL_MS:.0f} ms or less)"
        )
        print(f"connected after pcscd is up {statistics.median(back_s) * 1000:4.2f} ms, without the session's back-off")
