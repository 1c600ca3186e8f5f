"""The ID-card reader with everything that goes wrong between card, reader, line and driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.errors import LinkLost
from drivers.base.status import DeviceState, FaultAction
from drivers.id_card import api
from tests.support.id_card_rig import GOLDEN, Late, Rig, ScriptedReader, SimulatedRig, golden_vectors
from tests.support.id_card_verdicts import assert_recovers, assert_whole, failure, reading_rig
from tests.support.sim_lines import nothing_left_over

GIVEN = golden_vectors()
DATED = (GOLDEN / "reply_base_resident_dated.bin").read_bytes()
LONG_TERM = (GOLDEN / "reply_base_resident_longterm.bin").read_bytes()
BASE_BYTES = len(LONG_TERM)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[SimulatedRig]:
    with reading_rig(tmp_path) as made:
        yield made


@pytest.fixture
def scripted(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with nothing_left_over():
        reader = ScriptedReader(request.param)
        made = Rig(reader.url)
        made.start()
        made.driver.execute(api.StartReading(api.ReadMode.CONTINUOUS))
        yield made
        made.close()
        reader.close()


def on_base_read(rig: SimulatedRig, verb: str, **arguments: object) -> None:
    """Do `verb` when the base read is asked for; the reader's latency leaves the time for it."""
    rig.do("latency", command="read_base", ms=40)

    def heard(command: bytes) -> None:
        if command == GIVEN["read_base"]:
            rig.ear.on_command = lambda _: None
            rig.do(verb, **arguments)

    rig.ear.on_command = heard


# the card


def test_a_card_lifted_in_mid_read_is_told_and_the_next_is_read(rig: SimulatedRig) -> None:
    rig.do("latency", command="read_base", ms=300)
    rig.do("lift_during_read", after_ms=20)
    rig.do("place_card", card="zhang")
    assert failure(rig) == "id_card.lifted"
    assert_recovers(rig)


def test_the_same_card_laid_back_at_once_is_read_without_waiting_for_its_removal(rig: SimulatedRig) -> None:
    on_base_read(rig, "lift")
    rig.do("place_card", card="zhang")
    assert failure(rig) == "id_card.lifted"
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "zhang")


@pytest.mark.parametrize("after_ms", [0, 60, 119])
def test_cards_swapped_in_mid_read_are_never_mixed(rig: SimulatedRig, after_ms: float) -> None:
    rig.do("latency", command="read_base", ms=120)
    rig.do("swap_during_read", card="li", after_ms=after_ms)
    rig.do("place_card", card="zhang")
    assert failure(rig) == "id_card.lifted"
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "li")


def test_a_card_lifted_between_found_and_select_is_lifted(rig: SimulatedRig) -> None:
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    rig.do("lift")
    assert rig.event(api.CardReadFailed).fault.code == "id_card.lifted"
    rig.event(api.CardRemoved)


# The golden card with another letter at offset 248 of its text, and the checksum that belongs to it.
UNKNOWN = bytearray(LONG_TERM)
UNKNOWN[14 + 248] ^= ord(" ") ^ ord("K")
UNKNOWN[-1] ^= ord(" ") ^ ord("K")
BY_THE_BOOK = {
    "sam_status": [GIVEN["ok_generic"]],
    "sam_id": [GIVEN["sam_id_sample"]],
    "find": [GIVEN["find_ok"]],
    "select": [GIVEN["select_ok"]],
    "read_base": [LONG_TERM],
    "read_new_address": [GIVEN["no_such_item"]],
}


@pytest.mark.parametrize("scripted", [{**BY_THE_BOOK, "read_base": [bytes(UNKNOWN)]}], indirect=True)
def test_a_card_of_an_unknown_kind_is_refused_and_not_read_again_while_it_lies_there(scripted: Rig) -> None:
    assert failure(scripted) == "id_card.unknown_kind"
    scripted.nothing(4)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("reader_auth_fail_by_card", "id_card.authentication"),
        ("card_auth_fail_by_reader", "id_card.authentication"),
        ("info_verify_error", "id_card.authentication"),
        ("wrong_card_type", "id_card.wrong_card"),
        ("get_random_fail", "id_card.refused"),
        ("command_error", "id_card.refused"),
        ("checksum_error", "id_card.corrupt"),
        ("read_fail", "id_card.lifted"),
    ],
)
def test_each_refusal_of_the_reader_has_its_fault(answer: str, code: str) -> None:
    with nothing_left_over():
        reader = ScriptedReader({**BY_THE_BOOK, "read_base": [GIVEN[answer]]})
        rig = Rig(reader.url)
        try:
            rig.start()
            rig.driver.execute(api.StartReading())
            assert failure(rig) == code
        finally:
            rig.close()
            reader.close()


