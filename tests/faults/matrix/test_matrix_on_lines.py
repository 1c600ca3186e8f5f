"""The matrix on pseudo-terminals: spoiled in every way at 64 places of every reply (`make test-all`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.matrix.kinds import CASES
from tests.faults.matrix.memory_line import Spoiled
from tests.faults.matrix.real_line import ImpatientClock, RealLine
from tests.faults.matrix.scene import SAMPLED, Kind, Played, judged, play, played, sampled, spoilings_of
from tests.support.sim_lines import nothing_left_over

GOOD = {kind.name: played(kind, None) for kind in {kind.name: kind for kind, _ in CASES}.values()}
ON_LINES = [(kind, way, number) for kind, way in CASES for number in range(len(GOOD[kind.name].replies))]


def played_on_a_line(kind: Kind, spoiled: Spoiled, folder: Path) -> Played:
    clock = ImpatientClock()
    scene = kind.make(clock)
    line = RealLine(scene.wire, folder, spoiled, clock)
    try:
        return play(kind, scene, line, line.start(), clock)
    finally:
        line.stop()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("kind", "way", "number"),
    ON_LINES,
    ids=[f"{kind.name}-{way}-{number}".replace(" ", "_") for kind, way, number in ON_LINES],
)
def test_a_spoiled_reply_on_a_real_line(kind: Kind, way: str, number: int, tmp_path: Path) -> None:
    good = GOOD[kind.name]
    heard = good.replies[number]
    size = len(heard.reply)
    places = sampled(size) if size > SAMPLED else range(size + 1)
    # A reply that is late on a line which takes time of its own may be taken for one that never came.
    anything = frozenset[str]().union(*kind.codes.values())
    found: list[str] = []
    with nothing_left_over():
        for spoiled in spoilings_of(kind, way, number, heard, places):
            verdict = judged(kind, way, good, spoiled, lambda s=spoiled: played_on_a_line(kind, s, tmp_path))
            found += [verdict.wrong] if verdict.wrong else []
            found += [f"{spoiled.title}: told {code}" for code in sorted(verdict.codes - anything)]
    assert not found, f"{len(found)} failures, among them:\n" + "\n".join(found[:8])
