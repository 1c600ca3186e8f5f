"""A card that lies there from before is never read for the next citizen, whatever reader, line and clerk do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.base.errors import LinkLost, Refused
from drivers.base.status import DeviceState
from drivers.id_card import api
from tests.support.id_card_rig import Rig, ScriptedReader, SimulatedRig, golden_vectors
from tests.support.id_card_verdicts import assert_whole
from tests.support.sim_lines import nothing_left_over

GIVEN = golden_vectors()
CONTINUOUS = api.StartReading(api.ReadMode.CONTINUOUS)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[SimulatedRig]:
    with nothing_left_over():
        made = SimulatedRig(tmp_path)
        made.start()
        yield made
        made.close()


def lay(rig: SimulatedRig, name: str = "zhang") -> None:
    rig.driver.execute(api.StartReading())
    rig.do("place_card", card=name)
    rig.event(api.CardFound)


def next_citizen(rig: SimulatedRig) -> None:
    """The clerk has gone on without the card; the next case begins, and zhang's card still lies there."""
    rig.driver.execute(api.StopReading())
    rig.reported.clear()
    rig.driver.execute(api.StartReading())
    assert_must_be_lifted(rig)


def assert_must_be_lifted(rig: SimulatedRig) -> None:
    assert rig.event(api.CardReadFailed).fault.code == "id_card.lift_first"
    rig.nothing(4)
    rig.do("lift")
    rig.event(api.CardRemoved)
    rig.do("place_card", card="li")
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "li")


# the order ended


def test_a_card_that_was_found_and_not_read_yet_belongs_to_the_order_that_ended(rig: SimulatedRig) -> None:
    lay(rig)
    next_citizen(rig)


def test_the_next_order_says_at_once_that_a_card_lies_there(rig: SimulatedRig) -> None:
    lay(rig)
    rig.driver.execute(api.StopReading())
    rig.nothing(3)
    assert rig.driver.execute(api.StartReading()) is api.Presence.PLACED
    assert_must_be_lifted(rig)


@pytest.mark.parametrize("answer", ["lift", "authorise"])
def test_a_card_whose_read_failed_belongs_to_the_order_that_ended(rig: SimulatedRig, answer: str) -> None:
    """Answered 41 and back on the reader, or failed by a reader that was ill for a moment."""
    lay(rig)
    if answer == "lift":
        rig.do("lift")
        rig.event(api.CardReadFailed)
        rig.do("place_card", card="zhang")
    else:
        rig.do("authorise", on=False)
        rig.event(api.CardReadFailed)
        rig.do("authorise", on=True)
        rig.status()
        assert rig.status().state is DeviceState.ONLINE
    next_citizen(rig)


def test_within_its_order_it_is_read_without_being_lifted(rig: SimulatedRig) -> None:
    lay(rig)
    rig.do("lift")
    assert rig.event(api.CardReadFailed).fault.code == "id_card.lifted"
    rig.do("place_card", card="zhang")
    rig.driver.execute(api.StartReading())  # as "read again" does
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "zhang")


def test_a_card_laid_down_just_before_the_order_ended_is_seen_and_has_to_be_lifted(rig: SimulatedRig) -> None:
    rig.driver.execute(api.StartReading())
    rig.nothing(1)
    rig.do("place_card", card="zhang")
    next_citizen(rig)


def test_a_card_that_only_lay_there_is_left_behind_and_its_going_is_told(rig: SimulatedRig) -> None:
    rig.do("place_card", card="zhang")
    rig.driver.execute(api.StopReading())
    rig.event(api.CardLeftBehind, within_steps=50)
    rig.do("lift")
    rig.event(api.CardRemoved)
    assert rig.driver.execute(api.StartReading()) is api.Presence.WAITING


