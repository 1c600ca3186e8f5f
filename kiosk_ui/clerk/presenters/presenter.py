"""The clerk's presenter: holds what only the screen knows, turns snapshots into views and actions into intents.

All methods run on the Qt thread; there is no Qt in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import (
    Action,
    CloseObjection,
    ClosePanel,
    EraseDigit,
    Form,
    OpenAsking,
    OpenObjection,
    OpenPanel,
    PanelKind,
    PressDigit,
    Reveal,
    SearchItems,
    SelectDecision,
    SelectItem,
    SelectMaterial,
    SelectSituation,
    Submit,
    ToggleElder,
    TogglePersonal,
    ToggleReason,
    Typed,
    Typing,
    Values,
)
from kiosk_ui.clerk.presenters import compose, submissions
from kiosk_ui.clerk.presenters.form import PREFIX
from kiosk_ui.clerk.presenters.frame import ClerkView
from kiosk_ui.clerk.presenters.local import ClerkInput, Scene
from terminal import intents
from terminal.cases.catalogue import Catalogue
from terminal.cases.model import MaterialMode, Step
from terminal.snapshot import Snapshot


class ClerkPresenter:
    """`post` hands an intent to the core; `changed` asks the window to draw `view()` again."""

    def __init__(
        self,
        catalogue: Catalogue,
        post: Callable[[intents.Intent], None],
        changed: Callable[[], None],
        monotonic_s: Callable[[], float],
    ) -> None:
        self._catalogue = catalogue
        self._post = post
        self._changed = changed
        self._monotonic_s = monotonic_s
        self._snapshot: Snapshot | None = None
        self._local = ClerkInput()
        self._place: tuple[str, Step | None, str] | None = None
        self._unsaved: dict[str, Sensitive[str]] = {}  # field edits sent, not yet seen in a snapshot
        self._typing = False
        self._waiting = False  # an intent was sent, no snapshot came since
        self._sign_in_until_s = 0.0
        self._notice = ""

    def show(self, snapshot: Snapshot) -> None:
        """Take a newer snapshot."""
        before = self._snapshot
        self._snapshot = snapshot
        self._waiting = False
        self._sign_in_until_s = self._monotonic_s() + snapshot.sign_in_wait_s
        case = snapshot.case
        staff = snapshot.staff.id if snapshot.staff else ""
        place = (case.id, case.step, staff) if case else ("", None, staff)
        if place != self._place:
            self._place = place
            self._typing = False
            self._unsaved.clear()
            self._local = ClerkInput(plain=case is not None and case.step is Step.VERIFY_FACE)
        elif case is not None:
            self._unsaved = {n: v for n, v in self._unsaved.items() if case.field(n) != v.reveal()}
            self._follow_material(before, snapshot)
            if before is not None and before.case is not None and case.gaps != before.case.gaps:
                self._local = ClerkInput(plain=self._local.plain)  # what the panel asked for was given
        self._changed()

    def notice(self, text: str) -> None:
        """Show a notice of this screen's own (the citizen's screen is unplugged); empty takes it back."""
        self._notice = text
        self._changed()

    def tick(self) -> bool:
        """Once a second: whether the sign-in page counts down and must be drawn again."""
        return self._snapshot is not None and self._snapshot.staff is None and self._sign_in_wait_s() >= 0

    def view(self) -> ClerkView | None:
        """What the clerk sees now; None before the first snapshot."""
        if self._snapshot is None:
            return None
        return compose.clerk_view(
            self._snapshot,
            self._catalogue,
            self._local,
            saving=self._typing or self._waiting or bool(self._unsaved),
            sign_in_wait_s=max(0, self._sign_in_wait_s()),
            notice=self._notice,
        )

    def act(self, action: Action) -> None:
        """The clerk did something."""
        match action:
            case Submit():
                self._submit(action)
            case Typing():
                self._typing = True
            case Typed(name=name, value=value):
                self._typing = False
                self._edit(name.removeprefix(PREFIX), value)
            case OpenPanel(panel=panel):
                self._local = replace(self._local, panel=panel, problems=(), draft=())
            case ClosePanel():
                self._local = replace(self._local, panel=None, problems=(), draft=())
            case TogglePersonal():
                self._local = replace(self._local, plain=not self._local.plain)
            case SearchItems(query=query):
                self._local = replace(self._local, query=query, item="", situation="")
            case SelectItem(code=code):
                self._local = replace(self._local, item=code, situation="")
            case SelectSituation(code=code):
                self._local = replace(self._local, situation=code)
            case SelectMaterial(code=code):
                self._local = replace(self._local, material=code, panel=None, problems=())
            case SelectDecision(kind=kind):
                self._local = replace(self._local, decision=kind, problems=())
            case Reveal() | OpenObjection() | CloseObjection() | ToggleElder():
                return  # the citizen's screen alone
            case ToggleReason() | OpenAsking() | PressDigit() | EraseDigit():
                return  # the citizen's screen alone
            case _:
                self._send(action)
        self._changed()

    # sending

    def _send(self, intent: intents.Intent) -> None:
        self._waiting = True
        self._post(intent)

    def _edit(self, name: str, value: Sensitive[str], *, again: bool = False) -> None:
        """Send what was typed, once; `again`: also what was sent before and is not in the case."""
        case = self._snapshot.case if self._snapshot else None
        if case is None or case.step is not Step.FILL_FORM:
            return
        sent = self._unsaved.get(name)
        if (sent.reveal() if sent is not None and not again else case.field(name)) == value.reveal():
            return
        self._unsaved[name] = value
        self._send(intents.EditField(name, value))

    def _submit(self, submit: Submit) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        if submit.form is Form.FORM:
            self._typing = False
            refused = not self._waiting  # the core has spoken since: what it did not save then, it could not
            for name, value in submit.values:
                self._edit(name.removeprefix(PREFIX), value, again=refused)
        if snapshot.staff is None or snapshot.case is None:
            outcome = submissions.of_staff(submit)
        else:
            outcome = submissions.of_case(Scene(snapshot, snapshot.case, self._catalogue, self._local), submit)
        self._local = replace(self._local, problems=outcome.problems, draft=_draft(submit))
        if outcome.intent is not None:
            if submit.form is Form.UNLOCK:  # what came of it is said as a message
                self._local = ClerkInput()
            self._send(outcome.intent)

    def _sign_in_wait_s(self) -> int:
        return round(self._sign_in_until_s - self._monotonic_s())

    def _follow_material(self, before: Snapshot | None, now: Snapshot) -> None:
        """A material that was settled gives way to the next open one, and its panel closes."""
        if before is None or before.case is None or now.case is None:
            return
        earlier = {m.code: m.mode for m in before.case.materials}
        settled = [
            m.code
            for m in now.case.materials
            if m.mode is not MaterialMode.PENDING and earlier.get(m.code) is MaterialMode.PENDING
        ]
        if settled and self._local.material in {"", *settled}:
            self._local = replace(self._local, material="")
        if settled and self._local.panel in {PanelKind.DEFER, PanelKind.PAPER}:
            self._local = replace(self._local, panel=None, problems=(), draft=())


def _draft(submit: Submit) -> Values:
    """The inputs by their last name, without the PIN."""
    last = ((name.rpartition(".")[2], value) for name, value in submit.values if submit.form is not Form.SIGN_IN)
    return tuple((name, value) for name, value in last if name != "pin")
