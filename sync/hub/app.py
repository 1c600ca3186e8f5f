"""The hub's endpoints (docs/protocol/sync.md). Who asks is what the TLS certificate says, never a header."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC
from email.utils import format_datetime
from typing import TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sync.clock import Clock, timestamp
from sync.database import DATABASE_ERRORS, Connection
from sync.hub import records
from sync.hub.intake import Intake
from sync.hub.pairing import Register
from sync.hub.uploads import Chunk, Position, UploadRefused, Uploads
from sync.hub.writer import Writer
from sync.protocol.canonical import decoded
from sync.protocol.messages import (
    MAX_BATCH_BYTES,
    BatchReply,
    Heartbeat,
    HeartbeatReply,
    ItemResult,
    ItemState,
    Problem,
    RawBatch,
    StatusQuery,
    StatusReply,
)
from sync.protocol.pins import TerminalPin
from sync.protocol.vocabulary import PROTOCOL_VERSION, Code

log = logging.getLogger(__name__)
T = TypeVar("T")
MAX_APPEND_BYTES = 8 << 20  # one chunk is held in memory until its hash is known
_IDLE_S = 30.0  # a sender that stalls longer has lost its line
_OFFSET_TYPE = "https://iana.org/assignments/http-problem-types#mismatching-upload-offset"

PEER = "tls_peer"
"""Key of the connection's state: fingerprint of the peer's certificate, set by the server from the transport."""


class _Refused(Exception):
    def __init__(self, status: int, code: Code, detail: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}


_Handler = Callable[[Request, TerminalPin], Awaitable[Response]]


class HubApp:
    """Routes to the intake and the uploads. Runs on the server's event loop."""

    def __init__(self, *, register: Register, writer: Writer, intake: Intake, uploads: Uploads, clock: Clock) -> None:
        self._register = register
        self._writer = writer
        self._intake = intake
        self._uploads = uploads
        self._clock = clock

    def asgi(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/v1/items:batch", self._known(self._batch), methods=["POST"]),
                Route("/v1/items:status", self._known(self._status), methods=["POST"]),
                Route("/v1/heartbeat", self._known(self._heartbeat), methods=["POST"]),
                Route("/v1/blobs/{sha256}", self._known(self._blob), methods=["HEAD", "PATCH"]),
                Route("/healthz", self._healthy, methods=["GET"]),
            ],
        )

    def _known(self, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            try:
                reply = await handler(request, self._terminal(request))
            except _Refused as refusal:
                reply = _problem(refusal.status, refusal.code, refusal.detail, refusal.headers)
            except UploadRefused as refusal:
                offset = {} if refusal.offset is None else {"Upload-Offset": str(refusal.offset)}
                reply = _problem(refusal.status, refusal.code, "", {**offset, **_limit()})
            except OSError as error:
                log.error("the hub's disk refuses: %s", error.strerror)
                reply = _problem(507, Code.STORAGE, "", {"Retry-After": "60"})
            except DATABASE_ERRORS:
                log.exception("the hub's database refuses")
                reply = _problem(503, Code.BUSY, "", {"Retry-After": "10"})
            reply.headers["Date"] = format_datetime(self._clock.wall().astimezone(UTC), usegmt=True)
            return reply

        return handle

    def _terminal(self, request: Request) -> TerminalPin:
        """Who asks, by the certificate; what the headers say must not contradict it."""
        peer = request.scope.get("state", {}).get(PEER, "")
        if not isinstance(peer, str) or not peer:
            raise _Refused(401, Code.AUTH, "no client certificate")
        terminal = self._register.find(peer)
        if terminal is None:
            raise _Refused(403, Code.REVOKED, "this certificate is not pinned")
        if request.headers.get("X-Proto") != PROTOCOL_VERSION:
            raise _Refused(426, Code.UPGRADE, f"this hub speaks version {PROTOCOL_VERSION}")
        if request.headers.get("X-Terminal-Id") != terminal.terminal_id:
            raise _Refused(401, Code.AUTH, "the certificate belongs to another terminal id")
        if request.headers.get("X-Terminal-Epoch") != str(terminal.epoch):
            raise _Refused(409, Code.EPOCH, "another epoch is enrolled")
        return terminal

    async def _batch(self, request: Request, terminal: TerminalPin) -> Response:
        batch = _decoded(await _body(request, MAX_BATCH_BYTES), RawBatch)

        def take(connection: Connection) -> tuple[ItemResult, ...]:
            return tuple(self._intake.take(connection, terminal, bytes(raw)) for raw in batch.items)

        return _json(BatchReply(await self._write(take)))

    async def _status(self, request: Request, terminal: TerminalPin) -> Response:
        query = _decoded(await _body(request, MAX_BATCH_BYTES), StatusQuery)

        def look(connection: Connection) -> tuple[ItemState, ...]:
            return tuple(self._intake.state(connection, terminal, ref) for ref in query.items)

        return _json(StatusReply(await self._write(look)))

    async def _heartbeat(self, request: Request, terminal: TerminalPin) -> Response:
        body = await _body(request, 64 << 10)
        _decoded(body, Heartbeat)
        now = timestamp(self._clock.wall())
        await self._write(lambda connection: records.keep_heartbeat(connection, terminal.terminal_id, now, body))
        return _json(HeartbeatReply(time=now))

    async def _blob(self, request: Request, terminal: TerminalPin) -> Response:
        sha256 = str(request.path_params["sha256"])
        if request.method == "HEAD":
            position = await self._uploads.position(terminal.terminal_id, sha256)
            return Response(status_code=200, headers=_position(position))
        chunk = _chunk(request)
        position = await self._uploads.append(
            terminal.terminal_id, sha256, chunk, lambda: _body(request, MAX_APPEND_BYTES)
        )
        return Response(status_code=201 if position.complete else 204, headers=_position(position))

    async def _healthy(self, _: Request) -> Response:
        await self._write(lambda connection: connection.execute("SELECT 1").fetchone())
        return PlainTextResponse("ok\n")

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._writer.submit(work))


