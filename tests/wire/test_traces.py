"""Field failures as files: every trace in tests/golden/traces is played to today's driver (docs/devices/trace.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulators.smart_card.service import missing
from terminal.diagnostics.trace.lines import read
from tests.support.trace_rig import outline, replayed

TRACES = sorted((Path(__file__).parents[1] / "golden" / "traces").glob("*.trace"))


@pytest.mark.parametrize("trace", TRACES, ids=lambda path: path.stem)
def test_the_driver_does_with_a_recorded_device_what_was_recorded(trace: Path, tmp_path: Path) -> None:
    wanted = read(trace.read_bytes())
    if wanted[0].scheme == "pcsc" and (lacking := missing()):
        pytest.skip(f"no PC/SC service for tests: {lacking}")
    again = replayed(trace, tmp_path)
    assert outline(again[1]) == outline(wanted[1])
    assert again[0].kind == wanted[0].kind
