"""A receipt counts only if the pinned hub signed exactly this item in exactly this place of the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.protocol.canonical import blobs_digest
from sync.protocol.envelope import ItemHead
from sync.protocol.receipt import Receipt, SignedReceipt, verify_receipt
from sync.protocol.signing import BadSignature
from sync.protocol.vocabulary import HubState

COMPLETED = frozenset({HubState.COMPLETE, HubState.FORWARDED, HubState.ARCHIVED, HubState.PURGED})


class BadReceipt(Exception):
    """Not signed by the pinned hub, or about something else. Nothing may rest on it."""


def check_receipt(
    signed: SignedReceipt | None, item: ItemHead, blobs: Sequence[str], hub_keys: Mapping[str, bytes]
) -> Receipt:
    """The verified receipt of `item` with its `blobs` (hashes); `BadReceipt`."""
    if signed is None:
        raise BadReceipt("the hub gave none")
    try:
        receipt = verify_receipt(signed, hub_keys)
    except BadSignature as error:
        raise BadReceipt(str(error)) from error
    said = (receipt.id, receipt.rev, receipt.digest, receipt.terminal, receipt.epoch, receipt.seq)
    if said != (item.id, item.rev, item.digest, item.terminal, item.epoch, item.seq):
        raise BadReceipt("it is for another item")
    if receipt.state != HubState.QUARANTINED and receipt.blobs_digest != blobs_digest(tuple(blobs)):
        raise BadReceipt("it names other documents")
    return receipt
