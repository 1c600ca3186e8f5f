"""The closed sets of the protocol: kinds, states, statuses and codes (sync.md 7)."""

from __future__ import annotations

from enum import IntEnum, StrEnum, unique

PROTOCOL_VERSION = "1"
SUITE = "intl-1"  # SHA-256, AES-256-GCM, X25519, Ed25519; gm-1 would be SM3, SM4-GCM, SM2


@unique
class ItemKind(StrEnum):
    """What an item is. The hub takes kinds that it does not know into custody, too."""

    CASE = "case"
    REVIEW = "review"
    EVENT = "event"
    RESULT = "result"


@unique
class ItemStatus(StrEnum):
    """What became of one item of a batch."""

    CREATED = "created"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"


@unique
class HubState(StrEnum):
    """Where an item stands at the hub. UNKNOWN is only an answer: the hub does not hold it."""

    ACCEPTED = "accepted"  # custody
    COMPLETE = "complete"  # all blobs verified
    FORWARDED = "forwarded"
    ARCHIVED = "archived"
    PURGED = "purged"
    QUARANTINED = "quarantined"
    UNKNOWN = "unknown"


@unique
class BlobState(StrEnum):
    """Where a blob stands at the hub; partial(n) is EXPECTED with n bytes."""

    EXPECTED = "expected"
    VERIFIED = "verified"


@unique
class Rank(IntEnum):
    """Where an item stands at the terminal. It only rises."""

    DRAFT = 0
    SEALED = 1
    QUEUED = 2
    ACCEPTED = 3
    UPLOADING = 4
    COMPLETE = 5  # only with a verified receipt
    RETAINED = 6
    PURGED = 7


@unique
class Lane(IntEnum):
    """Order of work on a thin line: a lower lane never waits for a higher one."""

    COMMANDS = 0
    ITEMS = 1
    DOCUMENTS = 2
    RECORDINGS = 3


@unique
class Code(StrEnum):
    """Error codes of the protocol."""

    DIGEST_CONFLICT = "E_DIGEST_CONFLICT"
    REVIEW_EXISTS = "E_REVIEW_EXISTS"
    SEQ_REUSED = "E_SEQ_REUSED"
    EPOCH = "E_EPOCH"
    QUARANTINED = "E_QUARANTINED"
    OFFSET = "E_OFFSET"
    LENGTH = "E_LENGTH"
    CHUNK_DIGEST = "E_CHUNK_DIGEST"
    FINAL_DIGEST = "E_FINAL_DIGEST"
    SUPERSEDED = "E_SUPERSEDED"
    TOO_LARGE = "E_TOO_LARGE"
    NOT_LISTED = "E_NOT_LISTED"  # no accepted manifest of this terminal lists the blob
    AUTH = "E_AUTH"
    REVOKED = "E_REVOKED"
    UPGRADE = "E_UPGRADE"
    THROTTLE = "E_THROTTLE"
    BUSY = "E_BUSY"
    STORAGE = "E_STORAGE"
    RECEIPT = "E_RECEIPT"  # terminal's own: a receipt that does not verify
    FILE = "E_FILE"  # terminal's own: the sealed file on this disk is gone or altered
