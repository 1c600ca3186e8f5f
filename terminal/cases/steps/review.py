"""One rating per case: on the pad or the second screen, whichever comes first; or none."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from drivers.base.status import Fault
from drivers.evaluator import api as pad
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.mailbox import Timer
from terminal.cases.model import Case, ReviewState, Step
from terminal.cases.steps.contract import Handlers, StepHandler
from terminal.custody.seal import ReviewExists
from terminal.snapshot import RatingView
from terminal.store.connection import Connection

NODE_ACCEPTANCE = 2  # service node 受理 (domain.md e, serviceNumber)


class Reviewing(StepHandler):
    """REVIEW."""

    steps = frozenset({Step.REVIEW})
    _timer: Timer | None = None
    _untold: str = ""  # an invitation that is over, which the pad may still show

    def intents(self) -> Handlers:
        """The second screen's answers."""
        return {intents.RateOnScreen: self.on_screen, intents.DeclineRating: self.declined_on_screen}

    def device_events(self) -> Handlers:
        """The pad's answers."""
        return {pad.Rated: self.on_pad, pad.Declined: self.declined_on_pad}

    def enter(self, step: Step) -> None:
        """Invite; after a restart the same invitation stands again, with its full time."""
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
        self.desk.parts.rating = RatingView(review.token, self.desk.clock.monotonic() + review.timeout_s)
        self._timer = self.desk.later(review.timeout_s, lambda: self._timed_out(review.token))
        self._invite_on_pad(review.token, review.timeout_s)

    def leave(self) -> None:
        """The invitation is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.desk.parts.rating = RatingView()

    def device_online(self, kind: str) -> None:
        """A pad that comes back in the middle joins the running invitation; its driver keeps the token."""
        case = self.desk.case
        if kind == "evaluator" and case is not None and case.review.state is ReviewState.INVITED:
            left_s = self.desk.parts.rating.ends_at_s - self.desk.clock.monotonic()
            if left_s >= 1:
                self._invite_on_pad(case.review.token, int(left_s))

    def device_back(self, kind: str) -> None:
        """A pad that was away when the rating ended must not go on inviting."""
        if kind == "evaluator" and self._untold:
            self._end_on_pad(self._untold, thank=False)

    def on_screen(self, intent: intents.RateOnScreen) -> None:
        """The citizen touched a level."""
        self._rate(intent.token, intent.level, "screen")

    def on_pad(self, event: pad.Rated) -> None:
        """The citizen pressed a key."""
        self._rate(event.token, event.level, "pad")

    def declined_on_screen(self, intent: intents.DeclineRating) -> None:
        """The citizen does not want to."""
        self._end(intent.token, ReviewState.DECLINED, "screen")

    def declined_on_pad(self, event: pad.Declined) -> None:
        """The citizen does not want to."""
        self._end(event.token, ReviewState.DECLINED, "pad")

    def _invite_on_pad(self, token: str, timeout_s: int) -> None:
        if self.desk.online("evaluator"):
            self.desk.ask("evaluator", pad.StartRating(token, timeout_s))

    def _rate(self, token: str, level: int, channel: str) -> None:
        if level not in range(1, 6):
            return

        def seal_review(connection: Connection, case: Case) -> None:
            self.desk.sealer.commit_review(connection, case, level, channel)

        self._end(token, ReviewState.RATED, channel, seal_review)

    def _end(
        self,
        token: str,
        state: ReviewState,
        channel: str,
        also: Callable[[Connection, Case], None] | None = None,
    ) -> None:
        case = self.desk.case
        if case is None or case.review.state is not ReviewState.INVITED or case.review.token != token:
            return  # a second press, or one of an earlier citizen: never counted
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
        self._end(token, ReviewState.TIMED_OUT, "")
