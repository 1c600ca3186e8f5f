"""The envelope of everything sealed: who sealed what, in which order, over which bytes."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sync.protocol.canonical import canonical, sha256_hex
from sync.protocol.signing import BadSignature, Domain, Signer, sign, verify
from sync.protocol.vocabulary import SUITE

Uuid = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Positive = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
NO_HEAD = "0" * 64  # the head of a chain without events


class ItemHead(msgspec.Struct, frozen=True, kw_only=True):
    """What the terminal signs. Order is (terminal, epoch, seq), never a clock."""

    kind: str
    id: Uuid
    rev: Positive
    terminal: str
    epoch: Positive
    seq: Positive
    digest: Sha256  # of the body
    prev_head: Sha256  # head of the terminal's audit chain before this item
    suite: str = SUITE


class Item(ItemHead, frozen=True, kw_only=True):
    """One sealed item. `body` is canonical JSON of its kind's schema, `sig` Ed25519 over the head."""

    body: bytes
    sig: bytes

    def head(self) -> ItemHead:
        """The signed part."""
        return ItemHead(**{name: getattr(self, name) for name in ItemHead.__struct_fields__})


def seal_item(head: ItemHead, body: bytes, signer: Signer) -> Item:
    """Sign `head`; ValueError when its digest is not that of `body`."""
    if sha256_hex(body) != head.digest:
        raise ValueError("the head carries another digest than the body has")
    sig = sign(signer, Domain.ITEM, canonical(head))
    return Item(**{name: getattr(head, name) for name in ItemHead.__struct_fields__}, body=body, sig=sig)


def verify_item(item: Item, public_key: bytes) -> None:
    """`BadSignature` unless `sig` is the terminal's over the head and the digest is the body's."""
    if sha256_hex(item.body) != item.digest:
        raise BadSignature("the digest is not the body's")
    verify(public_key, Domain.ITEM, canonical(item.head()), item.sig)
