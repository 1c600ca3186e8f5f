"""Named points between two durable effects, where a test may end the program to prove that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum, unique


@unique
class Checkpoint(StrEnum):
    """The points, in the order in which a case passes them (sync.md 4, F1)."""

    SEAL_BEGIN = "seal-begin"
    ENCRYPT_BLOB = "encrypt-blob"
    FSYNC_BLOB = "fsync-blob"
    RENAME = "rename"
    SEAL_COMMIT = "seal-commit"
    MANIFEST_SENT = "manifest-sent"  # terminal: about to be on the wire
    REPLY_LOST = "reply-lost"  # terminal: the hub has committed, the reply is not yet used
    CHUNK_WRITTEN = "chunk-written"  # hub: bytes written, not synced
    OFFSET_COMMITTED = "offset-committed"  # hub: synced and counted, not yet acknowledged
    LAST_CHUNK = "last-chunk"
    HASH_VERIFIED = "hash-verified"  # hub: verified, still under its .part name
    COMPLETE_COMMITTED = "complete-committed"  # hub: item complete and receipted, not yet acknowledged
    RECEIPT_LOST = "receipt-lost"  # terminal: complete at the hub, receipt not yet used
    RECEIPT_STORED = "receipt-stored"
    PURGE_HALF = "purge-half"  # terminal: keys gone, files not yet


Reached = Callable[[Checkpoint], None]


def pass_by(_: Checkpoint) -> None:
    """What the product does at a checkpoint: nothing."""
