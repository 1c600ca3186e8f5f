"""The card reader's driver at a scripted PC/SC service: every return code, every order of comings and goings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TypeVar

import pytest

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, LinkLost, Refused, Unsupported
from drivers.base.status import DeviceState
from drivers.base.wake import Wake
from drivers.smart_card import driver as driver_module
from drivers.smart_card.api import (
    CardInserted,
    CardReadFailed,
    CardRemoved,
    SocialSecurityCardRead,
    StartReading,
    StopReading,
)
from drivers.smart_card.driver import SmartCardReader, build
from drivers.smart_card.tables import LINK_CODES, Code
from drivers.smart_card.watcher import HANGS_AFTER_S, TURN_S
from tests.support.driver_loop import ShiftedClock
from tests.support.scripted_card import GENERATION_1, GENERATION_2, ScriptedCard
from tests.support.scripted_pcsc import ScriptedService
from tests.support.sim_lines import until

E = TypeVar("E")


class Rig:
    """Driver and service; `step` is one turn of a session's loop."""

    def __init__(self, wanted: str = "") -> None:
        self.service = ScriptedService()
        self.clock = ShiftedClock()
        self.cancel, self.wake = Wake(), Wake()
        self.driver = SmartCardReader(self.service.open_context, wanted, DriverContext(self.clock, self.cancel))
        self.events: list[object] = []
        self._seen = 0  # events that `event` has passed

    def start(self) -> None:
        self.driver.connect()
        self.driver.interrogate()

    def armed(self) -> None:
        self.start()
        self.driver.execute(StartReading())

    def step(self) -> None:
        now_s = self.clock.monotonic()
        timer_s = self.driver.next_timer_s()
        at_s = now_s + 0.02 if timer_s is None else min(timer_s, now_s + 0.02)
        ready = self.driver.wait(Deadline(self.clock, at_s), self.wake)
        if ready.readable:
            self.events += self.driver.on_readable()
        timer_s = self.driver.next_timer_s()
        if timer_s is not None and self.clock.monotonic() >= timer_s:
            self.events += self.driver.on_timer()

    def event(self, kind: type[E]) -> E:
        """The next event of this kind; what came before it is passed by."""
        end = Deadline.after(self.clock, 3.0)
        while True:
            for event in self.events[self._seen :]:
                self._seen += 1
                if isinstance(event, kind):
                    return event
            assert not end.expired(), f"no {kind.__name__} in {self.kinds()}"
            self.step()

    def _steps(self, number: int) -> None:
        for _ in range(number):
            self.step()

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    def quiet(self) -> None:
        """A timer later nothing more has come."""
        self.clock.ahead_s += driver_module.LOOK_EVERY_S
        for _ in range(3):
            self.step()

    def start_again(self) -> None:
        """Connect after a loss, until what lies in the reader must have been seen."""
        self.start()
        self.clock.ahead_s += driver_module.SETTLES_WITHIN_S

    def lost(self) -> LinkLost:
        """Turns until the driver says `LinkLost`; then the session closes it."""
        with pytest.raises(LinkLost) as caught:
            self._steps(200)
        self.driver.close()
        return caught.value


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.driver.close()
    made.cancel.close()
    made.wake.close()
    assert made.service.open_contexts == 0
    assert made.service.connections == 0


# comings and goings


def test_a_card_inserted_while_reading_is_on_is_told_read_and_seen_removed(rig: Rig) -> None:
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


def test_reading_ends_with_the_card_that_was_read(rig: Rig) -> None:
    rig.armed()
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(SocialSecurityCardRead)
    rig.service.swap()
    assert not rig.event(CardInserted).will_be_read
    rig.quiet()
    assert rig.kinds().count("SocialSecurityCardRead") == 1


def test_a_card_from_before_is_never_read(rig: Rig) -> None:
    rig.start()
    rig.service.insert(ScriptedCard(GENERATION_1))
    assert not rig.event(CardInserted).will_be_read
    rig.driver.execute(StartReading())
    assert rig.event(CardReadFailed).fault.code == "smart_card.remove_first"
    rig.quiet()
    assert rig.kinds() == ["CardInserted", "CardReadFailed"], "said once"
    rig.service.swap()
    rig.event(SocialSecurityCardRead)


def test_a_card_that_was_there_when_the_reader_came_is_never_read(rig: Rig) -> None:
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.armed()
    assert not rig.event(CardInserted).will_be_read
    assert rig.event(CardReadFailed).fault.code == "smart_card.remove_first"
    rig.service.remove()
    rig.event(CardRemoved)
    rig.service.insert()
    rig.event(SocialSecurityCardRead)


def test_a_card_of_a_citizen_who_left_is_not_the_next_one_s(rig: Rig) -> None:
    """A failed read, the case ended, the card stayed in the slot: nobody else's case may get it."""
    rig.armed()
    rig.service.fail("transmit", Code.NOT_TRANSACTED)
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(CardReadFailed)
    rig.driver.execute(StopReading())
    rig.driver.execute(StartReading())
    assert rig.event(CardReadFailed).fault.code == "smart_card.remove_first"
    assert "SocialSecurityCardRead" not in rig.kinds()


def test_reading_again_tries_a_failed_card_once_more(rig: Rig) -> None:
    rig.armed()
    rig.service.fail("transmit", Code.NOT_TRANSACTED)
    rig.service.insert(ScriptedCard(GENERATION_1))
    assert rig.event(CardReadFailed).fault.code == "smart_card.no_answer"
    rig.quiet()
    assert len(rig.events) == 2, "not by itself"
    rig.driver.execute(StartReading())
    rig.event(SocialSecurityCardRead)


