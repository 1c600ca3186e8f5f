"""What goes wrong with cards, reader and service: the right fault, nothing kept, back within 3 s of the return."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from drivers.base.clock import SystemClock
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost, Refused
from drivers.base.status import DeviceState
from drivers.smart_card.api import (
    CardInserted,
    CardReadFailed,
    CardRemoved,
    SocialSecurityCardRead,
    StartReading,
)
from drivers.smart_card.driver import SETTLES_WITHIN_S, build
from terminal.devices.notices import Notice, StatusChanged
from terminal.devices.session import Session
from tests.support.sim_lines import until
from tests.support.smart_card_rig import CardRig, TellAfter, card_rig, needs_pcscd

pytestmark = needs_pcscd

BACK_WITHIN_S = 3.0
APDUS_OF_LI = 28  # of a whole read of this card, counted once by hand in the sniffed talk: T=0 asks twice


@pytest.fixture
def rig() -> Iterator[CardRig]:
    with card_rig() as made:
        yield made


def armed(rig: CardRig) -> None:
    rig.start()
    rig.driver.execute(StartReading())


def reads_another(rig: CardRig) -> None:
    """The next card is read whole, and it is the next card."""
    rig.clock.ahead_s += SETTLES_WITHIN_S
    rig.events.clear()
    rig.do("insert", card="zhang")
    assert rig.event(SocialSecurityCardRead).card.name.reveal() == "张桂兰"


@pytest.mark.parametrize("after_apdus", [0, 9, APDUS_OF_LI - 1])
def test_a_card_pulled_in_mid_read_is_a_fault_and_nothing_is_kept(rig: CardRig, after_apdus: int) -> None:
    armed(rig)
    rig.do("remove_during_read", after_apdus=after_apdus)
    rig.do("insert", card="li")
    assert rig.event(CardReadFailed).fault.code == "smart_card.removed"
    rig.event(CardRemoved)
    assert rig.events_of(SocialSecurityCardRead) == []
    reads_another(rig)


def test_a_whole_read_has_so_many_apdus(rig: CardRig) -> None:
    armed(rig)
    rig.do("insert", card="li")
    assert rig.event(SocialSecurityCardRead).apdus == APDUS_OF_LI


@pytest.mark.parametrize("position", [0, 1])
def test_a_garbled_record_is_a_fault_and_the_card_can_be_tried_again(rig: CardRig, position: int) -> None:
    armed(rig)
    rig.do("garble", position=position)
    rig.do("insert", card="li")
    assert rig.event(CardReadFailed).fault.code == "smart_card.corrupt"
    rig.driver.execute(StartReading())
    assert rig.event(SocialSecurityCardRead).card.name.reveal() == "李样本"


def test_a_slow_card_is_read_all_the_same(rig: CardRig) -> None:
    armed(rig)
    rig.do("slow", extra_ms=20.0)
    rig.do("insert", card="zhang")
    read = rig.event(SocialSecurityCardRead)
    assert read.apdu_s > 0.02 * read.apdus


@pytest.mark.parametrize("how", ["stop_service", "kill_service"])
def test_pcscd_restarted_while_nothing_is_read(rig: CardRig, how: str) -> None:
    armed(rig)
    rig.do(how)
    rig.lost()
    rig.driver.close()
    with pytest.raises((Refused, LinkLost), match=r"no_service|NO_SERVICE"):
        rig.start()
    rig.do("start_service")
    assert rig.back_within(BACK_WITHIN_S) < BACK_WITHIN_S
    reads_another(rig)


def test_the_terminal_s_own_session_is_back_within_3_s_of_pcscd_and_says_why_it_was_away(rig: CardRig) -> None:
    notices: list[Notice] = []

    def told(state: DeviceState) -> bool:
        return any(isinstance(notice, StatusChanged) and notice.status.state is state for notice in notices)

    session = Session(
        "social_card",
        lambda context: build(Endpoint.parse(rig.device.endpoint()), {}, context),
        notices.append,
        SystemClock(),
        chance=lambda: 1.0,  # the longest waits
    )
    session.start()
    try:
        until(lambda: told(DeviceState.ONLINE))
        session.submit(1, StartReading())
        notices.clear()
        rig.do("kill_service")
        until(lambda: told(DeviceState.HARDWARE_ERROR))
        assert told(DeviceState.POWER_OFF), "first the loss, then its reason"
        until(lambda: len(notices) >= 2)
        assert [n.status.fault.code for n in notices if isinstance(n, StatusChanged) and n.status.fault] == [
            *("link.lost", "smart_card.no_service"),
        ]
        rig.do("start_service")
        until(lambda: told(DeviceState.ONLINE), BACK_WITHIN_S)
    finally:
        assert session.stop(BACK_WITHIN_S)


@pytest.mark.parametrize("how", ["stop_service", "kill_service"])
def test_pcscd_restarted_in_mid_read(rig: CardRig, how: str) -> None:
    """The card is still in its slot afterwards; whose it is nobody knows, so it has to be inserted again."""
    armed(rig)
    rig.do("slow", extra_ms=30.0)
    ender = TellAfter(rig, 6, how)
    ender.start()
    rig.do("insert", card="li")
    rig.lost()
    ender.join()
    rig.do("start_service")
    rig.back_within(BACK_WITHIN_S)
    assert rig.event(CardReadFailed).fault.code == "smart_card.interrupted"
    rig.do("slow")
    rig.run_until(lambda: bool([e for e in rig.events_of(CardInserted) if not e.will_be_read]))
    rig.do("remove")
    rig.event(CardRemoved)
    assert rig.events_of(SocialSecurityCardRead) == []
    reads_another(rig)


@pytest.mark.parametrize("other", [False, True], ids=["no reader left", "another reader stays"])
def test_the_reader_is_unplugged_and_comes_back(rig: CardRig, other: bool) -> None:
    armed(rig)
    rig.do("unplug_reader", other=other)
    rig.lost()
    rig.driver.close()
    with pytest.raises((Refused, LinkLost), match=r"no_reader.*Yichuang Other Reader" if other else "no PC/SC reader"):
        rig.start()
    rig.do("plug_in_reader")
    rig.back_within(BACK_WITHIN_S)
    reads_another(rig)


def test_twenty_restarts_leave_no_thread_and_no_descriptor(rig: CardRig) -> None:
    armed(rig)
    before = -1
    for turn in range(20):
        rig.do("kill_service")
        rig.lost()
        rig.do("start_service")
        rig.back_within(BACK_WITHIN_S)
        if turn == 1:
            before = len(os.listdir("/proc/self/fd"))
    assert len(os.listdir("/proc/self/fd")) <= before
