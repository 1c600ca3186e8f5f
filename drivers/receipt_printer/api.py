"""Commands, events and results of the receipt printer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

from drivers.base.status import Fault


@unique
class PaperState(StrEnum):
    """What the paper sensors say; UNKNOWN when nobody answered."""

    OK = "ok"
    LOW = "low"
    OUT = "out"
    UNKNOWN = "unknown"


@unique
class JobOutcome(StrEnum):
    """How a job ended. INDETERMINATE is never repeated without a person's word."""

    DONE = "done"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text. `align` left/center/right; `double` prints double width and height."""

    text: str
    align: str = "left"
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code of `text`, `module_px` dots a module."""

    text: str
    module_px: int = 6


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines."""

    lines: int = 1


Element = TextLine | QrCode | Rule | Feed


@dataclass(frozen=True, slots=True)
class PrintJob:
    """Command: print a receipt and cut. Result: `PrintResult`.

    `job_id` is the case's own id for this copy; the same id is never printed twice in a driver's life
    (`Refused("receipt_printer.duplicate_job")`). One that FAILED has printed nothing and may come again.

    Before it, what the printer may hold of a job of which nobody knows what became is voided on a paper of its own:
    `voiding` stands there (empty: the driver's own words and the time). Of its own jobs the driver knows that itself;
    `earlier_unproven` says it of a job of a program before this one, whom the caller has on record.
    """

    job_id: str
    elements: tuple[Element, ...]
    voiding: tuple[Element, ...] = ()
    earlier_unproven: bool = False


@dataclass(frozen=True, slots=True)
class PrintResult:
    """What became of a job. `fault` says why it is not DONE."""

    job_id: str
    outcome: JobOutcome
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class DropLine:
    """Command: forget the line that was begun and not printed. Result: None once it is sent; no answer proves it.

    For whoever may have put noise on the line, as questions at a wrong rate do. Prints nothing (ESC @); the printer's
    formats are as after switching on, so never in the middle of another program's receipt.
    """


@dataclass(frozen=True, slots=True)
class PaperChanged:
    """Event: the paper state changed (end near, out, refilled)."""

    paper: PaperState
