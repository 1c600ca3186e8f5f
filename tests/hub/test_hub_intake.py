"""What the hub takes, what it keeps as evidence, and what it answers."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import uuid_utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol.canonical import canonical, sha256_hex
from sync.protocol.envelope import NO_HEAD, Item, ItemHead, seal_item
from sync.protocol.messages import MAX_BATCH_ITEMS
from sync.protocol.receipt import Receipt, SignedReceipt, verify_receipt
from sync.protocol.review import Review
from sync.protocol.times import Times
from tests.support.sync_rig import HubBench, StillClock, Terminal

NUMBERS = itertools.count(1)


def review_item(terminal: Terminal, service: str = "p-2", level: int = 5, /, **changes: Any) -> Item:
    body = canonical(
        Review(
            service_id=service,
            level=level,
            reasons=(),
            channel="pad",
            window="03",
            staff_id="1001",
            item_code="1",
            item_name="老年人优待证",
            times=Times(wall="2026-11-24T09:00:00.000Z", monotonic_ms=1, boot_id="b"),
        )
    )
    return sealed(terminal, body, **changes)


def sealed(terminal: Terminal, body: bytes, /, **changes: Any) -> Item:
    head = ItemHead(
        kind="review",
        id=str(uuid_utils.uuid7()),
        rev=1,
        terminal=terminal.keys.terminal_id,
        epoch=1,
        seq=next(NUMBERS),
        digest=sha256_hex(body),
        prev_head=NO_HEAD,
    )
    head = msgspec.structs.replace(head, **changes)
    return seal_item(head, body, terminal.keys.sign)


class Line:
    """Raw requests in a terminal's name."""

    def __init__(self, hub: HubBench, terminal: Terminal, **headers: str) -> None:
        self.keys = terminal.pin.keys_by_id()
        self.client = httpx.Client(
            transport=hub.transport(terminal.peer()),
            base_url="https://hub",
            headers={
                "X-Proto": "1",
                "X-Terminal-Id": terminal.keys.terminal_id,
                "X-Terminal-Epoch": "1",
                **headers,
            },
        )

    def batch(self, *items: object) -> list[dict[str, Any]]:
        reply = self.client.post("/v1/items:batch", content=msgspec.json.encode({"items": items}))
        assert reply.status_code == 200, reply.text
        results: list[dict[str, Any]] = reply.json()["results"]
        return results

    def receipt(self, result: dict[str, Any]) -> Receipt:
        return verify_receipt(msgspec.convert(result["receipt"], SignedReceipt), self.keys)


@pytest.fixture
def line(hub: HubBench, terminal: Terminal) -> Line:
    return Line(hub, terminal)


def test_the_receipt_states_exactly_the_item(line: Line, terminal: Terminal, clock: StillClock) -> None:
    item = review_item(terminal)
    (result,) = line.batch(item)
    receipt = line.receipt(result)
    assert (result["status"], receipt.state) == ("created", "complete")
    assert (receipt.id, receipt.rev, receipt.digest) == (item.id, item.rev, item.digest)
    assert (receipt.terminal, receipt.epoch, receipt.seq) == (item.terminal, item.epoch, item.seq)
    assert receipt.hub_time == clock.wall().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_repeating_an_item_gives_the_same_receipt_even_later(
    line: Line, terminal: Terminal, clock: StillClock, hub: HubBench
) -> None:
    item = review_item(terminal)
    (first,) = line.batch(item)
    clock.advance(3600)
    (second,) = line.batch(item)
    assert second["status"] == "duplicate"
    assert second["receipt"] == first["receipt"]
    assert hub.rows("SELECT count(*) FROM item") == [(1,)]


def test_one_id_with_other_content_is_a_conflict_and_both_are_kept(
    line: Line, terminal: Terminal, hub: HubBench
) -> None:
    first = review_item(terminal)
    second = review_item(terminal, "p-2", 1, id=first.id)
    line.batch(first)
    (result,) = line.batch(second)
    assert (result["status"], result["code"], result["receipt"]) == ("conflict", "E_DIGEST_CONFLICT", None)
    assert hub.rows("SELECT digest FROM item") == [(first.digest,)]
    assert msgspec.json.decode(hub.rows("SELECT raw FROM evidence")[0][0], type=Item) == second


