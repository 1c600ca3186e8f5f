"""The simulated reader that loses its power alone, and the one that finds a card again without its being lifted."""

from __future__ import annotations

import pytest

from simulators.id_card.fixtures import cards
from simulators.id_card.hand import ReaderHand
from simulators.id_card.machine import NO_LATENCY_MS, ReaderMachine
from simulators.id_card.wire import ReaderWire
from tests.support.id_card_rig import golden_vectors

GIVEN = golden_vectors()


class Reader:
    """A reader with a hand at a clock that stands still until told."""

    def __init__(self) -> None:
        self.machine = ReaderMachine(NO_LATENCY_MS)
        self.wire = ReaderWire(self.machine, lambda _: None)
        self.hand = ReaderHand(self.machine, cards())
        self.now_s = 100.0

    def ask(self, *names: str) -> list[str]:
        """Which golden replies come; a card's own are "data"."""
        said = [reply for name in names for reply in self.wire.on_bytes(GIVEN[name], self.now_s)]
        names_of = {frame: name for name, frame in GIVEN.items()}
        return [names_of.get(reply, "data") for reply in said]


@pytest.fixture
def reader() -> Reader:
    return Reader()


READ = ("find", "select", "read_base")


def test_a_card_that_was_read_is_found_again_only_by_a_reader_that_does_so(reader: Reader) -> None:
    reader.hand.place_card("zhang")
    assert reader.ask(*READ, "find") == ["find_ok", "select_ok", "data", "find_none"]
    reader.hand.find_again(on=True)
    assert reader.ask(*READ) == ["find_ok", "select_ok", "data"]
    assert reader.hand.look()["finds_again"] is True
    reader.hand.lift()
    assert reader.ask("find") == ["find_none"]


def test_a_reader_that_lost_its_power_finds_the_card_anew_and_answers_what_it_is_asked_then(reader: Reader) -> None:
    reader.hand.place_card("zhang")
    reader.ask(*READ)
    reader.hand.blink_power()
    assert reader.ask("find") == ["find_ok"]


def test_without_power_it_hears_nothing_and_forgets_what_it_was_doing(reader: Reader) -> None:
    reader.hand.latency("find", 200.0)
    assert reader.ask("find") == []
    reader.hand.blink_power(off_ms=500.0)
    assert reader.ask("sam_status") == []
    reader.now_s += 0.4
    assert list(reader.wire.on_time(reader.now_s)) == []
    reader.now_s += 0.2
    assert reader.ask("sam_status") == ["ok_generic"]
    reader.hand.blink_power()
    assert reader.ask("sam_id") == ["sam_id_sample"]
