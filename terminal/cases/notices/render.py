"""From a case to what its notice says: plain values for the template, and no more of the person than it needs."""

from __future__ import annotations

from collections.abc import Mapping

from terminal.cases import deadlines
from terminal.cases.catalogue import Item, Necessity, Situation, TermUnit
from terminal.cases.model import Case, Decision, DecisionKind, MaterialMode, MaterialState
from terminal.cases.notices.wording import chinese_date, handed_in, law, term
from terminal.cases.numbering import query_code
from terminal.config import Hall

_PHONE_FIELD = "phone"
_IN_HAND = {MaterialMode.SCANNED, MaterialMode.PAPER, MaterialMode.CREDENTIAL}


def notice_context(case: Case, item: Item, situation: Situation, hall: Hall) -> Mapping[str, object]:
    """What the template of the case's decision shows; only text, numbers, lists and mappings (JSON).

    ValueError before the decision or without a person or item. Of the person: name and phone, which the law asks
    for on a notice; no identity number, no address.
    """
    decision, identity, choice = case.decision, case.identity, case.item
    if decision is None or identity is None or choice is None:
        raise ValueError("a notice needs a person, an item and a decision")
    received = case.check_sent_at or case.opened_at
    return {
        "document_number": decision.document_number,
        "project_number": decision.project_number,
        "query_code": query_code(decision.project_number),
        "hall": hall.name,
        "window": case.window,
        "hall_phone": hall.phone,
        "hall_address": hall.address,
        "department": item.department,
        "applicant": identity.name.reveal(),
        "phone": case.field(_PHONE_FIELD),
        "item": choice.item_name,
        "situation": choice.situation_name,
        "item_code": item.code,
        "received": chinese_date(received.date()),
        "decided": chinese_date(decision.decided_at.date()),
        "decided_iso": decision.decided_at.date().isoformat(),
        "officer": case.clerk_name,
        "legal_basis": [law(basis) for basis in item.legal_basis],
        "term": term(item),
        "promised_until": chinese_date(decision.promised_until) if decision.promised_until else "",
        "promise_provisional": _provisional(item, decision),
        "materials": [{"name": m.name, "handed_in": handed_in(m)} for m in case.materials if m.mode in _IN_HAND],
        "missing": [_missing(m, situation) for m in case.materials if _is_missing(m, situation, decision.kind)],
        "reason": decision.reason,
        "correct_until": _correct_until(item, decision),
        "signed": chinese_date(case.signature.signed_at.date()) if case.signature else "",
    }


def _provisional(item: Item, decision: Decision) -> bool:
    return decision.promised_until is not None and deadlines.promise(item, decision.decided_at.date()).provisional


def _correct_until(item: Item, decision: Decision) -> str:
    if decision.kind is not DecisionKind.CORRECTION or not item.correction_days:
        return ""
    due = deadlines.calendar().after(decision.decided_at.date(), item.correction_days, TermUnit.NATURAL_DAY)
    return chinese_date(due.until)


def _is_missing(material: MaterialState, situation: Situation, kind: DecisionKind) -> bool:
    """Deferred ones when accepted with a deferral; everything that is still needed when a correction is told."""
    spec = next((s for s in situation.materials if s.code == material.code), None)
    needed = spec is not None and spec.necessity is not Necessity.OPTIONAL
    match kind:
        case DecisionKind.ACCEPTED_DEFERRED:
            return material.mode is MaterialMode.DEFERRED
        case DecisionKind.CORRECTION:
            return needed and material.mode in {MaterialMode.PENDING, MaterialMode.DEFERRED}
        case _:
            return False


def _missing(material: MaterialState, situation: Situation) -> dict[str, str]:
    standard = next((s.standard for s in situation.materials if s.code == material.code), "")
    return {
        "name": material.name,
        "standard": standard,
        "due": chinese_date(material.due) if material.due else "",
    }
