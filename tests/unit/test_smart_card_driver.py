"""A card comes, is read and goes, at a scripted PC/SC service: every order, every return code while it is read."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from drivers.base.deadline import Deadline
from drivers.smart_card import driver as driver_module
from drivers.smart_card.api import (
    CardInserted,
    CardReadFailed,
    CardRemoved,
    SocialSecurityCardRead,
    StartReading,
    StopReading,
)
from drivers.smart_card.tables import Code
from tests.support.scripted_card import GENERATION_1, GENERATION_2, ScriptedCard
from tests.support.scripted_card_rig import ScriptedRig, scripted_rig


@pytest.fixture
def rig() -> Iterator[ScriptedRig]:
    with scripted_rig() as made:
        yield made


# comings and goings


def test_a_card_inserted_while_reading_is_on_is_told_read_and_seen_removed(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.insert(ScriptedCard(GENERATION_2))
    read = rig.event(SocialSecurityCardRead)
    assert read.card.name.reveal() == "李样本"
    assert read.apdus == 15
    assert read.apdu_s >= 0
    rig.service.remove()
    rig.event(CardRemoved)
    assert rig.kinds() == ["CardInserted", "SocialSecurityCardRead", "CardRemoved"]
    assert isinstance(rig.events[0], CardInserted)
    assert rig.events[0].will_be_read


def test_reading_ends_with_the_card_that_was_read(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(SocialSecurityCardRead)
    rig.service.swap()
    assert not rig.event(CardInserted).will_be_read
    rig.quiet()
    assert rig.kinds().count("SocialSecurityCardRead") == 1


def test_a_card_from_before_is_never_read(rig: ScriptedRig) -> None:
    rig.start()
    rig.service.insert(ScriptedCard(GENERATION_1))
    assert not rig.event(CardInserted).will_be_read
    rig.driver.execute(StartReading())
    assert rig.event(CardReadFailed).fault.code == "smart_card.remove_first"
    rig.quiet()
    assert rig.kinds() == ["CardInserted", "CardReadFailed"], "said once"
    rig.service.swap()
    rig.event(SocialSecurityCardRead)


def test_a_card_that_was_there_when_the_reader_came_is_never_read(rig: ScriptedRig) -> None:
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.armed()
    assert not rig.event(CardInserted).will_be_read
    assert rig.event(CardReadFailed).fault.code == "smart_card.remove_first"
    rig.service.remove()
    rig.event(CardRemoved)
    rig.service.insert()
    rig.event(SocialSecurityCardRead)


def test_a_card_of_a_citizen_who_left_is_not_the_next_one_s(rig: ScriptedRig) -> None:
    """A failed read, the case ended, the card stayed in the slot: nobody else's case may get it."""
    rig.armed()
    rig.service.fail("transmit", Code.NOT_TRANSACTED)
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(CardReadFailed)
    rig.driver.execute(StopReading())
    rig.driver.execute(StartReading())
    assert rig.event(CardReadFailed).fault.code == "smart_card.remove_first"
    assert "SocialSecurityCardRead" not in rig.kinds()


