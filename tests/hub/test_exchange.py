"""Terminal and hub over a clean and over a lossy line."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec
import pytest
import uuid_utils

from sync.agent import outbox, work
from sync.agent.exchange import QueueStopped
from sync.agent.http import HubClient, HubEndpoint, HubUnreachable
from sync.agent.receipts import BadReceipt
from sync.database import transaction
from sync.hub.ledger import Archive
from sync.protocol.receipt import SignedReceipt, verify_receipt
from sync.protocol.vocabulary import Code, Rank
from tests.support.sync_rig import NAME, HubBench, StillClock, Terminal, documents, sealed_case


def test_a_sealed_case_and_its_review_are_complete_after_one_round(hub: HubBench, terminal: Terminal) -> None:
    case = sealed_case()
    review = terminal.rate(case)
    seal = terminal.seal(case)
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    assert terminal.ranks() == {review: Rank.COMPLETE, seal.item_id: Rank.COMPLETE}
    assert hub.rows("SELECT id, state FROM item ORDER BY seq") == [(review, "complete"), (seal.item_id, "complete")]
    assert hub.rows("SELECT service_id, id FROM review") == [(case.review.service_id, review)]


def test_the_hubs_officer_reads_exactly_what_was_sealed(hub: HubBench, terminal: Terminal, tmp_path: Path) -> None:
    seal = terminal.seal()
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    archive = Archive(hub.folder)
    paths = archive.open_documents(seal.item_id, tmp_path / "out")
    archive.close()
    assert [path.read_bytes() for path in paths] == [document.data for document in documents()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in paths)


def test_nothing_personal_leaves_the_terminal_in_the_clear(hub: HubBench, terminal: Terminal, tmp_path: Path) -> None:
    terminal.seal()
    line = hub.transport(terminal.peer())
    terminal.exchange(line).round(terminal.connection)
    sent = b"".join(request.read() for request in line.requests)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for word in (NAME, "11010519491231002X", "13800000000"):
        assert word.encode() not in sent
        assert word.encode() not in kept


def test_a_second_round_sends_nothing(hub: HubBench, terminal: Terminal) -> None:
    terminal.seal()
    line = hub.transport(terminal.peer())
    exchange = terminal.exchange(line)
    exchange.round(terminal.connection)
    sent = len(line.requests)
    exchange.round(terminal.connection)
    assert len(line.requests) == sent


@pytest.mark.parametrize("lost", range(9))
def test_a_lost_reply_changes_nothing_but_the_number_of_rounds(hub: HubBench, terminal: Terminal, lost: int) -> None:
    case = sealed_case()
    terminal.rate(case)
    terminal.seal(case)
    line = hub.transport(terminal.peer(), lose=lambda _: len(line.requests) == lost + 1)
    exchange = terminal.exchange(line)
    for _ in range(5):
        try:
            exchange.round(terminal.connection)
        except HubUnreachable:
            continue
    assert set(terminal.ranks().values()) == {Rank.COMPLETE}
    assert hub.rows("SELECT count(*) FROM item") == [(2,)]
    assert hub.rows("SELECT id, state, count(*) FROM receipt GROUP BY id, state HAVING count(*) > 1") == []


def test_the_duplicate_gets_the_same_receipt(hub: HubBench, terminal: Terminal) -> None:
    seal = terminal.seal()
    line = hub.transport(terminal.peer())
    terminal.exchange(line).round(terminal.connection)
    items = terminal.connection.execute("SELECT receipt FROM item").fetchone()
    again = work.items_of_blob(terminal.connection, _some_blob(terminal))
    client = HubClient(HubEndpoint("https://hub", terminal.pin), terminal.identity(), line)
    reply = client.post_items(again)
    assert reply.results[0].status == "duplicate"
    assert items is not None
    assert msgspec.json.encode(reply.results[0].receipt) == bytes(items[0])
    assert reply.results[0].id == seal.item_id


def test_a_line_cut_in_every_chunk_resends_at_most_one_chunk_each_time(hub: HubBench, terminal: Terminal) -> None:
    terminal.seal(size=1_000_000)
    cuts = 0

    def cut_every_third(request: httpx.Request) -> bool:
        nonlocal cuts
        fall = request.method == "PATCH" and len(line.requests) % 3 == 0
        cuts += fall
        return fall

    line = hub.transport(terminal.peer(), lose=cut_every_third)
    exchange = terminal.exchange(line)
    for _ in range(60):
        try:
            exchange.round(terminal.connection)
            break
        except HubUnreachable:
            continue
    assert set(terminal.ranks().values()) == {Rank.COMPLETE}
    assert cuts >= 5
    sent = sum(len(request.read()) for request in line.requests if request.method == "PATCH")
    sizes = hub.rows("SELECT sum(size) FROM blob")[0][0]
    assert sent <= sizes + cuts * terminal.policy.chunk_bytes


def test_a_review_does_not_wait_for_a_long_upload(hub: HubBench, terminal: Terminal) -> None:
    terminal.seal(size=1_000_000)
    later = sealed_case(project_number="410724202611240000018")
    line = hub.transport(terminal.peer())
    rated: list[str] = []

    def rate_after_the_first_chunk() -> bool:
        if not rated and any(request.method == "PATCH" for request in line.requests):
            rated.append(terminal.rate(later))
        return True

    terminal.exchange(line, go_on=rate_after_the_first_chunk).round(terminal.connection)
    paths = [request.url.path for request in line.requests]
    second_batch = [n for n, path in enumerate(paths) if path.endswith("items:batch")][1]
    assert any(request.method == "PATCH" for request in line.requests[second_batch:])
    assert set(terminal.ranks().values()) == {Rank.COMPLETE}


def test_a_receipt_of_another_hub_counts_for_nothing(
    hub: HubBench, terminal: Terminal, tmp_path: Path, clock: StillClock
) -> None:
    seal = terminal.seal()
    other = HubBench(tmp_path / "other", clock)
    Terminal(terminal.folder, other.folder, clock).close()  # pairs the same keys with the other hub
    with pytest.raises(BadReceipt):
        terminal.exchange(other.transport(terminal.peer())).round(terminal.connection)
    other.close()
    assert terminal.ranks()[seal.item_id] < Rank.ACCEPTED
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    clock.advance(2)
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    assert terminal.ranks()[seal.item_id] == Rank.COMPLETE


def test_an_altered_file_blocks_its_case_and_no_other(hub: HubBench, terminal: Terminal) -> None:
    first, second = terminal.seal(), terminal.seal()
    row = terminal.connection.execute(
        "SELECT path FROM blob JOIN item_blob USING(sha256) WHERE id = ? AND role = 'material'", (first.item_id,)
    ).fetchone()
    assert row is not None
    path = terminal.outbox_dir / str(row[0])
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    exchange = terminal.exchange(hub.transport(terminal.peer()))
    exchange.round(terminal.connection)
    assert terminal.codes() == {first.item_id: Code.FILE, second.item_id: ""}
    assert terminal.ranks()[second.item_id] == Rank.COMPLETE
    assert hub.rows("SELECT state FROM item ORDER BY seq") == [("accepted",), ("complete",)]


def test_a_file_that_is_gone_blocks_its_case_and_no_other(hub: HubBench, terminal: Terminal) -> None:
    first = terminal.seal()
    for path in terminal.outbox_dir.iterdir():
        path.unlink()
    second = terminal.seal()
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    assert terminal.codes() == {first.item_id: Code.FILE, second.item_id: ""}
    assert terminal.ranks()[second.item_id] == Rank.COMPLETE


def test_a_hub_restored_from_yesterday_gets_everything_again(
    tmp_path: Path, terminal: Terminal, clock: StillClock, hub: HubBench
) -> None:
    seal = terminal.seal()
    stop_after = iter([True] * 6 + [False] * 100)
    terminal.exchange(hub.transport(terminal.peer()), go_on=lambda: next(stop_after)).round(terminal.connection)
    assert Rank.ACCEPTED <= terminal.ranks()[seal.item_id] < Rank.COMPLETE
    empty = HubBench(tmp_path / "restored", clock)
    keys = (hub.folder / "hub-keys.json").read_bytes()
    empty.close()
    (tmp_path / "restored" / "hub.db").unlink()
    for left in (tmp_path / "restored").glob("hub.db-*"):
        left.unlink()
    (tmp_path / "restored" / "hub-keys.json").write_bytes(keys)
    restored = HubBench(tmp_path / "restored", clock)
    Terminal(terminal.folder, restored.folder, clock).close()
    terminal.exchange(restored.transport(terminal.peer())).round(terminal.connection)
    clock.advance(5)
    terminal.exchange(restored.transport(terminal.peer())).round(terminal.connection)
    assert terminal.ranks()[seal.item_id] == Rank.COMPLETE
    assert restored.rows("SELECT state FROM item") == [("complete",)]
    restored.close()


def test_a_restored_disk_image_stops_the_queue(hub: HubBench, terminal: Terminal) -> None:
    first = terminal.seal()
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    # The old image: the same keys, the same next number, another case.
    with transaction(terminal.connection):
        terminal.connection.execute("DELETE FROM item_blob")
        terminal.connection.execute("DELETE FROM blob")
        terminal.connection.execute("DELETE FROM item")
        terminal.connection.execute("DELETE FROM kv")
    second = terminal.seal()
    assert second.seq == first.seq
    exchange = terminal.exchange(hub.transport(terminal.peer()))
    for _ in range(2):
        with pytest.raises(QueueStopped, match=Code.SEQ_REUSED):
            exchange.round(terminal.connection)
    assert terminal.codes() == {second.item_id: Code.SEQ_REUSED}
    assert hub.rows("SELECT id FROM item") == [(first.item_id,)]
    assert hub.rows("SELECT id, code FROM evidence") == [(second.item_id, Code.SEQ_REUSED)]


def test_a_clock_that_falls_back_holds_nothing_up(hub: HubBench, terminal: Terminal, clock: StillClock) -> None:
    seal = terminal.seal()
    with transaction(terminal.connection):
        terminal.connection.execute("UPDATE item SET next_at = ?", (int(clock.wall().timestamp()) + 60,))
    exchange = terminal.exchange(hub.transport(terminal.peer()))
    exchange.round(terminal.connection)
    assert terminal.ranks()[seal.item_id] < Rank.ACCEPTED
    clock.jump(-10 * 365 * 86400)
    exchange.round(terminal.connection)
    assert terminal.ranks()[seal.item_id] == Rank.COMPLETE


def test_an_item_too_large_for_any_batch_is_blocked_alone(hub: HubBench, terminal: Terminal) -> None:
    case = sealed_case()
    huge = msgspec.structs.replace(case, legal_path=tuple((f"step{n}", "原因" * 200) for n in range(900)))
    blocked = terminal.seal(huge, size=10)
    others = [terminal.seal(size=10) for _ in range(2)]
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    assert terminal.codes()[blocked.item_id] == Code.TOO_LARGE
    assert {terminal.ranks()[seal.item_id] for seal in others} == {Rank.COMPLETE}


def _some_blob(terminal: Terminal) -> str:
    row = terminal.connection.execute("SELECT sha256 FROM blob").fetchone()
    assert row is not None
    return bytes(row[0]).hex()


def test_a_quarantined_item_waits_for_a_person_and_holds_up_no_other(
    hub: HubBench, terminal: Terminal, clock: StillClock
) -> None:
    good = terminal.seal(size=10)
    row = terminal.connection.execute("SELECT sha256 FROM item_blob").fetchone()
    assert row is not None
    (item,) = work.items_of_blob(terminal.connection, bytes(row[0]).hex())
    bad = msgspec.structs.replace(item, id=str(uuid_utils.uuid7()), seq=2)  # signed for another place
    with transaction(terminal.connection):
        outbox.enqueue(terminal.connection, bad, [], sealed_at=clock.wall())
    line = hub.transport(terminal.peer())
    exchange = terminal.exchange(line)
    exchange.round(terminal.connection)
    sent = len(line.requests)
    clock.advance(600)
    exchange.round(terminal.connection)
    assert len(line.requests) == sent
    assert terminal.codes() == {good.item_id: "", bad.id: Code.QUARANTINED}
    assert terminal.ranks() == {good.item_id: Rank.COMPLETE, bad.id: Rank.QUEUED}
    kept = terminal.connection.execute("SELECT receipt FROM item WHERE id = ?", (bad.id,)).fetchone()
    assert kept is not None
    signed = msgspec.json.decode(bytes(kept[0]), type=SignedReceipt)
    assert verify_receipt(signed, terminal.pin.keys_by_id()).state == "quarantined"
    assert hub.rows("SELECT id FROM evidence") == [(bad.id,)]
