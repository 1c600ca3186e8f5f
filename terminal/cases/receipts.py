"""The receipt (收件凭证) of a decided case, laid out for its paper; the printer's driver breaks the lines.

The citizen takes it along and may lose it: the name is masked, the code holds the case's number and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from drivers.receipt_printer.api import Element, Feed, QrCode, Rule, TextLine
from terminal.cases import masking
from terminal.cases.catalogue import Item, MaterialSpec, Situation
from terminal.cases.model import Case, Decision, DecisionKind, MaterialMode, MaterialState
from terminal.cases.notices.wording import handed_in
from terminal.cases.numbering import query_code
from terminal.cases.receipt_layout import layout_for
from terminal.config import Hall

_AT = "%Y-%m-%d %H:%M"
_TITLES = {
    DecisionKind.ACCEPTED: "收件凭证",
    DecisionKind.ACCEPTED_DEFERRED: "收件凭证",
    DecisionKind.CORRECTION: "一次性告知回执",
    DecisionKind.REFUSED: "不予受理回执",
    DecisionKind.WITHDRAWN: "撤回申请回执",
}


def qr_text(project_number: str) -> str:
    """What the code holds: `YC1:<case number>:<query code>`; no address, nothing of the person."""
    return f"YC1:{project_number}:{query_code(project_number)}"


def receipt(
    case: Case, item: Item, situation: Situation, hall: Hall, reprint: bool, paper_mm: int = 80
) -> tuple[Element, ...]:
    """The lines of the receipt for paper of `paper_mm`; a reprint says so and which copy it is.

    ValueError before the decision.
    """
    decision = case.decision
    if decision is None or case.item is None:
        raise ValueError("a receipt needs an item and a decision")
    values = _values(case, item, decision, hall, reprint=reprint)
    lines: list[Element] = []
    for line in layout_for(paper_mm).line:
        match line.kind:
            case "text":
                if text := line.filled(values):
                    lines.append(TextLine(text, align=line.align, bold=line.bold, double=line.double))
            case "materials":
                lines += _materials(case, situation, decision.kind, " " * line.indent)
            case "rule":
                lines.append(Rule())
            case "feed":
                lines.append(Feed(line.lines))
            case "qr":
                lines.append(QrCode(qr_text(decision.project_number), line.module_px))
    return tuple(lines)


def _values(case: Case, item: Item, decision: Decision, hall: Hall, *, reprint: bool) -> dict[str, str]:
    choice = case.item
    return {
        "hall": hall.name,
        "title": _TITLES[decision.kind],
        "copy": f"【补打】第{case.papers.receipt_copies + 1}份" if reprint else "",
        "project_number": decision.project_number,
        "query_code": query_code(decision.project_number),
        "applicant": masking.name(case.identity.name.reveal()) if case.identity else "",
        "item": choice.item_name if choice else "",
        "situation": choice.situation_name if choice else "",
        "department": item.department,
        "received_at": (case.check_sent_at or case.opened_at).strftime(_AT),
        "decided_at": f"{decision.decided_at:{_AT}}",
        "document_number": decision.document_number,
        "promised_until": decision.promised_until.isoformat() if decision.promised_until else "",
        "reason": decision.reason,
        "window": case.window,
        "clerk": case.clerk_name,
        "phone": hall.phone,
        "address": hall.address,
    }


def _materials(case: Case, situation: Situation, kind: DecisionKind, indent: str) -> Iterator[TextLine]:
    specs = {spec.code: spec for spec in situation.materials}
    for number, material in enumerate(case.materials, start=1):
        yield TextLine(f"{number}. {material.name}")
        yield TextLine(f"{indent}{_state(material, specs.get(material.code), kind)}")


def _state(material: MaterialState, spec: MaterialSpec | None, kind: DecisionKind) -> str:
    if material.mode is MaterialMode.DEFERRED:
        # A deferral stands only with the acceptance that allows it.
        if kind is not DecisionKind.ACCEPTED_DEFERRED or material.due is None:
            return "未提交"
        return f"【容缺】{material.due.isoformat()}前补交"
    if material.mode not in {MaterialMode.SCANNED, MaterialMode.PAPER} or spec is None:
        return handed_in(material)
    asked = f"原件{spec.original} " if spec.original else ""
    asked += f"复印件{spec.copies} " if spec.copies else ""
    return f"{handed_in(material)}（应收 {asked.strip()}）"
