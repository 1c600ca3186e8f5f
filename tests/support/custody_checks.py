"""What must hold between a terminal and its hub, whatever happened (sync.md 4, I1-I7, I10)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

import msgspec

from sync.agent import chain
from sync.agent.receipts import check_receipt
from sync.protocol.envelope import ItemHead
from sync.protocol.receipt import SignedReceipt
from sync.protocol.vocabulary import Rank
from tests.support.sync_rig import HubBench, Terminal


def check_custody(hub: HubBench, terminal: Terminal) -> None:
    """Assert it, reading both databases and every file of the hub."""
    sealed = {
        str(row[0]): row
        for row in terminal.connection.execute(
            "SELECT id, rev, kind, epoch, seq, digest, prev_head, terminal, suite, rank, receipt FROM item"
        ).fetchall()
    }
    rows = hub.rows("SELECT id, digest, epoch, seq, state, terminal FROM item")
    held = {str(row[0]): row[:5] for row in rows if row[5] == terminal.keys.terminal_id}
    assert set(held) <= set(sealed), "the hub holds something that nobody sealed"
    for item_id, (_, digest, epoch, seq, _) in held.items():
        assert (bytes(sealed[item_id][5]).hex(), sealed[item_id][3], sealed[item_id][4]) == (digest, epoch, seq)
    for row in sealed.values():
        if row[9] >= Rank.ACCEPTED:
            _check_acknowledged(terminal, row, held)
    for sha256, size in hub.rows("SELECT sha256, size FROM blob WHERE state = 'verified'"):
        data = hub.hub.blobs.path(sha256).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (size, sha256), "a verified blob is not whole"
    incomplete = hub.rows(
        """SELECT item.id FROM item JOIN item_blob USING(id, rev) JOIN blob USING(sha256)
           WHERE item.state = 'complete' AND blob.state <> 'verified'"""
    )
    assert incomplete == [], "an item is complete without its blobs"
    assert hub.rows("SELECT 1 FROM receipt GROUP BY id, rev, state HAVING count(*) > 1") == []
    assert chain.first_break(terminal.connection) is None
    for (path,) in terminal.connection.execute("SELECT path FROM blob").fetchall():
        assert (terminal.outbox_dir / str(path)).exists(), "a sealed file is gone"


def check_everything_arrived(hub: HubBench, terminal: Terminal, ids: Collection[str]) -> None:
    """Assert that each of `ids` is complete at both ends, exactly once."""
    check_custody(hub, terminal)
    assert {item_id for item_id, rank in terminal.ranks().items() if rank >= Rank.COMPLETE} == set(ids)
    rows = hub.rows("SELECT id, state, terminal FROM item")
    own = [row[:2] for row in rows if row[2] == terminal.keys.terminal_id]
    assert sorted(own) == sorted((item_id, "complete") for item_id in ids)


def _check_acknowledged(terminal: Terminal, row: Any, held: dict[str, Any]) -> None:
    assert str(row[0]) in held, "an acknowledged item is lost"
    head = ItemHead(
        id=row[0],
        rev=row[1],
        kind=row[2],
        epoch=row[3],
        seq=row[4],
        digest=bytes(row[5]).hex(),
        prev_head=bytes(row[6]).hex(),
        terminal=row[7],
        suite=row[8],
    )
    blobs = tuple(
        bytes(b[0]).hex()
        for b in terminal.connection.execute("SELECT sha256 FROM item_blob WHERE id = ?", (row[0],)).fetchall()
    )
    check_receipt(msgspec.json.decode(bytes(row[10]), type=SignedReceipt), head, blobs, terminal.pin.keys_by_id())
