"""Permits and foreigners' cards as the simulated reader sends them, and replies as careless readers send them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from simulators.bench import VerbError
from simulators.id_card.card import ForeignerCard2023, HmtPermit
from simulators.id_card.fixtures import cards
from simulators.id_card.hand import ReaderHand
from simulators.id_card.machine import NO_LATENCY_MS, Malformation, ReaderMachine
from simulators.id_card.text import text_area
from simulators.id_card.wire import ReaderWire, malformed, xor
from tests.support.id_card_rig import golden_vectors
from tests.unit import test_id_card_kinds as by_hand

GOLDEN = Path(__file__).parents[1] / "golden" / "frames"
GIVEN = golden_vectors()


def test_a_permit_has_the_golden_permit_s_bytes() -> None:
    golden = (GOLDEN / "reply_base_hmt_J.bin").read_bytes()
    area = golden[14 : 14 + 256]

    def said(at: int, size: int) -> str:
        return area[at : at + size].decode("utf-16-le").rstrip()

    permit = HmtPermit(
        name=said(0, 30),
        sex_code=said(30, 2),
        birth=date(1994, 8, 23),
        address=said(52, 70),
        id_number=said(122, 36),
        issuer=said(158, 30),
        valid_from=date.fromisoformat(said(188, 16)),
        valid_until=date.fromisoformat(said(204, 16)),
        travel_number=said(220, 18),
        issue_count=said(238, 4),
        wlt=golden[270:-1],
    )
    assert text_area(permit) == area


def test_a_card_of_2023_has_the_bytes_laid_out_by_hand() -> None:
    card = ForeignerCard2023(
        english_name="SPECIMEN ABDULRAHMAN ABDULLAH MOHAMMED",
        chinese_name="史密斯",
        sex_code="1",
        id_number="932682198501010017",
        nationality="SAU",
        birth=date(1985, 1, 1),
        valid_from=date(2023, 12, 1),
        valid_until=date(2033, 11, 30),
        reissue_count="02",
        old_card="001",
        wlt=bytes(1024),
    )
    assert text_area(card) == bytes(by_hand.foreigner_2023())


def test_each_kind_names_itself_at_offset_248() -> None:
    flags = {name: text_area(card)[248:250].decode("utf-16-le") for name, card in cards().items()}
    assert (flags["chen"], flags["sami"], flags["anne"], flags["odd"], flags["zhang"]) == ("J", "Y", "I", "K", " ")


@pytest.mark.parametrize("way", list(Malformation))
def test_a_malformed_reply_differs_from_the_right_one_and_only_the_next_is_one(way: Malformation) -> None:
    machine = ReaderMachine(NO_LATENCY_MS)
    wire = ReaderWire(machine, lambda _: None)
    hand = ReaderHand(machine, cards())
    hand.malform_next_reply(way.value)
    (spoilt,) = wire.on_bytes(GIVEN["find"], 0.0)
    (right,) = wire.on_bytes(GIVEN["find"], 1.0)
    assert right == GIVEN["find_none"]
    assert spoilt != right
    assert spoilt == malformed(right, way)


def test_a_handheld_s_time_out_frame_is_the_one_that_was_seen() -> None:
    assert malformed(GIVEN["find_none"], Malformation.HANDHELD_TIMEOUT).hex() == "aaaaaa96690005050505"
    assert xor(malformed(GIVEN["find_none"], Malformation.NO_STATUS)[5:]) == 0


def test_an_unknown_way_is_refused() -> None:
    with pytest.raises(VerbError, match="wrong_checksum"):
        ReaderHand(ReaderMachine(NO_LATENCY_MS), cards()).malform_next_reply("tea")
