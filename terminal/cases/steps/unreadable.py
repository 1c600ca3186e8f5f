"""Before anything rests on a document, it is read: as long as nothing is decided, everything can be made good."""

from __future__ import annotations

from terminal.cases import documents
from terminal.cases.desk import Desk


def all_readable(desk: Desk) -> bool:
    """Whether every document of the open case can be read; of each that cannot, it is said which and what to do."""
    case = desk.open_case()
    desk.unsay("document.")
    lost = documents.collect(case, desk.blobs).lost
    names = {material.code: material.name for material in case.materials}
    for document in lost:
        if code := document.material:
            desk.say("error", "document.material_lost", ("material", names[code]), field=code)
        else:
            desk.say("error", "document.signature_lost")
    return not lost
