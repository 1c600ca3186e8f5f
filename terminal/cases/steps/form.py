"""Item, situation and the form, prefilled from the card."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.catalogue import FieldSpec, Item, Situation
from terminal.cases.catalogue.checks import check_field
from terminal.cases.model import Case, FieldValue, Identity, ItemChoice, MaterialState, Step
from terminal.cases.steps.contract import Handlers, StepHandler


class Form(StepHandler):
    """CHOOSE_ITEM and FILL_FORM."""

    steps = frozenset({Step.CHOOSE_ITEM, Step.FILL_FORM})

    def intents(self) -> Handlers:
        """Choosing and filling in."""
        return {
            intents.ChooseItem: self.choose,
            intents.EditField: self.edit,
            intents.ConfirmForm: self.confirm,
        }

    def choose(self, intent: intents.ChooseItem) -> None:
        """Take item and situation; what was typed before is kept where it fits, papers only within the same item."""
        case = self.desk.open_case()
        item = self.desk.catalogue.item(intent.item_code)
        situation = item.situation(intent.situation_code)
        self.desk.record(
            ev.ItemChosen(
                item=ItemChoice(
                    item_code=item.code,
                    item_version=item.version,
                    item_name=item.name,
                    situation_code=situation.code,
                    situation_name=situation.name,
                ),
                definition=item,
                form=tuple(_start(spec, case) for spec in situation.fields),
                materials=_materials(item, situation, case),
            )
        )

    def edit(self, intent: intents.EditField) -> None:
        """Journal one field as typed, valid or not: nothing typed is lost."""
        _, situation = self.desk.item()
        if not any(spec.name == intent.name for spec in situation.fields):
            self.desk.say("error", "form.unknown_field", ("name", intent.name))
            return
        if self.desk.open_case().field(intent.name) == intent.value.reveal():
            return
        self.desk.record(
            ev.FieldEdited(field=FieldValue(name=intent.name, value=intent.value, source="clerk")),
        )
        self.desk.messages = [m for m in self.desk.messages if m.field != intent.name]

    def confirm(self, intent: intents.ConfirmForm) -> None:
        """Go on when everything required is there and well formed; else say which field and why."""
        case = self.desk.open_case()
        _, situation = self.desk.item()
        self.desk.unsay("form.")
        values = {f.name: f.value.reveal() for f in case.form}
        problems = self.desk.catalogue.check_form(situation, values)
        for problem in problems:
            self.desk.say("error", problem.key, *problem.args, field=problem.field)
        if not problems:
            self.desk.record(ev.FormConfirmed())


def _start(spec: FieldSpec, case: Case) -> FieldValue:
    typed = next((f for f in case.form if f.name == spec.name and f.value.reveal()), None)
    if typed is not None and check_field(spec, typed.value.reveal()) is None:
        return typed
    value = _from_card(spec.prefill, case.identity) if case.identity else ""
    return FieldValue(name=spec.name, value=Sensitive(value), source="card" if value else "clerk")


def _from_card(prefill: str, identity: Identity) -> str:
    match prefill:
        case "card.name":
            return identity.name.reveal()
        case "card.id_number":
            return identity.id_number.reveal()
        case "card.sex":
            return identity.sex
        case "card.nation":
            return identity.nation
        case "card.birth_date":
            return "" if identity.birth_date is None else identity.birth_date.reveal().isoformat()
        case "card.address":
            return identity.address.reveal()
        case _:
            return ""


def _materials(item: Item, situation: Situation, case: Case) -> tuple[MaterialState, ...]:
    same_item = case.item is not None and case.item.item_code == item.code
    kept = {m.code: m for m in case.materials} if same_item else {}
    return tuple(
        kept[spec.code]
        if spec.code in kept and kept[spec.code].name == spec.name
        else MaterialState(code=spec.code, name=spec.name)
        for spec in situation.materials
    )
