"""Reasons and the wish for a call-back: a second revision of the one review, the contact for the hub's eyes alone."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uuid_utils

from sync.database import transaction
from sync.hub.keys import HubKeys
from sync.protocol.canonical import canonical, sha256_hex
from sync.protocol.envelope import NO_HEAD, Item, ItemHead, seal_item
from sync.protocol.review import Contact, Review, open_contact, seal_contact
from sync.protocol.sealing import CannotOpen
from sync.protocol.times import Times
from tests.support.sync_rig import HubBench, StillClock, Terminal, sealed_case

CONTACT = Contact(name="李样本", phone="13800000000")
TIMES = Times(wall="2026-11-24T09:00:00.000Z", monotonic_ms=1, boot_id="b")
NUMBERS = itertools.count(1)


def amend(terminal: Terminal, service_id: str, contact: Contact | None = None) -> str:
    with transaction(terminal.connection):
        return terminal.sealer.amend_review(terminal.connection, service_id, ("201", "206"), 1, contact)


def bodies(terminal: Terminal) -> list[dict[str, Any]]:
    rows = terminal.connection.execute("SELECT body FROM item WHERE kind = 'review' ORDER BY rev").fetchall()
    return [json.loads(bytes(row[0])) for row in rows]


def test_the_second_revision_says_the_same_rating_with_its_reasons(terminal: Terminal) -> None:
    case = sealed_case()
    review_id = terminal.rate(case, 2)
    assert amend(terminal, case.review.service_id) == review_id
    first, second = bodies(terminal)
    assert (first["level"], first["reasons"]) == (2, [])
    assert "contact" not in first
    assert "reasons_version" not in first
    assert (second["level"], second["reasons"], second["reasons_version"]) == (2, ["201", "206"], 1)
    assert "contact" not in second
    assert {key: first[key] for key in ("service_id", "channel", "staff_id")} == {
        key: second[key] for key in ("service_id", "channel", "staff_id")
    }


def test_a_review_that_was_not_sealed_here_cannot_be_amended(terminal: Terminal) -> None:
    with pytest.raises(LookupError):
        amend(terminal, "nobody-2")
    assert terminal.sealer.sealed_review(terminal.connection, "nobody-2") is None


def test_a_second_amendment_is_refused(terminal: Terminal) -> None:
    case = sealed_case()
    terminal.rate(case, 1)
    amend(terminal, case.review.service_id)
    with pytest.raises(Exception, match="UNIQUE"):
        amend(terminal, case.review.service_id)
    assert len(bodies(terminal)) == 2


def test_both_revisions_reach_the_hub_and_the_service_has_one_review(terminal: Terminal, hub: HubBench) -> None:
    case = sealed_case()
    review_id = terminal.rate(case, 2)
    amend(terminal, case.review.service_id, CONTACT)
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    assert hub.rows("SELECT id, rev, state, code FROM item ORDER BY rev") == [
        (review_id, 1, "complete", ""),
        (review_id, 2, "complete", ""),
    ]
    assert hub.rows("SELECT service_id, id, rev FROM review") == [(case.review.service_id, review_id, 2)]
    assert terminal.connection.execute("SELECT count(*) FROM item WHERE rank < 5").fetchone() == (0,)


def test_only_the_hub_reads_whom_to_call_back(terminal: Terminal, hub: HubBench) -> None:
    case = sealed_case()
    review_id = terminal.rate(case, 1)
    amend(terminal, case.review.service_id, CONTACT)
    raw = bytes(terminal.connection.execute("SELECT body FROM item WHERE rev = 2").fetchone()[0])  # type: ignore[index]
    assert CONTACT.phone.encode() not in raw
    assert CONTACT.name.encode() not in raw
    review = msgspec.json.decode(raw, type=Review)
    assert isinstance(review.contact, msgspec.Struct)
    keys = HubKeys.open_or_create(hub.folder)
    kid = review.contact.header.wrapped[0].kid
    assert [wrapped.to for wrapped in review.contact.header.wrapped] == ["hub"]
    assert open_contact(review.contact, review_id, 2, keys.unwrap(), kid) == CONTACT
    with pytest.raises(CannotOpen):
        open_contact(review.contact, review_id, 2, terminal.keys.unwrap(), terminal.keys.recipient().kid)
    with pytest.raises(CannotOpen):
        open_contact(review.contact, str(uuid_utils.uuid7()), 2, keys.unwrap(), kid)  # moved to another review
    assert "样本" not in repr(CONTACT)


def test_a_sealed_contact_without_a_contact_in_it_is_no_contact(terminal: Terminal, hub: HubBench) -> None:
    keys = HubKeys.open_or_create(hub.folder)
    wrong = seal_contact(msgspec.convert({"name": "", "phone": ""}, Contact), "x", 2, terminal.pin.recipient())
    altered = msgspec.structs.replace(wrong, data=wrong.data[:-1] + b"\0")
    with pytest.raises(CannotOpen):
        open_contact(altered, "x", 2, keys.unwrap(), wrong.header.wrapped[0].kid)


# the hub, whatever comes in whatever order


def item(terminal: Terminal, level: int, service: str = "p-2", /, **changes: Any) -> Item:
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
            times=TIMES,
        )
    )
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
    return seal_item(msgspec.structs.replace(head, **changes), body, terminal.keys.sign)


def give(terminal: Terminal, hub: HubBench, *items: Item) -> list[tuple[str, str]]:
    client = terminal.exchange(hub.transport(terminal.peer()))._client
    return [(result.status, result.code) for result in client.post_items(items).results]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_newest_revision_counts_in_whatever_order_they_come(
    terminal: Terminal, hub: HubBench, order: tuple[int, int]
) -> None:
    first = item(terminal, 2)
    second = item(terminal, 2, id=first.id, rev=2)
    both = {1: first, 2: second}
    assert give(terminal, hub, *(both[rev] for rev in order)) == [("created", "")] * 2
    assert hub.rows("SELECT id, rev FROM review") == [(first.id, 2)]


@pytest.mark.parametrize(("level", "service"), [(5, "p-2"), (2, "p-3")])
def test_a_revision_cannot_change_level_or_service(terminal: Terminal, hub: HubBench, level: int, service: str) -> None:
    first = item(terminal, 2)
    results = give(terminal, hub, first, item(terminal, level, service, id=first.id, rev=2))
    assert results == [("created", ""), ("conflict", "E_DIGEST_CONFLICT")]
    assert hub.rows("SELECT service_id, id, rev FROM review") == [("p-2", first.id, 1)]
    assert hub.rows("SELECT count(*) FROM evidence") == [(1,)]


def test_another_terminal_cannot_revise_a_review(
    terminal: Terminal, hub: HubBench, tmp_path: Path, clock: StillClock
) -> None:
    other = Terminal(tmp_path / "other", hub.folder, clock)
    try:
        first = item(terminal, 2)
        give(terminal, hub, first)
        assert give(other, hub, item(other, 2, id=first.id, rev=2)) == [("conflict", "E_DIGEST_CONFLICT")]
    finally:
        other.close()


def test_a_revision_of_a_review_that_lost_does_not_win(terminal: Terminal, hub: HubBench) -> None:
    winner, loser = item(terminal, 5), item(terminal, 1)
    more = item(terminal, 1, id=loser.id, rev=2)
    assert give(terminal, hub, winner, loser, more)[1:] == [("conflict", "E_REVIEW_EXISTS")] * 2
    assert hub.rows("SELECT id, rev FROM review") == [(winner.id, 1)]
