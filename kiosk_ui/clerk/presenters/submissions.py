"""From a group of inputs to an intent, or to sentences at the inputs that are not yet right. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Form, Submit
from kiosk_ui.clerk.presenters import deciding, materials
from kiosk_ui.clerk.presenters.local import Scene
from kiosk_ui.i18n.texts import tr
from terminal import intents
from terminal.cases.model import DecisionKind, FaceMethod

PIN_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either an intent to post or problems to show; never both."""

    intent: intents.Intent | None = None
    problems: tuple[tuple[str, str], ...] = ()


def sign_in(submit: Submit) -> Outcome:
    """Staff id and a PIN of six digits."""
    staff_id, pin = _text(submit, "staff_id").strip(), _text(submit, "pin")
    problems = _problems_of_staff(staff_id, pin)
    return Outcome(problems=problems) if problems else Outcome(intents.SignIn(staff_id, Sensitive(pin)))


def _problems_of_staff(staff_id: str, pin: str) -> tuple[tuple[str, str], ...]:
    problems: list[tuple[str, str]] = []
    if not staff_id:
        problems.append(("staff_id", tr("sign_in.staff_id_missing")))
    if len(pin) != PIN_DIGITS or not pin.isascii() or not pin.isdigit():
        problems.append(("pin", tr("sign_in.pin_wrong_form")))
    return tuple(problems)


def _gap(submit: Submit) -> Outcome:
    """A supervisor's staff id, PIN and reason."""
    staff_id, pin, reason = (_text(submit, name) for name in ("staff_id", "pin", "reason"))
    problems = _problems_of_staff(staff_id.strip(), pin)
    if not reason.strip():
        problems = (*problems, ("reason", tr("mending.reason_missing")))
    if problems:
        return Outcome(problems=problems)
    return Outcome(intents.SealWithGap(staff_id.strip(), Sensitive(pin), reason.strip()))


def unlock(submit: Submit) -> Outcome:
    """Whose PIN may be tried again."""
    staff_id = _text(submit, "staff_id").strip()
    if not staff_id:
        return Outcome(problems=(("staff_id", tr("sign_in.staff_id_missing")),))
    return Outcome(intents.UnlockStaff(staff_id))


def of_staff(submit: Submit) -> Outcome:
    """What is asked while no case is open."""
    return unlock(submit) if submit.form is Form.UNLOCK else sign_in(submit)


def of_case(scene: Scene, submit: Submit) -> Outcome:
    """What `submit` asks of the open case."""
    match submit.form:
        case Form.SIGN_IN | Form.UNLOCK:
            return of_staff(submit)
        case Form.BY_CLERK:
            return Outcome(
                intents.IdentifyByClerk(
                    Sensitive(_text(submit, "name")),
                    Sensitive(_text(submit, "id_number").replace(" ", "")),
                    _text(submit, "reason"),
                )
            )
        case Form.FACE:
            return Outcome(intents.PassFace(FaceMethod.CLERK_VISUAL, passed=True, reason=_text(submit, "reason")))
        case Form.FORM:
            return Outcome(intents.ConfirmForm())
        case Form.ABANDON:
            return Outcome(intents.AbandonCase(_text(submit, "reason")))
        case Form.DEFER:
            return _defer(scene, submit)
        case Form.PAPER:
            return _paper(scene, submit)
        case Form.EARLY_DECISION:
            return _decide(DecisionKind(_text(submit, "kind")), _text(submit, "reason"))
        case Form.DECIDE:
            return _decide(deciding.selected(scene), _text(submit, "reason"))
        case Form.SEAL_WITH_GAP:
            return _gap(submit)


def parse_date(text: str) -> date | None:
    """A date typed as 2026-12-08, 20261208, 2026/12/8 or 2026年12月8日; None when it is none."""
    digits = text.strip()
    for mark in "年月/.":
        digits = digits.replace(mark, "-")
    digits = digits.removesuffix("日")
    if len(digits) == 8 and digits.isascii() and digits.isdigit():
        digits = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    parts = digits.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def _defer(scene: Scene, submit: Submit) -> Outcome:
    material = materials.selected(scene)
    due = parse_date(_text(submit, "due"))
    if material is None:
        return Outcome()
    if due is None:
        return Outcome(problems=(("due", tr("defer.bad_date")),))
    if _text(submit, "undertaking") != "1":
        return Outcome(problems=(("undertaking", tr("defer.undertaking_missing")),))
    return Outcome(intents.DeferMaterial(material.code, due, undertaking=True))


def _paper(scene: Scene, submit: Submit) -> Outcome:
    material = materials.selected(scene)
    copies = _text(submit, "copies")
    if material is None:
        return Outcome()
    if not copies.isascii() or not copies.isdigit() or int(copies) < 1:
        return Outcome(problems=(("copies", tr("paper.bad_copies")),))
    return Outcome(intents.TakePaper(material.code, int(copies)))


def _decide(kind: DecisionKind, reason: str) -> Outcome:
    if kind not in deciding.ACCEPTING and not reason.strip():
        return Outcome(problems=(("reason", tr("decide.reason_missing")),))
    return Outcome(intents.Decide(kind, reason.strip()))


def _text(submit: Submit, name: str) -> str:
    return next((value.reveal() for key, value in submit.values if key.rpartition(".")[2] == name), "")
