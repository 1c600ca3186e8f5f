"""What only the citizen's screen knows. Never journalled; a new step begins with a new one."""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Asking
from kiosk_ui.citizen.presenters.pages import Page
from kiosk_ui.views import ButtonView
from terminal.cases.catalogue import Catalogue
from terminal.cases.model import Case
from terminal.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class CitizenInput:
    """Local state of one step of one case."""

    plain: bool = False  # the reveal button is held
    objecting: bool = False  # the list of what may be wrong is open
    waiting: bool = False  # an answer was sent, the core has not spoken yet
    answered: bool = False  # this invitation to rate was answered here
    asking: Asking = Asking.REASONS  # which page after a rating that asks why
    reasons: tuple[str, ...] = ()  # chosen so far
    number: Sensitive[str] = field(default_factory=lambda: Sensitive(""))  # typed so far
    reasoned: bool = False  # why was answered here


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a page of an open case is made of."""

    snapshot: Snapshot
    case: Case
    catalogue: Catalogue
    local: CitizenInput
    now_s: float
    unread: frozenset[int] = frozenset()  # messages that came up since this step began


@dataclass(frozen=True, slots=True)
class Built:
    """A page with its buttons. `key` parts pages of the same step."""

    page: Page
    buttons: tuple[ButtonView, ...] = ()
    key: str = ""
