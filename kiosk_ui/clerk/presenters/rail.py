"""The step rail: all steps of the counter, where the case stands, and in a word how each step was taken."""

from __future__ import annotations

from kiosk_ui.clerk.presenters.frame import RailStep
from kiosk_ui.i18n.texts import tr
from terminal.cases.model import Case, IdentitySource, MaterialMode, PrintState, ReviewState, Step

_ORDER = (
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
    Step.SEALED,
)


def rail(case: Case) -> tuple[RailStep, ...]:
    """Every step in order. A step that an early decision left out is `skipped`, not done."""
    here = Step.SEALED if case.step is Step.SEAL else case.step
    position = _ORDER.index(here) if here in _ORDER else 0
    return tuple(
        RailStep(
            code=step.value,
            number=str(index + 1),
            label=tr(f"step.{step}"),
            state=_state(case, step, index, position),
            how=_how(case, step) if index <= position else "",
        )
        for index, step in enumerate(_ORDER)
    )


def _state(case: Case, step: Step, index: int, position: int) -> str:
    if index > position:
        return "open"
    if step is Step.SEALED and case.step is Step.SEALED:
        return "done"
    if index == position:
        return "current"
    return "done" if _taken(case, step) else "skipped"


def _taken(case: Case, step: Step) -> bool:
    match step:
        case Step.FILL_FORM:
            return case.form_confirmed
        case Step.COLLECT_MATERIALS:
            return case.check_sent_at is not None
        case Step.CITIZEN_CHECK:
            return case.confirmed_at is not None
        case Step.SIGN:
            return case.signature is not None
        case _:
            return True


def _how(case: Case, step: Step) -> str:
    match step:
        case Step.IDENTIFY if case.identity and case.identity.source is IdentitySource.ID_CARD:
            return tr(f"card_kind_short.{case.identity.kind}")
        case Step.IDENTIFY if case.identity:
            return tr(f"identity_short.{case.identity.source}")
        case Step.VERIFY_FACE if case.face:
            return tr(f"face_method.{case.face.method}")
        case Step.COLLECT_MATERIALS if case.materials:
            settled = sum(1 for m in case.materials if m.mode is not MaterialMode.PENDING)
            return f"{settled}/{len(case.materials)}"
        case Step.DECIDE if case.decision:
            return tr(f"decision_short.{case.decision.kind}")
        case Step.ISSUE_PAPERS if case.papers.receipt is not PrintState.NOT_PRINTED:
            return tr(f"receipt_short.{case.papers.receipt}")
        case Step.REVIEW if case.review.state is not ReviewState.NOT_INVITED:
            return tr(f"review_short.{case.review.state}")
        case _:
            return ""
