"""Taking items into custody. Runs in the writer's transaction; needs only the envelope, the list of blobs and the
review key. Custody beats validation: whatever a pinned terminal gives is kept, be it as evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from sync.clock import Clock, timestamp
from sync.database import Connection
from sync.hub import chain, records
from sync.hub.receipts import Receipts
from sync.protocol.canonical import decoded, sha256_hex
from sync.protocol.envelope import Item, verify_item
from sync.protocol.manifest import CaseManifest, DocumentEntry, GapEntry
from sync.protocol.messages import ItemRef, ItemResult, ItemState
from sync.protocol.pins import TerminalPin
from sync.protocol.review import Review
from sync.protocol.signing import BadSignature
from sync.protocol.vocabulary import Code, HubState, ItemKind, ItemStatus


class _Unacceptable(Exception):
    """Goes to the evidence: quarantined, or in conflict with what is here."""

    def __init__(self, status: ItemStatus, code: Code, detail: str, existing: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.existing = existing


class _Named(msgspec.Struct, frozen=True):
    """What can be known of an item that does not decode."""

    id: str = ""
    rev: int = 0
    digest: str = ""
    epoch: int = 0
    seq: int = 0


@dataclass(frozen=True, slots=True)
class _Content:
    """What the hub must understand of a body."""

    documents: tuple[DocumentEntry, ...] = ()
    gaps: tuple[GapEntry, ...] = ()
    service_id: str = ""


class Intake:
    """items:batch and items:status."""

    def __init__(self, receipts: Receipts, clock: Clock) -> None:
        self._receipts = receipts
        self._clock = clock

    def take(self, connection: Connection, terminal: TerminalPin, raw: bytes) -> ItemResult:
        """One item as it came over the wire. Repeating it gives the same receipt again."""
        try:
            item = _decoded(raw)
            return self._take(connection, terminal, item, _checked(terminal, item))
        except _Unacceptable as reason:
            return self._keep_evidence(connection, terminal, raw, reason)

    def state(self, connection: Connection, terminal: TerminalPin, ref: ItemRef) -> ItemState:
        """Where an item of this terminal stands."""
        found = records.find(connection, ref.id, ref.rev)
        if found is None or found.terminal != terminal.terminal_id:
            return ItemState(id=ref.id, rev=ref.rev, state=HubState.UNKNOWN)
        return ItemState(
            id=ref.id,
            rev=ref.rev,
            state=found.state,
            missing=records.missing(connection, ref.id, ref.rev),
            receipt=self._receipts.last(connection, ref.id, ref.rev),
        )

    def _take(self, connection: Connection, terminal: TerminalPin, item: Item, content: _Content) -> ItemResult:
        found = records.find(connection, item.id, item.rev)
        if found is not None:
            same = (found.terminal, found.digest, found.epoch, found.seq)
            if same != (item.terminal, item.digest, item.epoch, item.seq):
                raise _Unacceptable(ItemStatus.CONFLICT, Code.DIGEST_CONFLICT, "the id is taken by other content")
            return self._result(connection, item, ItemStatus.DUPLICATE, found.code, found.existing)
        if item.epoch > terminal.epoch:
            raise _Unacceptable(ItemStatus.CONFLICT, Code.EPOCH, "sealed in an epoch that is not enrolled")
        if records.seq_taken(connection, item):
            raise _Unacceptable(ItemStatus.CONFLICT, Code.SEQ_REUSED, "another item has this sequence number")
        other = records.other_revision(connection, item)
        if other is not None and not _belongs_to(item, other):
            raise _Unacceptable(ItemStatus.CONFLICT, Code.DIGEST_CONFLICT, "no revision of what has this id")
        now = timestamp(self._clock.wall())
        code, existing = "", ""
        if content.service_id:
            existing = records.claim_review(connection, content.service_id, item)
            code = Code.REVIEW_EXISTS if existing else ""
        records.insert(connection, item, content.documents, code=code, existing=existing, received_utc=now)
        chain.append(
            connection, {"event": "accepted", "id": item.id, "rev": item.rev, "digest": item.digest, "at": now}
        )
        for gap in content.gaps:
            event = {"event": "gap", "id": item.id, "rev": item.rev, "role": gap.role, "name": gap.name, "by": gap.by}
            chain.append(connection, {**event, "at": now})
        self._receipts.issue(connection, item.id, item.rev, HubState.ACCEPTED)
        if not records.missing(connection, item.id, item.rev):
            self._receipts.issue(connection, item.id, item.rev, HubState.COMPLETE)
        return self._result(connection, item, ItemStatus.CREATED, code, existing)

    def _result(self, connection: Connection, item: Item, status: ItemStatus, code: str, existing: str) -> ItemResult:
        return ItemResult(
            id=item.id,
            rev=item.rev,
            status=ItemStatus.CONFLICT if code == Code.REVIEW_EXISTS else status,
            code=code,
            existing=existing,
            missing=records.missing(connection, item.id, item.rev),
            receipt=self._receipts.last(connection, item.id, item.rev),
        )

    def _keep_evidence(
        self, connection: Connection, terminal: TerminalPin, raw: bytes, reason: _Unacceptable
    ) -> ItemResult:
        sha256 = sha256_hex(raw)
        known = records.evidence_result(connection, terminal.terminal_id, sha256)
        if known is not None:
            return msgspec.json.decode(known, type=ItemResult)
        try:
            named = decoded(raw, _Named)
        except msgspec.DecodeError:
            named = _Named()
        now = timestamp(self._clock.wall())
        chain.append(connection, {"event": "evidence", "code": reason.code, "sha256": sha256, "at": now})
        quarantined = reason.status is ItemStatus.QUARANTINED
        result = ItemResult(
            id=named.id,
            rev=named.rev,
            status=reason.status,
            code=reason.code,
            existing=reason.existing,
            receipt=self._receipts.for_evidence(
                connection, terminal, named.id, named.rev, named.digest, named.epoch, named.seq
            )
            if quarantined
            else None,
        )
        records.insert_evidence(
            connection,
            terminal=terminal.terminal_id,
            sha256=sha256,
            item_id=named.id,
            rev=named.rev,
            code=reason.code,
            detail=str(reason),
            raw=raw,
            received_utc=now,
            result=msgspec.json.encode(result),
        )
        return result


def _belongs_to(item: Item, other: records.ItemRow) -> bool:
    """Whether two revisions are of one thing: of one terminal and kind; of a review, service and level stand."""
    if (item.terminal, item.kind) != (other.terminal, other.kind):
        return False
    if item.kind != ItemKind.REVIEW:
        return True
    mine, before = (msgspec.json.decode(body, type=Review) for body in (item.body, other.body))
    return (mine.service_id, mine.level) == (before.service_id, before.level)


def _decoded(raw: bytes) -> Item:
    try:
        return decoded(raw, Item)
    except msgspec.DecodeError as error:
        raise _Unacceptable(ItemStatus.QUARANTINED, Code.QUARANTINED, f"not an item: {error}") from error


def _checked(terminal: TerminalPin, item: Item) -> _Content:
    try:
        verify_item(item, terminal.signing_key)
        if item.terminal != terminal.terminal_id:
            raise BadSignature("sealed by another terminal")
        match item.kind:
            case ItemKind.CASE:
                manifest = decoded(item.body, CaseManifest)
                if wrong := manifest.contradiction():
                    raise msgspec.ValidationError(wrong)
                return _Content(documents=manifest.documents, gaps=manifest.missing())
            case ItemKind.REVIEW:
                return _Content(service_id=decoded(item.body, Review).service_id)
            case _:
                return _Content()  # of a kind that a newer terminal knows: in custody all the same
    except (BadSignature, msgspec.DecodeError) as error:
        raise _Unacceptable(ItemStatus.QUARANTINED, Code.QUARANTINED, str(error)) from error
