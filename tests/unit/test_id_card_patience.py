"""What late and right answers teach, command by command."""

from __future__ import annotations

import pytest

from drivers.id_card import tables
from drivers.id_card.patience import HABIT, MOST, Patience
from drivers.id_card.tables import Command, Sw3

FOUND = (Sw3.FOUND, 4)


def ask(patience: Patience, command: Command, took_s: float, at_s: float = 100.0) -> None:
    patience.sent(command, at_s)
    patience.answered(at_s + took_s)


def test_an_answer_in_time_teaches_nothing() -> None:
    patience = Patience(1.0)
    for _ in range(9):
        ask(patience, tables.FIND, 0.29)
    assert (patience.factor, patience.facts()) == (1.0, ())


def test_one_that_was_heard_out_widens_the_wait_for_the_next_with_a_margin() -> None:
    patience = Patience(1.0)
    ask(patience, tables.SELECT, 0.4)
    assert patience.factor == pytest.approx(0.4 / 0.3 * 1.5)
    ask(patience, tables.SELECT, 0.31)
    assert patience.factor == pytest.approx(2.0), "never narrower"


def test_a_late_one_is_measured_from_its_own_command() -> None:
    patience = Patience(1.0)
    patience.sent(tables.FIND, 100.0)
    patience.sent(tables.STATUS, 100.3)
    patience.came_late(*FOUND, 100.45)
    assert patience.factor == pytest.approx(1.5 * 1.5)
    patience.answered(100.5)
    patience.came_late(*FOUND, 101.0)  # nobody waits for it
    assert patience.factor == pytest.approx(1.5 * 1.5)


def test_one_that_waited_behind_another_says_nothing_of_the_reader() -> None:
    patience = Patience(1.0)
    patience.sent(tables.READ_BASE, 100.0)
    patience.sent(tables.FIND, 100.1)
    patience.sent(tables.STATUS, 100.4)
    patience.came_late(*FOUND, 100.7)
    assert patience.factor == 1.0
    patience.answered(100.8)
    patience.sent(tables.FIND, 101.0)
    patience.sent(tables.STATUS, 101.3)
    patience.answered(101.7)
    assert patience.factor == 1.0


def test_one_that_is_later_than_the_bound_teaches_nothing_and_the_bound_is_kept() -> None:
    patience = Patience(1.0)
    for _ in range(HABIT):
        ask(patience, tables.FIND, 0.3 * MOST + 0.01)
    assert (patience.factor, patience.facts()) == (1.0, ())
    ask(patience, tables.FIND, 0.3 * MOST - 0.01)
    assert patience.factor == MOST


def test_a_habit_is_slow_answers_to_one_command_in_a_row() -> None:
    patience = Patience(1.0)
    for _ in range(HABIT - 1):
        ask(patience, tables.FIND, 0.4)
        ask(patience, tables.READ_BASE, 1.0)
    ask(patience, tables.FIND, 0.1)
    ask(patience, tables.FIND, 0.4)
    ask(patience, tables.SELECT, 0.4)
    assert patience.facts() == ()
    for _ in range(HABIT - 1):
        ask(patience, tables.FIND, 0.4)
        ask(patience, tables.SELECT, 0.1)
    assert patience.facts() == (("patience", "2"), ("patience_configured", "1"))


def test_configured_it_is_what_counts_as_in_time() -> None:
    patience = Patience(2.5)
    for _ in range(HABIT):
        ask(patience, tables.FIND, 0.7)
    assert (patience.factor, patience.facts()) == (2.5, (("patience", "2.5"),))
    for _ in range(HABIT):
        ask(patience, tables.FIND, 0.8)
    assert patience.facts() == (("patience", "3"), ("patience_configured", "2.5"))


def test_a_closed_line_owes_nothing() -> None:
    patience = Patience(1.0)
    patience.sent(tables.FIND, 100.0)
    patience.forget()
    patience.came_late(*FOUND, 100.4)
    assert patience.factor == 1.0


def test_silence_is_not_collected() -> None:
    patience = Patience(1.0)
    for second in range(1000):
        patience.sent(tables.STATUS, float(second))
    assert len(patience._unanswered) < 20
