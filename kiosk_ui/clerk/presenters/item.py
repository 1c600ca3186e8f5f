"""Which item, which situation: search, look, choose."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import SelectItem, SelectSituation
from kiosk_ui.clerk.presenters.local import Built, Scene
from kiosk_ui.clerk.presenters.pages import ItemPage, ItemRow, SituationRow
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import ButtonView, FactRow, Look
from terminal import intents
from terminal.cases.catalogue import HandleType, Item, Situation

RESULTS = 30


def choose_item(scene: Scene) -> Built:
    """The results of the search; the item looked at; its situations. One key chooses."""
    results = scene.catalogue.search(scene.local.query, RESULTS)
    item = selected_item(scene, results)
    situation = selected_situation(scene, item)
    page = ItemPage(
        query=scene.local.query,
        placeholder=tr("item.search"),
        empty="" if results else tr("item.none"),
        results=tuple(
            ItemRow(i.code, i.name, f"{i.department} · {promise(i)}", item is i, SelectItem(i.code)) for i in results
        ),
        facts=_facts(item) if item else (),
        situations=tuple(
            SituationRow(s.code, s.name, s.hint, situation is s, SelectSituation(s.code))
            for s in (item.situations if item else ())
        ),
    )
    chosen = item is not None and situation is not None
    confirm = ButtonView(
        "clerk.item.confirm",
        tr("item.confirm"),
        intents.ChooseItem(item.code if item else "", situation.code if situation else ""),
        key="F10",
        look=Look.PRIMARY,
        enabled=chosen,
        why="" if chosen else tr("item.choose_first"),
    )
    return Built(page=page, buttons=(confirm,), focus="clerk.item.search")


def selected_item(scene: Scene, results: tuple[Item, ...]) -> Item | None:
    """The item looked at: the clerk's choice if it is among the results, else the one chosen before, else the first."""
    before = scene.case.item.item_code if scene.case.item and not scene.local.query else ""
    for wanted in (scene.local.item, before):
        found = next((i for i in results if i.code == wanted), None)
        if found is not None:
            return found
    return results[0] if results else None


def selected_situation(scene: Scene, item: Item | None) -> Situation | None:
    """The situation of `item` that stands chosen."""
    if item is None:
        return None
    before = scene.case.item.situation_code if scene.case.item else ""
    for wanted in (scene.local.situation, before):
        found = next((s for s in item.situations if s.code == wanted), None)
        if found is not None:
            return found
    return item.situations[0] if item.situations else None


def promise(item: Item) -> str:
    """How soon the item is decided, in words."""
    if item.handle_type is HandleType.IMMEDIATE:
        return tr("item.immediate")
    return tr("item.promise", days=item.promise_days, unit=tr(f"item.unit.{item.promise_unit}"))


def _facts(item: Item) -> tuple[FactRow, ...]:
    rows = (
        (tr("item.department"), item.department),
        (tr("item.time"), promise(item)),
        (tr("item.fee"), item.fee),
        (tr("item.condition"), item.accept_condition),
    )
    return tuple(FactRow(label, Sensitive(value), personal=False) for label, value in rows if value)