@pytest.mark.parametrize("first_level", [1, 5])
def test_a_service_has_one_review_and_the_first_commit_wins(
    line: Line, terminal: Terminal, hub: HubBench, first_level: int
) -> None:
    first = review_item(terminal, "p-2", first_level)
    second = review_item(terminal, "p-2", 6 - first_level)
    line.batch(first)
    (result,) = line.batch(second)
    assert (result["code"], result["existing"]) == ("E_REVIEW_EXISTS", first.id)
    receipt = line.receipt(result)
    assert (receipt.id, receipt.code, receipt.existing) == (second.id, "E_REVIEW_EXISTS", first.id)
    assert hub.rows("SELECT service_id, id FROM review") == [("p-2", first.id)]
    assert hub.rows("SELECT count(*) FROM item") == [(2,)]
    assert line.batch(second)[0]["receipt"] == result["receipt"]


def test_two_terminals_cannot_both_review_a_service(
    hub: HubBench, terminal: Terminal, line: Line, tmp_path: Path, clock: StillClock
) -> None:
    other = Terminal(tmp_path / "other", hub.folder, clock)
    line.batch(review_item(terminal, "p-2"))
    (result,) = Line(hub, other).batch(review_item(other, "p-2"))
    other.close()
    assert result["code"] == "E_REVIEW_EXISTS"


def test_a_reused_sequence_number_is_a_conflict(line: Line, terminal: Terminal) -> None:
    line.batch(review_item(terminal, "a", seq=10_001))
    (result,) = line.batch(review_item(terminal, "b", seq=10_001))
    assert (result["status"], result["code"]) == ("conflict", "E_SEQ_REUSED")


def test_an_epoch_that_is_not_enrolled_is_a_conflict(line: Line, terminal: Terminal) -> None:
    (result,) = line.batch(review_item(terminal, epoch=2))
    assert result["code"] == "E_EPOCH"


def poisons(terminal: Terminal) -> list[object]:
    good = review_item(terminal)
    strange = Ed25519PrivateKey.generate()
    foreign = review_item(terminal, terminal="T-somebody-else")
    return [
        {"id": 5},
        ["not", "an", "item"],
        None,
        msgspec.structs.replace(good, sig=b"\0" * 64),
        msgspec.structs.replace(good, body=b"{}"),
        msgspec.structs.replace(good, seq=good.seq + 1),
        seal_item(good.head(), good.body, strange.sign),
        foreign,
        sealed(terminal, b"not json"),
        sealed(terminal, b"{}"),
        sealed(terminal, b"{}", kind="case"),
        sealed(terminal, b'{"service_id":"\xd9"}'),  # no UTF-8: for msgspec that is no DecodeError
        review_item(terminal, "p-2", 6),
        review_item(terminal, "p-2", 0),
    ]


def test_a_poisoned_item_is_kept_and_holds_up_no_other(line: Line, terminal: Terminal, hub: HubBench) -> None:
    bad = poisons(terminal)
    good = [review_item(terminal, f"good-{n}") for n in range(2)]
    results = line.batch(good[0], *bad, good[1])
    assert [result["status"] for result in results] == ["created", *["quarantined"] * len(bad), "created"]
    assert hub.rows("SELECT count(*) FROM evidence") == [(len(bad),)]
    receipt = line.receipt(results[4])
    assert receipt.state == "quarantined"
    again = line.batch(*bad)
    assert [result["receipt"] for result in again] == [result["receipt"] for result in results[1:-1]]
    assert hub.rows("SELECT count(*) FROM evidence") == [(len(bad),)]


def test_an_item_of_a_newer_kind_or_with_new_fields_is_taken(line: Line, terminal: Terminal, hub: HubBench) -> None:
    newer = sealed(terminal, b'{"schema":9}', kind="pickup")
    extended = msgspec.to_builtins(review_item(terminal)) | {"from_the_future": [1, 2]}
    results = line.batch(newer, extended)
    assert [result["status"] for result in results] == ["created", "created"]
    assert hub.rows("SELECT kind, state FROM item ORDER BY seq") == [("pickup", "complete"), ("review", "complete")]


