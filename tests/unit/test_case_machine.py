"""The transition table: what may happen when."""

from __future__ import annotations

import pytest

from terminal.cases import events as ev
from terminal.cases.fold import apply, fold
from terminal.cases.machine import TABLE, NotAllowed, may, step_back
from terminal.cases.model import (
    Decision,
    DecisionKind,
    IdentitySource,
    MaterialMode,
    PrintState,
    ReviewState,
    Step,
)
from tests.support import cases as c


def test_the_whole_case_ends_sealed() -> None:
    case = fold(c.WHOLE)
    assert case.step is Step.SEALED
    assert case.seal == c.SEALED.seal
    assert case.papers.receipt_copies == 1
    assert dict(case.legal_path) == {"recording": c.RECORDING.reason, "face": c.FACE.check.reason}


def test_each_event_of_the_whole_case_is_refused_in_a_fresh_case_unless_it_comes_first() -> None:
    fresh = fold((c.OPENED,))
    for event in c.WHOLE[3:]:
        with pytest.raises(NotAllowed):
            apply(fresh, event)


def test_nothing_leads_out_of_an_ended_case() -> None:
    sealed = fold(c.WHOLE)
    for event in c.WHOLE[1:]:
        with pytest.raises(NotAllowed):
            apply(sealed, event)
    assert not TABLE[Step.SEALED]
    assert not TABLE[Step.ABANDONED]


def test_every_step_of_the_table_leads_to_an_end() -> None:
    reaches = {Step.SEALED, Step.ABANDONED}
    while more := {s for s, row in TABLE.items() if s not in reaches and reaches & set(row.values())}:
        reaches |= more
    assert reaches == set(Step)


@pytest.mark.parametrize("source", list(IdentitySource))
def test_every_source_of_identity_already_has_its_row(source: IdentitySource) -> None:
    assert may(fold((c.OPENED,)), f"identity.{source}")


def test_both_ways_of_comparing_the_face_have_their_row() -> None:
    case = fold(c.WHOLE[:3])
    assert may(case, "face.camera")
    assert may(case, "face.clerk_visual")


def test_acceptance_needs_the_signature_but_a_correction_is_told_at_once() -> None:
    collecting = fold(c.WHOLE[:8])
    with pytest.raises(NotAllowed):
        apply(collecting, c.DECIDED)
    told = apply(collecting, ev.Decided(decision=_decision(DecisionKind.CORRECTION)))
    assert told.step is Step.ISSUE_PAPERS


def test_after_the_decision_nothing_can_be_abandoned_or_taken_back() -> None:
    decided = fold(c.WHOLE[:14])
    assert decided.step is Step.ISSUE_PAPERS
    with pytest.raises(NotAllowed):
        apply(decided, ev.Abandoned(reason="x"))
    assert step_back(decided) is None


def test_going_back_to_the_materials_undoes_confirmation_and_signature() -> None:
    signed = fold(c.WHOLE[:13])
    assert signed.signature is not None
    back = apply(signed, ev.WentBack(to=Step.COLLECT_MATERIALS))
    assert back.signature is None
    assert back.confirmed_at is None


def test_going_back_goes_only_where_the_table_says() -> None:
    with pytest.raises(NotAllowed):
        apply(fold(c.WHOLE[:13]), ev.WentBack(to=Step.IDENTIFY))


def test_the_citizens_objection_leads_to_the_form_and_undoes_the_check() -> None:
    case = apply(fold(c.WHOLE[:12]), ev.CitizenObjected(note=ev.Sensitive("电话不对")))
    assert case.step is Step.FILL_FORM
    assert not case.form_confirmed
    assert case.confirmed_at is None


def test_a_new_page_reopens_a_finished_material() -> None:
    case = apply(fold(c.WHOLE[:9]), c.PAGE)
    photo = case.materials[0]
    assert (photo.mode, photo.pdf, len(photo.pages)) == (MaterialMode.PENDING, None, 2)


def test_the_receipt_counts_only_what_came_out() -> None:
    case = fold(c.WHOLE[:15])
    for state in (PrintState.PRINTING, PrintState.QUEUED, PrintState.ASK):
        case = apply(case, ev.ReceiptChanged(state=state))
    assert case.papers.receipt_copies == 0


def test_the_case_never_holds_a_score() -> None:
    case = fold(c.WHOLE)
    assert case.review.state is ReviewState.RATED
    assert not any("level" in name or "score" in name for name in type(case.review).__struct_fields__)


def _decision(kind: DecisionKind) -> Decision:
    return Decision(
        kind=kind, project_number="1", document_number="2", decided_at=c.AT, clerk_id="1001", reason="缺少户口簿"
    )
