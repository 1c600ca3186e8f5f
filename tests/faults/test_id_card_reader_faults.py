"""The ID-card reader itself: silent, garbled, given up, woken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.deadline import Deadline
from drivers.base.errors import Cancelled
from drivers.base.status import DeviceState, FaultAction
from drivers.id_card import api
from tests.support.id_card_rig import SimulatedRig, golden_vectors
from tests.support.id_card_verdicts import assert_recovers, assert_whole, reading_rig

GIVEN = golden_vectors()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[SimulatedRig]:
    with reading_rig(tmp_path) as made:
        yield made


# the reader


@pytest.mark.parametrize("looking", [True, False], ids=["looking", "idle"])
def test_a_silent_reader_goes_offline_after_three_misses_and_comes_back(rig: SimulatedRig, looking: bool) -> None:
    if not looking:
        rig.driver.execute(api.StopReading())
    rig.nothing(3)
    rig.do("silence", on=True)
    status = rig.status()
    assert status.state is DeviceState.OFFLINE
    assert status.fault is not None
    assert status.fault.code == "id_card.silent"
    rig.do("silence", on=False)
    rig.do("place_card", card="zhang")
    back = rig.status()
    assert back.state is DeviceState.ONLINE
    assert dict(back.facts)["sam"] != "unknown"
    rig.driver.execute(api.StartReading())
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "zhang")


def test_silent_when_interrogated_it_is_offline_and_found_later(rig: SimulatedRig) -> None:
    rig.do("silence", on=True)
    assert rig.again().state is DeviceState.OFFLINE
    rig.nothing(1)
    rig.do("silence", on=False)
    assert rig.status().state is DeviceState.ONLINE


def test_garbage_instead_of_replies_is_told_as_garbled(rig: SimulatedRig) -> None:
    rig.ear.on_command = lambda _: rig.do("corrupt_next_reply", position=-1) and None
    status = rig.status()
    assert status.state is DeviceState.OFFLINE
    assert status.fault is not None
    assert (status.fault.code, status.fault.action) == ("id_card.garbled", FaultAction.CONFIGURATION)


def test_a_cancelled_read_ends_at_once_and_the_card_is_read_later(rig: SimulatedRig) -> None:
    rig.do("latency", command="read_base", ms=250)
    rig.ear.on_command = lambda command: rig.cancel.set() if command == GIVEN["read_base"] else None
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    with pytest.raises(Cancelled):
        rig.event(api.CardRead)
    rig.ear.on_command = lambda _: None
    rig.cancel.clear()
    assert rig.event(api.CardReadFailed).fault.code == "id_card.interrupted"
    assert_recovers(rig)


def test_the_mailbox_wakes_the_wait(rig: SimulatedRig) -> None:
    setter = threading.Thread(target=rig.wake.set)
    setter.start()
    assert rig.driver.wait(Deadline.after(rig.clock, 20.0), rig.wake).woken
    setter.join()
