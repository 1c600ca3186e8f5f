"""The decision in plain words, and the papers that go with it."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui.citizen.presenters.local import Built, Scene
from kiosk_ui.citizen.presenters.pages import OutcomePage, SheetGroup, SheetRow
from kiosk_ui.citizen.presenters.progress import day, sealing
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import Level
from terminal.cases.model import Case, Decision, DecisionKind, MaterialMode, PrintState

_LOOKS = {
    DecisionKind.ACCEPTED: ("done", Level.OK),
    DecisionKind.ACCEPTED_DEFERRED: ("done", Level.WARNING),
    DecisionKind.CORRECTION: ("paper", Level.WARNING),
    DecisionKind.REFUSED: ("state-info", Level.INFO),
    DecisionKind.WITHDRAWN: ("state-info", Level.INFO),
}
# Without paper in the hand, the number goes along as a picture.
_NO_PAPER = {PrintState.WAIVED, PrintState.QUEUED}


def issue(scene: Scene) -> Built:
    """What was decided, the numbers to keep, and where the receipt is."""
    decision, receipt = scene.case.decision, scene.case.papers.receipt
    if decision is None:
        return sealing(scene)
    icon, level = _LOOKS[decision.kind]
    on_screen = receipt in _NO_PAPER
    return Built(
        OutcomePage(
            icon=icon,
            level=level,
            title=tr(f"citizen.outcome.title.{decision.kind}"),
            hint=tr(f"citizen.outcome.receipt.{receipt}"),
            facts=(SheetGroup("", _facts(scene.case, decision)),),
            code=decision.project_number if on_screen else "",
            code_name=tr("citizen.outcome.code") if on_screen else "",
        ),
        key="code" if on_screen else "",
    )


def _facts(case: Case, decision: Decision) -> tuple[SheetRow, ...]:
    promised = day(decision.promised_until.isoformat()) if decision.promised_until else ""
    deferred = case.materials if decision.kind is DecisionKind.ACCEPTED_DEFERRED else ()
    dues = [m.due for m in deferred if m.mode is MaterialMode.DEFERRED and m.due is not None]
    rows = (
        (tr("citizen.outcome.promised"), promised),
        (tr("citizen.outcome.missing"), "\n".join(decision.missing)),
        (tr("citizen.outcome.due"), day(min(dues).isoformat()) if dues else ""),
        (tr("citizen.outcome.reason"), decision.reason),
        (tr("citizen.outcome.document_number"), decision.document_number),
        (tr("citizen.outcome.project_number"), _grouped(decision)),
    )
    return tuple(SheetRow(label, Sensitive(value), Sensitive(value)) for label, value in rows if value)


def _grouped(decision: Decision) -> str:
    """The day of the decision apart, so that the number can be read out; one without the day stays as it is."""
    number, day_of_it = decision.project_number, f"{decision.decided_at:%Y%m%d}"
    place, found, of_the_day = number.partition(day_of_it)
    return f"{place} {found} {of_the_day}" if place and found and of_the_day else number