def test_an_unauthorised_reader_is_a_hardware_error_until_it_is_authorised(rig: SimulatedRig) -> None:
    rig.do("authorise", on=False)
    status = rig.status()
    assert status.state is DeviceState.HARDWARE_ERROR
    assert status.fault is not None
    assert (status.fault.code, status.fault.action) == ("id_card.not_authorised", FaultAction.MAINTENANCE)
    rig.do("place_card", card="zhang")
    rig.nothing(1)
    assert rig.again().fault == status.fault
    rig.do("authorise", on=True)
    assert rig.status().state is DeviceState.ONLINE
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "zhang")


def test_a_sam_that_loses_its_authority_in_mid_read_fails_the_card_and_is_told(rig: SimulatedRig) -> None:
    on_base_read(rig, "authorise", on=False)
    rig.do("place_card", card="zhang")
    assert failure(rig) == "id_card.not_authorised"
    assert rig.status().state is DeviceState.HARDWARE_ERROR


# the line


@pytest.mark.parametrize("position", [0, 1, 5, 7, 14, 270, BASE_BYTES - 1])
def test_the_cable_torn_anywhere_in_the_base_reply_loses_the_card_and_nothing_else(
    rig: SimulatedRig, position: int
) -> None:
    on_base_read(rig, "cut_next_reply", after_bytes=position)

    def heard(count: int) -> None:
        if count == position and rig.ear.sent[-1] == GIVEN["read_base"]:
            rig.do("tear_cable")

    rig.ear.on_heard = heard
    if position == 0:
        on_base_read(rig, "tear_cable")
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    with pytest.raises(LinkLost):
        rig.event(api.CardRead)
    rig.ear.on_heard = lambda _: None
    rig.driver.close()
    rig.do("plug_in")
    assert rig.start().state is DeviceState.ONLINE
    assert rig.event(api.CardReadFailed).fault.code == "id_card.interrupted"
    if position == 0:  # the reader never read it, so it finds it again without its being lifted
        rig.event(api.CardFound)
        assert_whole(rig.event(api.CardRead), "zhang")
    assert_recovers(rig)


def test_the_cable_torn_after_found_fails_that_card_too(rig: SimulatedRig) -> None:
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    rig.do("tear_cable")
    with pytest.raises(LinkLost):
        rig.event(api.CardRead)
    with pytest.raises(LinkLost):
        rig.again()
    rig.do("plug_in")
    rig.again()
    assert rig.event(api.CardReadFailed).fault.code == "id_card.interrupted"
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "zhang")


def test_a_reader_that_lost_its_power_does_not_make_a_read_card_read_again(rig: SimulatedRig, tmp_path: Path) -> None:
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    rig.event(api.CardRead)
    rig.do("tear_cable")
    with pytest.raises(LinkLost):
        rig.event(api.CardRead)
    rig.do("lift")  # in the simulator only this makes it forget that it has read the card
    rig.do("place_card", card="zhang")
    rig.do("plug_in")
    rig.again()
    assert rig.event(api.CardReadFailed).fault.code == "id_card.lift_first"
    rig.nothing(3)
    assert_recovers(rig)


def test_noise_before_every_reply_changes_nothing(rig: SimulatedRig) -> None:
    rig.ear.on_command = lambda _: rig.do("noise_before_next_reply", bytes_count=11) and None
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "zhang")
    assert_recovers(rig)


def test_replies_in_single_bytes_change_nothing(rig: SimulatedRig) -> None:
    rig.do("split_replies", chunk_bytes=1)
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "zhang")


@pytest.mark.parametrize("position", [2, 6, 20, -1])
def test_a_flipped_bit_in_the_base_reply_fails_the_card_and_nothing_of_it_is_told(
    rig: SimulatedRig, position: int
) -> None:
    on_base_read(rig, "corrupt_next_reply", position=position)
    rig.do("place_card", card="zhang")
    assert failure(rig) == "id_card.corrupt"
    rig.nothing(2)
    assert_recovers(rig)


