"""The composition root with simulated devices and a real hub: starts, works, and leaves nothing running."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from simulators.demo.hall import Hall
from simulators.demo.story import CLERK, CLERK_PIN
from terminal import intents
from terminal.app import CannotStart, Terminal
from terminal.cases.model import Step
from terminal.config import load
from terminal.snapshot import Snapshot
from tests.support.sim_lines import until

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path / "hall", {}, fast=True)
    try:
        made.start_devices()
        made.start_hub()
        made.write_config()
        yield made
    finally:
        made.stop()


def test_a_terminal_starts_works_and_stops_without_leftovers(hall: Hall) -> None:
    descriptors = len(os.listdir("/proc/self/fd"))
    terminal = Terminal(load(hall.config))
    seen: list[Snapshot] = []
    terminal.subscribe(seen.append)
    terminal.start()
    try:
        until(lambda: bool(seen) and all(d.state == "online" for d in seen[-1].devices), within_s=20)
        until(lambda: seen[-1].sync.state == "online", within_s=10)
        terminal.post(intents.SignIn(CLERK, Sensitive(CLERK_PIN)))
        until(lambda: seen[-1].staff is not None)
        terminal.post(intents.StartCase())
        until(lambda: seen[-1].case is not None)
        hall.do("id_card", "place_card", card="zhang")
        until(lambda: step(seen) is Step.VERIFY_FACE, within_s=10)
        case = seen[-1].case
        assert case is not None
        assert case.identity is not None
        fetched: list[bytes | None] = []
        terminal.fetch_blob(case.identity.portrait or "", fetched.append)
        terminal.fetch_blob("0" * 64, fetched.append)
        until(lambda: len(fetched) == 2)
        assert (fetched[0] or b"").startswith(b"\x89PNG")
        assert fetched[1] is None
    finally:
        terminal.stop()
    assert [s.revision for s in seen] == sorted(s.revision for s in seen)
    assert len(os.listdir("/proc/self/fd")) <= descriptors + 2  # the first use of random numbers and time zones


def test_a_second_program_on_the_same_data_is_refused(hall: Hall) -> None:
    first = Terminal(load(hall.config))
    try:
        with pytest.raises(CannotStart, match="已在运行"):
            Terminal(load(hall.config))
    finally:
        first.start()
        first.stop()


def step(seen: list[Snapshot]) -> Step | None:
    case = seen[-1].case
    return case.step if case else None
