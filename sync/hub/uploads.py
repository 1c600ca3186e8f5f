"""HEAD and PATCH of blobs: the offset in the database is a promise, the newest request wins."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sync.checkpoint import Checkpoint, Reached, pass_by
from sync.database import Connection
from sync.hub import records
from sync.hub.blobs import BlobFolder
from sync.hub.receipts import Receipts
from sync.hub.records import BlobRow
from sync.hub.writer import Writer
from sync.protocol.vocabulary import BlobState, Code, HubState

log = logging.getLogger(__name__)
T = TypeVar("T")
_ALARM_AFTER_BAD = 3


class UploadRefused(Exception):
    """A problem of one upload. `offset`: where to go on, bytes."""

    def __init__(self, status: int, code: Code, offset: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Position:
    """How far a blob is, bytes."""

    offset: int
    length: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """A PATCH as its headers tell it; sizes in bytes, `sha256` of the chunk."""

    offset: int
    length: int
    complete: bool
    sha256: bytes


class _Turn:
    """Who may write a blob: the lock for the file, the generation for the newest request."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.generation = 0


class Uploads:
    """Runs on the server's event loop; files and hashes in threads, rows through the writer."""

    def __init__(self, writer: Writer, folder: BlobFolder, receipts: Receipts, reached: Reached = pass_by) -> None:
        self._writer = writer
        self._folder = folder
        self._receipts = receipts
        self._reached = reached
        self._turns: dict[str, _Turn] = {}

    async def position(self, terminal: str, sha256: str) -> Position:
        """HEAD: the offset up to which the terminal may forget. Older writers of the blob lose their turn."""
        turn = self._take_turn(sha256)
        async with turn.lock:
            blob = await self._listed(terminal, sha256)
            if blob.state != BlobState.VERIFIED:
                blob = await self._recover(blob)
            return Position(blob.have, blob.size, blob.state == BlobState.VERIFIED)

    async def append(self, terminal: str, sha256: str, chunk: Chunk, read: Callable[[], Awaitable[bytes]]) -> Position:
        """PATCH: check, read the body (by `read`), write, sync, count; only then is it acknowledged."""
        turn = self._take_turn(sha256)
        generation = turn.generation
        body = await read()
        async with turn.lock:
            if generation != turn.generation:
                raise UploadRefused(409, Code.SUPERSEDED)
            blob = await self._listed(terminal, sha256)
            if blob.state == BlobState.VERIFIED:
                return Position(blob.size, blob.size, complete=True)
            blob = await self._recover(blob)
            if blob.state == BlobState.VERIFIED:
                return Position(blob.size, blob.size, complete=True)
            end = chunk.offset + len(body)
            if chunk.offset != blob.have:
                raise UploadRefused(409, Code.OFFSET, blob.have)
            if chunk.length != blob.size or end > blob.size or chunk.complete != (end == blob.size):
                raise UploadRefused(400, Code.LENGTH, blob.have)
            if hashlib.sha256(body).digest() != chunk.sha256:
                raise UploadRefused(400, Code.CHUNK_DIGEST, blob.have)
            await asyncio.to_thread(self._folder.append, sha256, chunk.offset, body)
            await self._write(lambda connection: records.set_have(connection, sha256, end))
            self._reached(Checkpoint.OFFSET_COMMITTED)
            if not chunk.complete:
                return Position(end, blob.size, complete=False)
            self._reached(Checkpoint.LAST_CHUNK)
            return await self._complete(blob)

    async def _complete(self, blob: BlobRow) -> Position:
        """All bytes are here: believe only what comes back from the disk."""
        if not await asyncio.to_thread(self._folder.is_whole, blob.sha256, blob.size):
            await asyncio.to_thread(self._folder.discard, blob.sha256)
            bad = await self._write(lambda connection: records.set_bad(connection, blob.sha256))
            log.log(
                logging.ERROR if bad >= _ALARM_AFTER_BAD else logging.WARNING,
                "blob %s came with another hash, time %d",
                blob.sha256,
                bad,
            )
            raise UploadRefused(422, Code.FINAL_DIGEST, 0)
        self._reached(Checkpoint.HASH_VERIFIED)
        await asyncio.to_thread(self._folder.finish, blob.sha256)
        await self._write(lambda connection: self._count_verified(connection, blob.sha256))
        self._turns.pop(blob.sha256, None)  # nobody writes a verified blob
        self._reached(Checkpoint.COMPLETE_COMMITTED)
        return Position(blob.size, blob.size, complete=True)

    def _count_verified(self, connection: Connection, sha256: str) -> None:
        for item_id, rev in records.set_verified(connection, sha256):
            self._receipts.issue(connection, item_id, rev, HubState.COMPLETE)

    async def _recover(self, blob: BlobRow) -> BlobRow:
        """After a crash: finish what was whole, and count no byte that is not there."""
        if blob.have == blob.size:
            try:
                await self._complete(blob)
            except UploadRefused as refusal:
                log.warning("blob %s was not whole after a restart: %s", blob.sha256, refusal.code)
            return await self._reread(blob)
        have = await asyncio.to_thread(self._folder.durable_bytes, blob.sha256, blob.have)
        if have != blob.have:
            log.error("blob %s lost %d acknowledged bytes on the disk", blob.sha256, blob.have - have)
            await self._write(lambda connection: records.set_have(connection, blob.sha256, have))
            return await self._reread(blob)
        return blob

    async def _reread(self, blob: BlobRow) -> BlobRow:
        row = await self._write(lambda connection: records.blob(connection, blob.sha256))
        if row is None:
            raise UploadRefused(404, Code.NOT_LISTED)
        return row

    async def _listed(self, terminal: str, sha256: str) -> BlobRow:
        blob = await self._write(lambda connection: records.listed_blob(connection, terminal, sha256))
        if blob is None:
            raise UploadRefused(404, Code.NOT_LISTED)
        return blob

    def _take_turn(self, sha256: str) -> _Turn:
        turn = self._turns.setdefault(sha256, _Turn())
        turn.generation += 1
        return turn

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._writer.submit(work))
