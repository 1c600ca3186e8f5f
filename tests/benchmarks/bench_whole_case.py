"""The promised figures of one whole case, through the real windows: start, card, stalls, memory, duration."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.benchmark
@pytest.mark.timeout(300)
def test_whole_case_figures(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("yichuang-sim"))
    out = tmp_path / "run"
    done = subprocess.run(
        [program, "demo", "--headless", "--out", str(out)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    for name, figure in report["figures"].items():
        mark = "ok" if figure["holds"] else "MISSED"
        print(f"{name:40} {figure['value']:>9.5g} {figure['unit']:3} limit {figure['limit']:.5g}  {mark}")
    print(f"{'PSS MB':40} {report['pss_mb']}")
