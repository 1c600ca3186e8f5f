"""While the clerk works: which step of how many, what comes next, what has been handed in so far."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui.citizen.presenters.frame import TrailView
from kiosk_ui.citizen.presenters.local import Built, Scene
from kiosk_ui.citizen.presenters.pages import SheetGroup, SheetPage, SheetRow, StatePage
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import Level
from terminal.cases.model import MaterialMode, MaterialState, Step

S = Step
# The citizen's way is shorter than the clerk's: what belongs together for them is one step.
_STAGES: tuple[tuple[str, frozenset[Step]], ...] = (
    ("identity", frozenset({S.IDENTIFY, S.VERIFY_FACE})),
    ("item", frozenset({S.CHOOSE_ITEM})),
    ("form", frozenset({S.FILL_FORM})),
    ("materials", frozenset({S.COLLECT_MATERIALS})),
    ("check", frozenset({S.CITIZEN_CHECK, S.SIGN})),
    ("result", frozenset({S.DECIDE, S.ISSUE_PAPERS, S.REVIEW, S.SEAL})),
)


def trail(step: Step) -> TrailView | None:
    """Where `step` lies on the citizen's way; None once the case has ended."""
    for index, (stage, steps) in enumerate(_STAGES):
        if step in steps:
            following = _STAGES[index + 1][0] if index + 1 < len(_STAGES) else ""
            return TrailView(
                current=index + 1,
                total=len(_STAGES),
                text=tr(
                    "citizen.trail.now", step=index + 1, all=len(_STAGES), stage=tr(f"citizen.trail.stage.{stage}")
                ),
                next=tr("citizen.trail.next", stage=tr(f"citizen.trail.stage.{following}")) if following else "",
            )
    return None


def fill_form(scene: Scene) -> Built:
    """The clerk types; the citizen is told what for."""
    case = scene.case
    hint = tr("citizen.form.corrected") if case.correction_note is not None else tr("citizen.form.hint")
    title = tr("citizen.form.title", item=case.item.item_name) if case.item else tr("citizen.form.title_plain")
    return Built(StatePage("pen", Level.INFO, title, hint, busy=True))


def materials(scene: Scene) -> Built:
    """Every paper the matter asks for and what became of it."""
    states = scene.case.materials
    settled = sum(1 for m in states if m.mode is not MaterialMode.PENDING)
    return Built(
        SheetPage(
            title=tr("citizen.materials.title"),
            hint=tr("citizen.materials.hint", settled=settled, all=len(states)),
            groups=(SheetGroup("", tuple(_material(m, scene) for m in states)),),
        )
    )


def _material(material: MaterialState, scene: Scene) -> SheetRow:
    text, level = _state(material, capturing=scene.snapshot.capture.capturing_for == material.code)
    return SheetRow(material.name, Sensitive(text), Sensitive(text), level)


def _state(material: MaterialState, *, capturing: bool) -> tuple[str, Level]:
    pages = len(material.pages)
    match material.mode:
        case MaterialMode.PENDING:
            if capturing:
                return tr("citizen.material.capturing"), Level.INFO
            if pages:
                return tr("citizen.material.pages", count=pages), Level.INFO
            return tr("citizen.material.pending"), Level.QUIET
        case MaterialMode.SCANNED:
            return tr("citizen.material.scanned", count=pages), Level.OK
        case MaterialMode.DEFERRED:
            due = day(material.due.isoformat()) if material.due else ""
            return tr("citizen.material.deferred", due=due), Level.WARNING
        case MaterialMode.PAPER:
            return tr("citizen.material.paper", count=material.copies), Level.OK
        case MaterialMode.CREDENTIAL:
            kind = material.credential.kind_name if material.credential else ""
            return tr("citizen.material.credential", kind=kind), Level.OK
        case MaterialMode.NOT_NEEDED:
            return tr("citizen.material.not_needed"), Level.QUIET


def deciding(scene: Scene) -> Built:
    """Signed; the clerk decides now."""
    return Built(StatePage("desk", Level.INFO, tr("citizen.deciding.title"), tr("citizen.deciding.hint"), busy=True))


def sealing(scene: Scene) -> Built:
    """The case is being put away; the citizen need not wait for it, unless a paper is wanted once more."""
    if any(lost.material for lost in scene.snapshot.lost):
        page = StatePage("hand", Level.WARNING, tr("citizen.mending.title"), tr("citizen.mending.hint"), busy=True)
        return Built(page, key="mending")
    return Built(StatePage("lock", Level.INFO, tr("citizen.sealing.title"), tr("citizen.sealing.hint"), busy=True))


def day(iso: str) -> str:
    """2026-12-08 as the citizen reads a date."""
    year, month, of_month = iso.split("-")
    return tr("citizen.day", year=int(year), month=int(month), day=int(of_month))
