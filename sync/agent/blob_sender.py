"""Sending one sealed file, from wherever the hub says it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from sync.agent import work
from sync.agent.http import HubClient, HubRefused, HubUnreachable
from sync.agent.policy import SendPolicy
from sync.agent.work import BlobJob
from sync.database import Connection, transaction
from sync.disk import Disk
from sync.protocol.vocabulary import Code

_READ_BYTES = 1 << 20


class BlobUnlisted(Exception):
    """The hub knows of no manifest that lists the file."""


class BlobSender:
    """Chunks by PATCH; halves them when the line breaks, so that little is ever sent twice."""

    def __init__(
        self,
        client: HubClient,
        outbox_dir: Path,
        disk: Disk,
        policy: SendPolicy,
        now_s: Callable[[], int],
        go_on: Callable[[], bool],
    ) -> None:
        self._client = client
        self._outbox_dir = outbox_dir
        self._disk = disk
        self._policy = policy
        self._chunk_bytes = policy.chunk_bytes
        self._now_s = now_s
        self._go_on = go_on

    def send(self, connection: Connection, job: BlobJob, between: Callable[[], None]) -> None:
        """Bring `job` to the hub, or put it off, or block its items. `between` runs after every chunk.

        `BlobUnlisted`; `HubUnreachable` when the line breaks; `HubRefused` for what concerns the whole terminal.
        """
        with transaction(connection):
            work.mark_uploading(connection, job.sha256)
        try:
            self._send(connection, job, between)
        except HubUnreachable:
            self._chunk_bytes = max(self._policy.chunk_min_bytes, self._chunk_bytes // 2)
            raise
        except HubRefused as refusal:
            self._refused(connection, job, refusal)

    def _send(self, connection: Connection, job: BlobJob, between: Callable[[], None]) -> None:
        path = self._outbox_dir / job.path
        position = self._client.blob_position(job.sha256)
        tries = 0
        while not position.complete and self._go_on():
            count = min(self._chunk_bytes, position.max_append or self._chunk_bytes, job.size - position.offset)
            chunk = self._read(path, position.offset, count)
            if chunk is None:
                with transaction(connection):
                    work.block(connection, work.items_of_blob(connection, job.sha256), Code.FILE)
                return
            try:
                position = self._client.send_chunk(job.sha256, position.offset, chunk, job.size)
                tries = 0
            except HubRefused as refusal:
                tries += 1
                if tries > self._policy.chunk_tries or refusal.code not in {
                    Code.OFFSET,
                    Code.CHUNK_DIGEST,
                    Code.SUPERSEDED,
                }:
                    raise
                position = self._client.blob_position(job.sha256)
                continue
            with transaction(connection):
                work.set_progress(connection, job.sha256, position.offset, verified=False)
            self._chunk_bytes = min(self._policy.chunk_bytes, self._chunk_bytes * 2)
            between()
        if position.complete:
            with transaction(connection):
                work.set_progress(connection, job.sha256, job.size, verified=True)

    def _read(self, path: Path, offset: int, count: int) -> bytes | None:
        """Exactly `count` bytes; None when the file cannot give them."""
        try:
            chunk = self._disk.read(path, offset, count)
        except OSError:
            return None
        return chunk if count > 0 and len(chunk) == count else None

    def _refused(self, connection: Connection, job: BlobJob, refusal: HubRefused) -> None:
        match refusal.code:
            case Code.NOT_LISTED:
                raise BlobUnlisted(job.sha256) from refusal
            case Code.TOO_LARGE | Code.LENGTH:
                self._block(connection, job, refusal.code)
            case Code.FINAL_DIGEST if not self._is_whole(job):
                self._block(connection, job, Code.FILE)
            case Code.FINAL_DIGEST | Code.OFFSET | Code.CHUNK_DIGEST | Code.SUPERSEDED:
                wait_s = min(self._policy.backoff_cap_s, self._policy.backoff_base_s * 2 ** min(job.attempts, 30))
                with transaction(connection):
                    work.put_off_blob(connection, job.sha256, self._now_s() + max(1, round(wait_s)))
            case _:
                raise refusal

    def _block(self, connection: Connection, job: BlobJob, code: str) -> None:
        with transaction(connection):
            work.block(connection, work.items_of_blob(connection, job.sha256), code)

    def _is_whole(self, job: BlobJob) -> bool:
        """Whether the file on this disk is still the one that was sealed."""
        digest = hashlib.sha256()
        try:
            for offset in range(0, job.size, _READ_BYTES):
                digest.update(self._disk.read(self._outbox_dir / job.path, offset, _READ_BYTES))
        except OSError:
            return False
        return digest.hexdigest() == job.sha256
