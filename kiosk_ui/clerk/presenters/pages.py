"""What each page of the clerk's screen shows."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk_ui.actions import Form, SelectDecision, SelectItem, SelectMaterial, SelectSituation
from kiosk_ui.views import BannerView, ButtonView, Chip, FactGroup, FactRow, InputView, Level


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A title and a few inputs: sign-in."""

    title: str
    hint: str
    form: Form
    inputs: tuple[InputView, ...]
    notice: BannerView | None = None


@dataclass(frozen=True, slots=True)
class StatePage:
    """Something is awaited or done: a figure, a headline, a sentence, what is known."""

    icon: str
    level: Level
    title: str
    hint: str
    busy: bool = False
    facts: tuple[FactRow, ...] = ()
    groups: tuple[FactGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class FacePage:
    """Person beside document: the portrait large, the read fields, the reasons."""

    title: str
    hint: str
    portrait_blob: str
    portrait_note: str
    facts: tuple[FactRow, ...]
    inputs: tuple[InputView, ...]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One result of the search."""

    code: str
    name: str
    detail: str
    selected: bool
    select: SelectItem


@dataclass(frozen=True, slots=True)
class SituationRow:
    """One situation of the item looked at."""

    code: str
    name: str
    hint: str
    selected: bool
    select: SelectSituation


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Search, results, the item looked at, its situations."""

    query: str
    placeholder: str
    empty: str  # why there is no result
    results: tuple[ItemRow, ...]
    facts: tuple[FactRow, ...]
    situations: tuple[SituationRow, ...]


@dataclass(frozen=True, slots=True)
class FormPage:
    """The form. `problems` is the summary on top; each links to its field."""

    title: str
    hint: str
    problems: tuple[BannerView, ...]
    note: BannerView | None
    inputs: tuple[InputView, ...]


@dataclass(frozen=True, slots=True)
class PageThumb:
    """One scanned page."""

    blob: str
    text: str
    warning: str
    drop: ButtonView | None = None


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One material of the list."""

    code: str
    name: str
    need: str
    chip: Chip
    selected: bool
    select: SelectMaterial


@dataclass(frozen=True, slots=True)
class MaterialsPage:
    """The materials; the one worked on with its preview and pages."""

    rows: tuple[MaterialRow, ...]
    done: str
    title: str
    standard: str
    state: str
    ring_name: str
    preview_note: str
    capturing: bool
    thumbs: tuple[PageThumb, ...]
    heading: str = ""  # above the rows, when they are not the list of materials


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision that can, or cannot, be made; `why` says why not."""

    code: str
    name: str
    hint: str
    enabled: bool
    why: str
    selected: bool
    select: SelectDecision


@dataclass(frozen=True, slots=True)
class DecidePage:
    """The decision."""

    title: str
    hint: str
    rows: tuple[DecisionRow, ...]
    inputs: tuple[InputView, ...]


@dataclass(frozen=True, slots=True)
class PapersPage:
    """Notice and receipt."""

    notice_title: str
    notice_facts: tuple[FactRow, ...]
    notice_chip: Chip
    receipt_title: str
    receipt_text: str
    receipt_chip: Chip
    question: bool  # a person must look whether the receipt came out


Page = EntryPage | StatePage | FacePage | ItemPage | FormPage | MaterialsPage | DecidePage | PapersPage
