"""The receipt (收件凭证) of a decided case; the printer's driver breaks its lines to the width of the paper.

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
from terminal.config import Hall

_INDENT = "   "
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


def receipt(case: Case, item: Item, situation: Situation, hall: Hall, reprint: bool) -> tuple[Element, ...]:
    """The lines of the receipt; a reprint says so and which copy it is. ValueError before the decision."""
    decision = case.decision
    if decision is None or case.item is None:
        raise ValueError("a receipt needs an item and a decision")
    return (
        TextLine(hall.name, align="center", bold=True),
        TextLine(_TITLES[decision.kind], align="center", bold=True, double=True),
        *((TextLine(f"【补打】第{case.papers.receipt_copies + 1}份", align="center", bold=True),) if reprint else ()),
        Rule(),
        *_facts(case, item, decision),
        Rule(),
        *_materials(case, situation, decision.kind),
        Rule(),
        *_pairs(
            ("受理窗口", case.window),
            ("经办人", case.clerk_name),
            ("咨询电话", hall.phone),
            ("地址", hall.address),
        ),
        Feed(),
        QrCode(qr_text(decision.project_number)),
        TextLine("凭办件编号和查询码查询进度，请妥善保管", align="center"),
    )


def _facts(case: Case, item: Item, decision: Decision) -> Iterator[TextLine]:
    name = masking.name(case.identity.name.reveal()) if case.identity else ""
    choice = case.item
    yield from _pairs(
        ("办件编号", decision.project_number),
        ("查询码", query_code(decision.project_number)),
        ("申请人", name),
        ("事项", choice.item_name if choice else ""),
        ("情形", choice.situation_name if choice else ""),
        ("实施部门", item.department),
        ("收件时间", (case.check_sent_at or case.opened_at).strftime("%Y-%m-%d %H:%M")),
        ("办理决定", f"{decision.decided_at:%Y-%m-%d %H:%M} {decision.document_number}"),
        ("承诺办结", decision.promised_until.isoformat() if decision.promised_until else ""),
        ("说明", decision.reason),
    )


def _materials(case: Case, situation: Situation, kind: DecisionKind) -> Iterator[TextLine]:
    specs = {spec.code: spec for spec in situation.materials}
    yield TextLine("材料清单", bold=True)
    for number, material in enumerate(case.materials, start=1):
        yield TextLine(f"{number}. {material.name}")
        yield TextLine(f"{_INDENT}{_state(material, specs.get(material.code), kind)}")


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


def _pairs(*pairs: tuple[str, str]) -> Iterator[TextLine]:
    for label, value in pairs:
        if value:
            yield TextLine(f"{label}：{value}")
