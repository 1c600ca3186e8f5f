"""The only place of the terminal's end that speaks HTTP (docs/protocol/sync.md). Blocking; one thread."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import msgspec
import uuid_utils

from sync.protocol.canonical import decoded
from sync.protocol.envelope import Item
from sync.protocol.messages import (
    BatchReply,
    Heartbeat,
    HeartbeatReply,
    ItemRef,
    Problem,
    StatusQuery,
    StatusReply,
)
from sync.protocol.pins import HubPin
from sync.protocol.vocabulary import PROTOCOL_VERSION, Code
from sync.tls import TlsIdentity, client_context

T = TypeVar("T")
_TIMEOUT = httpx.Timeout(30, connect=5)
_PASSING = frozenset({408, 429, 502, 503, 504, 507})


class HubUnreachable(Exception):
    """No answer, or one that asks to come later: nothing is wrong with what was sent."""

    def __init__(self, detail: str, code: str = "", retry_after_s: float = 0) -> None:
        super().__init__(detail)
        self.code = code
        self.retry_after_s = retry_after_s


class HubRefused(Exception):
    """The hub answered with a problem. `offset` and `max_append` as its headers had them, bytes."""

    def __init__(self, status: int, code: str, detail: str = "", offset: int | None = None, limit: int = 0) -> None:
        super().__init__(f"{status} {code} {detail}".strip())
        self.status = status
        self.code = code
        self.offset = offset
        self.max_append = limit


@dataclass(frozen=True, slots=True)
class HubEndpoint:
    """Where the hub is and what is pinned of it. `url`: https://host:port."""

    url: str
    pin: HubPin


@dataclass(frozen=True, slots=True)
class AgentIdentity:
    """Who this terminal is to the hub."""

    terminal_id: str
    epoch: int
    tls: TlsIdentity = field(repr=False)


@dataclass(frozen=True, slots=True)
class BlobPosition:
    """How far a blob is at the hub, bytes. `max_append` 0: no limit told."""

    offset: int
    complete: bool
    max_append: int = 0


class HubClient:
    """One keep-alive connection to the hub. Every method raises `HubUnreachable` or `HubRefused`."""

    def __init__(
        self, endpoint: HubEndpoint, identity: AgentIdentity, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._client = httpx.Client(
            base_url=endpoint.url,
            transport=transport or httpx.HTTPTransport(verify=client_context(identity.tls, endpoint.pin.certificate)),
            timeout=_TIMEOUT,
            trust_env=False,
            headers={
                "X-Proto": PROTOCOL_VERSION,
                "X-Terminal-Id": identity.terminal_id,
                "X-Terminal-Epoch": str(identity.epoch),
            },
        )

    def post_items(self, items: Sequence[Item]) -> BatchReply:
        """POST /v1/items:batch."""
        body = msgspec.json.encode({"items": items})
        return self._decoded(self._send("POST", "/v1/items:batch", body), BatchReply)

    def item_states(self, refs: Sequence[ItemRef]) -> StatusReply:
        """POST /v1/items:status."""
        body = msgspec.json.encode(StatusQuery(tuple(refs)))
        return self._decoded(self._send("POST", "/v1/items:status", body), StatusReply)

    def heartbeat(self, beat: Heartbeat) -> HeartbeatReply:
        """POST /v1/heartbeat."""
        return self._decoded(self._send("POST", "/v1/heartbeat", msgspec.json.encode(beat)), HeartbeatReply)

    def blob_position(self, sha256: str) -> BlobPosition:
        """HEAD /v1/blobs/{sha256}."""
        return _position(self._send("HEAD", f"/v1/blobs/{sha256}"))

    def send_chunk(self, sha256: str, offset: int, chunk: bytes, total: int) -> BlobPosition:
        """PATCH /v1/blobs/{sha256} with the bytes from `offset`; complete when they are the last of `total`."""
        digest = base64.b64encode(hashlib.sha256(chunk).digest()).decode()
        reply = self._send(
            "PATCH",
            f"/v1/blobs/{sha256}",
            chunk,
            {
                "Content-Type": "application/partial-upload",
                "Upload-Offset": str(offset),
                "Upload-Length": str(total),
                "Upload-Complete": "?1" if offset + len(chunk) == total else "?0",
                "Content-Digest": f"sha-256=:{digest}:",
            },
        )
        return _position(reply)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        own = {"X-Request-Id": str(uuid_utils.uuid7()), **(headers or {})}
        if body and "Content-Type" not in own:
            own["Content-Type"] = "application/json"
        try:
            reply = self._client.request(method, path, content=body, headers=own)
        except httpx.HTTPError as error:
            raise HubUnreachable(type(error).__name__) from error
        if reply.is_success:
            return reply
        code = reply.headers.get("X-Error-Code", "")  # HEAD has no body
        detail = ""
        try:
            problem = decoded(reply.content, Problem)
            code, detail = problem.code, problem.detail
        except msgspec.DecodeError:
            pass
        if reply.status_code in _PASSING:
            raise HubUnreachable(f"{reply.status_code} {code}", code, _number(reply.headers.get("Retry-After", "0")))
        raise HubRefused(
            reply.status_code,
            code,
            detail,
            int(_number(reply.headers["Upload-Offset"])) if "Upload-Offset" in reply.headers else None,
            _max_append(reply.headers.get("Upload-Limit", "")),
        )

    @staticmethod
    def _decoded(reply: httpx.Response, type_: type[T]) -> T:
        try:
            return decoded(reply.content, type_)
        except msgspec.DecodeError as error:
            raise HubRefused(reply.status_code, Code.UPGRADE, "an answer of another protocol") from error


def _position(reply: httpx.Response) -> BlobPosition:
    offset = reply.headers.get("Upload-Offset", "")
    if not offset.isdigit():
        raise HubRefused(reply.status_code, Code.UPGRADE, "no offset in the answer")
    complete = reply.headers.get("Upload-Complete") == "?1"
    return BlobPosition(int(offset), complete, _max_append(reply.headers.get("Upload-Limit", "")))


def _max_append(limit: str) -> int:
    """`max-append-size` of an Upload-Limit header; 0 when it has none."""
    for part in limit.split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-append-size" and value.isdigit():
            return int(value)
    return 0


def _number(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0