def test_the_status_is_told_only_to_the_items_own_terminal(
    hub: HubBench, terminal: Terminal, line: Line, tmp_path: Path, clock: StillClock
) -> None:
    item = review_item(terminal)
    (given,) = line.batch(item)
    query = {"items": [{"id": item.id, "rev": 1}, {"id": item.id, "rev": 2}]}
    own = line.client.post("/v1/items:status", json=query).json()["items"]
    assert [entry["state"] for entry in own] == ["complete", "unknown"]
    assert own[0]["receipt"] == given["receipt"]
    other = Terminal(tmp_path / "other", hub.folder, clock)
    foreign = Line(hub, other).client.post("/v1/items:status", json=query).json()["items"]
    other.close()
    assert [entry["state"] for entry in foreign] == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"X-Proto": "2"}, 426, "E_UPGRADE"),
        ({"X-Terminal-Id": "T-somebody-else"}, 401, "E_AUTH"),
        ({"X-Terminal-Epoch": "2"}, 409, "E_EPOCH"),
    ],
)
def test_headers_that_contradict_the_certificate_are_refused(
    hub: HubBench, terminal: Terminal, headers: dict[str, str], status: int, code: str
) -> None:
    reply = Line(hub, terminal, **headers).client.post("/v1/items:batch", content=b'{"items":[]}')
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_no_certificate_and_an_unpinned_one_are_refused_whatever_the_headers_say(
    hub: HubBench, terminal: Terminal
) -> None:
    for peer, status, code in (("", 401, "E_AUTH"), ("0" * 64, 403, "E_REVOKED")):
        line = Line(hub, terminal)
        line.client = httpx.Client(
            transport=hub.transport(peer), base_url="https://hub", headers=dict(line.client.headers)
        )
        reply = line.client.post("/v1/items:batch", content=b'{"items":[]}')
        assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_a_removed_pin_is_refused_at_once(hub: HubBench, terminal: Terminal, line: Line) -> None:
    line.batch(review_item(terminal))
    (hub.folder / "pins" / f"{terminal.keys.terminal_id}.json").unlink()
    assert line.client.post("/v1/items:batch", content=b'{"items":[]}').json()["code"] == "E_REVOKED"


def test_a_batch_has_its_limits(line: Line) -> None:
    too_many = line.client.post("/v1/items:batch", json={"items": [1] * (MAX_BATCH_ITEMS + 1)})
    too_large = line.client.post("/v1/items:batch", content=b" " * (2 << 20))
    assert (too_many.status_code, too_large.status_code) == (400, 413)
    assert too_large.json()["code"] == "E_TOO_LARGE"


def test_the_hubs_audit_chain_holds(line: Line, terminal: Terminal, hub: HubBench) -> None:
    line.batch(*(review_item(terminal, f"s-{n}") for n in range(5)), {"poison": True})
    previous = NO_HEAD
    for prev, hashed, event in hub.rows("SELECT prev, hash, event FROM audit ORDER BY seq"):
        assert prev == previous
        assert sha256_hex(bytes.fromhex(prev) + event) == hashed
        previous = hashed
    assert previous != NO_HEAD


def test_a_heartbeat_is_kept_and_answered_with_the_hubs_time(
    line: Line, hub: HubBench, terminal: Terminal, clock: StillClock
) -> None:
    beat = {"app_version": "0.1.0", "queued": 3, "oldest_unsent_age_s": 60, "blocked": 0, "wall": "x"}
    for queued in (3, 4):
        reply = line.client.post("/v1/heartbeat", json={**beat, "queued": queued})
        assert reply.json() == {"time": "2026-11-24T09:00:00.000Z"}
    rows = hub.rows("SELECT terminal, body FROM heartbeat")
    assert [(row[0], msgspec.json.decode(row[1])["queued"]) for row in rows] == [(terminal.keys.terminal_id, 4)]
