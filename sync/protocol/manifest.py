"""The case manifest: what a sealed case consists of, without the citizen (design.md 6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from sync.protocol.envelope import Sha256
from sync.protocol.sealing import EncHeader
from sync.protocol.times import Times

NonNegative = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
ShortText = Annotated[str, msgspec.Meta(max_length=500)]
SaidText = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
EXCEPTIONS_SCHEMA = 2  # of a manifest with gaps or rescans


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


class GapEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A document that belongs to the case and could not be sealed with it: who allowed that, when and why."""

    role: SaidText
    name: SaidText
    cause: SaidText  # missing, altered, unreadable, not_made
    by: SaidText  # staff id of the supervisor
    reason: SaidText
    at: ShortText


class RescanEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was scanned again after the decision; what the citizen signed for was lost."""

    role: SaidText
    name: SaidText
    by: SaidText  # staff id
    at: ShortText


class CaseManifest(msgspec.Struct, frozen=True, kw_only=True):
    """Body of an item of kind case: never a score, and the citizen only inside the encrypted documents.

    `schema` is 2 when the documents are not all that were there at the decision: then `gaps` and `rescans` say which.
    A manifest without either has the bytes that it had in version 1, and who knows version 1 alone reads one of
    version 2 without them.
    """

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
    gaps: tuple[GapEntry, ...] | msgspec.UnsetType = msgspec.UNSET
    rescans: tuple[RescanEntry, ...] | msgspec.UnsetType = msgspec.UNSET

    def blobs(self) -> tuple[str, ...]:
        """The hashes of all encrypted documents."""
        return tuple(document.blob_sha256 for document in self.documents)

    def missing(self) -> tuple[GapEntry, ...]:
        """What the case was sealed without; empty in version 1."""
        return self.gaps or ()

    def scanned_again(self) -> tuple[RescanEntry, ...]:
        """What was scanned again after the decision; empty in version 1."""
        return self.rescans or ()

    def contradiction(self) -> str:
        """Why the lists of this manifest cannot all be true; empty when they can."""
        there, gone = _places(self.documents), _places(self.missing())
        if len(there) != len(self.documents) or len(gone) != len(self.missing()):
            return "two documents have one role and name"
        if there & gone:
            return "a document is there and missing at once"
        return "" if _places(self.scanned_again()) <= there else "a document was scanned again that is not there"


def _places(entries: Iterable[DocumentEntry | GapEntry | RescanEntry]) -> set[tuple[str, str]]:
    return {(entry.role, entry.name) for entry in entries}
