"""Receipts as they come out of the simulated printer, beside the pictures in tests/golden/receipts:
`python -m tests.support.receipt_pictures` draws those anew. Look at each of them before it is committed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from msgspec.structs import replace
from PIL import Image, ImageChops

from drivers.receipt_printer.api import JobOutcome
from drivers.receipt_printer.voiding import void_slip
from simulators.fonts import MONO, font
from terminal.cases.model import Case, DecisionKind
from terminal.cases.receipts import receipt
from tests.support import cases as c
from tests.support.case_bench import ELDER, HALL
from tests.support.checked_case import CASE
from tests.support.printer_rig import printer_rig

GOLDEN = Path(__file__).parents[1] / "golden" / "receipts"
FONT = GOLDEN / "font.json"
NUMBER = "4107240320261124000179"
# With another version of the font glyphs move by a dot: no more than this part of all dots may differ.
OTHER_FONT = 0.03
VOIDED_AT = datetime(2026, 11, 24, 9, 41, 30, tzinfo=UTC)
_SIGNS = {
    DecisionKind.ACCEPTED: "受",
    DecisionKind.ACCEPTED_DEFERRED: "容受",
    DecisionKind.CORRECTION: "补",
    DecisionKind.REFUSED: "不受",
}


@dataclass(frozen=True)
class Sample:
    """One picture: the case, the paper, who draws the code. `torn_after`: the line went after so many bytes, and what
    is drawn is the paper as it was voided before the next receipt.
    """

    case: Callable[[], Case]
    paper_mm: int = 80
    qr: str = "native"
    reprint: bool = False
    torn_after: int = 0


def decided(kind: DecisionKind, reason: str = "") -> Case:
    """A case of synthetic people with this decision."""
    accepted = kind in {DecisionKind.ACCEPTED, DecisionKind.ACCEPTED_DEFERRED}
    decision = replace(
        c.DECIDED.decision,
        kind=kind,
        project_number=NUMBER,
        document_number=f"获政务{_SIGNS[kind]}〔2026〕030001号",
        promised_until=date(2026, 12, 1) if accepted else None,
        reason=reason,
    )
    return replace(CASE, decision=decision)


def _copy() -> Case:
    case = decided(DecisionKind.ACCEPTED)
    return replace(case, papers=replace(case.papers, receipt_copies=1))


SAMPLES: Mapping[str, Sample] = {
    "accepted-80": Sample(lambda: decided(DecisionKind.ACCEPTED)),
    "deferred-80": Sample(lambda: decided(DecisionKind.ACCEPTED_DEFERRED)),
    "deferred-58": Sample(lambda: decided(DecisionKind.ACCEPTED_DEFERRED), 58),
    "deferred-58-raster": Sample(lambda: decided(DecisionKind.ACCEPTED_DEFERRED), 58, "raster"),
    "correction-80": Sample(lambda: decided(DecisionKind.CORRECTION, "身份证复印件不清楚，请用A4纸复印正反面")),
    "refused-58": Sample(lambda: decided(DecisionKind.REFUSED, "不属于本窗口受理范围，请到户籍所在地乡镇办理"), 58),
    "copy-80": Sample(_copy, reprint=True),
    "voided-80": Sample(lambda: decided(DecisionKind.ACCEPTED), torn_after=450),
    "voided-58": Sample(lambda: decided(DecisionKind.ACCEPTED), 58, torn_after=450),
}


def drawn(name: str, folder: Path) -> Path:
    """The picture of sample `name`, printed through driver and simulated printer."""
    sample = SAMPLES[name]
    elements = receipt(
        sample.case(), ELDER, ELDER.situations[0], HALL, reprint=sample.reprint, paper_mm=sample.paper_mm
    )
    with printer_rig(folder, paper_mm=str(sample.paper_mm), qr=sample.qr) as rig:
        rig.start()
        if sample.torn_after:
            rig.print_torn(elements, sample.torn_after)
            rig.back()
        assert rig.print(elements=elements, voiding=void_slip(VOIDED_AT)).outcome is JobOutcome.DONE
        last = Path(str(rig.fact("last_receipt")))
        return min(last.parent.glob("*.png"))


def font_digest() -> str:
    """Which font the simulated printer draws with."""
    return hashlib.sha256(Path(str(font(MONO, 24).path)).read_bytes()).hexdigest()


def is_golden_font() -> bool:
    """Whether the golden pictures were drawn with the font of this machine."""
    return json.loads(FONT.read_text("utf-8"))["sha256"] == font_digest()


def difference(one: Path, other: Path) -> float:
    """Which part of the dots differs; 1.0 when the pictures have not one size."""
    with Image.open(one) as first, Image.open(other) as second:
        if first.size != second.size:
            return 1.0
        changed = ImageChops.difference(first.convert("L"), second.convert("L")).point(lambda v: 255 if v else 0)
        return changed.histogram()[255] / (first.width * first.height)


def refresh() -> None:
    """Draw all golden pictures anew."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name in SAMPLES:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copyfile(drawn(name, Path(folder)), GOLDEN / f"{name}.png")
    FONT.write_text(json.dumps({"family": MONO, "sha256": font_digest()}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    refresh()
