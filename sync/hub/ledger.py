"""What a hub holds, for people and programs: `yichuang-hub show` and `open`. Reads beside a running hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from sync.database import Connection
from sync.hub import records
from sync.hub.blobs import BlobFolder
from sync.hub.keys import HubKeys
from sync.hub.records import ItemRow
from sync.hub.schema import connect
from sync.protocol.canonical import sha256_hex
from sync.protocol.manifest import CaseManifest, DocumentEntry
from sync.protocol.sealing import CannotOpen, decrypted_frames, place_of
from sync.protocol.vocabulary import ItemKind


class LedgerDocument(msgspec.Struct, frozen=True):
    """One document of an item."""

    role: str
    name: str
    media_type: str
    size: int
    at_hub: bool


class LedgerGap(msgspec.Struct, frozen=True):
    """A document that a case was sealed without, and on whose word."""

    role: str
    name: str
    cause: str
    by: str
    reason: str
    at: str


class LedgerItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item as `show` prints it; never a person, never a score."""

    id: str
    rev: int
    kind: str
    terminal: str
    epoch: int
    seq: int
    digest: str
    state: str
    code: str
    received: str
    receipts: tuple[str, ...]
    project_number: str = ""
    item_name: str = ""
    decision: str = ""
    review: str = ""
    service_id: str = ""
    documents: tuple[LedgerDocument, ...] = ()
    gaps: tuple[LedgerGap, ...] = ()
    rescanned: tuple[str, ...] = ()  # names of documents that were scanned again after the decision


class LedgerEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be taken as an item."""

    terminal: str
    id: str
    code: str
    detail: str
    received: str
    size: int


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """The hub's holdings."""

    items: tuple[LedgerItem, ...]
    evidence: tuple[LedgerEvidence, ...]


class NoSuchItem(Exception):
    """The hub does not hold it, or not completely; the message says which."""


@dataclass(frozen=True, slots=True)
class _Service:
    service_id: str


class Archive:
    """Read access to a hub's data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._keys = HubKeys.open_or_create(data_dir)
        self._connection = connect(data_dir, self._keys.database_key)
        self._blobs = BlobFolder(data_dir / "blobs")

    def ledger(self, wanted: str = "") -> Ledger:
        """Everything, or the items whose id or project number is `wanted`."""
        items = tuple(_entry(self._connection, row) for row in records.all_items(self._connection))
        if wanted:
            items = tuple(item for item in items if wanted in {item.id, item.project_number})
        rows = self._connection.execute(
            "SELECT terminal, id, code, detail, received_utc, length(raw) FROM evidence ORDER BY received_utc"
        ).fetchall()
        evidence = tuple(
            LedgerEvidence(terminal=row[0], id=row[1], code=row[2], detail=row[3], received=row[4], size=row[5])
            for row in rows
            if not wanted or row[1] == wanted
        )
        return Ledger(items=items, evidence=evidence)

    def open_documents(self, item_id: str, out: Path) -> tuple[Path, ...]:
        """Decrypt the newest revision's documents of a case into `out` (made with mode 0700), for an officer.

        `NoSuchItem`, or `CannotOpen` when a document is not what was sealed; then nothing of it is left in `out`.
        """
        row = max(
            (row for row in records.all_items(self._connection) if row.id == item_id and row.kind == ItemKind.CASE),
            key=lambda row: row.rev,
            default=None,
        )
        if row is None:
            raise NoSuchItem(f"没有办件 {item_id} / no case {item_id}")
        if records.missing(self._connection, row.id, row.rev):
            raise NoSuchItem(f"办件 {item_id} 的材料尚未到齐 / documents of {item_id} are still missing")
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        manifest = msgspec.json.decode(row.body, type=CaseManifest)
        return tuple(self._open(row, document, out, n) for n, document in enumerate(manifest.documents, start=1))

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def _open(self, row: ItemRow, document: DocumentEntry, out: Path, number: int) -> Path:
        place = place_of(row.id, row.rev, document.role, document.name)
        with self._blobs.path(document.blob_sha256).open("rb") as file:
            frames = decrypted_frames(file.read, document.header, self._keys.unwrap(), self._keys.kem_kid, place)
            data = b"".join(frames)
        if sha256_hex(data) != document.plain_sha256:
            raise CannotOpen("the document is not the one in the manifest")
        # A name from the wire never becomes a path of its own, nor one that is too long for a file system.
        named = f"{document.role[:30]}-{document.name[-40:]}".replace("/", "_").replace("\0", "_")
        path = out / f"{number:02}-{named}"
        path.touch(mode=0o600)
        path.write_bytes(data)
        return path


def _entry(connection: Connection, row: ItemRow) -> LedgerItem:
    receipts = connection.execute(
        "SELECT state FROM receipt WHERE id = ? AND rev = ? ORDER BY at_utc, state", (row.id, row.rev)
    ).fetchall()
    entry = LedgerItem(
        id=row.id,
        rev=row.rev,
        kind=row.kind,
        terminal=row.terminal,
        epoch=row.epoch,
        seq=row.seq,
        digest=row.digest,
        state=row.state,
        code=row.code,
        received=row.received_utc,
        receipts=tuple(str(receipt[0]) for receipt in receipts),
    )
    if row.kind == ItemKind.REVIEW:
        body = msgspec.json.decode(row.body, type=_Service)
        return msgspec.structs.replace(entry, service_id=body.service_id)
    if row.kind != ItemKind.CASE:
        return entry
    manifest = msgspec.json.decode(row.body, type=CaseManifest)
    missing = set(records.missing(connection, row.id, row.rev))
    return msgspec.structs.replace(
        entry,
        project_number=manifest.project_number,
        item_name=manifest.item.name if manifest.item else "",
        decision=manifest.decision.kind,
        review=manifest.review,
        documents=tuple(
            LedgerDocument(d.role, d.name, d.media_type, d.plain_size, d.blob_sha256 not in missing)
            for d in manifest.documents
        ),
        gaps=tuple(LedgerGap(g.role, g.name, g.cause, g.by, g.reason, g.at) for g in manifest.missing()),
        rescanned=tuple(r.name for r in manifest.scanned_again()),
    )
