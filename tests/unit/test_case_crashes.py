"""Killed at any step: the window resumes the same case. What a kiosk does is in test_kiosk_left_over.py."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from terminal import intents
from terminal.cases.model import (
    PrintState,
    Step,
)
from terminal.profile import ProfileName
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.sealed_case import finish

STEPS = (
    Step.IDENTIFY,
    Step.VERIFY_FACE,
    Step.CHOOSE_ITEM,
    Step.FILL_FORM,
    Step.COLLECT_MATERIALS,
    Step.CITIZEN_CHECK,
    Step.SIGN,
    Step.DECIDE,
    Step.ISSUE_PAPERS,
    Step.REVIEW,
)


@pytest.fixture
def bench(tmp_path: Path) -> Generator[Bench, None, None]:
    made = Bench(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("step", STEPS)
def test_the_window_comes_back_to_the_same_case_at_the_same_step(tmp_path: Path, step: Step) -> None:
    bench = Bench(tmp_path).to(step)
    before = bench.case
    bench = bench.again()
    after = bench.case
    if step is Step.ISSUE_PAPERS:
        assert after.papers.receipt is PrintState.ASK  # nobody knows what came out
        bench.seat().do(intents.AnswerCameOut(came_out=True))
    else:
        assert after == before
    assert bench.seen.resumed
    bench.close()


@pytest.mark.parametrize("step", STEPS)
def test_a_resumed_case_goes_on_to_its_seal(tmp_path: Path, step: Step) -> None:
    bench = Bench(tmp_path).to(step).again().seat()
    finish(bench)
    assert bench.case.step is Step.SEALED
    assert len(bench.rows("SELECT * FROM item WHERE kind = 'case'")) == 1
    bench.close()


def test_a_crash_between_rating_and_seal_seals_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path).to(Step.REVIEW)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench.sealer, "prepare_case", die)
    with pytest.raises(KeyboardInterrupt):
        b.rate(bench)
    bench = bench.again()
    assert bench.case.step is Step.SEALED
    assert sorted(kind for (kind,) in bench.rows("SELECT kind FROM item")) == ["case", "review"]
    bench.close()


def test_the_kiosk_needs_no_staff(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ProfileName.KIOSK).to(Step.SEALED)
    assert bench.case.clerk_id == "kiosk"
    bench.close()


def test_an_abandoned_case_leaves_nothing_behind(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.AbandonCase("群众离开"))
    assert bench.seen.case is None
    assert bench.seen.work == ()
    assert bench.rows("SELECT count(*) FROM journal") == [(0,)]
    assert not list((bench.folder / "blobs").iterdir())
    assert bench.to(Step.IDENTIFY).case.step is Step.IDENTIFY


def test_an_open_case_that_cannot_be_read_is_said_kept_and_holds_up_nobody(bench: Bench) -> None:
    """As after an update that an older journal does not fit."""
    bench.to(Step.VERIFY_FACE)
    left = bench.case.id
    files = set((bench.folder / "blobs").iterdir())
    bench.connection.execute("UPDATE journal SET event = ? WHERE n = 3", (b'{"type":"of another release"}',))
    bench = bench.again()
    assert bench.seen.case is None
    assert bench.said == ["case.unreadable"]
    bench.to(Step.SEALED)
    assert set((bench.folder / "blobs").iterdir()) >= files
    assert bench.rows(f"SELECT count(*) FROM journal WHERE case_id = '{left}'") == [(3,)]
    bench.close()
