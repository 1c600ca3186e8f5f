"""The case manifest: what a sealed case consists of, without the citizen (design.md 6)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sync.protocol.envelope import Sha256
from sync.protocol.sealing import EncHeader
from sync.protocol.times import Times

NonNegative = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
ShortText = Annotated[str, msgspec.Meta(max_length=500)]


class DocumentEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One document: what it is, its plain and its encrypted form."""

    role: ShortText  # application, material, signature, signature_strokes, notice, ...
    name: ShortText
    media_type: ShortText
    plain_sha256: Sha256
    plain_size: NonNegative
    blob_sha256: Sha256
    blob_size: NonNegative
    header: EncHeader


class ItemEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The item (事项) and situation (情形), named as on that day."""

    code: ShortText
    version: int
    name: ShortText
    situation_code: ShortText
    situation_name: ShortText


class DecisionEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The intake decision. `kind` as in terminal/cases/model.py."""

    kind: ShortText
    document_number: ShortText
    decided_at: ShortText
    promised_until: ShortText  # ISO date, empty when there is none


class PathEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was taken without its device, and why."""

    step: ShortText
    reason: ShortText


class CaseManifest(msgspec.Struct, frozen=True, kw_only=True):
    """Body of an item of kind case: never a score, and the citizen only inside the encrypted documents."""

    project_number: ShortText
    window: ShortText
    clerk_id: ShortText
    profile: ShortText
    item: ItemEntry | None
    decision: DecisionEntry
    review: ShortText  # not_invited, invited, rated, declined, timed_out
    recording: ShortText
    legal_path: tuple[PathEntry, ...]
    documents: tuple[DocumentEntry, ...]
    times: Times
    schema: int = 1

    def blobs(self) -> tuple[str, ...]:
        """The hashes of all encrypted documents."""
        return tuple(document.blob_sha256 for document in self.documents)
