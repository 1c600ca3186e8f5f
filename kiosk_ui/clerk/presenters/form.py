"""The form: prefilled from the card, journalled field by field, problems linked to their fields."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Collect, Form, OpenPanel, PanelKind
from kiosk_ui.clerk.presenters.local import Built, Scene
from kiosk_ui.clerk.presenters.messages import banner, sentence
from kiosk_ui.clerk.presenters.pages import FormPage
from kiosk_ui.i18n.texts import Language, language, tr
from kiosk_ui.views import BannerView, ButtonView, InputKind, InputView, Level, Look
from terminal.cases.catalogue import FieldKind, FieldSpec, Situation
from terminal.cases.chosen_item import item_of
from terminal.cases.model import Case

PREFIX = "clerk.fill_form.field."
_KINDS = {
    FieldKind.TEXT: InputKind.TEXT,
    FieldKind.MULTILINE: InputKind.MULTILINE,
    FieldKind.PHONE: InputKind.TEXT,
    FieldKind.DATE: InputKind.DATE,
    FieldKind.CHOICE: InputKind.CHOICE,
    FieldKind.ID_NUMBER: InputKind.TEXT,
}


def fill_form(scene: Scene) -> Built:
    """All fields of the situation; what is missing or malformed is said on top and at the field."""
    situation = situation_of(scene)
    specs = situation.fields if situation else ()
    names = {spec.name for spec in specs}
    said = tuple(m for m in scene.snapshot.messages if m.field in names)
    problems = {m.field: sentence(m) for m in said}
    inputs = tuple(_input(spec, scene.case, problems.get(spec.name, "")) for spec in specs)
    note = None
    if scene.case.correction_note is not None:
        note = BannerView(Level.WARNING, tr("form.citizen_note", note=scene.case.correction_note.reveal()))
    empty = next((i.name for i in inputs if i.required and not i.value.reveal()), inputs[0].name if inputs else "")
    wrong = next((PREFIX + m.field for m in said), "")
    return Built(
        page=FormPage(
            title=tr("form.title"),
            hint=tr("form.hint"),
            problems=tuple(banner(m, PREFIX + m.field) for m in said),
            note=note,
            inputs=inputs,
        ),
        buttons=(
            early_decision(),
            ButtonView("clerk.fill_form.confirm", tr("form.confirm"), Collect(Form.FORM), key="F10", look=Look.PRIMARY),
        ),
        focus=wrong or empty,
        key=",".join(str(m.id) for m in said),
        said=said,
    )


def early_decision() -> ButtonView:
    """What can be told at once: what is missing, not competent, withdrawn (行政许可法 §32)."""
    return ButtonView("clerk.case.early_decision", tr("early.open"), OpenPanel(PanelKind.EARLY_DECISION), key="F11")


def situation_of(scene: Scene) -> Situation | None:
    """The situation of the open case as it was when it was chosen; None before that, or when it is not known."""
    found = item_of(scene.case, scene.catalogue)
    return found[1] if found else None


def _input(spec: FieldSpec, case: Case, problem: str) -> InputView:
    filled = next((f for f in case.form if f.name == spec.name), None)
    value = filled.value if filled else Sensitive("")
    mark = tr(f"form.source.{filled.source}") if filled and value.reveal() and filled.source != "clerk" else ""
    return InputView(
        name=PREFIX + spec.name,
        label=spec.label_en if language() is Language.EN else spec.label_zh,
        kind=_KINDS[spec.kind],
        value=value,
        required=spec.required,
        choices=tuple((choice, choice) for choice in spec.choices),
        help=spec.help_zh if language() is Language.ZH else "",
        mark=mark,
        problem=problem,
        max_length=spec.max_length,
        wide=spec.kind is FieldKind.MULTILINE or spec.mask == "address",
    )
