"""Two receipts one after the other, a third to see that it works again."""

from __future__ import annotations

import itertools

import pytest

from drivers.base.clock import Clock
from drivers.receipt_printer import api
from drivers.receipt_printer.codec import PROCESS_ID_LETTERS
from simulators.receipt_printer.machine import AT_ONCE, PrinterMachine
from simulators.receipt_printer.paper import Receipt
from simulators.receipt_printer.wire import PrinterWire
from tests.faults.matrix.memory_line import Heard
from tests.faults.matrix.scene import BACK_WITHIN_S, SETTLED_WITHIN_S, Kind
from tests.faults.matrix.session import MatrixSession
from tests.support.torn_receipts import VOID, Slips

RECEIPTS = ("case-1/a", "case-2/a", "case-3/a")
DONE = api.JobOutcome.DONE


class Basket(Slips):
    """Counts the receipts that fall into it; what was voided is none."""

    def take(self, receipt: Receipt) -> None:
        super().take(receipt)
        *above, last = [line for line in self.texts[-1] if line in {VOID, *RECEIPTS}]
        assert len(set(above)) <= 1, "two receipts in one"
        assert last == VOID or not above, "half a receipt"
        self.count -= last == VOID


class PrinterScene:
    """DONE is one receipt, FAILED none, INDETERMINATE at most one; never two of one job."""

    def __init__(self, clock: Clock) -> None:
        del clock
        self._tray = Basket()
        machine = PrinterMachine(self._tray, AT_ONCE)
        machine.drawer_pin_high = True  # so that not all its answers look alike
        self.wire = PrinterWire(machine)
        self._outcomes: list[api.JobOutcome] = []

    def play(self, session: MatrixSession) -> None:
        session.run(lambda: bool(session.of(api.PaperChanged)), SETTLED_WITHIN_S)
        for job_id in RECEIPTS[:2]:
            self._print(session, job_id)
        session.run(lambda: False, BACK_WITHIN_S)  # a look at its status

    def recover(self, session: MatrixSession) -> None:
        assert self._print(session, RECEIPTS[2]) is DONE, "the next receipt is not printed"

    def outcome(self, session: MatrixSession) -> object:
        return self._outcomes, [type(event).__name__ for event in session.events], self._tray.count

    def _print(self, session: MatrixSession, job_id: str) -> api.JobOutcome:
        before = self._tray.count
        result = session.execute(api.PrintJob(job_id, (api.TextLine(job_id),)))
        outcome = result.outcome if isinstance(result, api.PrintResult) else api.JobOutcome.FAILED
        if isinstance(result, api.PrintResult) and result.fault is not None:
            session.codes.add(result.fault.code)
        printed = session.line.do(lambda: self._tray.count - before)
        match outcome:
            case api.JobOutcome.DONE:
                assert printed == 1, f"done, and {printed} receipts came out"
            case api.JobOutcome.FAILED:
                assert printed == 0, f"failed, and {printed} receipts came out"
            case api.JobOutcome.INDETERMINATE:
                assert printed in {0, 1}, f"{printed} receipts of one job"
        self._outcomes.append(outcome)
        return outcome


def busy(heard: Heard) -> tuple[bytes, ...]:
    """Each status in which it prints nothing: a status byte has no checksum, so these are true answers."""
    if len(heard.reply) != 1:
        return (b"",)
    return (b"", b"\x1a", b"\x16", b"\x32", b"\x36", b"\x52", b"\x72", b"\x7e", b"\x1e", b"\x00", b"\xff")


def _told(*troubles: str) -> frozenset[str]:
    return frozenset(f"receipt_printer.{trouble}" for trouble in troubles)


_LOST = _told("link_lost") | {"link.lost"}
# A status byte has no checksum: another byte is another status, and told as that one.
_STATES = _told("paper_out", "cover_open", "offline", "overheated", "unrecoverable")


def known_process_ids(patch: pytest.MonkeyPatch) -> None:
    """One after the other instead of random ones: a reply is spoiled that was recorded in another session."""
    ids = map("".join, itertools.product(PROCESS_ID_LETTERS, repeat=4))
    patch.setattr("drivers.receipt_printer.conversation.new_process_id", lambda: next(ids))


RECEIPT_PRINTER = Kind(
    name="receipt_printer",
    make=PrinterScene,
    codes={
        "unplug": _LOST | _told("link_lost_in_job"),
        **dict.fromkeys(("cut", "lost byte", "flipped bit"), _LOST | _told("silent", "unconfirmed")),
        "noise inside": _LOST | _told("unconfirmed"),  # a proof that is not whole proves nothing
        "noise before": _STATES | _told("error"),
        "noise after": _STATES,
        "late": _told("silent"),
        "silence": _LOST | _told("silent", "silent_in_job"),
        "busy": _STATES | _LOST | _told("error", "cutter", "silent", "unconfirmed"),
    },
    unchecked=frozenset({"busy"}),  # "paper low" is told as that, and is no trouble
    busy=busy,
    framed=False,
    foresee=known_process_ids,
)
