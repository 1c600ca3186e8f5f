"""The application as both screens show it: the canonical rows of the core, masked for the eye."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui.views import FactGroup, FactRow
from terminal.cases import application, masking
from terminal.cases.catalogue import Catalogue
from terminal.cases.model import Case


def groups(case: Case, catalogue: Catalogue, *, plain: bool) -> tuple[FactGroup, ...]:
    """All sections of the application the citizen checks; empty before an item is chosen."""
    if case.item is None:
        return ()
    view = application.summary(case, catalogue.item(case.item.item_code))
    return tuple(
        FactGroup(
            section.title,
            tuple(
                FactRow(row.label, row.value if plain else Sensitive(masking.mask(row.mask, row.value.reveal())))
                for row in section.rows
            ),
        )
        for section in view.sections
    )
