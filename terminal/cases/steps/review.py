"""One rating per case: on the pad or the second screen, whichever comes first; or none.

A rating is sealed at the press. After 不满意 and 非常不满意 the second screen asks why, and whether somebody shall
call back; whatever comes of that is a second revision of the same review (docs/decisions/0006). Until then the case
stays in this step and says only that the citizen is rating: neither journal nor clerk can tell one level from another.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.base.status import Fault
from drivers.evaluator import api as pad
from sync.protocol.review import Contact
from terminal import intents
from terminal.cases import events as ev
from terminal.cases import review_reasons
from terminal.cases.mailbox import Timer
from terminal.cases.model import Case, ReviewState, Step
from terminal.cases.steps.contract import Handlers, StepHandler
from terminal.custody.seal import ReviewExists
from terminal.snapshot import RatingView, ReasonView
from terminal.store.connection import DATABASE_ERRORS, Connection, transaction

log = logging.getLogger(__name__)

NODE_ACCEPTANCE = 2  # service node 受理 (domain.md e, serviceNumber)
REASONS_S: Final = 30.0  # without a touch
REASONS_AT_MOST_S: Final = 180.0  # whoever plays with the page holds up nobody for longer
AGAIN_S: Final = 2.0  # somebody stands there and waits to be thanked
_PHONE: Final = re.compile(r"\d{7,12}")


@dataclass(slots=True)
class _Asking:
    """A rating that is sealed and whose citizen is being asked why."""

    token: str
    channel: str
    until_s: float


class Reviewing(StepHandler):
    """REVIEW."""

    steps = frozenset({Step.REVIEW})
    _timer: Timer | None = None
    _asking: _Asking | None = None
    _untold: str = ""  # an invitation that is over, which the pad may still show
    _held: Timer | None = None  # an answer that the disk has refused so far, to be tried again

    def intents(self) -> Handlers:
        """The second screen's answers."""
        return {
            intents.RateOnScreen: self.on_screen,
            intents.DeclineRating: self.declined_on_screen,
            intents.KeepReasoning: self.keep_asking,
            intents.GiveReasons: self.reasons_given,
        }

    def device_events(self) -> Handlers:
        """The pad's answers."""
        return {pad.Rated: self.on_pad, pad.Declined: self.declined_on_pad}

    def enter(self, step: Step) -> None:
        """Invite; after a restart the same invitation stands again, with its full time, unless it was answered."""
        case = self.desk.open_case()
        if case.review.state is ReviewState.NOT_INVITED:
            if case.decision is None:
                raise ValueError("a review needs a decision")
            case = self.desk.record(
                ev.ReviewInvited(
                    service_id=f"{case.decision.project_number}-{NODE_ACCEPTANCE}",
                    token=secrets.token_hex(4),
                    at=self.desk.clock.wall(),
                    timeout_s=self.desk.config.review.timeout_s,
                )
            )
        review = case.review
        sealed = self.desk.sealer.sealed_review(self.desk.connection, review.service_id)
        if sealed is not None:  # the program ended while the citizen was asked why
            self.desk.record(ev.ReviewEnded(state=ReviewState.RATED, channel=sealed.channel))
            self._end_on_pad(review.token, thank=True)
            return
        self.desk.parts.rating = RatingView(review.token, self.desk.clock.monotonic() + review.timeout_s)
        self._timer = self.desk.later(review.timeout_s, lambda: self._timed_out(review.token))
        self._invite_on_pad(review.token, review.timeout_s)

    def leave(self) -> None:
        """The invitation is over."""
        self._stop_clock()
        self._let_go()
        self._asking = None
        self.desk.parts.rating = RatingView()

    def uses(self) -> frozenset[str]:
        """The pad, while an answer is awaited."""
        case = self.desk.case
        return frozenset({"evaluator"}) if case is not None and self._is_invited(case.review.token) else frozenset()

    def device_online(self, kind: str) -> None:
        """A pad that comes back in the middle joins the running invitation; its driver keeps the token."""
        case = self.desk.case
        if kind == "evaluator" and case is not None and self._is_invited(case.review.token):
            left_s = self.desk.parts.rating.ends_at_s - self.desk.clock.monotonic()
            if left_s >= 1:
                self._invite_on_pad(case.review.token, int(left_s))

    def device_back(self, kind: str) -> None:
        """A pad that was away when the rating ended must not go on inviting; it shows whose window this is."""
        if kind != "evaluator":
            return
        if self._untold:
            self._end_on_pad(self._untold, thank=False)
        case = self.desk.case
        if case is None or not self._is_invited(case.review.token):
            self.desk.ask("evaluator", pad.ShowIdle(self.desk.config.hall.window))

    def on_screen(self, intent: intents.RateOnScreen) -> None:
        """The citizen touched a level."""
        self._rate(intent.token, intent.level, "screen")

    def on_pad(self, event: pad.Rated) -> None:
        """The citizen pressed a key."""
        self._rate(event.token, event.level, "pad")

    def declined_on_screen(self, intent: intents.DeclineRating) -> None:
        """The citizen does not want to."""
        self._decline(intent.token, "screen")

    def declined_on_pad(self, event: pad.Declined) -> None:
        """The citizen does not want to."""
        self._decline(event.token, "pad")

    def keep_asking(self, intent: intents.KeepReasoning) -> None:
        """The citizen is busy with the reasons."""
        if self._asking is not None and self._asking.token == intent.token and self._held is None:
            self._wait_for_reasons(self._asking)

    def reasons_given(self, intent: intents.GiveReasons) -> None:
        """What the citizen says, or that they say nothing. A phone number that is none leaves the page as it is."""
        asking = self._asking
        if asking is None or asking.token != intent.token or self._held is not None:
            return
        offered = [reason.code for reason in self.desk.parts.rating.reasons]
        chosen = tuple(code for code in offered if code in intent.reasons)
        contact = self._contact(intent)
        if contact is None and intent.call_back is not intents.CallBack.NO:
            return
        self._surely(asking.token, lambda: self._finish(asking, chosen, contact))

    def _contact(self, intent: intents.GiveReasons) -> Contact | None:
        case = self.desk.open_case()
        match intent.call_back:
            case intents.CallBack.NO:
                return None
            case intents.CallBack.FORM:
                phone = case.field("phone")
            case intents.CallBack.TYPED:
                phone = intent.phone.reveal()
        name = case.identity.name.reveal() if case.identity else ""
        return Contact(name=name, phone=phone) if _PHONE.fullmatch(phone) else None

    def _invite_on_pad(self, token: str, timeout_s: int) -> None:
        def told(_: object | None, fault: Fault | None) -> None:
            if fault is not None and self._is_invited(token):
                self.desk.say_fault("evaluator", fault.code, "warning")  # the second screen goes on inviting

        if self.desk.online("evaluator"):
            self.desk.ask("evaluator", pad.StartRating(token, timeout_s), told)

    def _rate(self, token: str, level: int, channel: str) -> None:
        if level in range(1, 6) and self._is_invited(token):
            self._surely(token, lambda: self._take(token, level, channel))

    def _decline(self, token: str, channel: str) -> None:
        if self._is_invited(token):
            self._surely(token, lambda: self._end(token, ReviewState.DECLINED, channel))

    def _surely(self, token: str, save: Callable[[], None]) -> None:
        """Save an answer, however long the disk refuses it: until then nobody is thanked and no other one is heard.

        It is held in memory alone: the score stands nowhere but in the sealed review. A program that is killed
        meanwhile asks again.
        """
        self._let_go()
        try:
            save()
        except (OSError, *DATABASE_ERRORS) as error:
            log.exception("an answer is not saved yet")
            self.desk.parts.rating = RatingView(token, saving=True)
            self.desk.say("error", "review.not_saved", ("what", str(error)))
            self._held = self.desk.later(AGAIN_S, lambda: self._surely(token, save))
        else:
            self.desk.unsay("review.")

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.cancel()
            self._held = None

    def _take(self, token: str, level: int, channel: str) -> None:
        reasons = review_reasons.table().of(level)
        if not reasons:
            self._end(
                token,
                ReviewState.RATED,
                channel,
                lambda connection, case: self._seal(connection, case, level, channel),
            )
            return
        try:
            with transaction(self.desk.connection):
                self._seal(self.desk.connection, self.desk.open_case(), level, channel)
        except ReviewExists:
            self._end(token, ReviewState.RATED, channel)
            return
        self._asking = _Asking(token, channel, self.desk.clock.monotonic() + REASONS_AT_MOST_S)
        self.desk.parts.rating = RatingView(token, 0.0, tuple(ReasonView(r.code, r.zh, r.en) for r in reasons))
        self._wait_for_reasons(self._asking)
        self._end_on_pad(token, thank=True)

    def _seal(self, connection: Connection, case: Case, level: int, channel: str) -> None:
        self.desk.sealer.commit_review(connection, case, level, channel)

    def _wait_for_reasons(self, asking: _Asking) -> None:
        now_s = self.desk.clock.monotonic()
        wait_s = max(0.0, min(REASONS_S, asking.until_s - now_s))
        self._stop_clock()
        rating = self.desk.parts.rating
        self.desk.parts.rating = RatingView(rating.token, now_s + wait_s, rating.reasons)
        self._timer = self.desk.later(wait_s, lambda: self._said_nothing(asking))

    def _said_nothing(self, asking: _Asking) -> None:
        if self._held is None:  # else why was said, and is still to be saved
            self._finish(asking, (), None)

    def _finish(self, asking: _Asking, reasons: tuple[str, ...], contact: Contact | None) -> None:
        if self._asking is not asking:
            return

        def amend(connection: Connection, case: Case) -> None:
            if reasons or contact:
                version = review_reasons.table().version
                self.desk.sealer.amend_review(connection, case.review.service_id, reasons, version, contact)

        self.desk.record(ev.ReviewEnded(state=ReviewState.RATED, channel=asking.channel), also=amend)
        self._asking = None

    def _is_invited(self, token: str) -> bool:
        """Whether this invitation still waits for its one answer."""
        case = self.desk.case
        invited = case is not None and case.review.state is ReviewState.INVITED and case.review.token == token
        return invited and self._asking is None and self._held is None

    def _end(
        self,
        token: str,
        state: ReviewState,
        channel: str,
        also: Callable[[Connection, Case], None] | None = None,
    ) -> None:
        try:
            self.desk.record(ev.ReviewEnded(state=state, channel=channel), also=also)
        except ReviewExists:
            self.desk.record(ev.ReviewEnded(state=state, channel=channel))
        self._end_on_pad(token, thank=state is ReviewState.RATED)

    def _end_on_pad(self, token: str, *, thank: bool) -> None:
        """Tell the pad; one that is away is told once it is back, whatever the case does by then."""

        def told(_: object | None, fault: Fault | None) -> None:
            self._untold = token if fault is not None else ""

        self.desk.ask("evaluator", pad.EndRating(token, thank), told)

    def _timed_out(self, token: str) -> None:
        if self._is_invited(token):
            self._end(token, ReviewState.TIMED_OUT, "")

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