def test_nothing_lay_there_and_nothing_is_told(rig: SimulatedRig) -> None:
    rig.driver.execute(api.StopReading())
    rig.nothing(4)
    assert rig.ear.sent[-1] == GIVEN["sam_status"]  # idle again
    rig.do("place_card", card="li")  # early, before the clerk begins
    rig.driver.execute(api.StartReading())
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "li")


def test_a_read_that_a_torn_cable_broke_off_is_not_told_to_the_next_order(rig: SimulatedRig) -> None:
    lay(rig)
    rig.do("tear_cable")
    with pytest.raises(LinkLost):
        rig.step()
    rig.driver.close()
    rig.do("plug_in")
    rig.start()
    next_citizen(rig)


def test_an_order_that_ends_while_the_reader_is_silent_leaves_the_card_to_nobody(rig: SimulatedRig) -> None:
    lay(rig)
    rig.do("silence", on=True)
    assert rig.event(api.CardReadFailed).fault.code == "id_card.no_answer"
    assert rig.status().state is DeviceState.OFFLINE
    rig.driver.execute(api.StopReading())
    rig.driver.execute(api.StartReading())
    rig.do("silence", on=False)
    assert rig.status().state is DeviceState.ONLINE
    assert_must_be_lifted(rig)


def test_the_number_is_forgotten_with_the_order(rig: SimulatedRig) -> None:
    lay(rig)
    rig.event(api.CardRead)
    rig.driver.execute(api.ReadNewAddress())
    rig.driver.execute(api.StopReading())
    with pytest.raises(Refused, match=r"id_card\.lifted"):
        rig.driver.execute(api.ReadNewAddress())


# the reader's power


@pytest.mark.parametrize("off_ms", [0.0, 400.0, 2500.0])
def test_a_reader_that_lost_its_power_behind_a_kept_line_gives_the_read_card_to_nobody(
    rig: SimulatedRig, off_ms: float
) -> None:
    lay(rig)
    assert_whole(rig.event(api.CardRead), "zhang")
    rig.driver.execute(api.StopReading())
    rig.nothing(4)
    rig.driver.execute(api.StartReading())
    assert rig.event(api.CardReadFailed).fault.code == "id_card.lift_first"
    rig.do("blink_power", off_ms=off_ms / 4)  # the driver's clock is four times as fast
    for _ in range(12):
        rig.step()
    assert not [event for event in rig.reported if isinstance(event, api.CardFound | api.CardRead | api.CardRemoved)]
    rig.reported.clear()
    rig.do("lift")
    while not any(isinstance(event, api.CardRemoved) for event in rig.reported):
        rig.step()
    rig.reported.clear()
    rig.do("place_card", card="li")
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "li")


def test_within_one_order_it_is_known_by_its_number_and_not_told_again(rig: SimulatedRig) -> None:
    rig.driver.execute(CONTINUOUS)
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "zhang")
    rig.do("blink_power")
    assert_must_be_lifted(rig)


# a reader that finds again


def test_a_reader_that_finds_again_reads_a_card_once(rig: SimulatedRig) -> None:
    rig.do("find_again", on=True)
    rig.driver.execute(CONTINUOUS)
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "zhang")
    assert_must_be_lifted(rig)


def test_it_gives_no_card_to_the_next_citizen_and_no_removal_is_made_up(rig: SimulatedRig) -> None:
    rig.do("find_again", on=True)
    lay(rig)
    assert_whole(rig.event(api.CardRead), "zhang")
    rig.nothing(4)
    rig.driver.execute(api.StopReading())
    rig.event(api.CardLeftBehind, within_steps=50)
    assert rig.driver.execute(api.StartReading()) is api.Presence.PLACED
    assert_must_be_lifted(rig)


def test_asked_again_within_the_order_it_tells_to_lift_the_card(rig: SimulatedRig) -> None:
    rig.do("find_again", on=True)
    lay(rig)
    assert_whole(rig.event(api.CardRead), "zhang")
    rig.driver.execute(api.StartReading())
    assert_must_be_lifted(rig)


