"""A kiosk that crashes: before the decision nothing is left; after it the matter is sealed, and the next citizen sees
nothing of it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.receipt_printer import api as printer
from sync.checkpoint import Checkpoint
from terminal import intents
from terminal.cases.left_over import AGAIN_S, INTERRUPTED
from terminal.cases.model import DecisionKind, Step
from terminal.profile import ProfileName
from terminal.store import journal
from terminal.store.connection import DATABASE_ERRORS
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.sealed_case import manifest, nothing_is_left, path

BEFORE = (*tuple(b.STAGES)[: list(b.STAGES).index(Step.DECIDE)], Step.DECIDE)


class Died(BaseException):
    """The program is gone."""


@pytest.fixture
def kiosk(tmp_path: Path) -> Bench:
    return Bench(tmp_path, ProfileName.KIOSK)


# before the decision


@pytest.mark.parametrize("step", BEFORE)
def test_what_was_not_decided_is_purged(kiosk: Bench, step: Step) -> None:
    kiosk.to(step)
    after = kiosk.again()
    after.wait(AGAIN_S)
    nothing_is_left(after)
    assert after.rows("SELECT count(*) FROM work") == [(0,)]
    assert after.rows("SELECT count(*) FROM item") == [(0,)]
    after.close()


# after it


def printing(bench: Bench) -> None:
    assert bench.case.step is Step.ISSUE_PAPERS


def printed(bench: Bench) -> None:
    bench.printed(printer.JobOutcome.DONE)


def jammed(bench: Bench) -> None:
    bench.printed(printer.JobOutcome.FAILED)


def unclear(bench: Bench) -> None:
    bench.printed(printer.JobOutcome.INDETERMINATE)


def waived(bench: Bench) -> None:
    jammed(bench)
    bench.do(intents.WaiveReceipt())


def invited(bench: Bench) -> None:
    b.issue(bench)


def asked_why(bench: Bench) -> None:
    b.issue(bench)
    bench.do(intents.RateOnScreen(bench.seen.rating.token, 1))


@pytest.mark.parametrize(
    ("moment", "receipt", "review", "kinds"),
    [
        (printing, "凭条是否打出不明", "not_invited", ["case"]),
        (printed, "", "not_invited", ["case"]),
        (jammed, "凭条没有打出", "not_invited", ["case"]),
        (unclear, "凭条是否打出不明", "not_invited", ["case"]),
        (waived, "凭条未打印，已在屏幕上显示二维码", "not_invited", ["case"]),
        (invited, "", "timed_out", ["case"]),
        (asked_why, "", "rated", ["case", "review"]),
    ],
)
def test_what_was_decided_is_sealed_as_it_stands_and_nobody_sees_it(
    kiosk: Bench, moment: Callable[[Bench], object], receipt: str, review: str, kinds: list[str]
) -> None:
    kiosk.to(Step.ISSUE_PAPERS)
    moment(kiosk)
    decision, case_id = kiosk.case.decision, kiosk.case.id
    after = kiosk.again()
    after.wait(0)
    nothing_is_left(after)
    assert sorted(kind for (kind,) in after.rows("SELECT kind FROM item")) == kinds
    sealed = manifest(after)
    assert decision is not None
    assert sealed["project_number"] == decision.project_number
    assert sealed["decision"]["document_number"] == decision.document_number
    assert sealed["review"] == review
    assert (sealed["schema"], "gaps" in sealed) == (1, False)
    assert path(after)["interrupted"] == INTERRUPTED
    assert path(after).get("receipt", "") == receipt
    names = {document.name for document in after.sealer.read_back(after.connection, case_id)}
    assert {"application.json", "id_card.pdf", "photo.pdf", "signature.png", "notice.pdf"} <= names
    assert after.pokes == 1
    assert after.devices.commands(printer.PrintJob) == [], "nobody is there to take a receipt"
    after.close()


def test_killed_before_the_notice_was_made_it_is_made_for_the_seal(
    kiosk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.to(Step.DECIDE)

    def die(*_: object) -> bytes:
        raise Died

    monkeypatch.setattr(kiosk.notices, "render", die)
    with pytest.raises(Died):
        kiosk.do(intents.Decide(DecisionKind.ACCEPTED_DEFERRED))
    after = kiosk.again()
    after.wait(0)
    assert [kind for kind, _ in after.notices.rendered] == [DecisionKind.ACCEPTED_DEFERRED]
    assert "notice" not in path(after), "it is the first one, not another"
    after.close()


def test_a_withdrawal_is_sealed_without_a_notice_as_always(kiosk: Bench) -> None:
    kiosk.to(Step.FILL_FORM)
    kiosk.do(intents.Decide(DecisionKind.WITHDRAWN, "群众撤回"))
    after = kiosk.again()
    after.wait(0)
    assert manifest(after)["decision"]["kind"] == "withdrawn"
    assert after.notices.rendered == []
    after.close()


def test_the_next_citizen_begins_while_the_one_before_is_still_to_be_sealed(kiosk: Bench) -> None:
    kiosk.to(Step.ISSUE_PAPERS)
    first = kiosk.case.id
    after = kiosk.again()
    after.do(intents.StartCase())
    second = after.case.id
    after.wait(0)
    assert after.case.id == second
    assert all(row.case_id != first for snapshot in after.snapshots for row in snapshot.work)
    assert after.rows("SELECT id FROM item") == [(first,)]
    after.close()


def test_a_citizen_whose_case_was_sealed_is_not_shown_to_the_next_one(kiosk: Bench) -> None:
    """The work list is for staff; at a kiosk whoever looks is a citizen."""
    kiosk.to(Step.SEALED)
    assert kiosk.seen.work == ()
    kiosk.do(intents.SignIn(b.SUPERVISOR.id, b.Sensitive(b.SUPERVISOR.pin)))
    assert len(kiosk.seen.work) == 1
    kiosk.close()


# killed while it is sealed


EFFECTS = ("append", "put", "prepare_case", "commit_case", "close")


def dying_at(bench: Bench, monkeypatch: pytest.MonkeyPatch, count: int, *, after: bool) -> list[str]:
    """Die at the effect number `count`, before or after it; the effects so far."""
    done: list[str] = []

    def guarded(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            done.append(name)
            if len(done) == count and not after:
                raise Died
            result = real(*args, **more)
            if len(done) == count:
                raise Died
            return result

        return call

    monkeypatch.setattr(journal, "append", guarded("append", journal.append))
    monkeypatch.setattr(journal, "close", guarded("close", journal.close))
    monkeypatch.setattr(bench.desk.blobs, "put", guarded("put", bench.desk.blobs.put))
    for name in ("prepare_case", "commit_case"):
        monkeypatch.setattr(bench.sealer, name, guarded(name, getattr(bench.sealer, name)))
    return done


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("moment", [printing, asked_why])
def test_killed_at_every_point_of_the_sealing_it_is_sealed_once(
    kiosk: Bench, monkeypatch: pytest.MonkeyPatch, moment: Callable[[Bench], object], after: bool
) -> None:
    kiosk.to(Step.ISSUE_PAPERS)
    moment(kiosk)
    kiosk.connection.execute('DELETE FROM journal WHERE instr(event, \'"event":"notice"\')')  # still to be made
    bench, cuts = kiosk, 0
    while True:
        bench = bench.again()
        with monkeypatch.context() as patch:
            done = dying_at(bench, patch, cuts + 1, after=after)
            try:
                bench.wait(0)
                break
            except Died:
                cuts += 1
                assert bench.rows("SELECT count(*) FROM item WHERE kind = 'case'") == [(0,)]
    assert cuts >= len(EFFECTS) - 1, "there were points to die at"
    assert set(done) <= set(EFFECTS)
    nothing_is_left(bench)
    assert bench.rows("SELECT kind, count(*) FROM item WHERE kind = 'case' GROUP BY kind") == [("case", 1)]
    assert len(list((bench.folder / "outbox").iterdir())) >= len(manifest(bench)["documents"])
    bench.close()


POINTS = (
    Checkpoint.SEAL_BEGIN,
    Checkpoint.ENCRYPT_BLOB,
    Checkpoint.FSYNC_BLOB,
    Checkpoint.RENAME,
    Checkpoint.SEAL_COMMIT,
)


def run_killed(folder: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "tests.support.kiosk_child", str(folder), *arguments]
    return subprocess.run(command, cwd=Path(__file__).parents[2], timeout=120, check=False).returncode


@pytest.mark.parametrize("step", [Step.SIGN, Step.ISSUE_PAPERS, Step.REVIEW])
def test_a_killed_process_leaves_what_the_rule_says(tmp_path: Path, step: Step) -> None:
    assert run_killed(tmp_path, step) == -signal.SIGKILL
    after = Bench(tmp_path, ProfileName.KIOSK)
    after.wait(0)
    nothing_is_left(after)
    assert after.rows("SELECT count(*) FROM item WHERE kind = 'case'") == [(0 if step is Step.SIGN else 1,)]
    after.close()


def test_a_process_killed_again_and_again_while_it_seals_seals_once(tmp_path: Path) -> None:
    assert run_killed(tmp_path, Step.REVIEW) == -signal.SIGKILL
    for point in POINTS:
        assert run_killed(tmp_path, "sealing", point) == -signal.SIGKILL
    after = Bench(tmp_path, ProfileName.KIOSK)
    assert after.rows("SELECT count(*) FROM item") == [(0,)]
    after.sealer.sweep(after.connection)
    after.wait(0)
    nothing_is_left(after)
    names = {entry["blob_sha256"] for entry in manifest(after)["documents"]}
    assert {file.name for file in (tmp_path / "outbox").iterdir()} == names
    after.close()


def test_a_disk_that_refuses_is_tried_again_until_it_takes_it(kiosk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk.to(Step.ISSUE_PAPERS)
    after = kiosk.again()
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise DATABASE_ERRORS[0]("database or disk is full")

        patch.setattr(journal, "append", full)
        after.wait(0)
        after.wait(AGAIN_S)
    assert after.rows("SELECT count(*) FROM item") == [(0,)]
    after.wait(AGAIN_S)
    assert after.rows("SELECT count(*) FROM item") == [(1,)]
    nothing_is_left(after)
    after.close()
