"""The items (事项) of the hall as checked data: what is asked, in which situation, by which law."""

from terminal.cases.catalogue.catalogue import Catalogue
from terminal.cases.catalogue.checks import FieldProblem
from terminal.cases.catalogue.loading import CatalogueError
from terminal.cases.catalogue.model import (
    FieldKind,
    FieldSpec,
    HandleType,
    Item,
    LegalBasis,
    MaterialSpec,
    Necessity,
    Situation,
    TermUnit,
    UnknownItem,
    UnknownSituation,
)

__all__ = [
    "Catalogue",
    "CatalogueError",
    "FieldKind",
    "FieldProblem",
    "FieldSpec",
    "HandleType",
    "Item",
    "LegalBasis",
    "MaterialSpec",
    "Necessity",
    "Situation",
    "TermUnit",
    "UnknownItem",
    "UnknownSituation",
]
