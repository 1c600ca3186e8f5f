"""The kinds of device in the matrix. A new one joins with its scene here."""

from __future__ import annotations

from tests.faults.matrix.code_scanner_scene import SCANNERS
from tests.faults.matrix.evaluator_scene import EVALUATOR
from tests.faults.matrix.id_card_scene import ID_CARD
from tests.faults.matrix.receipt_printer_scene import RECEIPT_PRINTER
from tests.faults.matrix.spoiling import WAYS

KINDS = (ID_CARD, EVALUATOR, RECEIPT_PRINTER, *SCANNERS)
CASES = [
    (kind, way) for kind in KINDS for way in (*WAYS, "busy", "wrong length") if way != "wrong length" or kind.framed
]
