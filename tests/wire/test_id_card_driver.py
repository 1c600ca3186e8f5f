"""The ID-card reader's driver against the simulated reader on its serial line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Unsupported
from drivers.base.status import DeviceState
from drivers.id_card import api
from drivers.id_card.driver import build
from simulators.id_card.device import DECODER
from simulators.id_card.fixtures import cards
from tests.support.id_card_rig import SimulatedRig, golden_vectors
from tests.support.sim_lines import nothing_left_over

GIVEN = golden_vectors()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[SimulatedRig]:
    with nothing_left_over():
        made = SimulatedRig(tmp_path)
        yield made
        made.close()


def read(rig: SimulatedRig) -> api.CardRead:
    rig.event(api.CardFound)
    return rig.event(api.CardRead)


def assert_is(card: api.CardRead, name: str) -> None:
    wanted = cards()[name]
    text = card.text
    assert text.name.reveal() == wanted.name
    assert text.id_number.reveal() == wanted.id_number
    assert text.address.reveal() == wanted.address
    assert text.birth_date.reveal() == wanted.birth
    assert (text.issuer, text.valid_from, text.valid_until) == (wanted.issuer, wanted.valid_from, wanted.valid_until)


def test_interrogation_asks_the_sam_for_its_state_and_number(rig: SimulatedRig) -> None:
    status = rig.start()
    assert status.state is DeviceState.ONLINE
    assert dict(status.facts) == {
        "sam": "05.01-20120411-0000000001-0000000002",
        "baud": "230400",
        "portrait_decoder": "none",
    }
    assert rig.ear.sent == [GIVEN["sam_status"], GIVEN["sam_id"]]


def test_a_card_is_found_selected_and_read_in_that_order_and_every_byte_is_counted(rig: SimulatedRig) -> None:
    rig.start()
    rig.do("place_card", card="zhang")
    rig.driver.execute(api.StartReading())
    before = rig.ear.every_byte
    found = rig.event(api.CardFound)
    card = rig.event(api.CardRead)
    assert rig.ear.sent[-3:] == [GIVEN["find"], GIVEN["select"], GIVEN["read_base"]]
    assert_is(card, "zhang")
    assert (card.text.sex, card.text.nation) == ("女", "汉")
    assert card.found_at_s == found.at_s < card.read_at_s
    assert card.bytes_on_wire == rig.ear.every_byte - before == 30 + 15 + 19 + 1295
    assert card.portrait.placeholder


def test_one_shot_stops_after_one_card_and_still_says_when_it_was_lifted(rig: SimulatedRig) -> None:
    rig.start()
    rig.driver.execute(api.StartReading())
    rig.do("place_card", card="zhang")
    assert_is(read(rig), "zhang")
    rig.nothing(4)
    rig.do("lift")
    rig.event(api.CardRemoved)
    rig.do("place_card", card="li")
    rig.nothing(2)
    rig.driver.execute(api.StartReading())
    assert_is(read(rig), "li")


def test_continuous_reads_one_card_after_the_other_each_once(rig: SimulatedRig) -> None:
    rig.start()
    rig.driver.execute(api.StartReading(api.ReadMode.CONTINUOUS))
    for name in ("zhang", "li", "wang"):
        rig.do("place_card", card=name)
        assert_is(read(rig), name)
        rig.nothing(3)
        rig.do("lift")
        rig.event(api.CardRemoved)


def test_a_quick_exchange_of_cards_counts_as_lifted(rig: SimulatedRig) -> None:
    rig.start()
    rig.driver.execute(api.StartReading(api.ReadMode.CONTINUOUS))
    rig.do("place_card", card="zhang")
    read(rig)
    rig.do("lift")
    rig.do("place_card", card="li")
    rig.event(api.CardRemoved)
    assert_is(read(rig), "li")


def test_a_single_miss_is_no_removal(rig: SimulatedRig) -> None:
    rig.start()
    rig.driver.execute(api.StartReading())
    rig.do("place_card", card="zhang")
    read(rig)
    rig.nothing(1)
    rig.do("lift")
    rig.nothing(1)
    rig.event(api.CardRemoved)


def test_a_card_from_before_must_be_lifted_and_the_desk_is_told_once(rig: SimulatedRig) -> None:
    rig.start()
    rig.driver.execute(api.StartReading())
    rig.do("place_card", card="zhang")
    read(rig)
    rig.driver.execute(api.StartReading())
    assert rig.event(api.CardReadFailed).fault.code == "id_card.lift_first"
    rig.nothing(3)
    rig.do("lift")
    rig.event(api.CardRemoved)
    rig.do("place_card", card="zhang")
    assert_is(read(rig), "zhang")


def test_nothing_is_looked_for_before_the_order_and_after_stop(rig: SimulatedRig) -> None:
    rig.start()
    rig.do("place_card", card="zhang")
    rig.nothing(2)
    rig.driver.execute(api.StartReading())
    rig.event(api.CardFound)
    rig.driver.execute(api.StopReading())
    rig.nothing(3)
    assert GIVEN["read_base"] not in rig.ear.sent
    rig.driver.execute(api.StartReading())
    assert rig.event(api.CardReadFailed).fault.code == "id_card.lift_first"


def test_idle_the_reader_is_asked_every_two_seconds_whether_it_lives(rig: SimulatedRig) -> None:
    rig.start()
    rig.nothing(1)
    first_s = rig.driver.next_timer_s()
    rig.nothing(2)
    assert rig.ear.sent[-3:] == [GIVEN["sam_status"]] * 3
    assert first_s is not None
    assert rig.driver.next_timer_s() == pytest.approx(first_s + 4.0, abs=0.5)


@pytest.mark.parametrize(
    ("name", "finding"), [("wang", ("expired", "unknown_region")), ("li", ("unknown_region",)), ("specimen", ())]
)
def test_findings_of_the_day_come_with_the_card(rig: SimulatedRig, name: str, finding: tuple[str, ...]) -> None:
    rig.start()
    rig.do("place_card", card=name)
    rig.driver.execute(api.StartReading())
    assert read(rig).text.findings == finding


def test_the_portrait_comes_through_the_decoder_plug_in(tmp_path: Path) -> None:
    with nothing_left_over():
        rig = SimulatedRig(tmp_path, {"wlt_decoder": str(DECODER)}, factor=1.0)
        try:
            assert dict(rig.start().facts)["portrait_decoder"] == "demo_wlt_decoder.py: loads"
            rig.do("place_card", card="zhang")
            rig.driver.execute(api.StartReading())
            portrait = read(rig).portrait
            assert not portrait.placeholder
            assert portrait.png.reveal().startswith(b"\x89PNG")
            rig.do("lift")
            rig.event(api.CardRemoved)
            rig.do("place_card", card="specimen")  # a portrait that no decoder can read
            rig.driver.execute(api.StartReading())
            assert read(rig).portrait.placeholder
        finally:
            rig.close()


def test_an_unknown_command_and_a_wrong_endpoint_are_unsupported(rig: SimulatedRig) -> None:
    with pytest.raises(Unsupported):
        rig.driver.execute("make tea")
    with pytest.raises(Unsupported):
        build(Endpoint.parse("mjpeg+http://127.0.0.1/x"), {}, DriverContext(rig.clock, rig.cancel))