def test_half_a_base_reply_fails_the_card(rig: SimulatedRig) -> None:
    on_base_read(rig, "cut_next_reply", after_bytes=650)
    rig.do("place_card", card="zhang")
    assert failure(rig) == "id_card.corrupt"
    assert_recovers(rig)


def test_no_base_reply_at_all_fails_the_card(rig: SimulatedRig) -> None:
    on_base_read(rig, "cut_next_reply", after_bytes=0)
    rig.do("place_card", card="zhang")
    assert failure(rig) == "id_card.no_answer"
    assert_recovers(rig)


def test_a_damaged_reply_to_find_costs_one_poll(rig: SimulatedRig) -> None:
    rig.do("corrupt_next_reply")
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "zhang")


DOUBLED = {name: [2 * answer for answer in answers] for name, answers in BY_THE_BOOK.items()}


@pytest.mark.parametrize("scripted", [DOUBLED], indirect=True)
def test_doubled_replies_are_not_taken_for_the_next_commands(scripted: Rig) -> None:
    scripted.event(api.CardFound)
    text = scripted.event(api.CardRead).text
    assert text.valid_until is None
    # The script's reader finds the card again at once: it is the same one.
    assert scripted.event(api.CardReadFailed).fault.code == "id_card.lift_first"
    scripted.nothing(3)


# The first card's base reply comes only after the next command, whole ...
LATE_BASE = {
    **BY_THE_BOOK,
    "find": [GIVEN["find_ok"], GIVEN["find_none"], GIVEN["find_none"], GIVEN["find_ok"]],
    "read_new_address": [GIVEN["read_fail"]],
    "read_base": [Late(DATED), LONG_TERM],
}
# ... or in two halves around the commands of the next read.
LATE_IN_PIECES = {
    **LATE_BASE,
    "read_base": [Late(DATED[:700]), LONG_TERM],
    "select": [GIVEN["select_ok"], DATED[700:] + GIVEN["select_ok"]],
}
# A find reply that comes late must not be taken for select's.
LATE_FIND = {
    **BY_THE_BOOK,
    "find": [b"", GIVEN["find_none"], 2 * GIVEN["find_ok"]],
    "select": [GIVEN["find_none"] + GIVEN["select_ok"]],
    "read_base": [GIVEN["select_fail"] + GIVEN["find_ok"] + LONG_TERM],
}


@pytest.mark.parametrize("scripted", [LATE_BASE, LATE_IN_PIECES], indirect=True)
def test_a_late_base_reply_is_never_taken_for_the_next_card(scripted: Rig) -> None:
    assert failure(scripted) == "id_card.no_answer"
    scripted.event(api.CardRemoved)
    scripted.event(api.CardFound)
    assert scripted.event(api.CardRead).text.valid_until is None  # the late one ends in 2035


@pytest.mark.parametrize("scripted", [LATE_FIND], indirect=True)
def test_late_replies_of_other_commands_are_passed_over(scripted: Rig) -> None:
    scripted.event(api.CardFound)
    assert scripted.event(api.CardRead).text.valid_until is None


GONE_MEANWHILE = {**BY_THE_BOOK, "find": [Late(GIVEN["find_ok"]), GIVEN["find_none"]]}


@pytest.mark.parametrize("scripted", [GONE_MEANWHILE], indirect=True)
def test_a_late_found_of_a_card_that_is_gone_finds_nothing(scripted: Rig) -> None:
    scripted.nothing(3)


def test_what_lay_in_the_line_before_a_command_is_not_its_answer() -> None:
    with nothing_left_over():
        reader = ScriptedReader({**BY_THE_BOOK, "find": [GIVEN["find_none"]]})
        rig = Rig(reader.url)
        try:
            rig.start()
            rig.driver.execute(api.StartReading())
            reader.say(GIVEN["find_ok"])
            assert list(rig.driver.on_timer()) == []
        finally:
            rig.close()
            reader.close()


def test_what_arrives_unasked_is_dropped(rig: SimulatedRig) -> None:
    rig.driver.execute(api.StopReading())
    rig.nothing(3)
    rig.do("slow", extra_ms=150)  # longer than this rig's driver waits for a status
    rig.nothing(2)
    rig.do("slow", extra_ms=0)
    rig.driver.execute(api.StartReading())
    rig.do("place_card", card="li")
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), "li")
