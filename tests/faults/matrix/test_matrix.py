"""Every reply of every device, spoiled in every way at every place, in memory and without waiting."""

from __future__ import annotations

import pytest

from tests.faults.matrix.kinds import CASES
from tests.faults.matrix.scene import Kind, failures
from tests.support.sim_lines import nothing_left_over


@pytest.mark.parametrize(("kind", "way"), CASES, ids=[f"{kind.name}-{way}".replace(" ", "_") for kind, way in CASES])
def test_a_spoiled_reply_is_told_and_the_next_exchange_works(kind: Kind, way: str) -> None:
    with nothing_left_over():
        count, found = failures(kind, way)
    assert count, "nothing was spoiled"
    assert not found, f"{len(found)} of {count}, among them:\n" + "\n".join(found[:8])
