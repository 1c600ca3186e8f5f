"""The pages of the citizen's screen as frozen values; each has one widget that draws it."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.base.sensitive import Sensitive
from kiosk_ui.views import ButtonView, Level
from terminal import intents


@dataclass(frozen=True, slots=True)
class StatePage:
    """One thing said in large letters: an icon, a headline, a sentence; below it what comes next or a consent text."""

    icon: str
    level: Level
    title: str
    hint: str
    busy: bool = False
    steps: tuple[str, ...] = ()
    note_title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: `shown` is drawn, `full` only reserves its room, so that revealing moves nothing on the page."""

    label: str
    shown: Sensitive[str]
    full: Sensitive[str]
    level: Level | None = None  # a state word with its shape


@dataclass(frozen=True, slots=True)
class SheetGroup:
    """Rows under a heading; an empty title draws none."""

    title: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class SheetPage:
    """Rows that may need several screenfuls. `reveal` is the text of the button that is held to read in full.

    With `read_all` the buttons named in it wait until the last screenful was shown.
    """

    title: str
    hint: str
    groups: tuple[SheetGroup, ...]
    warning: str = ""  # said instead of the hint
    reveal: str = ""
    revealed: bool = False
    portrait: str = ""  # blob, only while revealed
    read_all: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """What may be wrong: one press tells the clerk where."""

    title: str
    hint: str
    choices: tuple[ButtonView, ...]


@dataclass(frozen=True, slots=True)
class SignPage:
    """Signing by hand. `subject` names what is signed, `content_hash` binds the ink to it."""

    title: str
    subject: str
    statement: str
    content_hash: str
    object: ButtonView
    confirm: str
    undo: str
    clear: str
    write_here: str
    too_little: str
    least_points: int
    least_extent: float
    problem: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """The decision and its papers. `code` is drawn as a QR code when there is no paper receipt."""

    icon: str
    level: Level
    title: str
    hint: str
    facts: tuple[SheetGroup, ...]
    code: str = ""
    code_name: str = ""


@dataclass(frozen=True, slots=True)
class RatingKeyView:
    """One of five keys of equal weight."""

    name: str
    level: int
    text: str
    action: intents.RateOnScreen


@dataclass(frozen=True, slots=True)
class RatePage:
    """One rating or none. Nothing is selected beforehand; the time left is said, not pressed."""

    title: str
    hint: str
    keys: tuple[RatingKeyView, ...]
    time_left: str


@dataclass(frozen=True, slots=True)
class AskPage:
    """A question with its answers as big buttons in `columns`. `typed` is shown above them when it is not None."""

    title: str
    hint: str
    choices: tuple[ButtonView, ...]
    time_left: str
    columns: int = 2
    typed: Sensitive[str] | None = None


Page = StatePage | SheetPage | ObjectionPage | SignPage | OutcomePage | RatePage | AskPage
