"""The hub's signed word that it has an item: only against it may a terminal ever delete."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from sync.protocol.canonical import canonical, decoded
from sync.protocol.signing import BadSignature, Domain, Signer, sign, verify
from sync.protocol.vocabulary import SUITE


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub states. `hub_time` is the legal time of receipt, `hub_head` its own audit chain's head."""

    id: str
    rev: int
    digest: str
    terminal: str
    epoch: int
    seq: int
    state: str  # accepted, complete, quarantined
    blobs_digest: str
    hub_time: str
    hub_head: str
    code: str = ""  # E_REVIEW_EXISTS: kept as evidence, not counted
    existing: str = ""  # id of the review that counts
    suite: str = SUITE


class SignedReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The statement's exact bytes, the id of the hub's key and its signature."""

    statement: bytes
    kid: str
    sig: bytes


def sign_receipt(receipt: Receipt, kid: str, signer: Signer) -> SignedReceipt:
    """The hub's end."""
    statement = canonical(receipt)
    return SignedReceipt(statement=statement, kid=kid, sig=sign(signer, Domain.RECEIPT, statement))


def verify_receipt(signed: SignedReceipt, hub_keys: Mapping[str, bytes]) -> Receipt:
    """The statement, if a pinned hub key (key id -> raw Ed25519 key) signed it; else `BadSignature`."""
    public_key = hub_keys.get(signed.kid)
    if public_key is None:
        raise BadSignature("signed by a key that is not pinned")
    verify(public_key, Domain.RECEIPT, signed.statement, signed.sig)
    try:
        return decoded(signed.statement, Receipt)
    except msgspec.DecodeError as error:
        raise BadSignature("not a receipt") from error
