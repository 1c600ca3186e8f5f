"""The catalogue of the hall: immutable once loaded, safe on any thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from terminal.cases.catalogue import search
from terminal.cases.catalogue.checks import FieldProblem, check_form
from terminal.cases.catalogue.loading import read
from terminal.cases.catalogue.model import Item, Situation, UnknownItem

DATA = Path(__file__).parent / "data"


class Catalogue:
    """The items in their order, found by code or by what the clerk types."""

    def __init__(
        self, items: Iterable[Item], *, version: int, released: str = "", readings: search.Readings | None = None
    ) -> None:
        self.items = tuple(items)
        self.version = version
        self.released = released
        self._by_code = {item.code: item for item in self.items}
        self._searchable = tuple(search.searchable(item, readings or {}) for item in self.items)

    @classmethod
    def load(cls, folder: Path = DATA) -> Catalogue:
        """Read and check the catalogue in `folder` (default: the delivered one).

        `CatalogueError` names file and place, also when a file is not the one that was released.
        """
        index, items = read(folder)
        return cls(items, version=index.version, released=index.released, readings=index.readings)

    def item(self, code: str) -> Item:
        """The item with the 业务办理项编码 `code`; `UnknownItem` when there is none."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownItem(code) from None

    def search(self, query: str, limit: int) -> tuple[Item, ...]:
        """Items that fit `query`, the best first; all of them, in order, for an empty one."""
        wanted = search.normal(query)
        if not wanted:
            return self.items[:limit]
        ranked = ((search.rank(candidate, wanted), candidate.item) for candidate in self._searchable)
        found = sorted(
            ((rank, item) for rank, item in ranked if rank is not search.Rank.NONE), key=lambda pair: pair[0]
        )
        return tuple(item for _, item in found[:limit])

    def check_form(self, situation: Situation, values: Mapping[str, str]) -> tuple[FieldProblem, ...]:
        """Every problem of a form, in its order; empty when it may be confirmed."""
        return check_form(situation, values)
