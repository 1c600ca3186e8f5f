"""The steps after the decision: papers, the one rating, the seal."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import pytest

from drivers.base.status import Fault, FaultAction
from drivers.evaluator import api as pad
from drivers.receipt_printer import api as printer
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.model import (
    Case,
    PrintState,
    ReviewState,
    Step,
)
from terminal.cases.notices.errors import NoticeError
from terminal.custody.seal import ReviewExists
from terminal.devices.faults import PERHAPS_DONE
from terminal.profile import ProfileName
from terminal.store import journal
from terminal.store.connection import DATABASE_ERRORS, Connection
from tests.support import case_bench as b
from tests.support.case_bench import Bench

LOST = Fault("link.lost", FaultAction.RESET)
NO_PAPER = Fault("receipt_printer.paper_out", FaultAction.CLEAR)


@pytest.fixture
def bench(tmp_path: Path) -> Generator[Bench, None, None]:
    made = Bench(tmp_path)
    yield made
    made.close()


def full_database(*_: object) -> NoReturn:
    raise DATABASE_ERRORS[0]("database or disk is full")


# papers


def test_a_failed_print_waits_for_paper_and_is_printed_once(bench: Bench) -> None:
    bench.to(Step.ISSUE_PAPERS)
    bench.printed(printer.JobOutcome.FAILED, NO_PAPER)
    assert (bench.case.papers.receipt, bench.said) == (PrintState.QUEUED, ["fault.receipt_printer.paper_out"])
    bench.do(intents.PapersHandedOver())
    assert bench.case.step is Step.ISSUE_PAPERS
    bench.happens("receipt_printer", printer.PaperChanged(printer.PaperState.OK))
    bench.happens("receipt_printer", printer.PaperChanged(printer.PaperState.OK))
    jobs = [job.job_id for job in bench.devices.commands(printer.PrintJob)]
    assert len(jobs) == len(set(jobs)) == 2
    bench.printed(printer.JobOutcome.DONE)
    assert (bench.case.papers.receipt, bench.case.papers.receipt_copies) == (PrintState.PRINTED, 1)


@pytest.mark.parametrize("code", sorted(PERHAPS_DONE))
def test_a_print_command_lost_on_its_way_may_have_printed_and_is_asked_for(bench: Bench, code: str) -> None:
    bench.to(Step.ISSUE_PAPERS)
    bench.answer(printer.PrintJob, fault=Fault(code, FaultAction.RESET))
    assert bench.case.papers.receipt is PrintState.ASK
    bench.online("receipt_printer")
    assert len(bench.devices.commands(printer.PrintJob)) == 1


def test_a_print_command_that_never_reached_the_printer_is_sent_again(bench: Bench) -> None:
    bench.to(Step.ISSUE_PAPERS)
    bench.answer(printer.PrintJob, fault=Fault("link.offline", FaultAction.RESET))
    assert bench.case.papers.receipt is PrintState.QUEUED
    bench.online("receipt_printer")
    assert len(bench.devices.commands(printer.PrintJob)) == 2


def test_an_uncertain_print_is_never_repeated_without_a_persons_word(bench: Bench) -> None:
    bench.to(Step.ISSUE_PAPERS)
    bench.printed(printer.JobOutcome.INDETERMINATE, LOST)
    bench.do(intents.PrintReceipt())
    assert bench.case.papers.receipt is PrintState.ASK
    bench.online("receipt_printer")
    assert len(bench.devices.commands(printer.PrintJob)) == 1
    bench.do(intents.AnswerCameOut(came_out=True))
    assert (bench.case.papers.receipt, bench.case.papers.receipt_copies) == (PrintState.PRINTED, 1)
    bench.do(intents.PapersHandedOver())
    assert bench.case.step is Step.REVIEW


def test_when_it_did_not_come_out_it_is_printed_again_and_is_no_reprint(bench: Bench) -> None:
    bench.to(Step.ISSUE_PAPERS)
    bench.printed(printer.JobOutcome.INDETERMINATE, LOST)
    bench.do(intents.AnswerCameOut(came_out=False))
    first, second = bench.devices.commands(printer.PrintJob)
    assert first.elements == second.elements


def proven(bench: Bench) -> None:
    bench.printed(printer.JobOutcome.DONE)


def asked(bench: Bench) -> None:
    bench.printed(printer.JobOutcome.INDETERMINATE, LOST)


def said_to_be_out(bench: Bench) -> None:
    asked(bench)
    bench.do(intents.AnswerCameOut(came_out=True))


def never_begun(bench: Bench) -> None:
    bench.printed(printer.JobOutcome.FAILED, NO_PAPER)


def wanted_again_and_not_begun(bench: Bench) -> None:
    asked(bench)
    bench.do(intents.AnswerCameOut(came_out=False))
    never_begun(bench)


def waived(bench: Bench) -> None:
    asked(bench)
    bench.do(intents.WaiveReceipt())


def proven_since(bench: Bench) -> None:
    asked(bench)
    bench.do(intents.AnswerCameOut(came_out=False))
    proven(bench)


@pytest.mark.parametrize(
    ("moment", "unproven"),
    [
        (lambda bench: None, True),  # the program ends while it prints
        (asked, True),
        (said_to_be_out, True),
        (wanted_again_and_not_begun, True),
        (waived, True),
        (proven, False),
        (never_begun, False),
        (proven_since, False),
    ],
)
@pytest.mark.parametrize("profile", list(ProfileName))
def test_after_a_restart_the_printer_is_told_of_a_receipt_that_may_lie_half_in_it(
    tmp_path: Path, profile: ProfileName, moment: Callable[[Bench], object], unproven: bool
) -> None:
    before = Bench(tmp_path, profile)
    before.to(Step.ISSUE_PAPERS)
    moment(before)
    assert not any(job.earlier_unproven for job in before.devices.commands(printer.PrintJob))
    bench = before.again()
    bench.wait(0)  # a kiosk seals the case of its last run, and its journal goes
    bench.desk.case = None
    bench.to(Step.ISSUE_PAPERS)
    jobs = bench.devices.commands(printer.PrintJob)
    assert {job.earlier_unproven for job in jobs} == {unproven}
    assert any("以上内容作废" in line.text for line in jobs[0].voiding if isinstance(line, printer.TextLine))
    bench.close()


def test_a_further_copy_is_marked(bench: Bench) -> None:
    bench.to(Step.ISSUE_PAPERS)
    bench.printed(printer.JobOutcome.DONE)
    bench.do(intents.PrintReceipt())
    again = bench.devices.commands(printer.PrintJob)[-1]
    assert any(isinstance(e, printer.TextLine) and "补打" in e.text for e in again.elements)


def test_without_a_printer_the_citizen_takes_the_receipt_from_the_screen(bench: Bench) -> None:
    del bench.devices.present["receipt_printer"]
    bench.to(Step.ISSUE_PAPERS)
    assert (bench.case.papers.receipt, bench.said) == (PrintState.QUEUED, ["receipt.no_printer"])
    bench.do(intents.WaiveReceipt(), intents.PapersHandedOver())
    assert bench.case.step is Step.REVIEW


def test_a_notice_that_could_not_be_made_is_tried_again_and_never_left_out(bench: Bench) -> None:
    bench.notices.error = NoticeError("缺少字体")
    bench.to(Step.ISSUE_PAPERS)
    assert "notice.failed" in bench.said
    bench.printed(printer.JobOutcome.DONE)
    bench.do(intents.PapersHandedOver())
    assert (bench.case.step, "notice.failed" in bench.said) == (Step.ISSUE_PAPERS, True)
    bench.notices.error = None
    bench.do(intents.PapersHandedOver())
    assert bench.case.step is Step.REVIEW
    assert bench.case.papers.notice is not None


def test_a_print_that_ends_after_the_seal_changes_nothing(bench: Bench) -> None:
    bench.to(Step.REVIEW)
    bench.do(intents.PrintReceipt())
    b.rate(bench)
    sealed = bench.case
    bench.printed(printer.JobOutcome.DONE)
    assert (bench.case, bench.said) == (sealed, [])


# review


def test_a_second_rating_counts_for_nothing(bench: Bench) -> None:
    bench.to(Step.REVIEW)
    token = bench.seen.rating.token
    bench.happens("evaluator", pad.Rated(token, 4, 1.0))
    bench.happens("evaluator", pad.Rated(token, 1, 2.0))
    bench.do(intents.RateOnScreen(token, 1))
    assert bench.rows("SELECT count(*) FROM item WHERE kind = 'review'") == [(1,)]
    assert bench.case.review.channel == "pad"


def test_a_rating_of_an_earlier_invitation_counts_for_nothing(bench: Bench) -> None:
    bench.to(Step.REVIEW)
    bench.happens("evaluator", pad.Rated("00000000", 1, 1.0))
    bench.do(intents.RateOnScreen(bench.seen.rating.token, 6))
    assert bench.case.review.state is ReviewState.INVITED


def test_a_service_that_has_its_review_is_not_rated_twice(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.to(Step.REVIEW)

    def refuse(*_: object) -> str:
        raise ReviewExists(bench.case.review.service_id)

    monkeypatch.setattr(bench.sealer, "commit_review", refuse)
    b.rate(bench)
    assert bench.case.step is Step.SEALED
    assert bench.rows("SELECT count(*) FROM item WHERE kind = 'review'") == [(0,)]


def test_no_answer_within_the_time_still_seals_and_shows_it(bench: Bench) -> None:
    bench.to(Step.REVIEW)
    before = bench.seen.revision
    bench.wait(59)
    assert bench.case.step is Step.REVIEW
    bench.wait(1)
    assert bench.case.step is Step.SEALED
    assert bench.case.review.state is ReviewState.TIMED_OUT
    assert bench.seen.revision > before
    assert bench.rows("SELECT count(*) FROM item WHERE kind = 'review'") == [(0,)]
    assert bench.devices.commands(pad.EndRating)[-1] == pad.EndRating(bench.case.review.token, thank=False)


def test_declining_is_an_answer(bench: Bench) -> None:
    bench.to(Step.REVIEW)
    bench.do(intents.DeclineRating(bench.seen.rating.token))
    assert (bench.case.step, bench.case.review.state) == (Step.SEALED, ReviewState.DECLINED)


def test_the_snapshot_and_the_manifest_never_hold_the_score(bench: Bench) -> None:
    bench.to(Step.SEALED)
    (body,) = bench.rows("SELECT body FROM item WHERE kind = 'case'")[0]
    assert b'"level"' not in body
    assert "level=5" not in repr(bench.seen)


# seal


def test_a_full_disk_is_said_and_the_seal_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.to(Step.REVIEW)
    real = bench.sealer.prepare_case

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bench.sealer, "prepare_case", full)
    b.rate(bench)
    assert (bench.case.step, bench.said) == (Step.SEAL, ["seal.disk"])
    monkeypatch.setattr(bench.sealer, "prepare_case", real)
    bench.wait(15)
    assert (bench.case.step, bench.said) == (Step.SEALED, [])
    assert bench.pokes == 1


def test_a_print_whose_end_could_not_be_journalled_is_not_under_way_for_ever(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.to(Step.ISSUE_PAPERS)
    real = journal.append
    monkeypatch.setattr(journal, "append", full_database)
    with pytest.raises(DATABASE_ERRORS):
        bench.printed(printer.JobOutcome.DONE)
    assert bench.case.papers.receipt is PrintState.PRINTING
    monkeypatch.setattr(journal, "append", real)
    bench.wait(15)
    assert bench.case.papers.receipt is PrintState.PRINTED
    assert len(bench.devices.commands(printer.PrintJob)) == 1


def test_a_database_that_refuses_the_seal_is_tried_again_with_the_same_files(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.to(Step.REVIEW)
    real = bench.sealer.commit_case
    monkeypatch.setattr(bench.sealer, "commit_case", full_database)
    b.rate(bench)
    assert (bench.case.step, bench.said) == (Step.SEAL, ["case.not_saved"])
    files = set((bench.folder / "outbox").iterdir())
    bench.wait(15)
    assert (bench.case.step, bench.said) == (Step.SEAL, ["case.not_saved"])
    monkeypatch.setattr(bench.sealer, "commit_case", real)
    bench.wait(15)
    assert (bench.case.step, bench.said) == (Step.SEALED, [])
    assert set((bench.folder / "outbox").iterdir()) == files
    assert len(bench.documents()) == len(files)


def test_an_invitation_that_could_not_be_journalled_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.to(Step.ISSUE_PAPERS)
    bench.printed(printer.JobOutcome.DONE)
    real = journal.append

    def full(connection: Connection, case: Case, event: ev.Event, at: datetime) -> None:
        if isinstance(event, ev.ReviewInvited):
            full_database()
        real(connection, case, event, at)

    monkeypatch.setattr(journal, "append", full)
    bench.do(intents.PapersHandedOver())
    assert (bench.case.review.state, bench.said) == (ReviewState.NOT_INVITED, ["case.not_saved"])
    monkeypatch.setattr(journal, "append", real)
    bench.wait(15)
    assert (bench.case.review.state, bench.said) == (ReviewState.INVITED, [])
    assert bench.seen.rating.token
    b.rate(bench)
    assert bench.case.step is Step.SEALED


def test_the_end_of_an_invitation_that_could_not_be_journalled_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.to(Step.REVIEW)
    real = journal.append
    monkeypatch.setattr(journal, "append", full_database)
    with pytest.raises(DATABASE_ERRORS):
        bench.wait(bench.config.review.timeout_s)
    assert bench.case.step is Step.REVIEW
    monkeypatch.setattr(journal, "append", real)
    bench.wait(15)
    assert bench.case.step is Step.SEALED
    assert bench.case.review.state is ReviewState.TIMED_OUT


def test_a_pad_that_was_away_when_the_rating_ended_is_told_once_it_is_back(bench: Bench) -> None:
    bench.to(Step.REVIEW)
    token = bench.case.review.token
    bench.do(intents.RateOnScreen(token, 4))
    bench.answer(pad.EndRating, fault=Fault("link.offline", FaultAction.RESET))
    assert bench.case.step is Step.SEALED
    bench.online("evaluator")
    assert bench.devices.commands(pad.EndRating)[-1] == pad.EndRating(token, thank=False)
    bench.answer(pad.EndRating)
    told = len(bench.devices.commands(pad.EndRating))
    bench.online("evaluator")
    assert len(bench.devices.commands(pad.EndRating)) == told