async def _body(request: Request, most_bytes: int) -> bytes:
    """The request's body; refused when it is larger, or when its sender stalls or hangs up."""
    too_large = _Refused(413, Code.TOO_LARGE, f"at most {most_bytes} bytes", _limit())
    announced = request.headers.get("Content-Length", "0")
    if announced.isdigit() and int(announced) > most_bytes:
        raise too_large
    parts: list[bytes] = []
    size = 0
    stream = request.stream()
    try:
        while True:
            async with asyncio.timeout(_IDLE_S):
                part = await anext(stream, b"")
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
            if size > most_bytes:
                raise too_large
    except (ClientDisconnect, TimeoutError) as error:
        raise _Refused(408, Code.BUSY, "the body stopped coming") from error


def _decoded(body: bytes, type_: type[T]) -> T:
    try:
        return decoded(body, type_)
    except msgspec.DecodeError as error:
        raise _Refused(400, Code.LENGTH, str(error)) from error


def _chunk(request: Request) -> Chunk:
    headers = request.headers
    digest = headers.get("Content-Digest", "")
    try:
        if headers.get("Content-Type") != "application/partial-upload":
            raise ValueError("not application/partial-upload")
        if not (digest.startswith("sha-256=:") and digest.endswith(":")):
            raise ValueError("no sha-256 digest")
        if headers["Upload-Complete"] not in {"?0", "?1"}:
            raise ValueError("Upload-Complete is ?0 or ?1")
        return Chunk(
            offset=int(headers["Upload-Offset"]),
            length=int(headers["Upload-Length"]),
            complete=headers["Upload-Complete"] == "?1",
            sha256=base64.b64decode(digest[9:-1], validate=True),
        )
    except (KeyError, ValueError, binascii.Error) as error:
        raise _Refused(400, Code.LENGTH, str(error)) from error


def _position(position: Position) -> dict[str, str]:
    return {
        "Upload-Offset": str(position.offset),
        "Upload-Length": str(position.length),
        "Upload-Complete": "?1" if position.complete else "?0",
        **_limit(),
    }


def _limit() -> dict[str, str]:
    return {"Upload-Limit": f"max-append-size={MAX_APPEND_BYTES}"}


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")


def _problem(status: int, code: Code, detail: str, headers: dict[str, str]) -> Response:
    type_ = _OFFSET_TYPE if code is Code.OFFSET else f"urn:yichuang:sync:{code}"
    problem = Problem(type=type_, title=str(code), status=status, code=str(code), detail=detail)
    return Response(
        msgspec.json.encode(problem),
        status_code=status,
        media_type="application/problem+json",
        headers={"X-Error-Code": str(code), **headers},
    )
