"""The item of a case: as it was when it was chosen, whatever the catalogue has become since."""

from __future__ import annotations

from terminal.cases.catalogue import Catalogue, Item, Situation, UnknownItem
from terminal.cases.model import Case


def item_of(case: Case, catalogue: Catalogue) -> tuple[Item, Situation] | None:
    """Item and situation of `case`; None before one is chosen.

    A case that was begun by a release which did not keep them takes those of the catalogue; None when it has none.
    """
    choice = case.item
    if choice is None:
        return None
    try:
        item = case.definition or catalogue.item(choice.item_code)
        return item, item.situation(choice.situation_code)
    except UnknownItem:
        return None


def is_superseded(case: Case, catalogue: Catalogue) -> bool:
    """Whether today's catalogue has another version of the item that `case` was begun with, or none."""
    if case.item is None or case.definition is None:
        return False
    try:
        return catalogue.item(case.item.item_code) != case.definition
    except UnknownItem:
        return True
