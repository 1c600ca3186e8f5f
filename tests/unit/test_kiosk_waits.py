"""What a kiosk cannot seal waits unseen for a supervisor; and whose case is whose after a change of profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal import intents
from terminal.cases.left_over import AGAIN_S
from terminal.cases.model import DecisionKind, Step
from terminal.cases.notices.errors import NoticeError
from terminal.profile import ProfileName
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.sealed_case import gap, lose_a_scan, manifest, nobody_sees, nothing_is_left, sign_in


@pytest.fixture
def kiosk(tmp_path: Path) -> Bench:
    return Bench(tmp_path, ProfileName.KIOSK)


# what only a supervisor can end


def test_a_lost_document_waits_unseen_for_a_supervisor(kiosk: Bench) -> None:
    kiosk.to(Step.ISSUE_PAPERS)
    lost, case_id = lose_a_scan(kiosk), kiosk.case.id
    after = kiosk.again()
    after.wait(AGAIN_S)
    nobody_sees(after)
    assert after.rows("SELECT count(*) FROM item") == [(0,)]
    sign_in(after)
    assert (after.case.id, after.case.step) == (case_id, Step.SEAL)
    assert [document.name for document in after.seen.lost] == [lost]
    after.do(intents.SignOut())
    assert (after.seen.case, after.seen.lost, after.seen.messages) == (None, (), ())
    after.do(intents.StartCase())
    assert after.case.id != case_id, "the next citizen is served meanwhile"
    sign_in(after)
    assert after.case.id != case_id, "and not pushed aside by it"
    after.do(intents.AbandonCase("群众离开"), gap())
    assert (after.case.id, after.case.step) == (case_id, Step.SEALED)
    assert [entry["name"] for entry in manifest(after)["gaps"]] == [lost]
    after.do(intents.SignOut())
    assert after.seen.case is None
    after.wait(AGAIN_S)
    after = after.again()
    nothing_is_left(after)
    after.close()


def test_killed_before_a_supervisor_came_it_still_waits(kiosk: Bench) -> None:
    kiosk.to(Step.ISSUE_PAPERS)
    lose_a_scan(kiosk)
    after = kiosk.again()
    after.wait(0)
    after = after.again()
    after.wait(0)
    nobody_sees(after)
    sign_in(after)
    assert after.do(gap()).case is not None
    assert after.case.step is Step.SEALED
    after.close()


def test_a_notice_that_cannot_be_made_waits_for_a_supervisor_or_for_the_day_on_which_it_can(
    kiosk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.to(Step.DECIDE)
    kiosk.notices.error = NoticeError("缺少字体")
    kiosk.do(intents.Decide(DecisionKind.ACCEPTED_DEFERRED))
    after = kiosk.again()
    after.notices.error = NoticeError("缺少字体")
    after.wait(0)
    assert after.rows("SELECT count(*) FROM item") == [(0,)]
    after.notices.error = None
    after.wait(AGAIN_S)
    assert "gaps" not in manifest(after)
    nothing_is_left(after)
    after.close()


def test_without_a_crash_a_kiosk_does_not_show_a_case_that_waits_to_the_next_citizen(kiosk: Bench) -> None:
    kiosk.to(Step.REVIEW)
    lose_a_scan(kiosk)
    b.rate(kiosk)
    assert kiosk.seen.case is None
    kiosk.do(intents.StartCase())
    assert kiosk.case.step is Step.IDENTIFY
    kiosk.do(intents.AbandonCase("群众离开"))
    sign_in(kiosk)
    kiosk.do(gap())
    assert kiosk.case.step is Step.SEALED
    kiosk.close()


# whose case it is


def test_a_window_s_case_is_left_alone_by_a_kiosk_s_start(tmp_path: Path) -> None:
    bench = Bench(tmp_path).to(Step.COLLECT_MATERIALS)
    before = bench.case
    bench = bench.again(ProfileName.KIOSK)
    bench.wait(AGAIN_S)
    nobody_sees(bench)
    bench = bench.again(ProfileName.WINDOW)
    assert bench.case == before
    portrait = bench.case.identity.portrait if bench.case.identity else None
    assert portrait is not None
    assert bench.desk.blobs.get(portrait)
    bench.close()


@pytest.mark.parametrize(("step", "items"), [(Step.SIGN, 0), (Step.ISSUE_PAPERS, 1)])
def test_a_kiosk_that_becomes_a_window_treats_its_case_as_a_kiosk(kiosk: Bench, step: Step, items: int) -> None:
    kiosk.to(step)
    after = kiosk.again(ProfileName.WINDOW)
    after.wait(0)
    assert after.seen.case is None
    assert after.rows("SELECT count(*) FROM item") == [(items,)]
    assert after.rows("SELECT count(*) FROM journal") == [(0,)]
    after.close()


@pytest.mark.parametrize(("step", "left"), [(Step.SIGN, 0), (Step.ISSUE_PAPERS, 1)])
def test_a_case_that_cannot_be_read_is_purged_only_if_nothing_was_decided(kiosk: Bench, step: Step, left: int) -> None:
    kiosk.to(step)
    kiosk.connection.execute("UPDATE journal SET event = ? WHERE n = 3", (b'{"type":"of another release"}',))
    after = kiosk.again()
    after.wait(AGAIN_S)
    assert after.seen.case is None
    assert after.rows("SELECT count(*) FROM work WHERE open = 1") == [(left,)]
    assert bool(list((after.folder / "blobs").iterdir())) is bool(left)
    after.close()
