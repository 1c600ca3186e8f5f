"""The whole case by intents, device events and time, over a real database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, Fault, FaultAction
from drivers.document_camera import api as camera
from drivers.evaluator import api as pad
from drivers.id_card import api as card
from drivers.receipt_printer import api as printer
from terminal import intents
from terminal.cases.catalogue import Necessity
from terminal.cases.model import (
    DecisionKind,
    FaceMethod,
    MaterialMode,
    PrintState,
    ReviewState,
    Step,
)
from terminal.cases.notices.errors import NoticeError
from terminal.config import Numbering
from terminal.custody.seal import ReviewExists
from terminal.devices.notices import CommandDone
from terminal.profile import ProfileName
from terminal.store import journal
from tests.support import case_bench as b
from tests.support.case_bench import Bench

LOST = Fault("link.lost", FaultAction.RESET)
NO_PAPER = Fault("receipt_printer.paper_out", FaultAction.CLEAR)
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


# the whole case


def test_the_whole_case_ends_sealed_and_in_the_outbox(bench: Bench) -> None:
    bench.to(Step.SEALED)
    case = bench.case
    assert case.decision is not None
    assert case.decision.kind is DecisionKind.ACCEPTED_DEFERRED
    assert case.decision.project_number.startswith("4107240320261124")
    assert case.decision.document_number == "获政务容受〔2026〕1号"
    assert case.decision.promised_until == date(2026, 12, 1)
    assert case.decision.missing == (f"户口簿或居住证：{b.ELDER.situations[0].materials[2].standard}",)
    assert case.papers.receipt is PrintState.PRINTED
    assert case.review.state is ReviewState.RATED
    assert case.seal is not None
    assert bench.pokes == 1
    assert sorted(kind for (kind,) in bench.rows("SELECT kind FROM item")) == ["case", "review"]
    assert set(bench.documents()) == {
        "application.json",
        "id_card.pdf",
        "photo.pdf",
        "signature.png",
        "signature.json",
        "notice.pdf",
    }


def test_what_was_signed_is_what_was_sealed(bench: Bench) -> None:
    bench.to(Step.SEALED)
    sealed = bench.documents()["application.json"].data
    assert bench.case.signature is not None
    assert bench.case.signature.content_hash == hashlib.sha256(sealed).hexdigest()
    application = json.loads(sealed)
    assert application["applicant"]["name"] == b.NAME
    assert ["phone", "13800000000"] in application["form"]


def test_after_the_seal_no_person_is_left_in_the_journal_or_among_the_blobs(bench: Bench) -> None:
    bench.to(Step.SEALED)
    assert bench.rows("SELECT count(*) FROM journal") == [(0,)]
    assert not list((bench.folder / "blobs").iterdir())


def test_the_form_is_prefilled_from_the_card_and_keeps_what_was_typed_when_the_item_is_chosen_again(
    bench: Bench,
) -> None:
    bench.to(Step.FILL_FORM)
    values = {f.name: (f.value.reveal(), f.source) for f in bench.case.form}
    assert values["name"] == (b.NAME, "card")
    assert values["id_number"] == (b.ID_NUMBER, "card")
    assert values["phone"] == ("", "clerk")
    bench.do(intents.EditField("phone", Sensitive("13800000000")), intents.GoBack())
    bench.do(intents.ChooseItem(b.ELDER.code, "lost"))
    assert bench.case.field("phone") == "13800000000"
    assert bench.case.field("old_card_number") == ""


def test_papers_of_one_item_never_count_for_another(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.CapturePageFor("photo"))
    bench.answer(camera.CapturePage, b.page())
    bench.do(intents.GoBack(), intents.GoBack(), intents.ChooseItem(b.CATALOGUE.search("sbk", 1)[0].code, "first"))
    assert all(not m.pages for m in bench.case.materials)
    assert bench.case.field("phone") == "13800000000"  # what was typed still fits


def test_a_second_case_gets_the_next_numbers(bench: Bench) -> None:
    first = bench.to(Step.SEALED).case.decision
    second = bench.to(Step.SEALED).case.decision
    assert first is not None
    assert second is not None
    assert (first.project_number[16:21], second.project_number[16:21]) == ("00001", "00002")
    assert second.document_number == "获政务容受〔2026〕2号"


def test_a_refused_decision_takes_no_number(bench: Bench) -> None:
    bench.to(Step.DECIDE)
    bench.do(intents.Decide(DecisionKind.ACCEPTED))
    assert bench.said == ["decide.has_deferred"]
    bench.do(intents.Decide(DecisionKind.REFUSED, " "))
    assert bench.said == ["decide.reason_missing"]
    assert bench.rows("SELECT * FROM sequence") == []


def test_a_bad_numbering_template_is_said_and_leaves_the_case_undecided(tmp_path: Path) -> None:
    bench = Bench(tmp_path, numbering=Numbering(project="{region}{date:%Y%m%d}"))
    bench.to(Step.DECIDE)
    bench.do(intents.Decide(DecisionKind.ACCEPTED_DEFERRED))
    assert bench.said == ["decide.bad_template"]
    assert bench.case.step is Step.DECIDE
    assert bench.rows("SELECT * FROM sequence") == []
    bench.close()


def test_the_one_who_decides_is_the_one_who_is_signed_in(bench: Bench) -> None:
    bench.to(Step.DECIDE)
    bench.do(intents.SignOut())
    bench.seat(b.SUPERVISOR)
    bench.do(intents.Decide(DecisionKind.ACCEPTED_DEFERRED))
    assert bench.case.clerk_id == b.CLERK.id
    assert bench.case.decision is not None
    assert bench.case.decision.clerk_id == b.SUPERVISOR.id


# early decisions


@pytest.mark.parametrize("step", [Step.FILL_FORM, Step.COLLECT_MATERIALS, Step.DECIDE])
@pytest.mark.parametrize("kind", [DecisionKind.CORRECTION, DecisionKind.REFUSED, DecisionKind.WITHDRAWN])
def test_what_the_law_lets_be_told_at_once_is_sealed_like_any_case(
    tmp_path: Path, step: Step, kind: DecisionKind
) -> None:
    bench = Bench(tmp_path).to(step)
    bench.do(intents.Decide(kind, "缺少材料或不属于受理范围"))
    assert bench.case.step is Step.ISSUE_PAPERS
    assert bench.case.decision is not None
    assert bench.case.decision.promised_until is None
    assert [rendered for rendered, _ in bench.notices.rendered] == ([] if kind is DecisionKind.WITHDRAWN else [kind])
    b.issue(bench)
    b.rate(bench)
    assert bench.case.step is Step.SEALED
    assert ("notice.pdf" in bench.documents()) is (kind is not DecisionKind.WITHDRAWN)
    bench.close()


def test_a_correction_tells_everything_that_is_missing_at_once_but_nothing_optional(bench: Bench) -> None:
    bench.to(Step.FILL_FORM)
    bench.do(intents.GoBack())
    card_item = b.CATALOGUE.search("sbk", 1)[0]
    bench.do(intents.ChooseItem(card_item.code, "first"), intents.Decide(DecisionKind.CORRECTION, "材料不齐"))
    assert bench.case.decision is not None
    specs = card_item.situation("first").materials
    needed = [s.name for s in specs if s.necessity is not Necessity.OPTIONAL]
    assert [text.partition("：")[0] for text in bench.case.decision.missing] == needed
    assert len(needed) < len(specs)


def test_an_acceptance_cannot_be_early(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.Decide(DecisionKind.ACCEPTED))
    assert bench.said == ["case.not_now"]
    assert bench.case.decision is None


# identity


def test_a_failed_card_is_said_and_the_next_one_read(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    assert bench.seen.reader.phase == "waiting"
    bench.happens("id_card", card.CardFound(1.0))
    assert bench.seen.reader.phase == "reading"
    bench.happens("id_card", card.CardReadFailed(Fault("id_card.lifted", FaultAction.CLEAR)))
    assert bench.seen.reader.phase == "failed"
    assert bench.said == ["fault.id_card.lifted"]
    bench.happens("id_card", card.CardRemoved())
    assert bench.seen.reader.phase == "waiting"
    bench.happens("id_card", card.CardFound(2.0))
    bench.happens("id_card", b.read_card())
    assert bench.case.step is Step.VERIFY_FACE
    assert bench.said == []
    assert bench.case.identity is not None
    assert bench.case.identity.name.reveal() == b.NAME


def test_a_card_after_the_first_never_changes_the_case(bench: Bench) -> None:
    bench.to(Step.VERIFY_FACE)
    assert bench.devices.commands(card.StopReading)
    bench.happens("id_card", b.read_card("王小明", "911124198108030024"))
    assert bench.case.identity is not None
    assert bench.case.identity.name.reveal() == b.NAME


def test_another_card_is_read_after_going_back(bench: Bench) -> None:
    bench.to(Step.VERIFY_FACE)
    bench.do(intents.ReadCardAgain())
    assert bench.case.step is Step.IDENTIFY
    bench.happens("id_card", b.read_card("王小明", "911124198108030024"))
    assert bench.case.identity is not None
    assert bench.case.identity.id_number.reveal() == "911124198108030024"


def test_without_a_card_the_clerk_types_what_a_paper_says_and_why(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.do(intents.IdentifyByClerk(Sensitive(""), Sensitive("110105194912310021"), ""))
    assert bench.said == ["identify.name_missing", "identify.bad_number", "identify.reason_missing"]
    bench.do(intents.IdentifyByClerk(Sensitive(b.NAME), Sensitive(b.ID_NUMBER.lower()), "身份证遗失，出示户口簿"))
    assert bench.case.step is Step.VERIFY_FACE
    assert bench.case.identity is not None
    assert bench.case.identity.id_number.reveal() == b.ID_NUMBER
    assert ("id_card", "身份证遗失，出示户口簿") in bench.case.legal_path


def test_a_face_that_does_not_fit_keeps_the_case_where_it_is(bench: Bench) -> None:
    bench.to(Step.VERIFY_FACE)
    bench.do(intents.PassFace(FaceMethod.CLERK_VISUAL, passed=False, reason="不像"))
    assert (bench.case.step, bench.said) == (Step.VERIFY_FACE, ["face.not_same"])


# form and materials


def test_the_form_is_confirmed_only_when_complete(bench: Bench) -> None:
    bench.to(Step.FILL_FORM)
    bench.do(intents.EditField("phone", Sensitive("138")), intents.ConfirmForm())
    said = {(message.field, message.key) for message in bench.seen.messages}
    assert said == {("phone", "form.bad_phone"), ("residence", "form.required")}
    bench.do(intents.EditField("phone", Sensitive("13800000000")))
    assert {message.field for message in bench.seen.messages} == {"residence"}


@pytest.mark.parametrize(
    ("due", "undertaking", "key"),
    [
        (date(2026, 12, 9), True, ""),
        (date(2026, 12, 10), True, "material.due_out_of_range"),
        (date(2026, 11, 24), True, "material.due_out_of_range"),
        (date(2026, 12, 8), False, "material.undertaking_missing"),
    ],
)
def test_a_deferral_keeps_to_its_limit_and_needs_the_citizens_word(
    bench: Bench, due: date, undertaking: bool, key: str
) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.DeferMaterial("residence_proof", due, undertaking))
    material = next(m for m in bench.case.materials if m.code == "residence_proof")
    assert bench.said == ([key] if key else [])
    assert (material.mode is MaterialMode.DEFERRED) is not bool(key)


def test_only_a_deferrable_material_is_deferred_and_only_an_optional_one_skipped(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.DeferMaterial("photo", date(2026, 12, 1), undertaking=True))
    assert bench.said == ["material.not_deferrable"]
    bench.do(intents.SkipMaterial("id_card"))
    assert "material.not_optional" in bench.said
    assert all(m.mode is MaterialMode.PENDING for m in bench.case.materials)
    bench.do(intents.SendToCitizen())
    assert bench.said.count("material.pending") == 3


def test_a_picture_that_comes_after_the_case_never_reaches_the_next_one(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.CapturePageFor("photo"), intents.AbandonCase("群众离开"))
    bench.to(Step.COLLECT_MATERIALS)
    ticket = next(entry for entry in bench.devices.asked if isinstance(entry[2], camera.CapturePage))
    bench.do(CommandDone(ticket[0], ticket[1], b.page(), None))
    assert all(not m.pages for m in bench.case.materials)


def test_a_page_can_be_dropped_and_a_failed_picture_is_said(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.CapturePageFor("photo"))
    assert bench.seen.capture.capturing_for == "photo"
    bench.answer(camera.CapturePage, fault=LOST)
    assert bench.seen.capture.capturing_for == ""
    assert bench.said == ["fault.link.lost"]
    bench.do(intents.CapturePageFor("photo"))
    bench.answer(camera.CapturePage, b.page())
    bench.do(intents.FinishMaterial("photo"), intents.DropPage("photo", 0))
    photo = next(m for m in bench.case.materials if m.code == "photo")
    assert (photo.pages, photo.pdf, photo.mode) == ((), None, MaterialMode.PENDING)


# check and signature


def test_only_what_is_on_the_screen_now_is_confirmed_and_signed(bench: Bench) -> None:
    bench.to(Step.CITIZEN_CHECK)
    stale = bench.seen.application_hash
    bench.do(intents.GoBack(), intents.ReopenMaterial("residence_proof"), intents.TakePaper("residence_proof", 1))
    bench.do(intents.SendToCitizen(), intents.CitizenConfirms(stale))
    assert (bench.case.step, bench.said) == (Step.CITIZEN_CHECK, ["check.changed_meanwhile"])
    bench.do(intents.CitizenConfirms(bench.seen.application_hash), b.signature(stale))
    assert (bench.case.step, bench.said) == (Step.SIGN, ["check.changed_meanwhile"])
    bench.do(b.signature(bench.seen.application_hash, points=3))
    assert bench.said == ["sign.too_little"]
    bench.do(b.signature(bench.seen.application_hash))
    assert bench.case.step is Step.DECIDE


def test_the_citizens_objection_leads_back_to_the_form_with_their_words(bench: Bench) -> None:
    bench.to(Step.SIGN)
    bench.do(intents.CitizenObjects(Sensitive("电话不对")))
    assert bench.case.step is Step.FILL_FORM
    assert bench.case.correction_note is not None
    assert bench.case.correction_note.reveal() == "电话不对"
    assert bench.case.signature is None


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


# crashes


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
    for stage, work in b._STAGES.items():
        if bench.case.step is not stage:
            continue
        if stage is Step.ISSUE_PAPERS and bench.case.papers.receipt is PrintState.ASK:
            bench.do(intents.AnswerCameOut(came_out=True), intents.PapersHandedOver())
        else:
            work(bench)
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


@pytest.mark.parametrize("step", [Step.VERIFY_FACE, Step.COLLECT_MATERIALS, Step.ISSUE_PAPERS])
def test_the_kiosk_purges_what_a_crash_left_behind(tmp_path: Path, step: Step) -> None:
    bench = Bench(tmp_path, ProfileName.KIOSK).to(step)
    assert list((tmp_path / "blobs").iterdir())
    bench = bench.again()
    assert bench.seen.case is None
    assert not list((tmp_path / "blobs").iterdir())
    assert bench.rows("SELECT count(*) FROM journal") == [(0,)]
    assert bench.rows("SELECT count(*) FROM work") == [(0,)]
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


# who may


def test_nobody_works_on_a_case_without_being_signed_in_but_the_citizen_answers(bench: Bench) -> None:
    bench.do(intents.StartCase())
    assert (bench.seen.case, bench.said) == (None, ["staff.sign_in_first"])
    bench.to(Step.CITIZEN_CHECK)
    bench.do(intents.SignOut())
    bench.do(intents.GoBack())
    assert (bench.case.step, bench.said) == (Step.CITIZEN_CHECK, ["staff.sign_in_first"])
    bench.do(intents.CitizenConfirms(bench.seen.application_hash))
    assert bench.case.step is Step.SIGN


def test_a_technician_is_told_that_the_role_takes_no_cases(bench: Bench) -> None:
    bench.sign_in(b.TECHNICIAN)
    assert bench.said == ["staff.takes_no_cases"]
    bench.do(intents.StartCase())
    assert bench.seen.case is None


def test_a_second_case_is_not_started_over_an_open_one(bench: Bench) -> None:
    bench.to(Step.FILL_FORM)
    before = bench.case.id
    bench.do(intents.StartCase())
    assert (bench.case.id, bench.said) == (before, ["case.already_open"])


# devices that come back


def test_the_camera_that_comes_back_shows_its_preview_again(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.answer(camera.StartPreview, camera.PreviewRing("ring-1", 640, 480))
    assert bench.seen.capture.ring_name == "ring-1"
    bench.online("document_camera")
    assert len(bench.devices.commands(camera.StartPreview)) == 2


def test_a_pad_that_comes_back_joins_with_the_time_that_is_left(bench: Bench) -> None:
    bench.set_state("evaluator", DeviceState.POWER_OFF)
    bench.to(Step.REVIEW)
    assert not bench.devices.commands(pad.StartRating)
    bench.wait(20)
    bench.online("evaluator")
    assert bench.devices.commands(pad.StartRating) == [pad.StartRating(bench.seen.rating.token, 40)]


def test_everything_shown_is_already_journalled(bench: Bench) -> None:
    bench.to(Step.DECIDE)
    other = bench.database.connect()
    assert journal.load(other, bench.case.id) == bench.case
    other.close()
