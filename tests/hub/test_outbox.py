"""The outbox's own guards: unique keys, triggers, order, what it tells."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.agent import chain, outbox, work
from sync.database import DATABASE_ERRORS, UnsafeSqlite, assert_safe, transaction
from sync.protocol.vocabulary import Code, Rank
from terminal.custody.seal import ReviewExists
from tests.support.sync_rig import HubBench, StillClock, Terminal, documents, sealed_case


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE item SET body = x'00'", "sealed"),
        ("UPDATE item SET digest = x'00'", "sealed"),
        ("UPDATE item SET seq = 99", "sealed"),
        ("UPDATE item SET sig = x'00'", "sealed"),
        ("UPDATE item SET rank = 0", "rank fell"),
        ("UPDATE item SET rank = 5", "no receipt"),
        ("UPDATE item SET rank = 7", "no receipt"),
        ("DELETE FROM item", "not yet at the hub"),
        ("UPDATE audit SET event = x'00'", "sealed"),
        ("DELETE FROM audit", "sealed"),
    ],
)
def test_a_sealed_item_cannot_be_changed_lowered_or_removed(terminal: Terminal, statement: str, why: str) -> None:
    terminal.seal()
    with pytest.raises(DATABASE_ERRORS, match=why):
        terminal.connection.execute(statement)


def test_a_case_cannot_be_sealed_twice(terminal: Terminal) -> None:
    case = sealed_case()
    terminal.seal(case)
    with pytest.raises(DATABASE_ERRORS, match="UNIQUE"):
        terminal.seal(case)
    assert terminal.connection.execute("SELECT count(*) FROM item").fetchone() == (1,)


def test_a_service_is_reviewed_once_on_the_terminal_and_the_case_still_seals(terminal: Terminal) -> None:
    case = sealed_case()
    terminal.rate(case, 1)
    with pytest.raises(ReviewExists):
        terminal.rate(case, 5)
    terminal.seal(case)
    kinds = terminal.connection.execute("SELECT kind FROM item ORDER BY seq").fetchall()
    assert kinds == [("review",), ("case",)]


@pytest.mark.parametrize("level", [0, 6, -1])
def test_a_level_outside_one_to_five_is_no_review(terminal: Terminal, level: int) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        terminal.rate(sealed_case(), level)
    assert terminal.connection.execute("SELECT count(*) FROM review_lock").fetchone() == (0,)


def test_sequence_numbers_have_no_gap_even_when_a_seal_is_undone(terminal: Terminal) -> None:
    first = terminal.seal()
    prepared = terminal.sealer.prepare_case(sealed_case(), documents())

    def seal_and_fail() -> None:
        with transaction(terminal.connection):
            terminal.sealer.commit_case(terminal.connection, prepared)
            raise RuntimeError("the case service failed")

    with pytest.raises(RuntimeError):
        seal_and_fail()
    assert terminal.connection.execute("SELECT count(*) FROM item").fetchone() == (1,)
    assert (first.seq, terminal.seal().seq) == (1, 2)


def test_the_audit_chain_holds_and_a_change_is_found(terminal: Terminal) -> None:
    for _ in range(3):
        terminal.seal()
    assert chain.first_break(terminal.connection) is None
    heads = [bytes(r[0]).hex() for r in terminal.connection.execute("SELECT prev_head FROM item ORDER BY seq")]
    chained = [bytes(r[0]).hex() for r in terminal.connection.execute("SELECT prev FROM audit ORDER BY seq")]
    assert heads == chained
    terminal.connection.execute("DROP TRIGGER audit_seal")
    terminal.connection.execute("UPDATE audit SET event = x'7b7d' WHERE seq = 2")
    assert chain.first_break(terminal.connection) == 2


def test_a_cut_off_head_of_the_audit_chain_is_found(terminal: Terminal) -> None:
    for _ in range(2):
        terminal.seal()
    terminal.connection.execute("DROP TRIGGER audit_keep")
    terminal.connection.execute("DELETE FROM audit WHERE seq = 1")
    assert chain.first_break(terminal.connection) == 1


def test_the_summary_tells_what_waits(terminal: Terminal, clock: StillClock, hub: HubBench) -> None:
    assert outbox.pending_summary(terminal.connection, clock.wall()) == outbox.PendingSummary(0, 0, None, None, ())
    at = clock.wall()
    first = terminal.seal()
    clock.advance(60)
    second = terminal.seal()
    summary = outbox.pending_summary(terminal.connection, clock.wall())
    assert (summary.queued, summary.oldest_unsent_at, summary.last_receipt_at) == (2, at, None)
    assert summary.item_states == ((first.item_id, "queued"), (second.item_id, "queued"))
    with transaction(terminal.connection):
        work.block(terminal.connection, work.due_items(terminal.connection, 10**10, 1, 1), Code.TOO_LARGE)
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    summary = outbox.pending_summary(terminal.connection, clock.wall())
    assert (summary.queued, summary.blocked, summary.last_receipt_at) == (1, 1, clock.wall())
    assert summary.item_states == ((first.item_id, "blocked"), (second.item_id, "complete"))
    later = outbox.pending_summary(terminal.connection, clock.wall() + timedelta(days=3))
    assert later.item_states == ((first.item_id, "blocked"),)


def test_a_person_can_give_blocked_items_another_try(terminal: Terminal, clock: StillClock, hub: HubBench) -> None:
    seal = terminal.seal()
    with transaction(terminal.connection):
        work.block(terminal.connection, work.due_items(terminal.connection, 10**10, 1, 1), Code.TOO_LARGE)
        work.stop_queue(terminal.connection, Code.EPOCH)
        assert work.unblock(terminal.connection) == 1
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    assert terminal.ranks() == {seal.item_id: Rank.COMPLETE}


def test_a_batch_is_bounded_but_never_empty(terminal: Terminal) -> None:
    for _ in range(3):
        terminal.seal()
    assert len(work.due_items(terminal.connection, 10**10, 2, 10**6)) == 2
    assert len(work.due_items(terminal.connection, 10**10, 9, 1)) == 1


def test_an_sqlite_with_the_wal_reset_bug_is_refused() -> None:
    assert_safe((3, 51, 3))
    for version in ((3, 51, 2), (3, 40, 1), (3, 7, 0)):
        with pytest.raises(UnsafeSqlite):
            assert_safe(version)
