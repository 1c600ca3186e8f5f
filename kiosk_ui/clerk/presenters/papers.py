"""Notice and receipt: what is made, what came out of the printer, and what only a person can know."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui import devices
from kiosk_ui.actions import ClosePanel, OpenPanel, PanelKind
from kiosk_ui.clerk.presenters import mending
from kiosk_ui.clerk.presenters.local import Built, BuiltPanel, Scene
from kiosk_ui.clerk.presenters.messages import troubles_of
from kiosk_ui.clerk.presenters.pages import PapersPage
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import ButtonView, Chip, FactRow, Level, Look, PanelView
from terminal import intents
from terminal.cases.model import Case, Decision, DecisionKind, PrintState
from terminal.devices import policy
from terminal.snapshot import Message

_PRINTER = "receipt_printer"
_RECEIPT_LEVELS = {
    PrintState.NOT_PRINTED: Level.QUIET,
    PrintState.QUEUED: Level.WARNING,
    PrintState.PRINTING: Level.INFO,
    PrintState.PRINTED: Level.OK,
    PrintState.ASK: Level.WARNING,
    PrintState.WAIVED: Level.OK,
}
_SETTLED = {PrintState.PRINTED, PrintState.WAIVED}
_UNDECIDED = {PrintState.QUEUED, PrintState.ASK}


def issue(scene: Scene) -> Built:
    """The notice's facts, the receipt's true state, and the one thing to do next."""
    case = scene.case
    papers = case.papers
    ask = papers.receipt is PrintState.ASK
    failed = not _has_notice(case) and mending.lacks_notice(scene)
    ready = papers.receipt in _SETTLED and (_has_notice(case) or failed)
    has_printer = devices.device(scene.snapshot, _PRINTER) is not None
    state = tr(f"receipt_state.{papers.receipt}")
    page = PapersPage(
        notice_title=tr(f"notice.{case.decision.kind}") if case.decision else "",
        notice_facts=_facts(case.decision) if case.decision else (),
        notice_chip=Chip(tr("notice.failed"), Level.ERROR) if failed else _notice_chip(case),
        receipt_title=tr("receipt.title"),
        receipt_text=_receipt_text(scene),
        receipt_chip=Chip(
            tr("receipt.no_printer") if not has_printer and papers.receipt is PrintState.QUEUED else state,
            _RECEIPT_LEVELS[papers.receipt],
        ),
        question=ask,
    )
    buttons: list[ButtonView] = []
    if papers.notice is not None:
        buttons.append(
            ButtonView("clerk.issue_papers.notice", tr("notice.open"), OpenPanel(PanelKind.NOTICE), key="F6")
        )
    if failed:
        buttons.append(mending.without_notice_button())
    buttons += _receipt_buttons(papers.receipt, has_printer=has_printer)
    buttons.append(
        ButtonView(
            "clerk.issue_papers.handed_over",
            tr("papers.notice_again") if failed else tr("papers.handed_over"),
            intents.PapersHandedOver(),
            key="F10",
            look=Look.SECONDARY if ask or papers.receipt is PrintState.QUEUED else Look.PRIMARY,
            enabled=ready,
            why="" if ready else tr("papers.why"),
        )
    )
    primary = next((b.name for b in buttons if b.look is Look.PRIMARY and b.enabled), "")
    return Built(page=page, buttons=tuple(buttons), focus=primary, key=papers.receipt.value, said=_said(scene))


def _said(scene: Scene) -> tuple[Message, ...]:
    """What stands beside the receipt until it is settled. While it is printed, what became of it follows at once."""
    if scene.case.papers.receipt in _SETTLED:
        return ()
    messages = scene.snapshot.messages
    return (*troubles_of(messages, _PRINTER), *(m for m in messages if m.key == "receipt.no_printer"))


def _receipt_buttons(state: PrintState, *, has_printer: bool) -> list[ButtonView]:
    waive = ButtonView(
        "clerk.issue_papers.waive",
        tr("receipt.waive"),
        intents.WaiveReceipt(),
        key="F7",
        look=Look.SECONDARY if has_printer else Look.PRIMARY,
    )
    again = ButtonView("clerk.issue_papers.print", tr("receipt.again"), intents.PrintReceipt(), key="F5")
    retry = ButtonView(
        "clerk.issue_papers.print", tr("receipt.retry"), intents.PrintReceipt(), key="F5", look=Look.PRIMARY
    )
    match state:
        case PrintState.ASK:
            return [
                ButtonView(
                    "clerk.issue_papers.not_came_out",
                    tr("receipt.not_came_out"),
                    intents.AnswerCameOut(came_out=False),
                    key="F4",
                ),
                ButtonView(
                    "clerk.issue_papers.came_out",
                    tr("receipt.came_out"),
                    intents.AnswerCameOut(came_out=True),
                    key="F3",
                    look=Look.PRIMARY,
                ),
            ]
        case PrintState.QUEUED:
            return [waive, retry] if has_printer else [waive]
        case PrintState.PRINTED | PrintState.WAIVED:
            return [again] if has_printer else []
        case PrintState.PRINTING | PrintState.NOT_PRINTED:
            return []


def _has_notice(case: Case) -> bool:
    withdrawn = case.decision is not None and case.decision.kind is DecisionKind.WITHDRAWN
    return withdrawn or case.papers.notice is not None or _is_let_off(case)


def _is_let_off(case: Case) -> bool:
    """Whether a supervisor let the case go on without its notice."""
    return any(document.role == mending.NOT_MADE.role for gap in case.gaps for document in gap.documents)


def _notice_chip(case: Case) -> Chip:
    if case.papers.notice is not None:
        return Chip(tr("notice.ready"), Level.OK)
    if _is_let_off(case):
        return Chip(tr("mending.without_notice"), Level.WARNING)
    if _has_notice(case):
        return Chip(tr("notice.not_needed"), Level.QUIET)
    return Chip(tr("notice.making"), Level.INFO)


def _receipt_text(scene: Scene) -> str:
    papers = scene.case.papers
    if papers.receipt is PrintState.PRINTED:
        return tr("receipt.printed", copies=papers.receipt_copies)
    why = _why_not_printed(scene) if papers.receipt in _UNDECIDED else ""
    if why and papers.receipt is PrintState.QUEUED:
        has_printer = devices.device(scene.snapshot, _PRINTER) is not None
        return f"{why}\n{tr('receipt.or_waive') if has_printer else tr('receipt.then_waive')}"
    text = tr(f"receipt.text.{papers.receipt}")
    return f"{why}\n{text}" if why else text


def _why_not_printed(scene: Scene) -> str:
    """What keeps the receipt waiting now; of a doubtful one only what made it doubtful."""
    papers = scene.case.papers
    view = devices.device(scene.snapshot, _PRINTER)
    now = view.fault_code if view is not None and not policy.works(view) else ""
    if papers.receipt is PrintState.ASK or not now:
        code = papers.receipt_fault
    else:
        code = "receipt_printer.link_lost" if now == "link.lost" else now
    return devices.trouble(code, (_PRINTER,)) if code else ""


def _facts(decision: Decision) -> tuple[FactRow, ...]:
    rows = [
        (tr("fact.decision"), tr(f"decision.{decision.kind}")),
        (tr("fact.project_number"), decision.project_number),
        (tr("fact.document_number"), decision.document_number),
        (tr("fact.decided_at"), decision.decided_at.astimezone().strftime("%Y-%m-%d %H:%M")),
        (tr("fact.promised"), decision.promised_until.isoformat() if decision.promised_until else ""),
        (tr("fact.missing"), "\n".join(decision.missing)),
        (tr("fact.reason"), decision.reason),
    ]
    return tuple(FactRow(label, Sensitive(value), personal=False) for label, value in rows if value)


def notice_panel(scene: Scene) -> BuiltPanel:
    """The notice itself, page by page."""
    decision = scene.case.decision
    return BuiltPanel(
        panel=PanelView(
            "clerk.panel",
            tr(f"notice.{decision.kind}") if decision else "",
            tr("notice.explain"),
            blob=scene.case.papers.notice or "",
        ),
        buttons=(ButtonView("clerk.panel.close", tr("panel.close"), ClosePanel(), key="Esc", look=Look.PRIMARY),),
        focus="clerk.panel.close",
    )
