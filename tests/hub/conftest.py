"""A hub, a terminal and a clock for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sync_rig import HubBench, StillClock, Terminal


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def hub(tmp_path: Path, clock: StillClock) -> Iterator[HubBench]:
    bench = HubBench(tmp_path / "hub", clock)
    yield bench
    bench.close()


@pytest.fixture
def terminal(tmp_path: Path, clock: StillClock, hub: HubBench) -> Iterator[Terminal]:
    made = Terminal(tmp_path / "terminal", hub.folder, clock)
    yield made
    made.close()
