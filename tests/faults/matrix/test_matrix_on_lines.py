"""The matrix on pseudo-terminals: unplugged and split at 64 places of every reply (`make test-all`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.matrix.kinds import KINDS
from tests.faults.matrix.memory_line import Spoiled
from tests.faults.matrix.real_line import ImpatientClock, RealLine
from tests.faults.matrix.scene import SAMPLED, Kind, Played, play, played, sampled, trouble
from tests.faults.matrix.spoiling import WAYS
from tests.support.sim_lines import nothing_left_over

REPLIES = {kind.name: played(kind, None).replies for kind in KINDS}
CASES = [
    (kind, way, number) for kind in KINDS for way in ("unplug", "split") for number in range(len(REPLIES[kind.name]))
]


def played_on_a_line(kind: Kind, spoiled: Spoiled, folder: Path) -> Played:
    clock = ImpatientClock()
    scene = kind.make(clock)
    line = RealLine(scene.wire, folder, spoiled)
    try:
        return play(kind, scene, line, line.start(), clock)
    finally:
        line.stop()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("kind", "way", "number"),
    CASES,
    ids=[f"{kind.name}-{way}-{number}".replace(" ", "_") for kind, way, number in CASES],
)
def test_a_spoiled_reply_on_a_real_line(kind: Kind, way: str, number: int, tmp_path: Path) -> None:
    good = played(kind, None)
    reply = REPLIES[kind.name][number].reply
    places = sampled(len(reply)) if len(reply) > SAMPLED else range(len(reply) + 1)
    found: list[str] = []
    with nothing_left_over():
        for title, pieces in WAYS[way](reply, places):
            spoiled = Spoiled(number, pieces, f"reply {number} ({len(reply)} bytes) {way} {title}")
            said = trouble(kind, way, good, spoiled, lambda s=spoiled: played_on_a_line(kind, s, tmp_path))
            found += [said] if said else []
    assert not found, f"{len(found)} failures, among them:\n" + "\n".join(found[:8])
