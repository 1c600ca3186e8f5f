"""The journal: whatever prefix of a case was journalled, that case comes back."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from terminal.cases import events as ev
from terminal.cases.fold import apply, fold
from terminal.cases.machine import TABLE, NotAllowed, may
from terminal.cases.model import Case, Step
from terminal.profile import ProfileName
from terminal.store import journal
from terminal.store.connection import transaction
from terminal.store.database import Database, StoreError
from tests.support import cases as c

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    base = Database(tmp_path_factory.mktemp("store") / "terminal.db", KEY)
    base.create()
    return base


@pytest.mark.parametrize("count", range(1, len(c.WHOLE) + 1))
def test_any_prefix_of_a_case_comes_back_as_it_was(database: Database, count: int) -> None:
    connection = database.connect()
    case: Case | None = None
    opened = ev.msgspec.structs.replace(c.OPENED, id=f"case-{count}")
    with transaction(connection):
        for event in (opened, *c.WHOLE[1:count]):
            case = apply(case, event)
            journal.append(connection, case, event, c.AT)
    connection.close()
    again = database.connect()
    assert journal.load(again, f"case-{count}") == case
    again.close()


def test_a_transaction_that_fails_leaves_no_event(database: Database) -> None:
    connection = database.connect()
    opened = ev.msgspec.structs.replace(c.OPENED, id="undone")

    def fail() -> None:
        with transaction(connection):
            journal.append(connection, fold((opened,)), opened, c.AT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert "undone" not in journal.open_cases(connection, ProfileName.WINDOW)
    connection.close()


def test_the_file_cannot_be_read_with_another_key_and_shows_no_name(tmp_path: Path) -> None:
    base = Database(tmp_path / "t.db", KEY)
    base.create()
    connection = base.connect()
    with transaction(connection):
        for n in range(3, 4):
            case = fold(c.WHOLE[:n])
            journal.append(connection, case, c.IDENTITY, c.AT)
    connection.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "李建国".encode() not in raw
    assert b"11010519491231002X" not in raw
    with pytest.raises(StoreError, match="locked"):
        Database(tmp_path / "t.db", bytes(32)).connect()


def test_closing_a_case_takes_its_person_out_of_the_journal(database: Database) -> None:
    connection = database.connect()
    opened = ev.msgspec.structs.replace(c.OPENED, id="closed")
    with transaction(connection):
        journal.append(connection, fold((opened,)), opened, c.AT)
        journal.close(connection, "closed")
    rows = connection.execute("SELECT count(*) FROM journal WHERE case_id = 'closed'").fetchone()
    assert rows == (0,)
    assert "closed" not in journal.open_cases(connection, ProfileName.WINDOW)
    connection.close()


def test_numbers_run_without_gap_or_repeat(database: Database) -> None:
    connection = database.connect()
    taken = []
    for _ in range(5):
        with transaction(connection):
            taken.append(journal.next_number(connection, "project.20261124"))
    assert taken == [1, 2, 3, 4, 5]
    connection.close()


EVENTS = (
    *c.WHOLE[1:],
    ev.Abandoned(reason="群众离开"),
    ev.CitizenObjected(note=ev.Sensitive("电话不对")),
    *(ev.WentBack(to=step) for step in Step),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(EVENTS), max_size=60))
def test_no_order_of_events_breaks_the_table(events: list[ev.Event]) -> None:
    """Any order: an event is either refused, leaving the case as it was, or leads where the table says."""
    case = fold((c.OPENED,))
    kept: list[ev.Event] = [c.OPENED]
    for event in events:
        before = case
        try:
            case = apply(case, event)
        except NotAllowed:
            assert case is before
            continue
        kept.append(event)
        assert may(before, ev.kind_of(event))
        assert case.step is TABLE[before.step][ev.kind_of(event)]
        assert ev.decode(ev.encode(event)) == event
    assert fold(kept) == case
    if case.step is Step.SEALED:
        assert case.decision is not None
        assert case.review.state in {ev.ReviewState.RATED}
