"""A receipt counts only if every field is the item's."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.agent.receipts import BadReceipt, check_receipt
from sync.protocol.canonical import blobs_digest
from sync.protocol.envelope import NO_HEAD, ItemHead
from sync.protocol.receipt import Receipt, sign_receipt
from sync.protocol.signing import key_id

HUB = Ed25519PrivateKey.generate()
PUBLIC = HUB.public_key().public_bytes_raw()
KEYS = {key_id(PUBLIC): PUBLIC}
BLOBS = ("aa" * 32, "bb" * 32)
ITEM = ItemHead(
    kind="case",
    id="0192f000-0000-7000-8000-000000000001",
    rev=1,
    terminal="T-a",
    epoch=1,
    seq=7,
    digest="cc" * 32,
    prev_head=NO_HEAD,
)
RECEIPT = Receipt(
    id=ITEM.id,
    rev=1,
    digest=ITEM.digest,
    terminal="T-a",
    epoch=1,
    seq=7,
    state="complete",
    blobs_digest=blobs_digest(BLOBS),
    hub_time="2026-11-24T09:00:00.000Z",
    hub_head=NO_HEAD,
)


def test_the_right_receipt_counts() -> None:
    signed = sign_receipt(RECEIPT, key_id(PUBLIC), HUB.sign)
    assert check_receipt(signed, ITEM, BLOBS, KEYS) == RECEIPT


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "0192f000-0000-7000-8000-000000000002"),
        ("rev", 2),
        ("digest", "dd" * 32),
        ("terminal", "T-b"),
        ("epoch", 2),
        ("seq", 8),
        ("blobs_digest", blobs_digest(BLOBS[:1])),
    ],
)
def test_a_receipt_that_differs_in_one_field_does_not(field: str, value: Any) -> None:
    other = msgspec.structs.replace(RECEIPT, **{field: value})
    with pytest.raises(BadReceipt):
        check_receipt(sign_receipt(other, key_id(PUBLIC), HUB.sign), ITEM, BLOBS, KEYS)


def test_no_receipt_a_strangers_and_a_nameless_one_do_not() -> None:
    stranger = Ed25519PrivateKey.generate()
    public = stranger.public_key().public_bytes_raw()
    for signed in (
        None,
        sign_receipt(RECEIPT, key_id(PUBLIC), stranger.sign),
        sign_receipt(RECEIPT, key_id(public), stranger.sign),
        sign_receipt(RECEIPT, "unknown", HUB.sign),
    ):
        with pytest.raises(BadReceipt):
            check_receipt(signed, ITEM, BLOBS, KEYS)
