"""The reception: who is signed in at this terminal, and who may take cases."""

from __future__ import annotations

import math

from drivers.base.sensitive import Sensitive
from terminal import intents
from terminal.cases.desk import Desk
from terminal.snapshot import Role, StaffView
from terminal.staff import register
from terminal.staff.register import Verdict
from terminal.store.connection import transaction

# A forgotten PIN may make its owner wait for hours; the terminal itself stays shut for this long at most, so that a
# supervisor can sign in and unlock.
LONGEST_PAUSE_S = 30
SELF_SERVICE = StaffView("kiosk", "自助服务", Role.CLERK)
_TAKING_CASES = frozenset({Role.CLERK, Role.SUPERVISOR})


class Reception:
    """Signs staff in and out. Everything here runs on the case thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def sign_in(self, intent: intents.SignIn) -> None:
        """Try a PIN; the failure is counted durably before anybody is told."""
        desk = self._desk
        desk.unsay("staff.")
        if self.wait_s():
            return
        member = vouch(desk, intent.staff_id, intent.pin)
        if member is None:
            return
        desk.parts.staff = member
        if member.role not in _TAKING_CASES:
            desk.say("info", "staff.takes_no_cases")

    def sign_out(self, _: intents.SignOut) -> None:
        """Leave; an open case stays as it is, for whoever signs in next."""
        self._desk.unsay("staff.")
        self._desk.parts.staff = None

    def unlock(self, intent: intents.UnlockStaff) -> None:
        """A supervisor or technician lets a member try again."""
        desk = self._desk
        desk.unsay("staff.")
        by = desk.parts.staff
        try:
            if by is None:
                raise register.NotPermitted
            with transaction(desk.connection):
                register.unlock(desk.connection, intent.staff_id, by)
        except register.NotPermitted:
            desk.say("error", "staff.may_not_unlock")
        except register.UnknownStaff:
            desk.say("error", "staff.unknown", ("staff_id", intent.staff_id))
        else:
            desk.say("info", "staff.unlocked", ("staff_id", intent.staff_id))

    def clerk(self) -> StaffView | None:
        """Whoever may take a case now; None when that is nobody. A kiosk without staff serves by itself."""
        staff = self._desk.parts.staff
        if staff is None:
            return None if self._desk.config.profile_value.staff_required else SELF_SERVICE
        return staff if staff.role in _TAKING_CASES else None

    def refusal(self) -> str:
        """Why `clerk` is nobody, as a message key."""
        return "staff.sign_in_first" if self._desk.parts.staff is None else "staff.takes_no_cases"

    def wait_s(self) -> int:
        """Seconds until another PIN may be tried at this terminal; 0: now."""
        return _wait_s(self._desk)


def vouch(desk: Desk, staff_id: str, pin: Sensitive[str]) -> StaffView | None:
    """Whose PIN this is; else None, and why is said. The failure is counted durably before anybody is told.

    Whoever is signed in stays so. While the terminal is shut after failures no PIN is looked at.
    """
    if left_s := _wait_s(desk):
        desk.say("error", "staff.wait", ("minutes", str(math.ceil(left_s / 60))))
        return None
    with transaction(desk.connection):
        attempt = register.attempt(
            desk.connection, staff_id.strip(), pin, desk.clock.wall(), demo_allowed=desk.config.demo_staff
        )
    desk.parts.pins_from_s = desk.clock.monotonic() + min(attempt.wait_s, LONGEST_PAUSE_S)
    match attempt.verdict:
        case Verdict.WELCOME:
            return attempt.member
        case Verdict.WRONG:
            desk.say("error", "staff.wrong")
        case Verdict.WAIT:
            desk.say("error", "staff.wait", ("minutes", str(math.ceil(attempt.wait_s / 60))))
        case Verdict.LOCKED:
            desk.say("error", "staff.locked")
    return None


def _wait_s(desk: Desk) -> int:
    left_s = desk.parts.pins_from_s - desk.clock.monotonic()
    return math.ceil(left_s) if left_s > 0 else 0
