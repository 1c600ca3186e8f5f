"""What a tap is told of a reader beside APDUs: enough to play the session again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.smart_card import driver as driver_module
from drivers.smart_card.api import CardInserted, CardReadFailed, CardRemoved, SocialSecurityCardRead
from drivers.smart_card.notes import Call, CallFailed, CardIn, CardOut
from drivers.smart_card.tables import Code
from tests.support.scripted_card import GENERATION_1, ScriptedCard
from tests.support.scripted_card_rig import ScriptedRig, scripted_rig


@pytest.fixture
def rig() -> Iterator[ScriptedRig]:
    with scripted_rig() as made:
        yield made


def test_cards_come_and_go(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(SocialSecurityCardRead)
    rig.service.remove()
    rig.event(CardRemoved)
    assert rig.tap.notes == [CardOut(first=True), CardIn(rig.service.atr), CardOut()]
    assert rig.tap.sent, "and its commands"


def test_a_card_that_lay_there_is_told_as_found_and_a_swap_as_two_moves(rig: ScriptedRig) -> None:
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.start()
    rig.event(CardInserted)
    rig.service.swap()
    rig.event(CardRemoved)
    rig.event(CardInserted)
    atr = rig.service.atr
    assert rig.tap.notes == [CardIn(atr, first=True), CardOut(), CardIn(atr)]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (Call.CONNECT, Code.UNRESPONSIVE_CARD),
        (Call.TRANSMIT, Code.REMOVED_CARD),
        (Call.TRANSMIT, Code.NOT_TRANSACTED),
    ],
)
def test_a_call_that_failed_is_told_with_its_code(rig: ScriptedRig, call: Call, code: Code) -> None:
    rig.armed()
    rig.service.fail(call.value, code)
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(CardReadFailed)
    assert rig.tap.notes[2:] == [CallFailed(call, code)]


def test_no_answer_is_told_as_a_failed_call_and_not_as_bytes(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.insert(lambda _: b"")
    rig.event(CardReadFailed)
    assert rig.tap.notes[2:] == [CallFailed(Call.TRANSMIT, Code.NOT_TRANSACTED)]
    assert rig.tap.heard == b""


def test_every_try_at_a_card_that_another_program_has_is_told(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.fail("connect", Code.SHARING_VIOLATION, Code.SHARING_VIOLATION)
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(CardInserted)
    for _ in range(2):
        rig.clock.ahead_s += driver_module.IN_USE_RETRY_S
        rig.step()
    rig.event(SocialSecurityCardRead)
    assert rig.tap.notes[2:] == [CallFailed(Call.CONNECT, Code.SHARING_VIOLATION)] * 2


def test_why_the_reader_was_lost_is_told(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.fail("watch", Code.READER_UNAVAILABLE)
    rig.lost()
    assert rig.tap.notes[1:] == [CallFailed(Call.STATUS, Code.READER_UNAVAILABLE)]
