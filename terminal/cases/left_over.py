"""What the last run of the program left behind: the window goes on with its case; of a place without staff everything
before a decision is purged, and a decided case is sealed without anybody seeing it (docs/decisions/0013).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from terminal.cases import events as ev
from terminal.cases.chosen_item import is_superseded, item_of
from terminal.cases.desk import Desk
from terminal.cases.machine import step_back
from terminal.cases.model import Case, PrintState, ReviewState, Step
from terminal.cases.sealing_work import SealingWork
from terminal.profile import KIOSK, WINDOW, CrashPolicy
from terminal.snapshot import Role
from terminal.store import journal
from terminal.store.connection import transaction

log = logging.getLogger(__name__)

AGAIN_S: Final = 60.0  # until a case that could not be sealed is tried again
INTERRUPTED: Final = "作出决定后终端断电或程序中断，重新启动后自动封存，群众未在场"
_RECEIPT: Final = {
    PrintState.NOT_PRINTED: "凭条没有打出",
    PrintState.QUEUED: "凭条没有打出",
    PrintState.PRINTING: "凭条是否打出不明",
    PrintState.ASK: "凭条是否打出不明",
    PrintState.PRINTED: "",
    PrintState.WAIVED: "凭条未打印，已在屏幕上显示二维码",
}
_ENDED: Final = frozenset({Step.SEALED, Step.ABANDONED})


class LeftOver:
    """Everything here runs on the case thread. `sealed` is called after each case that was sealed unseen."""

    def __init__(self, desk: Desk, sealed: Callable[[], None]) -> None:
        self._desk = desk
        self._sealed = sealed
        self._work = SealingWork(desk)
        self._decided: list[str] = []  # cases to be sealed
        self._stuck: set[str] = set()  # of them: those that wait for a supervisor
        self._awaited = False  # a timer runs
        self._shown = ""  # the one that a supervisor has before them

    def begin(self) -> None:
        """Purge, or take up; whichever profile this terminal has now, a case is treated by the one it was begun in."""
        desk = self._desk
        for profile in (WINDOW, KIOSK):
            if profile.after_crash is not CrashPolicy.PURGE:
                continue
            with transaction(desk.connection):
                for case_id in journal.open_cases(desk.connection, profile.name, decided=False):
                    journal.forget(desk.connection, case_id)
            self._decided += reversed(journal.open_cases(desk.connection, profile.name, decided=True))
        if desk.config.profile_value.after_crash is CrashPolicy.RESUME:
            self._take_up()

    def go_on(self) -> None:
        """Seal what was decided, once everything else has started."""
        self._soon(0)

    def is_in_the_way(self) -> bool:
        """Whether a case stands before people who can do nothing for it and are not to see it: it cannot be sealed
        without a supervisor, and none is signed in.
        """
        desk = self._desk
        case = desk.case
        if case is None or self._supervised():
            return False
        waits = case.step is Step.SEAL and bool(desk.parts.lost) and not desk.config.profile_value.staff_required
        return waits or (bool(self._shown) and case.id == self._shown)

    def put_away(self) -> None:
        """Nobody sees it any more; it stays as it is, and is tried again."""
        case = self._desk.case
        if case is not None and case.step is Step.SEAL and case.id not in self._decided:
            self._decided.append(case.id)
            self._stuck.add(case.id)
        self._desk.case = None
        self._desk.messages.clear()
        self._shown = ""
        self._soon(AGAIN_S)

    def bring_up(self) -> None:
        """Show a supervisor who is signed in a case that cannot be sealed without them, if no other is open."""
        desk = self._desk
        if desk.case is not None and desk.case.id == self._shown and desk.case.step is Step.SEALED:
            self._done(self._shown)
        if not self._stuck or not self._supervised() or (desk.case is not None and desk.case.step not in _ENDED):
            return
        self._shown = min(self._stuck)
        desk.case = journal.load(desk.connection, self._shown)
        desk.entered.append(desk.case.step)

    def _supervised(self) -> bool:
        staff = self._desk.parts.staff
        return staff is not None and staff.role is Role.SUPERVISOR

    # the window

    def _take_up(self) -> None:
        desk = self._desk
        for case_id in journal.open_cases(desk.connection, desk.config.profile):
            try:
                desk.case = self._with_item(journal.load(desk.connection, case_id))
            except journal.Unreadable:
                continue  # said by whoever looks at all of them
            desk.parts.resumed = True
            return

    def _with_item(self, case: Case) -> Case:
        """A case goes on with its item as it was; where that is not known any more, another is chosen."""
        desk = self._desk
        if case.item is None or case.decision is not None:
            return case
        if item_of(case, desk.catalogue) is not None:
            if is_superseded(case, desk.catalogue):
                desk.say("warning", "case.item_superseded", ("item", case.item.item_name))
            return case
        while case.step is not Step.CHOOSE_ITEM and (target := step_back(case)) is not None:
            case = desk.journalled(case, ev.WentBack(to=target))
        desk.say("error", "case.unknown_item")
        return case

    # a place without staff

    def _soon(self, seconds: float) -> None:
        if self._decided and not self._awaited:
            self._awaited = True
            self._desk.later(seconds, self._seal_all)

    def _seal_all(self) -> None:
        self._awaited = False
        for case_id in tuple(self._decided):
            if case_id == self._shown:
                continue
            try:
                self._seal(case_id)
            except journal.Unreadable:
                self._decided.remove(case_id)  # it waits for a release that can read it; whoever looks says so
            except Exception:
                log.exception("a decided case that was left behind is not sealed yet")
            finally:
                self._work.forget()
        self._soon(AGAIN_S)

    def _seal(self, case_id: str) -> None:
        case = journal.load(self._desk.connection, case_id)

        def record(event: ev.Event) -> Case:
            nonlocal case
            case = self._desk.journalled(case, event)
            return case

        if case.step is not Step.SEAL:
            record(self._interrupted(case))
        missing = self._work.prepare(case, record)
        if missing:
            log.error("a decided case that was left behind lacks %d documents: a supervisor must look", len(missing))
            self._stuck.add(case_id)
            return
        self._desk.journalled(case, self._work.seal, also=self._work.end_journal)
        log.info("a decided case that was left behind is sealed")
        self._done(case_id)
        self._desk.sync_wanted()
        self._sealed()

    def _interrupted(self, case: Case) -> ev.Interrupted:
        review = case.review
        state, channel = review.state, review.channel
        if state is ReviewState.INVITED:
            rated = self._desk.sealer.sealed_review(self._desk.connection, review.service_id)
            state, channel = (ReviewState.RATED, rated.channel) if rated else (ReviewState.TIMED_OUT, "")
        return ev.Interrupted(reason=INTERRUPTED, review=state, channel=channel, receipt=_RECEIPT[case.papers.receipt])

    def _done(self, case_id: str) -> None:
        self._stuck.discard(case_id)
        if case_id in self._decided:
            self._decided.remove(case_id)