def test_stopping_before_the_card_is_read_reads_nothing(rig: Rig) -> None:
    rig.armed()
    rig.service.insert(ScriptedCard(GENERATION_1))
    assert rig.driver.wait(Deadline.after(rig.clock, 3.0), rig.wake).readable
    rig.events += rig.driver.on_readable()
    rig.driver.execute(StopReading())
    rig.quiet()
    assert rig.kinds() == ["CardInserted"]


def test_a_card_swapped_in_mid_read_gives_nothing_of_either_and_then_the_second(rig: Rig) -> None:
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
def test_a_return_code_becomes_a_fault(rig: Rig, call: str, code: int, fault: str) -> None:
    rig.armed()
    rig.service.fail(call, code)
    rig.service.insert(ScriptedCard(GENERATION_1))
    failed = rig.event(CardReadFailed)
    assert failed.fault.code == fault
    assert f"{code:08X}" in failed.fault.detail


def test_not_transacted_by_a_card_that_is_just_going_is_a_removal(rig: Rig) -> None:
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


def test_an_empty_answer_is_no_answer(rig: Rig) -> None:
    """What vpcd's driver gives when its card goes away under a command."""
    rig.armed()
    rig.service.insert(lambda _: b"")
    assert rig.event(CardReadFailed).fault.code == "smart_card.no_answer"


def test_a_card_that_another_program_holds_is_tried_again_for_a_while(rig: Rig) -> None:
    rig.armed()
    rig.service.fail("connect", *[Code.SHARING_VIOLATION] * driver_module.IN_USE_TRIES)
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(CardInserted)
    for _ in range(driver_module.IN_USE_TRIES):
        rig.step()
        rig.clock.ahead_s += driver_module.IN_USE_RETRY_S
    rig.event(SocialSecurityCardRead)


def test_a_card_that_another_program_keeps_is_a_fault(rig: Rig) -> None:
    rig.armed()
    rig.service.fail("connect", *[Code.SHARING_VIOLATION] * (driver_module.IN_USE_TRIES + 1))
    rig.service.insert(ScriptedCard(GENERATION_1))
    rig.event(CardInserted)
    for _ in range(driver_module.IN_USE_TRIES + 1):
        rig.step()
        rig.clock.ahead_s += driver_module.IN_USE_RETRY_S
    assert [e.fault.code for e in rig.events if isinstance(e, CardReadFailed)] == ["smart_card.in_use"]


def test_another_kind_of_card_and_a_damaged_one_are_told_apart(rig: Rig) -> None:
    rig.armed()
    rig.service.insert(lambda _: b"\x6a\x82")
    assert rig.event(CardReadFailed).fault.code == "smart_card.not_social"
    rig.service.remove()
    rig.service.insert(ScriptedCard(GENERATION_1, lambda apdu: b"\x02\x09\x31\x90\x00" if apdu[1] == 0xB2 else None))
    assert rig.event(CardReadFailed).fault.code == "smart_card.corrupt"


def test_a_card_that_never_comes_to_an_end_is_given_up(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
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


# service and reader


@pytest.mark.parametrize("code", sorted(LINK_CODES))
@pytest.mark.parametrize("call", ["connect", "transmit", "watch"])
def test_a_lost_service_is_a_lost_link_and_the_next_connect_finds_it_again(rig: Rig, call: str, code: Code) -> None:
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


def test_a_read_that_the_service_broke_off_is_told_and_its_card_not_taken_for_a_new_one(rig: Rig) -> None:
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


def test_a_card_that_a_restarted_service_sees_late_was_there_before(rig: Rig) -> None:
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


def test_a_card_put_in_right_after_the_loss_is_read_at_once(rig: Rig) -> None:
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


def test_without_a_service_it_is_refused_as_such(rig: Rig) -> None:
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
    rig = Rig(wanted)
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
    rig = Rig(wanted)
    rig.service.readers = list(readers)
    with pytest.raises(Refused) as caught:
        rig.driver.connect()
    rig.driver.close()
    assert caught.value.code == code
    assert caught.value.detail == f"wanted {wanted or 'any'}; there are: {', '.join(readers)}"


def test_no_reader_at_all_is_a_lost_link(rig: Rig) -> None:
    rig.service.readers = []
    with pytest.raises(LinkLost, match="no PC/SC reader"):
        rig.driver.connect()


# the watcher


def test_a_watcher_that_ends_in_any_way_is_noticed(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []
    monkeypatch.setattr(threading, "excepthook", said.append)  # it ends loudly, too
    rig.armed()
    rig.service.state = lambda: 1 // 0  # type: ignore[method-assign]
    rig.service.fail("nothing")
    assert "division" in str(rig.lost())
    until(lambda: bool(said))


def test_a_service_that_hangs_is_noticed_and_does_not_hold_the_end_up(rig: Rig) -> None:
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


def test_the_first_look_may_be_given_up(rig: Rig) -> None:
    rig.service.hangs = True
    rig.cancel.set()
    rig.driver.connect()
    with pytest.raises(Cancelled):
        rig.driver.interrogate()


def test_a_read_may_be_given_up_between_two_commands(rig: Rig) -> None:
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
def test_what_is_no_reader_is_refused(rig: Rig, url: str, options: dict[str, str]) -> None:
    with pytest.raises(Unsupported):
        build(Endpoint.parse(url), options, DriverContext(rig.clock, rig.cancel))


def test_a_command_of_another_device_is_refused(rig: Rig) -> None:
    with pytest.raises(Unsupported):
        rig.driver.execute(object())
    with pytest.raises(LinkLost):
        rig.driver.wait(Deadline.after(rig.clock, 0), rig.wake)
