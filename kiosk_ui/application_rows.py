"""The application as both screens show it: the core's rows in its order, worded and masked for the screen."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui.i18n.texts import Language, language, tr
from kiosk_ui.views import FactGroup, FactRow
from terminal.cases import application, masking
from terminal.cases.catalogue import Catalogue
from terminal.cases.chosen_item import item_of
from terminal.cases.document_kinds import nationality_text
from terminal.cases.model import Case, CredentialRef, MaterialMode, MaterialState


def groups(case: Case, catalogue: Catalogue, *, plain: bool) -> tuple[FactGroup, ...]:
    """All sections of the application the citizen checks; empty before an item is chosen, or when it is not known."""
    found = item_of(case, catalogue)
    if found is None:
        return ()
    view = application.summary(case, found[0])
    return tuple(
        FactGroup(tr(f"application.{section.title}"), tuple(_row(row, plain=plain) for row in section.rows))
        for section in view.sections
    )


def _row(row: application.Row, *, plain: bool) -> FactRow:
    chinese, english = row.names
    data = english if language() is Language.EN else chinese
    label = tr(f"fact.{row.label}") if row.label else data
    text = _text(row)
    return FactRow(label, Sensitive(text if plain else masking.mask(row.mask, text)))


def _text(row: application.Row) -> str:
    match row.value:
        case MaterialState():
            return _provided(row.value)
        case CredentialRef():
            return _verified(row.value)
        case Sensitive() if row.label == "nationality" and language() is Language.ZH:
            return nationality_text(row.value.reveal())
        case Sensitive():
            return row.value.reveal()


def _provided(material: MaterialState) -> str:
    match material.mode:
        case MaterialMode.PENDING:
            return tr("application.material.pending")
        case MaterialMode.SCANNED:
            return tr("application.material.scanned", pages=len(material.pages))
        case MaterialMode.DEFERRED if material.due:
            return tr("application.material.deferred", due=material.due.isoformat())
        case MaterialMode.PAPER:
            return tr("application.material.paper", copies=material.copies)
        case MaterialMode.CREDENTIAL if material.credential:
            return tr("application.material.credential", verified=_verified(material.credential))
        case MaterialMode.NOT_NEEDED:
            return tr("application.material.not_needed")
        case MaterialMode.DEFERRED | MaterialMode.CREDENTIAL:
            return tr(f"material_mode.{material.mode}")


def _verified(by: CredentialRef) -> str:
    """Which credential, when and under which number it was verified."""
    at = by.at.astimezone().strftime("%Y-%m-%d %H:%M")
    return tr("application.verified", kind=by.kind_name, at=at, trace=by.trace_id)
