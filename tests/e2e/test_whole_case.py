"""`yichuang-sim demo` as a newcomer runs it: exit 0, and everything the README names lies there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from simulators.demo.story import STORY

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def test_one_whole_case_reaches_the_hub(tmp_path: Path) -> None:
    out = tmp_path / "run"
    program = str(Path(sys.executable).with_name("yichuang-sim"))
    environment = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    done = subprocess.run(
        [program, "demo", "--headless", "--out", str(out)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["complete"] is True
    assert list(report["steps"]) == [chapter.name for chapter in STORY]
    assert report["hub"]["state"] == "complete"
    roles = [entry.partition(" ")[0] for entry in report["hub"]["documents"]]
    assert sorted(roles) == sorted(["application", "material", "material", "signature", "signature_strokes", "notice"])
    for file in report["files"]:
        assert (out / file).stat().st_size > 0
    _notice(next(out.glob("documents/*notice*.pdf")), report["ids"]["project_number"])
    (receipt,) = list(out.rglob("receipt-*.png"))
    with Image.open(receipt) as picture:
        assert picture.width >= 384
    pictures = list((out / "pictures").glob("*.png"))
    assert len(pictures) >= 2 * len(STORY)
    with Image.open(pictures[0]) as picture:
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
    assert colours is not None
    assert len(colours) > 20, "an empty screen"


def _notice(path: Path, project_number: str) -> None:
    with pikepdf.open(path) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "2B"
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    assert "容缺受理通知书" in "".join(text.split())
    assert project_number in "".join(text.split())
