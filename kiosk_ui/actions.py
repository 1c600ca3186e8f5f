"""What a person does on a screen: an intent for the core, or a change of the screen's own state. Frozen, Qt-free."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

from drivers.base.sensitive import Sensitive
from terminal.cases.model import DecisionKind
from terminal.intents import Intent


@unique
class PanelKind(StrEnum):
    """Inline panels of the clerk's screen; at most one is open."""

    BY_CLERK = "by_clerk"
    ABANDON = "abandon"
    DEFER = "defer"
    PAPER = "paper"
    EARLY_DECISION = "early_decision"
    NOTICE = "notice"
    UNLOCK = "unlock"
    SEAL_WITH_GAP = "seal_with_gap"


@unique
class Form(StrEnum):
    """Groups of inputs that are sent together."""

    SIGN_IN = "sign_in"
    BY_CLERK = "by_clerk"
    FACE = "face"
    FORM = "form"
    ABANDON = "abandon"
    DEFER = "defer"
    PAPER = "paper"
    EARLY_DECISION = "early_decision"
    DECIDE = "decide"
    UNLOCK = "unlock"
    SEAL_WITH_GAP = "seal_with_gap"


Values = tuple[tuple[str, Sensitive[str]], ...]


@dataclass(frozen=True, slots=True)
class Submit:
    """The inputs of `form` as they stand on the screen."""

    form: Form
    values: Values


@dataclass(frozen=True, slots=True)
class Collect:
    """A button's action: gather the inputs of `form` and submit them."""

    form: Form


@dataclass(frozen=True, slots=True)
class Typing:
    """A key was pressed in a field that is journalled; the text itself follows after a pause."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A form field came to rest."""

    name: str
    value: Sensitive[str]


@dataclass(frozen=True, slots=True)
class OpenPanel:
    """Open an inline panel."""

    panel: PanelKind


@dataclass(frozen=True, slots=True)
class ClosePanel:
    """Close the inline panel; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class TogglePersonal:
    """Show or mask the citizen's data on the clerk's screen."""


@dataclass(frozen=True, slots=True)
class SearchItems:
    """The search box changed."""

    query: str


@dataclass(frozen=True, slots=True)
class SelectItem:
    """Look at one item of the results."""

    code: str


@dataclass(frozen=True, slots=True)
class SelectSituation:
    """Choose one situation of the item looked at."""

    code: str


@dataclass(frozen=True, slots=True)
class SelectMaterial:
    """Work on one material."""

    code: str


@dataclass(frozen=True, slots=True)
class SelectDecision:
    """Choose a decision; it is made by its own button."""

    kind: DecisionKind


@dataclass(frozen=True, slots=True)
class Reveal:
    """The citizen holds, or let go of, the button that shows their data in full."""

    shown: bool


@dataclass(frozen=True, slots=True)
class OpenObjection:
    """Something is wrong: show the list of what may be wrong."""


@dataclass(frozen=True, slots=True)
class CloseObjection:
    """Back to the application."""


@dataclass(frozen=True, slots=True)
class ToggleReason:
    """Choose a reason, or take it back."""

    code: str


@unique
class Asking(StrEnum):
    """Pages after a rating that asks why."""

    REASONS = "reasons"
    CALL_BACK = "call_back"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class OpenAsking:
    """Another of these pages."""

    page: Asking


@dataclass(frozen=True, slots=True)
class PressDigit:
    """A digit of the number to be called back."""

    digit: str


@dataclass(frozen=True, slots=True)
class EraseDigit:
    """Take the last digit back."""


@dataclass(frozen=True, slots=True)
class ToggleElder:
    """Large type on the citizen's screen, for this citizen."""


Local = (
    Submit
    | Typing
    | Typed
    | OpenPanel
    | ClosePanel
    | TogglePersonal
    | SearchItems
    | SelectItem
    | SelectSituation
    | SelectMaterial
    | SelectDecision
    | Reveal
    | OpenObjection
    | CloseObjection
    | ToggleReason
    | OpenAsking
    | PressDigit
    | EraseDigit
    | ToggleElder
)
Action = Intent | Local
