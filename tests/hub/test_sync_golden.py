"""Our bytes against vectors that were made without our code (tests/golden/sync/README.md)."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.protocol.canonical import blobs_digest, canonical, sha256_hex
from sync.protocol.envelope import Item, ItemHead, seal_item, verify_item
from sync.protocol.receipt import Receipt, SignedReceipt, sign_receipt, verify_receipt
from sync.protocol.review import Review
from sync.protocol.sealing import (
    CannotOpen,
    EncHeader,
    WrappedKey,
    decrypted_frames,
    encrypted_frames,
    place_of,
    unwrap_with,
)
from sync.protocol.signing import BadSignature, key_id

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "golden" / "sync" / "vectors.json").read_text(encoding="utf-8")
)
KEYS = {name: bytes.fromhex(value) for name, value in VECTORS["keys"].items()}
TERMINAL = Ed25519PrivateKey.from_private_bytes(KEYS["terminal_signing_seed"])
HUB = Ed25519PrivateKey.from_private_bytes(KEYS["hub_signing_seed"])
BODY = base64.b64decode(VECTORS["item"]["body"])
PLAIN = b"0123456789abcdef" * 65536 + b"tail"
DOCUMENT = VECTORS["document"]
PLACE = DOCUMENT["place"].encode()


def test_a_review_has_exactly_these_bytes() -> None:
    assert canonical(msgspec.json.decode(BODY, type=Review)) == BODY


def test_an_item_is_signed_over_exactly_this_head() -> None:
    head = msgspec.json.decode(VECTORS["item"]["head_canonical"], type=ItemHead)
    assert canonical(head) == VECTORS["item"]["head_canonical"].encode()
    item = seal_item(head, BODY, TERMINAL.sign)
    assert item.sig == base64.b64decode(VECTORS["item"]["sig"])
    verify_item(item, TERMINAL.public_key().public_bytes_raw())


@pytest.mark.parametrize("field", ["seq", "epoch", "rev"])
def test_no_number_of_the_head_can_be_changed(field: str) -> None:
    head = msgspec.json.decode(VECTORS["item"]["head_canonical"], type=ItemHead)
    item = seal_item(head, BODY, TERMINAL.sign)
    altered: Item = msgspec.structs.replace(item, **{field: getattr(item, field) + 1})
    with pytest.raises(BadSignature):
        verify_item(altered, TERMINAL.public_key().public_bytes_raw())


def test_a_body_that_was_changed_is_noticed() -> None:
    head = msgspec.json.decode(VECTORS["item"]["head_canonical"], type=ItemHead)
    item = seal_item(head, BODY, TERMINAL.sign)
    with pytest.raises(BadSignature):
        verify_item(msgspec.structs.replace(item, body=BODY + b" "), TERMINAL.public_key().public_bytes_raw())
    with pytest.raises(ValueError, match="digest"):
        seal_item(head, BODY + b" ", TERMINAL.sign)


def test_a_receipt_has_exactly_these_bytes_and_signature() -> None:
    statement = VECTORS["receipt"]["statement"].encode()
    signed = sign_receipt(msgspec.json.decode(statement, type=Receipt), VECTORS["receipt"]["kid"], HUB.sign)
    assert signed.statement == statement
    assert signed.sig == base64.b64decode(VECTORS["receipt"]["sig"])
    public = HUB.public_key().public_bytes_raw()
    assert key_id(public) == VECTORS["receipt"]["kid"]
    assert verify_receipt(signed, {key_id(public): public}).state == "complete"


def test_a_terminal_cannot_sign_itself_a_receipt() -> None:
    statement = VECTORS["receipt"]["statement"].encode()
    public = TERMINAL.public_key().public_bytes_raw()
    as_item = TERMINAL.sign(b"yichuang item v1\n" + statement)
    with pytest.raises(BadSignature):
        verify_receipt(SignedReceipt(statement=statement, kid=key_id(public), sig=as_item), {key_id(public): public})
    with pytest.raises(BadSignature, match="not pinned"):
        verify_receipt(SignedReceipt(statement=statement, kid="0" * 16, sig=as_item), {key_id(public): public})


def test_a_document_has_exactly_these_encrypted_bytes() -> None:
    assert place_of("0192f000-0000-7000-8000-000000000001", 1, "notice", "notice.pdf") == PLACE
    key, prefix = bytes.fromhex(DOCUMENT["content_key"]), bytes.fromhex(DOCUMENT["nonce_prefix"])
    blob = b"".join(encrypted_frames(PLAIN, key, prefix, PLACE))
    assert (len(blob), sha256_hex(blob)) == (DOCUMENT["blob_size"], DOCUMENT["blob_sha256"])


def test_a_key_wrapped_by_another_hpke_opens_the_document() -> None:
    key, prefix = bytes.fromhex(DOCUMENT["content_key"]), bytes.fromhex(DOCUMENT["nonce_prefix"])
    blob = b"".join(encrypted_frames(PLAIN, key, prefix, PLACE))
    wrapped = WrappedKey(to="hub", kid=DOCUMENT["hub_kem_kid"], sealed=base64.b64decode(DOCUMENT["wrapped_for_hub"]))
    header = EncHeader(nonce_prefix=prefix, wrapped=(wrapped,))
    unwrap = unwrap_with(X25519PrivateKey.from_private_bytes(KEYS["hub_kem_private"]))
    opened = b"".join(decrypted_frames(io.BytesIO(blob).read, header, unwrap, DOCUMENT["hub_kem_kid"], PLACE))
    assert sha256_hex(opened) == DOCUMENT["plain_sha256"]
    with pytest.raises(CannotOpen):
        list(decrypted_frames(io.BytesIO(blob).read, header, unwrap, DOCUMENT["hub_kem_kid"], PLACE + b"!"))


def test_the_set_of_blobs_has_exactly_this_digest() -> None:
    assert blobs_digest(tuple(VECTORS["blobs_digest"]["of"])) == VECTORS["blobs_digest"]["is"]