def test_reading_again_tries_a_failed_card_once_more(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.fail("transmit", Code.NOT_TRANSACTED)
    rig.service.insert(ScriptedCard(GENERATION_1))
    assert rig.event(CardReadFailed).fault.code == "smart_card.no_answer"
    rig.quiet()
    assert len(rig.events) == 2, "not by itself"
    rig.driver.execute(StartReading())
    rig.event(SocialSecurityCardRead)


def test_stopping_before_the_card_is_read_reads_nothing(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.insert(ScriptedCard(GENERATION_1))
    assert rig.driver.wait(Deadline.after(rig.clock, 3.0), rig.wake).readable
    rig.events += rig.driver.on_readable()
    rig.driver.execute(StopReading())
    rig.quiet()
    assert rig.kinds() == ["CardInserted"]


def test_a_card_swapped_in_mid_read_gives_nothing_of_either_and_then_the_second(rig: ScriptedRig) -> None:
    first, second = ScriptedCard(GENERATION_1), ScriptedCard(GENERATION_2)

    def pulled(apdu: bytes) -> bytes:
        if len(first.sent) == 9:
            rig.service.swap()
            rig.service.card = second
        return first(apdu)

    rig.armed()
    rig.service.insert(pulled)
    assert rig.event(CardReadFailed).fault.code == "smart_card.removed"
    rig.event(SocialSecurityCardRead)
    assert rig.kinds() == [
        *("CardInserted", "CardReadFailed", "CardRemoved", "CardInserted", "SocialSecurityCardRead"),
    ]
    assert len(second.sent) == 15, "from its own beginning"


# return codes while a card is read


@pytest.mark.parametrize(
    ("call", "code", "fault"),
    [
        ("connect", Code.NO_SMARTCARD, "smart_card.removed"),
        ("connect", Code.UNRESPONSIVE_CARD, "smart_card.mute"),
        ("connect", Code.UNPOWERED_CARD, "smart_card.mute"),
        ("connect", Code.PROTO_MISMATCH, "smart_card.mute"),
        ("transmit", Code.REMOVED_CARD, "smart_card.removed"),
        ("transmit", Code.RESET_CARD, "smart_card.removed"),
        ("transmit", Code.NOT_TRANSACTED, "smart_card.no_answer"),
        ("transmit", 0x80100001, "smart_card.no_answer"),
    ],
)
def test_a_return_code_becomes_a_fault(rig: ScriptedRig, call: str, code: int, fault: str) -> None:
    rig.armed()
    rig.service.fail(call, code)
    rig.service.insert(ScriptedCard(GENERATION_1))
    failed = rig.event(CardReadFailed)
    assert failed.fault.code == fault
    assert f"{code:08X}" in failed.fault.detail


def test_not_transacted_by_a_card_that_is_just_going_is_a_removal(rig: ScriptedRig) -> None:
    timer = threading.Timer(0.05, rig.service.remove)

    def going(_: bytes) -> bytes:
        timer.start()
        rig.service.fail("transmit", Code.NOT_TRANSACTED)
        rig.service.maybe_fail("transmit")
        return b""

    rig.armed()
    rig.service.insert(going)
    assert rig.event(CardReadFailed).fault.code == "smart_card.removed"
    timer.join()
    failed_s = rig.clock.monotonic()
    rig.event(CardRemoved)
    assert rig.clock.monotonic() - failed_s < driver_module.LOOK_EVERY_S / 2


def test_an_empty_answer_is_no_answer(rig: ScriptedRig) -> None:
    """What vpcd's driver gives when its card goes away under a command."""
    rig.armed()
    rig.service.insert(lambda _: b"")
    assert rig.event(CardReadFailed).fault.code == "smart_card.no_answer"


def test_a_card_that_another_program_holds_is_tried_again_for_a_while(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.fail("connect", *[Code.SHARING_VIOLATION] * driver_module.IN_USE_TRIES)
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(CardInserted)
    for _ in range(driver_module.IN_USE_TRIES):
        rig.step()
        rig.clock.ahead_s += driver_module.IN_USE_RETRY_S
    rig.event(SocialSecurityCardRead)


def test_a_card_that_another_program_keeps_is_a_fault(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.fail("connect", *[Code.SHARING_VIOLATION] * (driver_module.IN_USE_TRIES + 1))
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(CardInserted)
    for _ in range(driver_module.IN_USE_TRIES + 1):
        rig.step()
        rig.clock.ahead_s += driver_module.IN_USE_RETRY_S
    assert [e.fault.code for e in rig.events if isinstance(e, CardReadFailed)] == ["smart_card.in_use"]


def test_another_kind_of_card_and_a_damaged_one_are_told_apart(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.insert(lambda _: b"\x6a\x82")
    assert rig.event(CardReadFailed).fault.code == "smart_card.not_social"
    rig.service.remove()
    rig.service.insert(ScriptedCard(GENERATION_1, lambda apdu: b"\x02\x09\x31\x90\x00" if apdu[1] == 0xB2 else None))
    assert rig.event(CardReadFailed).fault.code == "smart_card.corrupt"


def test_a_card_that_never_comes_to_an_end_is_given_up(rig: ScriptedRig, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(apdu: bytes) -> bytes:
        rig.clock.ahead_s += 1.2
        return card(apdu)

    card = ScriptedCard(GENERATION_1)
    monkeypatch.setattr(driver_module, "READ_WITHIN_S", 3.0)
    rig.armed()
    rig.service.insert(slow)
    failed = rig.event(CardReadFailed)
    assert (failed.fault.code, failed.fault.detail) == ("smart_card.no_answer", "not read within 3 s")
    assert len(card.sent) == 3
