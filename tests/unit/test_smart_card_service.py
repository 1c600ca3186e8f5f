"""PC/SC service, readers and watcher as the card reader's driver meets them, scripted."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, LinkLost, Refused, Unsupported
from drivers.base.status import DeviceState
from drivers.smart_card import driver as driver_module
from drivers.smart_card.api import (
    CardInserted,
    CardReadFailed,
    SocialSecurityCardRead,
)
from drivers.smart_card.driver import build
from drivers.smart_card.tables import LINK_CODES, Code
from drivers.smart_card.watcher import HANGS_AFTER_S, TURN_S
from tests.support.scripted_card import GENERATION_1, ScriptedCard
from tests.support.scripted_card_rig import ScriptedRig, scripted_rig
from tests.support.sim_lines import until


@pytest.fixture
def rig() -> Iterator[ScriptedRig]:
    with scripted_rig() as made:
        yield made


# service and reader


@pytest.mark.parametrize("code", sorted(LINK_CODES))
@pytest.mark.parametrize("call", ["connect", "transmit", "watch"])
def test_a_lost_service_is_a_lost_link_and_the_next_connect_finds_it_again(
    rig: ScriptedRig, call: str, code: Code
) -> None:
    rig.armed()
    rig.service.fail(call, code)
    if call != "watch":
        rig.service.insert(ScriptedCard(GENERATION_1))
    assert code.name in str(rig.lost())
    assert rig.service.open_contexts == 0
    rig.service.remove()
    rig.start_again()
    rig.service.insert(ScriptedCard(GENERATION_1))
    assert rig.event(SocialSecurityCardRead).card.name.reveal() == "李样本"


def test_a_read_that_the_service_broke_off_is_told_and_its_card_not_taken_for_a_new_one(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.fail("transmit", Code.SERVICE_STOPPED)
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.lost()
    rig.start()
    assert rig.event(CardReadFailed).fault.code == "smart_card.interrupted"
    rig.quiet()
    assert rig.kinds() == ["CardInserted", "CardInserted", "CardReadFailed"]
    rig.clock.ahead_s += driver_module.SETTLES_WITHIN_S
    rig.service.swap()
    rig.event(SocialSecurityCardRead)


def test_a_card_that_a_restarted_service_sees_late_was_there_before(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.fail("watch", Code.SERVICE_STOPPED)
    rig.lost()
    rig.start()
    rig.service.insert(ScriptedCard(GENERATION_1))
    assert not rig.event(CardInserted).will_be_read
    assert rig.event(CardReadFailed).fault.code == "smart_card.remove_first"
    rig.clock.ahead_s += driver_module.SETTLES_WITHIN_S
    rig.service.swap()
    rig.event(SocialSecurityCardRead)


def test_a_card_put_in_right_after_the_loss_is_read_at_once(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.fail("transmit", Code.SERVICE_STOPPED)
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.lost()
    rig.service.remove()
    rig.start_again()
    rig.service.insert()
    started_s = rig.clock.monotonic()
    rig.event(SocialSecurityCardRead)
    assert rig.clock.monotonic() - started_s < driver_module.LOOK_EVERY_S / 2
    assert sorted(rig.kinds()[1:-1]) == ["CardInserted", "CardReadFailed"]


def test_without_a_service_it_is_refused_as_such(rig: ScriptedRig) -> None:
    for code in (Code.NO_SERVICE, Code.SERVICE_STOPPED):
        rig.service.fail("establish", code)
        with pytest.raises(Refused, match="no_service"):
            rig.driver.connect()
        rig.driver.close()
    rig.service.fail("list", Code.INVALID_HANDLE)
    with pytest.raises(LinkLost, match="INVALID_HANDLE"):
        rig.driver.connect()


@pytest.mark.parametrize(
    ("wanted", "readers", "chosen"),
    [
        ("", ("A 00 00",), "A 00 00"),
        ("acr39", ("ACS ACR39U (12) 00 00", "SAM 01 00"), "ACS ACR39U (12) 00 00"),
        ("SAM 01 00", ("SAM 01 00", "SAM 01 00 (2)"), "SAM 01 00"),
        ("(13)", ("ACS (12) 00 00", "ACS (13) 01 00"), "ACS (13) 01 00"),
    ],
)
def test_a_reader_is_chosen_by_name(wanted: str, readers: tuple[str, ...], chosen: str) -> None:
    rig = ScriptedRig(wanted)
    rig.service.readers = list(readers)
    rig.driver.connect()
    status = rig.driver.interrogate()
    rig.driver.close()
    assert (status.state, status.facts) == (DeviceState.ONLINE, (("reader", chosen),))


@pytest.mark.parametrize(
    ("wanted", "readers", "code"),
    [
        ("", ("A", "B"), "smart_card.which_reader"),
        ("acs", ("ACS 1", "ACS 2", "B"), "smart_card.which_reader"),
        ("omnikey", ("A",), "smart_card.no_reader"),
    ],
)
def test_a_reader_is_never_guessed(wanted: str, readers: tuple[str, ...], code: str) -> None:
    rig = ScriptedRig(wanted)
    rig.service.readers = list(readers)
    with pytest.raises(Refused) as caught:
        rig.driver.connect()
    rig.driver.close()
    assert caught.value.code == code
    assert caught.value.detail == f"wanted {wanted or 'any'}; there are: {', '.join(readers)}"


def test_no_reader_at_all_is_a_lost_link(rig: ScriptedRig) -> None:
    rig.service.readers = []
    with pytest.raises(LinkLost, match="no PC/SC reader"):
        rig.driver.connect()


# the watcher


def test_a_watcher_that_ends_in_any_way_is_noticed(rig: ScriptedRig, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []
    monkeypatch.setattr(threading, "excepthook", said.append)  # it ends loudly, too
    rig.armed()
    rig.service.state = lambda: 1 // 0  # type: ignore[method-assign]
    rig.service.fail("nothing")
    assert "division" in str(rig.lost())
    until(lambda: bool(said))


def test_a_service_that_hangs_is_noticed_and_does_not_hold_the_end_up(rig: ScriptedRig) -> None:
    rig.armed()
    rig.service.hangs = True
    rig.service.fail("nothing")
    rig.clock.ahead_s += TURN_S + HANGS_AFTER_S + driver_module.LOOK_EVERY_S
    before = set(threading.enumerate())
    assert "does not answer" in str(rig.lost())
    assert any(thread.name == "smart-card-watch" for thread in before)
    for thread in before:
        if thread.name == "smart-card-watch":  # the library comes back after all
            rig.service.hangs = False
            rig.service.fail("watch", Code.SERVICE_STOPPED)
            thread.join(3.0)
            assert not thread.is_alive()
    rig.service.open_contexts -= 1  # the watcher's own, which it kept


def test_the_first_look_may_be_given_up(rig: ScriptedRig) -> None:
    rig.service.hangs = True
    rig.cancel.set()
    rig.driver.connect()
    with pytest.raises(Cancelled):
        rig.driver.interrogate()


def test_a_read_may_be_given_up_between_two_commands(rig: ScriptedRig) -> None:
    card = ScriptedCard(GENERATION_1)

    def told_to_stop(apdu: bytes) -> bytes:
        rig.cancel.set()
        return card(apdu)

    rig.armed()
    rig.service.insert(told_to_stop)
    with pytest.raises(Cancelled):
        rig.event(SocialSecurityCardRead)
    assert len(card.sent) == 1


# the endpoint


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("serial:///dev/x", {}),
        ("pcsc://host/", {}),
        ("pcsc:///ACR39", {}),
        ("pcsc:///?slot=1", {}),
        ("pcsc://", {"reader": "ACR39"}),
    ],
)
def test_what_is_no_reader_is_refused(rig: ScriptedRig, url: str, options: dict[str, str]) -> None:
    with pytest.raises(Unsupported):
        build(Endpoint.parse(url), options, DriverContext(rig.clock, rig.cancel))


def test_a_command_of_another_device_is_refused(rig: ScriptedRig) -> None:
    with pytest.raises(Unsupported):
        rig.driver.execute(object())
    with pytest.raises(LinkLost):
        rig.driver.wait(Deadline.after(rig.clock, 0), rig.wake)
