"""The citizen's presenter: what their screen shows, and the few things they can say with it.

All methods run on the Qt thread; there is no Qt in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import (
    Action,
    CloseObjection,
    EraseDigit,
    OpenAsking,
    OpenObjection,
    PressDigit,
    Reveal,
    ToggleElder,
    ToggleReason,
)
from kiosk_ui.citizen.presenters import compose, reasons, resting
from kiosk_ui.citizen.presenters.frame import CitizenView
from kiosk_ui.citizen.presenters.local import Built, CitizenInput, Scene
from terminal import intents
from terminal.cases.catalogue import Catalogue
from terminal.cases.model import Case, ReviewState, Step
from terminal.snapshot import Snapshot

REVEAL_S = 15.0  # a hand that fell asleep on the button
PARTING_S = 20.0  # how long goodbye stands when nobody else comes
ANSWER_S = 5.0  # after this a sent answer may be given again


class CitizenPresenter:
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
        self._local = CitizenInput()
        self._place: tuple[str, Step] | None = None
        self._elder = False
        self._known_messages: frozenset[int] = frozenset()  # those that stood when the step began
        self._seen_messages: frozenset[int] = frozenset()
        self._reveal_until_s = 0.0
        self._answer_until_s = 0.0
        self._parting: Built | None = None
        self._parting_until_s = 0.0
        self._answered_token = ""

    def show(self, snapshot: Snapshot) -> None:
        """Take a newer snapshot."""
        before, self._snapshot = self._snapshot, snapshot
        open_case = _open_case(snapshot)
        place = (open_case.id, open_case.step) if open_case else None
        ids = frozenset(message.id for message in snapshot.messages)
        if place != self._place:
            self._moved(self._place, place, snapshot)
            self._known_messages = ids
        elif before is not None and (ids - self._seen_messages or before.application_hash != snapshot.application_hash):
            self._local = replace(self._local, waiting=False)  # the core has spoken
        if snapshot.staff is None:
            self._local = replace(self._local, plain=False)
        self._seen_messages = ids
        self._changed()

    def tick(self) -> bool:
        """Once a second: whether the screen must be drawn again."""
        now_s = self._monotonic_s()
        redraw = False
        if self._local.plain and now_s >= self._reveal_until_s:
            self._local = replace(self._local, plain=False)
            redraw = True
        if self._local.waiting and now_s >= self._answer_until_s:
            self._local = replace(self._local, waiting=False)
            redraw = True
        if self._parting is not None and now_s >= self._parting_until_s:
            self._parting = None
            self._elder = False
            redraw = True
        return redraw or self._is_rating() or self._is_asked_why()

    def view(self) -> CitizenView | None:
        """What the citizen sees now; None before the first snapshot."""
        snapshot = self._snapshot
        if snapshot is None:
            return None
        case = _open_case(snapshot)
        if case is not None and snapshot.staff is None:
            return compose.resting_view(snapshot, resting.paused(), elder=self._elder)
        if case is not None:
            return compose.case_view(self._scene(snapshot, case), elder=self._elder)
        if self._parting is not None:
            built = self._parting
        elif snapshot.staff is None:
            built = resting.closed()
        else:
            built = resting.welcome()
        return compose.resting_view(snapshot, built, elder=self._elder)

    def act(self, action: Action) -> None:
        """The citizen did something; whatever does not belong to this screen and step is dropped."""
        case = _open_case(self._snapshot) if self._snapshot and self._snapshot.staff else None
        match action:
            case ToggleElder():
                self._elder = not self._elder
            case Reveal(shown=shown) if case is not None:
                self._local = replace(self._local, plain=shown)
                self._reveal_until_s = self._monotonic_s() + REVEAL_S
            case OpenObjection() if case is not None:
                self._local = replace(self._local, objecting=not self._local.waiting, plain=False)
            case CloseObjection():
                self._local = replace(self._local, objecting=False)
            case intents.CitizenConfirms() if case is not None and case.step is Step.CITIZEN_CHECK:
                self._answer(action)
            case intents.CitizenObjects() if case is not None and case.step in {Step.CITIZEN_CHECK, Step.SIGN}:
                self._answer(action)
            case intents.SubmitSignature() if case is not None and case.step is Step.SIGN:
                self._answer(action)
            case intents.RateOnScreen(token=token) | intents.DeclineRating(token=token):
                self._rate(token, action)
            case ToggleReason() | OpenAsking() | PressDigit() | EraseDigit() if self._is_asked_why():
                self._local = reasons.touched(self._local, action)
                self._post(intents.KeepReasoning(self._token()))
            case intents.GiveReasons(token=token) if self._is_asked_why() and token == self._token():
                self._local = replace(self._local, reasoned=True, number=Sensitive(""))
                self._post(action)
            case _:
                return
        self._changed()

    # sending

    def _answer(self, intent: intents.Intent) -> None:
        """One answer at a time: a second press before the core has spoken is the same press."""
        if self._local.waiting:
            return
        self._local = replace(self._local, waiting=True, plain=False)
        self._answer_until_s = self._monotonic_s() + ANSWER_S
        self._post(intent)

    def _rate(self, token: str, intent: intents.Intent) -> None:
        """One answer per invitation, for good."""
        if not self._is_rating() or self._snapshot is None or token != self._snapshot.rating.token:
            return
        self._answered_token = token
        self._post(intent)

    # what the screen is at

    def _moved(self, before: tuple[str, Step] | None, now: tuple[str, Step] | None, snapshot: Snapshot) -> None:
        """Another step or another citizen: nothing of the last page is kept."""
        self._place = now
        self._local = CitizenInput()
        self._reveal_until_s = 0.0
        if now is None:
            sealed = snapshot.case is not None and snapshot.case.step is Step.SEALED
            self._parting = resting.goodbye() if sealed else resting.ended()
            self._parting_until_s = self._monotonic_s() + PARTING_S
        else:
            if self._parting is not None or (before is not None and before[0] != now[0]):
                self._elder = False  # the size was the last citizen's wish
            self._parting = None

    def _is_rating(self) -> bool:
        snapshot = self._snapshot
        case = _open_case(snapshot) if snapshot else None
        if snapshot is None or snapshot.staff is None or case is None or case.step is not Step.REVIEW:
            return False
        token = snapshot.rating.token
        if snapshot.rating.saving or snapshot.rating.reasons or case.review.state is not ReviewState.INVITED:
            return False
        return bool(token) and token != self._answered_token

    def _is_asked_why(self) -> bool:
        snapshot = self._snapshot
        if snapshot is None or snapshot.staff is None or self._local.reasoned:
            return False
        return _open_case(snapshot) is not None and bool(snapshot.rating.reasons)

    def _token(self) -> str:
        return self._snapshot.rating.token if self._snapshot else ""

    def _scene(self, snapshot: Snapshot, case: Case) -> Scene:
        unread = frozenset(m.id for m in snapshot.messages) - self._known_messages
        token = snapshot.rating.token
        local = replace(self._local, answered=bool(token) and token == self._answered_token)
        return Scene(snapshot, case, self._catalogue, local, self._monotonic_s(), unread)


def _open_case(snapshot: Snapshot | None) -> Case | None:
    case = snapshot.case if snapshot else None
    return None if case is None or case.step in compose.ENDED else case
