"""The whole case by intents, device events and time, over a real database: decisions, numbers, who may."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from drivers.document_camera import api as camera
from terminal import intents
from terminal.cases.catalogue import Necessity
from terminal.cases.model import (
    DecisionKind,
    PrintState,
    ReviewState,
    Step,
)
from terminal.config import Numbering
from terminal.profile import ProfileName
from tests.support import case_bench as b
from tests.support.case_bench import Bench


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
    assert case.decision.document_number == "获政务容受〔2026〕030001号"
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


def test_the_last_answer_is_shown_before_the_work_of_sealing(bench: Bench) -> None:
    bench.to(Step.REVIEW)
    before = len(bench.snapshots)
    b.rate(bench)
    shown = [snapshot.case for snapshot in bench.snapshots[before:] if snapshot.case is not None]
    assert [case.step for case in shown[:2]] == [Step.SEAL, Step.SEALED]
    assert shown[0].review.state is ReviewState.RATED
    assert shown[0].seal is None


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
    bench.do(intents.CapturePageFor("id_card"))  # asked for by both items, under one name
    bench.answer(camera.CapturePage, b.page())
    bench.do(intents.GoBack(), intents.GoBack(), intents.ChooseItem(b.CATALOGUE.search("sbk", 1)[0].code, "first"))
    assert all(not m.pages for m in bench.case.materials)
    assert bench.case.field("phone") == "13800000000"  # what was typed still fits


def test_a_second_case_gets_the_next_numbers(bench: Bench) -> None:
    first = bench.to(Step.SEALED).case.decision
    second = bench.to(Step.SEALED).case.decision
    assert first is not None
    assert second is not None
    assert (first.project_number[16:22], second.project_number[16:22]) == ("030001", "030002")
    assert second.document_number == "获政务容受〔2026〕030002号"


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


# devices without which no case is opened


def test_no_case_is_opened_while_a_required_device_does_not_work(bench: Bench) -> None:
    bench.seat()
    bench.devices.present["id_card"] = replace(bench.devices.present["id_card"], needed="required")
    bench.set_state("id_card", DeviceState.POWER_OFF)
    bench.do(intents.StartCase(), intents.StartCase())
    assert bench.seen.case is None
    assert [(m.key, m.args) for m in bench.seen.messages] == [("case.device_required", (("device", "id_card"),))]
    assert bench.rows("SELECT * FROM work") == []
    bench.online("evaluator")
    assert bench.said == ["case.device_required"], "another one does not help"
    bench.online("id_card")
    assert bench.said == []
    assert bench.do(intents.StartCase()).case is not None


def test_an_open_case_goes_on_without_a_required_device(bench: Bench) -> None:
    bench.devices.present["evaluator"] = replace(bench.devices.present["evaluator"], needed="required")
    bench.to(Step.FILL_FORM)
    bench.set_state("evaluator", DeviceState.POWER_OFF)
    b.fill(bench)
    assert bench.case.step is Step.COLLECT_MATERIALS


def test_a_kiosk_is_closed_without_the_devices_of_its_profile(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ProfileName.KIOSK)
    del bench.devices.present["receipt_printer"]
    bench.do(intents.StartCase())
    assert bench.seen.case is None
    assert bench.said == ["case.device_required"]
    bench.close()
