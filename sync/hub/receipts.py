"""Issuing receipts: each state of an item is receipted once, and the same receipt is given ever after."""

from __future__ import annotations

from sync.clock import Clock, timestamp
from sync.database import Connection
from sync.hub import chain, records
from sync.hub.keys import HubKeys
from sync.protocol.canonical import blobs_digest
from sync.protocol.pins import TerminalPin
from sync.protocol.receipt import Receipt, SignedReceipt, sign_receipt
from sync.protocol.vocabulary import HubState


class Receipts:
    """Signs with the hub's key, in the writer's transaction."""

    def __init__(self, keys: HubKeys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    def issue(self, connection: Connection, item_id: str, rev: int, state: HubState) -> None:
        """Bring the item to `state` and keep the receipt for it."""
        item = records.find(connection, item_id, rev)
        if item is None:
            raise LookupError("no such item")
        now = timestamp(self._clock.wall())
        head = chain.append(connection, {"event": str(state), "id": item_id, "rev": rev, "at": now})
        signed = self._sign(
            Receipt(
                id=item.id,
                rev=item.rev,
                digest=item.digest,
                terminal=item.terminal,
                epoch=item.epoch,
                seq=item.seq,
                state=state,
                blobs_digest=blobs_digest(records.blobs_of(connection, item_id, rev)),
                hub_time=now,
                hub_head=head,
                code=item.code,
                existing=item.existing,
            )
        )
        connection.execute(
            "INSERT INTO receipt(id, rev, state, at_utc, statement, kid, sig) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (item_id, rev, state, now, signed.statement, signed.kid, signed.sig),
        )
        records.set_state(connection, item_id, rev, state)

    def last(self, connection: Connection, item_id: str, rev: int) -> SignedReceipt | None:
        """The receipt of the item's present state."""
        row = connection.execute(
            """SELECT statement, kid, receipt.sig FROM receipt JOIN item USING(id, rev, state)
               WHERE id = ? AND rev = ?""",
            (item_id, rev),
        ).fetchone()
        return SignedReceipt(statement=bytes(row[0]), kid=str(row[1]), sig=bytes(row[2])) if row else None

    def for_evidence(
        self, connection: Connection, terminal: TerminalPin, item_id: str, rev: int, digest: str, epoch: int, seq: int
    ) -> SignedReceipt:
        """A receipt of state quarantined: the hub has the bytes, a person must look at them."""
        return self._sign(
            Receipt(
                id=item_id,
                rev=rev,
                digest=digest,
                terminal=terminal.terminal_id,
                epoch=epoch,
                seq=seq,
                state=HubState.QUARANTINED,
                blobs_digest=blobs_digest(()),
                hub_time=timestamp(self._clock.wall()),
                hub_head=chain.head(connection),
            )
        )

    def _sign(self, receipt: Receipt) -> SignedReceipt:
        return sign_receipt(receipt, self._keys.signing_kid, self._keys.sign)
