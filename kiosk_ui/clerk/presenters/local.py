"""What only the clerk's screen knows: the open panel, what is selected, what is being typed. Never journalled."""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import PanelKind
from kiosk_ui.clerk.presenters.messages import sentence
from kiosk_ui.clerk.presenters.pages import Page
from kiosk_ui.views import ButtonView, PanelView
from terminal.cases.catalogue import Catalogue
from terminal.cases.model import Case, DecisionKind
from terminal.snapshot import Message, Snapshot


@dataclass(frozen=True, slots=True)
class ClerkInput:
    """Local state of one step of one case; a new step begins with a new one."""

    panel: PanelKind | None = None
    plain: bool = False  # the citizen's data in full
    query: str = ""
    item: str = ""
    situation: str = ""
    material: str = ""
    decision: DecisionKind | None = None
    problems: tuple[tuple[str, str], ...] = ()  # (input, sentence) found before anything was sent
    draft: tuple[tuple[str, Sensitive[str]], ...] = ()  # inputs of the last submission, kept when it was refused


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a page is made of."""

    snapshot: Snapshot
    case: Case
    catalogue: Catalogue
    local: ClerkInput

    def problem(self, name: str) -> str:
        """The sentence that belongs to input `name`: our own check first, then the core's."""
        own = next((text for field_name, text in self.local.problems if field_name == name), "")
        said = next((sentence(m) for m in self.snapshot.messages if m.field == name and m.level == "error"), "")
        return own or said

    def drafted(self, name: str, start: str = "") -> Sensitive[str]:
        """What was typed into `name` when the form was last sent, else `start`."""
        return next((value for field_name, value in self.local.draft if field_name == name), Sensitive(start))


@dataclass(frozen=True, slots=True)
class Built:
    """A page with its buttons and the widget that gets the focus. `said` are messages the page shows itself."""

    page: Page
    buttons: tuple[ButtonView, ...] = ()
    focus: str = ""
    key: str = ""  # beyond step and panel: a change moves the focus
    said: tuple[Message, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class BuiltPanel:
    """An open panel and the buttons that stand for it while it is open."""

    panel: PanelView
    buttons: tuple[ButtonView, ...]
    focus: str
