"""From events to the case. Pure: the same events always make the same case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

from terminal.cases import events as ev
from terminal.cases.machine import NotAllowed, next_step
from terminal.cases.model import Case, FieldValue, Identity, MaterialMode, MaterialState, PrintState, Review, Step


def apply(case: Case | None, event: ev.Event) -> Case:
    """`case` after `event`; `NotAllowed` when the transition table forbids it."""
    if case is None:
        if not isinstance(event, ev.CaseOpened):
            raise NotAllowed(Step.IDENTIFY, ev.kind_of(event))
        return Case(
            id=event.id,
            profile=event.profile,
            window=event.window,
            clerk_id=event.clerk_id,
            clerk_name=event.clerk_name,
            opened_at=event.at,
        )
    return replace(_change(case, event), step=next_step(case, event))


def fold(events: Iterable[ev.Event]) -> Case:
    """The case of a whole journal; `ValueError` for an empty one."""
    case: Case | None = None
    for event in events:
        case = apply(case, event)
    if case is None:
        raise ValueError("a case needs at least its opening")
    return case


def _change(case: Case, event: ev.Event) -> Case:
    match event:
        case ev.CaseOpened():
            raise NotAllowed(case.step, "opened")
        case ev.RecordingSettled():
            return replace(case, recording=event.state, legal_path=_path(case, "recording", event.reason))
        case ev.IdentityRead():
            if case.identity is not None and _number(case.identity) != _number(event.identity):
                case = _anew(case)
            legal = _path(case, "id_card", event.identity.reason)
            return replace(case, identity=event.identity, legal_path=legal)
        case ev.AddressMoved():
            if case.identity is None:
                raise NotAllowed(case.step, "moved")
            return replace(case, identity=replace(case.identity, address=event.address))
        case ev.FaceChecked():
            return replace(case, face=event.check, legal_path=_path(case, "face", event.check.reason))
        case ev.ItemChosen():
            return replace(
                case,
                item=event.item,
                definition=event.definition,
                form=event.form,
                materials=event.materials,
                form_confirmed=False,
            )
        case ev.FieldEdited():
            return replace(case, form=_with_field(case.form, event.field), form_confirmed=False)
        case ev.FormConfirmed():
            return replace(case, form_confirmed=True, correction_note=None)
        case ev.MaterialChanged():
            return replace(case, materials=_with_material(case.materials, event.material))
        case ev.PageAdded():
            return replace(case, materials=tuple(_with_page(m, event) for m in case.materials))
        case ev.SentToCitizen():
            return replace(case, check_sent_at=event.at)
        case ev.CitizenConfirmed():
            return replace(case, confirmed_at=event.at)
        case ev.CitizenObjected():
            return replace(_unchecked(case), correction_note=event.note, form_confirmed=False)
        case ev.Signed():
            return replace(case, signature=event.signature)
        case ev.Decided():
            return replace(case, decision=event.decision)
        case ev.NoticeIssued():
            papers = replace(case.papers, notice=event.blob, notice_kind=event.kind)
            return replace(case, papers=papers, legal_path=_path(case, "notice", event.reason))
        case ev.ReceiptChanged():
            copies = case.papers.receipt_copies + (event.state is PrintState.PRINTED)
            return replace(
                case,
                papers=replace(
                    case.papers,
                    receipt=event.state,
                    receipt_job=event.job,
                    receipt_fault=event.fault,
                    receipt_copies=copies,
                ),
            )
        case ev.PapersGiven():
            return case
        case ev.ReviewInvited():
            return replace(
                case,
                review=Review(
                    state=ev.ReviewState.INVITED,
                    service_id=event.service_id,
                    token=event.token,
                    invited_at=event.at,
                    timeout_s=event.timeout_s,
                ),
            )
        case ev.ReviewEnded():
            return replace(case, review=replace(case.review, state=event.state, channel=event.channel))
        case ev.Interrupted():
            return _interrupted(case, event)
        case ev.RescanChanged():
            others = tuple(r for r in case.rescans if r.code != event.rescan.code)
            return replace(case, rescans=(*others, event.rescan))
        case ev.GapAccepted():
            return replace(case, gaps=(*case.gaps, event.gap))
        case ev.WentBack():
            return _unchecked(case) if event.to is Step.COLLECT_MATERIALS else case
        case ev.Abandoned():
            return replace(case, abandoned_reason=event.reason)
        case ev.CaseSealed():
            return replace(case, seal=event.seal)
        case _:
            assert_never(event)


def _path(case: Case, what: str, reason: str) -> tuple[tuple[str, str], ...]:
    """The path with `what` taken for `reason`; without a reason its device was used after all."""
    others = tuple((w, r) for w, r in case.legal_path if w != what)
    return (*others, (what, reason)) if reason else others


def _interrupted(case: Case, event: ev.Interrupted) -> Case:
    papers = case.papers
    if papers.receipt is PrintState.PRINTING:  # nobody knows what came out
        papers = replace(papers, receipt=PrintState.ASK)
    path = _path(replace(case, legal_path=_path(case, "interrupted", event.reason)), "receipt", event.receipt)
    review = replace(case.review, state=event.review, channel=event.channel)
    return replace(case, papers=papers, review=review, legal_path=path)


def _number(identity: Identity) -> str:
    return identity.id_number.reveal()


def _anew(case: Case) -> Case:
    """Another person is here: nothing that was said, typed or handed in by the one before stands for them."""
    return replace(
        _unchecked(case),
        face=None,
        item=None,
        definition=None,
        form=(),
        form_confirmed=False,
        materials=(),
        correction_note=None,
    )


def _unchecked(case: Case) -> Case:
    """What the citizen confirmed and signed no longer stands."""
    return replace(case, check_sent_at=None, confirmed_at=None, signature=None)


def _with_field(form: tuple[FieldValue, ...], field: FieldValue) -> tuple[FieldValue, ...]:
    if any(f.name == field.name for f in form):
        return tuple(field if f.name == field.name else f for f in form)
    return (*form, field)


def _with_material(materials: tuple[MaterialState, ...], new: MaterialState) -> tuple[MaterialState, ...]:
    if new.mode is not MaterialMode.CREDENTIAL:
        new = replace(new, credential=None)
    return tuple(new if m.code == new.code else m for m in materials)


def _with_page(material: MaterialState, event: ev.PageAdded) -> MaterialState:
    if material.code != event.code:
        return material
    pages = (*material.pages, event.page)
    return replace(material, mode=MaterialMode.PENDING, pdf=None, pages=pages, credential=None)
