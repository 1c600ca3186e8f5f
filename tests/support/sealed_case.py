"""What a sealed case says, what a crash left on disk and screens, and a supervisor's word."""

from __future__ import annotations

import json
from typing import Any

from terminal import intents
from terminal.cases.model import PrintState, Step
from tests.support import case_bench as b
from tests.support.case_bench import Bench


def finish(bench: Bench) -> None:
    """From wherever the case stands to its seal."""
    for stage, work in b.STAGES.items():
        if bench.case.step is not stage:
            continue
        if stage is Step.ISSUE_PAPERS and bench.case.papers.receipt is PrintState.ASK:
            bench.do(intents.AnswerCameOut(came_out=True), intents.PapersHandedOver())
        else:
            work(bench)


def manifest(bench: Bench) -> dict[str, Any]:
    """Of the one sealed case."""
    ((body,),) = bench.rows("SELECT body FROM item WHERE kind = 'case'")
    return json.loads(bytes(body))


def path(bench: Bench) -> dict[str, str]:
    """Its legal path."""
    return {entry["step"]: entry["reason"] for entry in manifest(bench)["legal_path"]}


def nothing_is_left(bench: Bench) -> None:
    """Of the person who was here: on the disk, and on any screen since the restart."""
    assert bench.rows("SELECT count(*) FROM journal") == [(0,)]
    assert not list((bench.folder / "blobs").iterdir())
    nobody_sees(bench)


def nobody_sees(bench: Bench) -> None:
    """On any screen since the restart."""
    for snapshot in bench.snapshots:
        assert snapshot.case is None
        assert snapshot.work == ()
        assert snapshot.messages == ()
        assert not snapshot.resumed


def lose_a_scan(bench: Bench) -> str:
    """The scan of the photo and its page; its name."""
    photo = next(m for m in bench.case.materials if m.code == "photo")
    for blob in (photo.pdf, *(page.blob for page in photo.pages)):
        assert blob is not None
        (bench.folder / "blobs" / blob).unlink()
    return "photo.pdf"


def sign_in(bench: Bench) -> None:
    """The supervisor does."""
    bench.do(intents.SignIn(b.SUPERVISOR.id, b.Sensitive(b.SUPERVISOR.pin)))


def gap(reason: str = "硬盘坏道，群众已离开") -> intents.SealWithGap:
    """The supervisor's word."""
    return intents.SealWithGap(b.SUPERVISOR.id, b.Sensitive(b.SUPERVISOR.pin), reason)