@pytest.mark.parametrize("finds_again", [True, False])
def test_another_card_in_its_place_is_told_as_lifted_found_and_read(rig: SimulatedRig, finds_again: bool) -> None:
    """So quick that no miss was seen: its number says that it is another."""
    rig.do("find_again", on=finds_again)
    rig.driver.execute(CONTINUOUS)
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    rig.event(api.CardRead)
    rig.do("lift")
    rig.do("place_card", card="li")
    rig.event(api.CardRemoved)
    found = rig.event(api.CardFound)
    card = rig.event(api.CardRead)
    assert_whole(card, "li")
    assert card.found_at_s == found.at_s < card.read_at_s


def spoil_read(rig: SimulatedRig, spoil: Callable[[], object]) -> None:
    def heard(command: bytes) -> None:
        if command == GIVEN["read_base"]:
            rig.ear.on_command = lambda _: None
            spoil()

    rig.do("latency", command="read_base", ms=40)
    rig.ear.on_command = heard


def test_a_second_look_that_is_spoiled_proves_no_removal(rig: SimulatedRig) -> None:
    rig.driver.execute(CONTINUOUS)
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    rig.event(api.CardRead)
    spoil_read(rig, lambda: rig.do("corrupt_next_reply", position=20))
    rig.do("blink_power")
    assert rig.event(api.CardReadFailed).fault.code == "id_card.corrupt"
    rig.nothing(3)
    rig.do("lift")
    rig.event(api.CardRemoved)


def test_a_card_lifted_during_the_second_look_is_told_as_removed_and_as_nothing_else(rig: SimulatedRig) -> None:
    rig.driver.execute(CONTINUOUS)
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    rig.event(api.CardRead)
    spoil_read(rig, lambda: rig.do("lift"))
    rig.do("blink_power")
    rig.event(api.CardRemoved)
    rig.do("place_card", card="li")
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "li")


def test_power_lost_during_the_second_look_does_not_have_the_card_told_twice(rig: SimulatedRig) -> None:
    rig.driver.execute(CONTINUOUS)
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    rig.event(api.CardRead)

    def select_is_asked(command: bytes) -> None:
        if command == GIVEN["select"]:
            rig.ear.on_command = lambda _: None
            rig.do("blink_power")

    rig.ear.on_command = select_is_asked
    rig.do("blink_power")
    assert_must_be_lifted(rig)


def test_a_cable_torn_during_the_second_look_leaves_the_card_to_be_lifted(rig: SimulatedRig) -> None:
    rig.driver.execute(CONTINUOUS)
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    rig.event(api.CardRead)
    spoil_read(rig, lambda: rig.do("tear_cable"))
    rig.do("blink_power")
    with pytest.raises(LinkLost):
        rig.event(api.CardRead)
    rig.driver.close()
    rig.do("plug_in")
    rig.start()
    assert_must_be_lifted(rig)


# misses


def test_misses_around_a_silence_are_not_counted_together() -> None:
    """One "no card", a silence, another "no card": a reader that is just starting may say that of a card that lies."""
    with nothing_left_over():
        no_card, no_read = GIVEN["find_none"], GIVEN["read_fail"]
        reader = ScriptedReader(
            {
                "sam_status": [GIVEN["ok_generic"]],
                "sam_id": [GIVEN["sam_id_sample"]],
                "find": [GIVEN["find_ok"], no_card, b"", no_card, GIVEN["find_ok"]],
                "select": [GIVEN["select_ok"]],
                "read_base": [no_read],
                "read_new_address": [no_read],
            }
        )
        rig = Rig(reader.url)
        try:
            rig.start()
            rig.driver.execute(api.StartReading())
            rig.event(api.CardFound)
            rig.event(api.CardReadFailed)
            rig.driver.execute(api.StopReading())
            rig.driver.execute(api.StartReading())
            assert rig.event(api.CardReadFailed).fault.code == "id_card.lift_first"
            rig.nothing(3)
        finally:
            rig.close()
            reader.close()
