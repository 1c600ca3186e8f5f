"""Sealing: documents are encrypted and durable first, then one transaction of the case thread makes the item."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import uuid_utils

from sync.agent import chain, outbox
from sync.agent.outbox import OutboxBlob, ReviewExists
from sync.checkpoint import Checkpoint, Reached, pass_by
from sync.clock import Clock
from sync.disk import Disk, SystemDisk
from sync.protocol.canonical import canonical, sha256_hex
from sync.protocol.envelope import ItemHead, seal_item
from sync.protocol.manifest import CaseManifest, DocumentEntry
from sync.protocol.pins import HubPin
from sync.protocol.review import Contact, Review, seal_contact
from sync.protocol.sealing import CannotOpen, decrypted_frames, encrypt, place_of
from sync.protocol.times import boot_id, read_times
from sync.protocol.vocabulary import ItemKind
from terminal.cases.model import Case, Seal
from terminal.custody.keys import KeyStore
from terminal.custody.manifest import Exceptions, case_manifest, decided, history_label, review_body
from terminal.store.connection import Connection

__all__ = ["Document", "PreparedCase", "ReviewExists", "Sealer"]

_FIRST_REVISION = 1
_SECOND_REVISION = 2


@dataclass(frozen=True, slots=True)
class Document:
    """One document in the clear; its content stays out of `repr`."""

    role: str  # application, material, signature, signature_strokes, notice, ...
    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PreparedCase:
    """A case whose documents lie encrypted in the outbox folder; worth nothing until it is committed."""

    case: Case
    body: bytes = field(repr=False)
    blobs: tuple[OutboxBlob, ...]
    exceptions: Exceptions = field(default_factory=Exceptions)


class Sealer:
    """Seals cases and reviews for one hub. Called on the case thread; `read_back` from any with its own connection."""

    def __init__(
        self,
        keys: KeyStore,
        hub_pin: HubPin,
        outbox_dir: Path,
        clock: Clock,
        *,
        disk: Disk | None = None,
        reached: Reached = pass_by,
    ) -> None:
        self._keys = keys
        self._hub = hub_pin.recipient()
        self._recipients = (self._hub, keys.recipient())
        self._outbox_dir = outbox_dir
        self._clock = clock
        self._disk = disk or SystemDisk()
        self._reached = reached
        self._boot_id = boot_id()
        outbox_dir.mkdir(parents=True, exist_ok=True, mode=0o700)

    def prepare_case(
        self, case: Case, documents: Sequence[Document], exceptions: Exceptions | None = None
    ) -> PreparedCase:
        """Encrypt `documents` into the outbox folder, durably: `x.part`, fsync, rename, fsync of the folder.

        `exceptions` names what is missing or was scanned again; the manifest and the audit say so. A crash leaves
        files that no row names; `sweep` removes them. OSError when the disk is full: then nothing stays.
        """
        exceptions = exceptions or Exceptions()
        self._reached(Checkpoint.SEAL_BEGIN)
        decided(case)
        entries: list[DocumentEntry] = []
        try:
            for document in documents:
                entries.append(self._encrypt(case.id, document))
            self._disk.sync_folder(self._outbox_dir)
        except OSError:
            self._remove(entry.blob_sha256 for entry in entries)
            raise
        blobs = tuple(
            OutboxBlob(
                role=entry.role,
                name=entry.name,
                sha256=entry.blob_sha256,
                size=entry.blob_size,
                path=entry.blob_sha256,
                enc_header=msgspec.json.encode(entry.header),
            )
            for entry in entries
        )
        manifest = case_manifest(case, tuple(entries), read_times(self._clock, self._boot_id), exceptions)
        return PreparedCase(case, canonical(manifest), blobs, exceptions)

    def commit_case(self, connection: Connection, prepared: PreparedCase) -> Seal:
        """Make the item, its blobs and its audit event in the caller's transaction. The item's id is the case's:
        a case cannot be sealed twice.
        """
        case = prepared.case
        seal = self._commit(
            connection, ItemKind.CASE, case.id, prepared.body, prepared.blobs, label=history_label(case)
        )
        for gap in prepared.exceptions.gaps:  # not the reason, which is free text: this chain is never purged
            event = {
                "event": "gap",
                "id": case.id,
                "role": gap.role,
                "name": gap.name,
                "cause": gap.cause,
                "by": gap.by,
            }
            chain.append(connection, canonical(event))
        self._reached(Checkpoint.SEAL_COMMIT)
        return seal

    def commit_review(
        self, connection: Connection, case: Case, level: int, channel: str, reasons: tuple[str, ...] = ()
    ) -> str:
        """Seal the one rating of `case`'s service in the caller's transaction; the item's id.

        `ReviewExists` when the service has its review already. ValueError for a level outside 1 to 5 or without
        an invitation.
        """
        if level not in range(1, 6):
            raise ValueError("a level is 1 to 5")
        if not case.review.service_id:
            raise ValueError("nobody was invited to rate")
        review_id = str(uuid_utils.uuid7())
        outbox.reserve_review(connection, case.review.service_id, review_id)
        times = read_times(self._clock, self._boot_id)
        body = canonical(review_body(case, level, channel, reasons, times))
        self._commit(connection, ItemKind.REVIEW, review_id, body, (), label=case.review.service_id)
        return review_id

    def sealed_review(self, connection: Connection, service_id: str) -> Review | None:
        """The review of `service_id` as it was sealed at the press; None when there is none, or no longer."""
        found = outbox.review_of(connection, service_id)
        return msgspec.json.decode(found[1], type=Review) if found else None

    def amend_review(
        self,
        connection: Connection,
        service_id: str,
        reasons: tuple[str, ...],
        reasons_version: int,
        contact: Contact | None,
    ) -> str:
        """Seal the second revision of a review: the same rating with its reasons, and whom to call back, if anybody.

        In the caller's transaction; the item's id. LookupError when the review was not sealed here.
        """
        found = outbox.review_of(connection, service_id)
        if found is None:
            raise LookupError(service_id)
        review_id, first = found
        sealed = seal_contact(contact, review_id, _SECOND_REVISION, self._hub) if contact else msgspec.UNSET
        body = msgspec.structs.replace(
            msgspec.json.decode(first, type=Review),
            reasons=reasons,
            reasons_version=reasons_version,
            contact=sealed,
            times=read_times(self._clock, self._boot_id),
        )
        self._commit(
            connection, ItemKind.REVIEW, review_id, canonical(body), (), label=service_id, rev=_SECOND_REVISION
        )
        return review_id

    def read_back(self, connection: Connection, item_id: str, roles: Collection[str] = ()) -> tuple[Document, ...]:
        """The documents of a case that this terminal sealed, until purge; of `roles` only, if any are given.

        LookupError when there is no such case here; `CannotOpen` when a document was altered.
        """
        row = connection.execute(
            "SELECT rev, body FROM item WHERE id = ? AND kind = 'case' ORDER BY rev DESC LIMIT 1", (item_id,)
        ).fetchone()
        if row is None:
            raise LookupError(item_id)
        manifest = msgspec.json.decode(bytes(row[1]), type=CaseManifest)
        return tuple(
            self._decrypt(item_id, int(row[0]), entry)
            for entry in manifest.documents
            if not roles or entry.role in roles
        )

    def sweep(self, connection: Connection) -> int:
        """At start: remove the files that no sealed item names (a crash before the commit, or in a purge); how many.

        Must not run between `prepare_case` and `commit_case`.
        """
        named = {str(row[0]) for row in connection.execute("SELECT path FROM blob").fetchall()}
        gone = [path for path in sorted(self._outbox_dir.iterdir()) if path.name not in named]
        for path in gone:
            self._disk.remove(path)
        if gone:
            self._disk.sync_folder(self._outbox_dir)
        return len(gone)

    def _encrypt(self, item_id: str, document: Document) -> DocumentEntry:
        place = place_of(item_id, _FIRST_REVISION, document.role, document.name)
        header, frames = encrypt(document.data, place, self._recipients)
        self._reached(Checkpoint.ENCRYPT_BLOB)
        # The name is the hash of what will be in it, which is known only at the end.
        part = self._outbox_dir / f"{uuid_utils.uuid7()}.part"
        digest = hashlib.sha256()
        size = 0
        try:
            for frame in frames:
                self._disk.write(part, size, frame)
                digest.update(frame)
                size += len(frame)
            self._disk.sync(part)
            self._reached(Checkpoint.FSYNC_BLOB)
            self._disk.rename(part, self._outbox_dir / digest.hexdigest())
        except OSError:
            self._remove([part.name])
            raise
        self._reached(Checkpoint.RENAME)
        return DocumentEntry(
            role=document.role,
            name=document.name,
            media_type=document.media_type,
            plain_sha256=sha256_hex(document.data),
            plain_size=len(document.data),
            blob_sha256=digest.hexdigest(),
            blob_size=size,
            header=header,
        )

    def _remove(self, names: Iterable[str]) -> None:
        """What cannot be removed now is left to `sweep`."""
        with contextlib.suppress(OSError):
            for name in names:
                self._disk.remove(self._outbox_dir / name)

    def _commit(
        self,
        connection: Connection,
        kind: ItemKind,
        item_id: str,
        body: bytes,
        blobs: Sequence[OutboxBlob],
        *,
        label: str,
        rev: int = _FIRST_REVISION,
    ) -> Seal:
        sealed_at = self._clock.wall()
        head = ItemHead(
            kind=str(kind),
            id=item_id,
            rev=rev,
            terminal=self._keys.terminal_id,
            epoch=self._keys.epoch,
            seq=outbox.next_seq(connection, self._keys.epoch),
            digest=sha256_hex(body),
            prev_head=chain.head(connection),
        )
        outbox.enqueue(connection, seal_item(head, body, self._keys.sign), blobs, sealed_at=sealed_at, label=label)
        return Seal(item_id=item_id, digest=head.digest, seq=head.seq, sealed_at=sealed_at)

    def _decrypt(self, item_id: str, rev: int, entry: DocumentEntry) -> Document:
        place = place_of(item_id, rev, entry.role, entry.name)
        with (self._outbox_dir / entry.blob_sha256).open("rb") as file:
            frames = decrypted_frames(file.read, entry.header, self._keys.unwrap(), self._keys.recipient().kid, place)
            data = b"".join(frames)
        if sha256_hex(data) != entry.plain_sha256:
            raise CannotOpen("the document is not the one in the manifest")
        return Document(entry.role, entry.name, entry.media_type, data)
