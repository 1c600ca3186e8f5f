"""Status answers that are missing or late: never taken for another question's, and never the end of a receipt."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drivers.base.status import DeviceState
from drivers.receipt_printer.api import Feed, JobOutcome, PaperChanged, TextLine
from simulators.receipt_printer.machine import REAL
from tests.faults.matrix.memory_line import Deed, Spoiled
from tests.support.torn_receipts import Counter, counter

LINES = (TextLine("A-111"),)
ONE_ROUND = 4  # answers to DLE EOT


def settled(desk: Counter) -> None:
    desk.session.run(lambda: bool(desk.session.of(PaperChanged)), 3.0)
    desk.session.events.clear()


def lose(desk: Counter, answer: int, *pieces: tuple[float, bytes | Deed]) -> None:
    """Let the next round's answer with this number (0 to 3) come as `pieces` say; not at all without any."""
    desk.line.spoiled = Spoiled(len(desk.line.replies) + answer, pieces)


@pytest.mark.parametrize("answer", range(ONE_ROUND))
def test_one_missing_answer_costs_no_receipt(answer: int) -> None:
    with counter({}) as desk:
        settled(desk)
        lose(desk, answer)
        assert desk.print("a", LINES) is JobOutcome.DONE
        assert desk.slips == [("A-111",)]


def test_a_receipt_that_silence_stopped_is_told_and_so_is_the_end_of_the_silence() -> None:
    with counter({}) as desk:
        settled(desk)
        lose(desk, 0, (0.0, Deed.MUTE))
        assert desk.print("a", LINES) is JobOutcome.FAILED
        assert desk.codes == ["receipt_printer.silent"]
        desk.session.run(lambda: (DeviceState.ONLINE, "") in desk.told(), 20.0)
        assert desk.told() == [(DeviceState.OFFLINE, "receipt_printer.silent"), (DeviceState.ONLINE, "")]
        assert desk.print("a", LINES) is JobOutcome.DONE
        assert desk.slips == [("A-111",)]


def test_trouble_that_ends_right_after_it_stopped_a_receipt_is_told_all_the_same() -> None:
    """The receipt waits for the end of a trouble that no look at the status had seen."""
    with counter({}) as desk:
        settled(desk)
        lose(desk, 1, (0.0, b"\x16"))  # the cover is open, for this one answer
        assert desk.print("a", LINES) is JobOutcome.FAILED
        desk.session.run(lambda: (DeviceState.ONLINE, "") in desk.told(), 3.0)
        assert desk.told() == [(DeviceState.USER_ERROR, "receipt_printer.cover_open"), (DeviceState.ONLINE, "")]


@pytest.mark.parametrize("is_slow_to_hand_over", [False, True])
@pytest.mark.parametrize("answer", range(ONE_ROUND))
@pytest.mark.parametrize("late_s", [1.1, 1.4, 2.4, 2.6, 3.0, 3.4])
def test_a_late_answer_is_no_other_question_s(late_s: float, answer: int, is_slow_to_hand_over: bool) -> None:
    """Pin 3 of the drawer is high: the answer to the first question says "cover open" if taken for the second's."""
    with counter({}) as desk:
        settled(desk)
        if is_slow_to_hand_over:
            desk.line.most = 1
        lose(desk, answer, (late_s, b"\x16" if answer == 0 else b"\x12"))
        desk.session.run(lambda: False, 2.0)  # a look at its status
        outcome = desk.print("a", LINES)
        desk.session.run(lambda: False, 12.0)
        assert set(desk.told()) <= {(DeviceState.OFFLINE, "receipt_printer.silent"), (DeviceState.ONLINE, "")}
        assert (outcome, desk.codes) in [
            (JobOutcome.DONE, [""]),
            (JobOutcome.FAILED, ["receipt_printer.silent"]),
        ]
        assert desk.print("b", LINES) is JobOutcome.DONE


@pytest.mark.parametrize("answer", range(3 * ONE_ROUND))
@pytest.mark.parametrize("late_s", [0.9, 1.1, 1.4, 2.4, 3.0])
def test_a_late_answer_while_it_prints_is_no_trouble(late_s: float, answer: int) -> None:
    with counter({}, speed=REAL) as desk:
        settled(desk)
        lose(desk, answer, (late_s, b"\x16" if answer % ONE_ROUND == 0 else b"\x12"))
        assert desk.print("a", (*LINES, Feed(200))) is JobOutcome.DONE
        desk.session.run(lambda: False, 6.0)
        assert desk.told() == []
        assert desk.slips == [("A-111",)]


def spoil_proof(desk: Counter, spoilt: Callable[[bytes], bytes]) -> None:
    """Let a receipt be proven, and what comes as the next one's proof be another thing."""
    before = len(desk.line.replies)
    assert desk.print("one before", LINES) is JobOutcome.DONE
    replies = [heard.reply for heard in desk.line.replies[before:]]
    place = next(number for number, reply in enumerate(replies) if reply.startswith(b'7"'))
    desk.line.spoiled = Spoiled(len(desk.line.replies) + place, ((0.0, spoilt(replies[place])),))


@pytest.mark.parametrize("lost", range(7))
def test_a_proof_that_lost_a_byte_leaves_the_receipt_open_and_says_nothing_of_the_cover(lost: int) -> None:
    """The answers come one byte at a time, as a slow line has them; pin 3 of the drawer is high."""
    with counter({}) as desk:
        settled(desk)
        spoil_proof(desk, lambda proof: proof[:lost] + proof[lost + 1 :])
        desk.line.most = 1
        assert desk.print("a", LINES) is JobOutcome.INDETERMINATE
        assert desk.codes[-1] == "receipt_printer.unconfirmed"


@pytest.mark.parametrize("noise", [b"\x00", b"\x0c", b"\x00" * 6])
def test_a_nul_of_noise_proves_no_receipt(noise: bytes) -> None:
    with counter({}) as desk:
        settled(desk)
        spoil_proof(desk, lambda _: noise)
        assert desk.print("a", LINES) is JobOutcome.INDETERMINATE
        assert desk.codes[-1] == "receipt_printer.unconfirmed"
