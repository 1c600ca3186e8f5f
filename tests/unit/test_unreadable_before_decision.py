"""Before anything is decided a lost document is no loss: it is said which one it is, and it is made good."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.document_camera import api as camera
from terminal import intents
from terminal.cases.model import DecisionKind, MaterialMode, Step
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.sealed_case import lose_a_scan, manifest


@pytest.mark.parametrize("kind", [DecisionKind.ACCEPTED_DEFERRED, DecisionKind.CORRECTION, DecisionKind.WITHDRAWN])
def test_nothing_is_decided_over_a_scan_that_cannot_be_read(tmp_path: Path, kind: DecisionKind) -> None:
    bench = Bench(tmp_path).to(Step.DECIDE)
    lose_a_scan(bench)
    bench.do(intents.Decide(kind, "材料不齐"))
    assert (bench.case.step, bench.case.decision) == (Step.DECIDE, None)
    assert [(m.key, m.args, m.field) for m in bench.seen.messages] == [
        ("document.material_lost", (("material", "近期免冠照片"),), "photo")
    ]
    assert bench.rows("SELECT * FROM sequence") == [], "no number was taken"
    bench.close()


def test_it_is_scanned_again_checked_again_and_signed_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path).to(Step.DECIDE)
    lose_a_scan(bench)
    bench.do(intents.Decide(DecisionKind.ACCEPTED_DEFERRED), intents.GoBack(), intents.SendToCitizen())
    assert (bench.case.step, bench.said) == (Step.COLLECT_MATERIALS, ["document.material_lost"])
    bench.do(intents.ReopenMaterial("photo"), intents.FinishMaterial("photo"))
    assert bench.said == ["material.page_lost"]
    bench.do(intents.DropPage("photo", 0), intents.CapturePageFor("photo"))
    bench.answer(camera.CapturePage, b.page(90))
    bench.do(intents.FinishMaterial("photo"))
    assert next(m.mode for m in bench.case.materials if m.code == "photo") is MaterialMode.SCANNED
    bench.do(intents.SendToCitizen())
    for step in (Step.CITIZEN_CHECK, Step.SIGN, Step.DECIDE, Step.ISSUE_PAPERS, Step.REVIEW):
        b.STAGES[step](bench)
    assert bench.case.step is Step.SEALED
    assert manifest(bench)["schema"] == 1
    bench.close()


def test_a_pdf_whose_pages_are_there_is_mended_without_a_word(tmp_path: Path) -> None:
    bench = Bench(tmp_path).to(Step.DECIDE)
    pdf = next(m.pdf for m in bench.case.materials if m.code == "photo")
    assert pdf is not None
    (tmp_path / "blobs" / pdf).write_bytes(b"")
    bench.do(intents.Decide(DecisionKind.ACCEPTED_DEFERRED))
    assert (bench.case.step, bench.said) == (Step.ISSUE_PAPERS, [])
    assert bench.desk.blobs.get(pdf).startswith(b"%PDF")
    bench.close()


def test_nothing_is_decided_over_a_signature_that_cannot_be_read(tmp_path: Path) -> None:
    bench = Bench(tmp_path).to(Step.DECIDE)
    signature = bench.case.signature
    assert signature is not None
    (tmp_path / "blobs" / signature.strokes).unlink()
    bench.do(intents.Decide(DecisionKind.ACCEPTED_DEFERRED))
    assert (bench.case.step, bench.said) == (Step.DECIDE, ["document.signature_lost"])
    bench.do(intents.GoBack(), intents.SendToCitizen())
    for step in (Step.CITIZEN_CHECK, Step.SIGN, Step.DECIDE):
        b.STAGES[step](bench)
    assert bench.case.step is Step.ISSUE_PAPERS
    bench.close()
