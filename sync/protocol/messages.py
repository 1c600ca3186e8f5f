"""Requests and replies of the hub's endpoints. Unknown fields are ignored; statuses and states are open strings."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sync.protocol.receipt import SignedReceipt

MAX_BATCH_ITEMS = 100
MAX_BATCH_BYTES = 1 << 20
MAX_STATUS_ITEMS = 1000


class RawBatch(msgspec.Struct, frozen=True):
    """POST /v1/items:batch as the hub reads it: each item is judged by itself, a broken one blocks no other."""

    items: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(max_length=MAX_BATCH_ITEMS)]


class ItemResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one item; results stand in the order of the items."""

    id: str
    rev: int
    status: str
    code: str = ""
    existing: str = ""
    missing: tuple[str, ...] = ()
    receipt: SignedReceipt | None = None


class BatchReply(msgspec.Struct, frozen=True):
    """Reply to items:batch, sent after the commit."""

    results: tuple[ItemResult, ...]


class ItemRef(msgspec.Struct, frozen=True):
    """Names one revision of one item."""

    id: str
    rev: int


class StatusQuery(msgspec.Struct, frozen=True):
    """POST /v1/items:status."""

    items: Annotated[tuple[ItemRef, ...], msgspec.Meta(max_length=MAX_STATUS_ITEMS)]


class ItemState(msgspec.Struct, frozen=True, kw_only=True):
    """Where one item stands at the hub; "unknown" when this terminal never gave it."""

    id: str
    rev: int
    state: str
    missing: tuple[str, ...] = ()
    receipt: SignedReceipt | None = None


class StatusReply(msgspec.Struct, frozen=True):
    """Reply to items:status, in the order of the query."""

    items: tuple[ItemState, ...]


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """POST /v1/heartbeat: never anything of a case or a person."""

    app_version: str
    queued: int
    oldest_unsent_age_s: int
    blocked: int
    wall: str


class HeartbeatReply(msgspec.Struct, frozen=True, kw_only=True):
    """The hub's time, for the terminal's clock offset."""

    time: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """application/problem+json (RFC 9457) with the protocol's code."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
