"""The hub's unique keys and seals hold by themselves, whatever the code above them does."""

from __future__ import annotations

import pytest

from sync.database import DATABASE_ERRORS
from tests.support.sync_rig import HubBench, Terminal, sealed_case


@pytest.fixture
def holding(hub: HubBench, terminal: Terminal) -> HubBench:
    case = sealed_case()
    terminal.rate(case)
    terminal.seal(case)
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    return hub


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            "INSERT INTO item(id, rev, kind, terminal, epoch, seq, digest, prev_head, suite, body, sig, state,"
            " received_utc) SELECT id, rev, kind, terminal, epoch, seq + 9, digest, prev_head, suite, body, sig,"
            " state, received_utc FROM item",
            "UNIQUE constraint failed: item.id, item.rev",
        ),
        (
            "INSERT INTO item(id, rev, kind, terminal, epoch, seq, digest, prev_head, suite, body, sig, state,"
            " received_utc) SELECT id || 'x', rev, kind, terminal, epoch, seq, digest, prev_head, suite, body, sig,"
            " state, received_utc FROM item",
            "UNIQUE constraint failed: item.terminal, item.epoch, item.seq",
        ),
        ("INSERT INTO review SELECT service_id, 'other', 1 FROM review", "UNIQUE constraint failed: review.service_id"),
        ("INSERT INTO receipt SELECT * FROM receipt", "UNIQUE constraint failed: receipt"),
        ("UPDATE item SET body = x'00'", "sealed"),
        ("UPDATE item SET terminal = 'T-b'", "sealed"),
        ("UPDATE audit SET event = x'00'", "sealed"),
        ("DELETE FROM audit", "sealed"),
    ],
)
def test_the_tables_refuse_what_must_not_be(holding: HubBench, statement: str, why: str) -> None:
    before = holding.rows("SELECT count(*) FROM item")
    with pytest.raises(DATABASE_ERRORS, match=why):
        holding.rows(statement)
    assert holding.rows("SELECT count(*) FROM item") == before
