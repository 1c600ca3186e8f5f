"""What is known of the card on the reader, told in the words of reader and desk."""

from __future__ import annotations

import pytest

from drivers.base.sensitive import Sensitive
from drivers.id_card.held import LEFT_BEHIND_AGAIN_S, LEFT_BEHIND_S, Held, HeldCard

NUMBER = Sensitive("11010519491231002X")


@pytest.fixture
def held() -> HeldCard:
    made = HeldCard()
    made.was_read(NUMBER)
    return made


def test_two_misses_in_a_row_are_a_removal(held: HeldCard) -> None:
    assert (held.is_, held.number) == (Held.READ, NUMBER)
    assert not held.missed()
    assert held.is_known
    assert held.missed()
    assert (held.is_, held.number, held.is_known) == (Held.NOTHING, None, False)


def test_misses_count_only_in_a_row(held: HeldCard) -> None:
    for between in (held.seen, held.not_answered, held.link_lost):
        assert not held.missed()
        between()
    assert not held.missed()
    assert held.missed()


def test_a_lost_link_takes_the_number_and_leaves_the_card(held: HeldCard) -> None:
    held.link_lost()
    assert (held.is_, held.number) == (Held.LIFT_FIRST, None)
    held.failed(may_retry=True)
    held.link_lost()
    assert held.is_ is Held.MAY_RETRY


def test_found_and_read_again_it_has_to_be_lifted_and_keeps_its_number(held: HeldCard) -> None:
    held.was_read_again()
    assert (held.is_, held.number) == (Held.LIFT_FIRST, NUMBER)


@pytest.mark.parametrize("may_retry", [True, False])
def test_the_end_of_its_order_ends_every_hope_of_reading_it(held: HeldCard, may_retry: bool) -> None:
    held.failed(may_retry=may_retry)
    held.order_ended(5.0)
    assert (held.is_, held.number) == (Held.LIFT_FIRST, None)


def test_after_an_order_it_is_asked_whether_something_was_left() -> None:
    held = HeldCard()
    held.order_ended(5.0)
    assert (held.is_, held.is_known) == (Held.PERHAPS, False)
    held.seen()
    assert held.is_ is Held.LIFT_FIRST
    assert held.left_behind_s(5.0 + LEFT_BEHIND_S) == LEFT_BEHIND_S


def test_nothing_was_left_and_no_removal_is_told() -> None:
    held = HeldCard()
    held.order_ended(5.0)
    assert (held.missed(), held.missed(), held.is_) == (False, False, Held.NOTHING)
    assert held.left_behind_s(1e9) is None


def test_left_behind_is_told_after_its_time_and_again_until_it_is_gone(held: HeldCard) -> None:
    assert held.left_behind_s(1e9) is None  # the order still stands
    held.order_ended(100.0)
    told = [second for second in range(100, 180) if held.left_behind_s(float(second)) is not None]
    first = 100 + int(LEFT_BEHIND_S)
    assert told == [first, first + int(LEFT_BEHIND_AGAIN_S), first + 2 * int(LEFT_BEHIND_AGAIN_S)]
    held.missed()
    assert held.missed()
    assert held.left_behind_s(1e9) is None
