"""One round with the hub: items first, then files, then receipts. Every step can be repeated without harm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sync.agent import work
from sync.agent.blob_sender import BlobSender, BlobUnlisted
from sync.agent.http import HubClient, HubRefused
from sync.agent.policy import SendPolicy
from sync.agent.receipts import COMPLETED, BadReceipt, check_receipt
from sync.checkpoint import Checkpoint, Reached, pass_by
from sync.clock import Clock
from sync.database import Connection, transaction
from sync.disk import Disk, SystemDisk
from sync.protocol.envelope import Item
from sync.protocol.messages import MAX_STATUS_ITEMS, ItemRef, ItemResult, ItemState
from sync.protocol.pins import HubPin
from sync.protocol.vocabulary import Code, HubState, ItemStatus, Rank

_PASSES = 3  # of one round: a hub that lost something is asked again at once, but not for ever
_STOPS_QUEUE = frozenset({Code.SEQ_REUSED, Code.EPOCH})


class QueueStopped(Exception):
    """The hub sees a copied or restored disk: nothing is sent until the terminal is enrolled anew."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Exchange:
    """The protocol's steps, without thread or timer. Runs on the caller's thread with the caller's connection."""

    def __init__(
        self,
        *,
        client: HubClient,
        pin: HubPin,
        outbox_dir: Path,
        clock: Clock,
        policy: SendPolicy,
        disk: Disk | None = None,
        reached: Reached = pass_by,
        go_on: Callable[[], bool] = lambda: True,
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._keys = pin.keys_by_id()
        self._clock = clock
        self._policy = policy
        self._reached = reached
        self._go_on = go_on
        self._on_progress = on_progress
        self._bad: BadReceipt | None = None
        self._sender = BlobSender(client, outbox_dir, disk or SystemDisk(), policy, self._now_s, go_on)

    def round(self, connection: Connection) -> None:
        """Send what is due and fetch what is missing, until nothing is due.

        `HubUnreachable`, `HubRefused`, `QueueStopped` or `BadReceipt`: nothing is lost, the next round goes on.
        """
        self._bad = None
        given_again: set[str] = set()
        for _ in range(_PASSES):
            self._send_items(connection)
            while self._go_on() and (job := work.due_blob(connection, self._now_s())) is not None:
                try:
                    self._sender.send(connection, job, between=lambda: self._send_items(connection))
                except BlobUnlisted:
                    if job.sha256 in given_again:
                        with transaction(connection):
                            work.put_off_blob(connection, job.sha256, self._later_s())
                        continue
                    # The hub lost the manifest (restored from a backup): give it again, it is the same bytes.
                    given_again.add(job.sha256)
                    self._post(connection, work.items_of_blob(connection, job.sha256))
            if not self._settle(connection):
                break
        if self._bad is not None:
            raise self._bad

    def _send_items(self, connection: Connection) -> None:
        """Reviews and manifests; they never wait for a file."""
        while self._go_on():
            if code := work.stopped(connection):
                raise QueueStopped(code)
            items = work.due_items(connection, self._now_s(), self._policy.batch_items, self._policy.batch_bytes)
            if not items:
                return
            with transaction(connection):
                work.raise_rank(connection, items, Rank.QUEUED)
            self._post(connection, items)

    def _post(self, connection: Connection, items: Sequence[Item]) -> None:
        self._reached(Checkpoint.MANIFEST_SENT)
        try:
            reply = self._client.post_items(items)
        except HubRefused as refusal:
            if refusal.status not in {400, 413}:
                raise
            self._isolate(connection, items, refusal.code)
            return
        self._reached(Checkpoint.REPLY_LOST)
        stop = ""
        with transaction(connection):
            # The items that a short reply leaves out are put off like refused ones.
            for item, result in zip(items, reply.results, strict=False):
                try:
                    stop = self._apply(connection, item, result) or stop
                except BadReceipt as error:
                    self._doubt(connection, item, error)
            work.put_off_items(connection, items[len(reply.results) :], self._later_s())
            if stop:
                work.stop_queue(connection, stop)
        self._reached(Checkpoint.RECEIPT_STORED)
        self._on_progress()
        if stop:
            raise QueueStopped(stop)

    def _isolate(self, connection: Connection, items: Sequence[Item], code: str) -> None:
        """The hub takes not even the envelope of one of these: find that one, so that it holds up no other."""
        if len(items) == 1:
            with transaction(connection):
                work.block(connection, items, code or Code.TOO_LARGE)
            return
        half = len(items) // 2
        self._post(connection, items[:half])
        self._post(connection, items[half:])

    def _apply(self, connection: Connection, item: Item, result: ItemResult) -> str:
        """Take one result in; the code that stops the queue, if it does. `BadReceipt` when nothing was changed."""
        match result.status:
            case ItemStatus.CREATED | ItemStatus.DUPLICATE:
                self._take_receipt(connection, item, result)
            case ItemStatus.CONFLICT if result.code == Code.REVIEW_EXISTS:
                self._take_receipt(connection, item, result)
            case ItemStatus.QUARANTINED:
                if result.receipt is not None:
                    receipt = check_receipt(result.receipt, item, work.blobs_of(connection, item), self._keys)
                    if receipt.state == HubState.QUARANTINED:
                        work.store_receipt(connection, item, result.receipt, Rank.QUEUED, self._clock.wall())
                work.block(connection, [item], Code.QUARANTINED)
            case _:
                work.block(connection, [item], result.code or Code.UPGRADE)
                if result.code in _STOPS_QUEUE:
                    return result.code
        return ""

    def _take_receipt(self, connection: Connection, item: Item, result: ItemResult | ItemState) -> None:
        receipt = check_receipt(result.receipt, item, work.blobs_of(connection, item), self._keys)
        if result.receipt is None:
            return
        rank = Rank.COMPLETE if receipt.state in COMPLETED else Rank.ACCEPTED
        work.set_missing(connection, item, result.missing if rank < Rank.COMPLETE else ())
        work.store_receipt(connection, item, result.receipt, rank, self._clock.wall(), receipt.code)

    def _doubt(self, connection: Connection, item: Item, error: BadReceipt) -> None:
        """Leave this item as it is and go on with the others; the round ends with `error`."""
        self._bad = error
        work.put_off_items(connection, [item], self._later_s())

    def _settle(self, connection: Connection) -> bool:
        """Fetch the receipts of items whose files are all there; whether the hub turned out to lack something."""
        lacking = False
        while self._go_on():
            items = work.unsettled_items(connection, self._now_s(), MAX_STATUS_ITEMS)
            if not items:
                break
            reply = self._client.item_states([ItemRef(item.id, item.rev) for item in items])
            self._reached(Checkpoint.RECEIPT_LOST)
            unknown: list[Item] = []
            with transaction(connection):
                for item, state in zip(items, reply.items, strict=False):
                    if state.state == HubState.UNKNOWN:
                        unknown.append(item)
                        continue
                    try:
                        self._take_receipt(connection, item, state)
                    except BadReceipt as error:
                        self._doubt(connection, item, error)
                    lacking = lacking or bool(state.missing)
                # What is still not complete comes again later, so that this loop ends.
                work.put_off_items(connection, items, self._later_s())
            self._reached(Checkpoint.RECEIPT_STORED)
            self._on_progress()
            for start in range(0, len(unknown), self._policy.batch_items):
                self._post(connection, unknown[start : start + self._policy.batch_items])
            lacking = lacking or bool(unknown)
        return lacking

    def _now_s(self) -> int:
        return int(self._clock.wall().timestamp())

    def _later_s(self) -> int:
        return self._now_s() + max(1, round(self._policy.backoff_base_s))
