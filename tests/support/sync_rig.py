"""A terminal's outbox and a hub in one process: real databases and files, HTTP without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uuid_utils

from sync.agent import outbox
from sync.agent.exchange import Exchange
from sync.agent.http import AgentIdentity, HubClient, HubEndpoint
from sync.agent.policy import SendPolicy
from sync.checkpoint import Reached, pass_by
from sync.database import Connection, open_encrypted, transaction
from sync.disk import Disk
from sync.hub.app import PEER
from sync.hub.hub import Hub
from sync.hub.pairing import pair_embedded
from sync.tls import fingerprint_of_pem
from terminal.cases.fold import fold
from terminal.cases.model import Case, Decision, DecisionKind, Seal
from terminal.custody.keys import FileKeyStore, KeyStore
from terminal.custody.seal import Document, Sealer
from tests.support.cases import WHOLE

SMALL_CHUNKS = SendPolicy(chunk_bytes=64 << 10, chunk_min_bytes=16 << 10, backoff_base_s=1)
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NAME = "李建国"  # of the synthetic citizen in tests.support.cases


class StillClock:
    """Stands until it is moved."""

    def __init__(self, wall: datetime = START) -> None:
        self._wall = wall
        self._monotonic = 1000.0

    def monotonic(self) -> float:
        """Seconds."""
        return self._monotonic

    def wall(self) -> datetime:
        """Aware time."""
        return self._wall

    def advance(self, seconds: float) -> None:
        """Both clocks go on."""
        self._monotonic += seconds
        self._wall += timedelta(seconds=seconds)

    def jump(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self._wall += timedelta(seconds=seconds)


class AppTransport(httpx.BaseTransport):
    """Speaks to an ASGI application in this thread; `peer` is the fingerprint that TLS would have proven.

    `lose` decides after each exchange whether the reply gets lost on its way.
    """

    def __init__(self, app: Any, peer: str, lose: Callable[[httpx.Request], bool] = lambda _: False) -> None:
        self.app = app
        self.peer = peer
        self.lose = lose
        self.requests: list[httpx.Request] = []
        self._loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, one reply."""
        self.requests.append(request)
        response = self._loop.run_until_complete(self._call(request))
        if self.lose(request):
            raise httpx.ReadError("the reply got lost", request=request)
        return response

    async def _call(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "https",
            "path": request.url.path,
            "raw_path": request.url.raw_path,
            "query_string": request.url.query,
            "root_path": "",
            "headers": [(key.lower(), value) for key, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "state": {PEER: self.peer},
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=content)

    def close(self) -> None:
        """Close the loop."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


def sealed_case(case_id: str = "", *, project_number: str = "410724202611240000017") -> Case:
    """A whole case that waits for its seal."""
    case = fold(WHOLE[:-1])
    decision = Decision(
        kind=DecisionKind.ACCEPTED,
        project_number=project_number,
        document_number="获政务受〔2026〕1号",
        decided_at=START,
        clerk_id="1001",
    )
    review = msgspec.structs.replace(case.review, service_id=f"{project_number}-2")
    return msgspec.structs.replace(case, id=case_id or str(uuid_utils.uuid7()), decision=decision, review=review)


def documents(size: int = 200_000) -> tuple[Document, ...]:
    """What a case seals; the material has `size` bytes."""
    return (
        Document("application", "application.json", "application/json", f'{{"name":"{NAME}"}}'.encode()),
        Document("material", "photo.pdf", "application/pdf", bytes(range(256)) * (size // 256) + b"x" * (size % 256)),
        Document("signature", "signature.png", "image/png", b""),
    )


class Terminal:
    """The terminal's end over one folder. Made anew, it is the terminal after a restart."""

    def __init__(
        self,
        folder: Path,
        hub_dir: Path,
        clock: StillClock,
        *,
        disk: Disk | None = None,
        reached: Reached = pass_by,
        policy: SendPolicy = SMALL_CHUNKS,
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.disk = disk
        self.reached = reached
        self.policy = policy
        self.keys: KeyStore = FileKeyStore(folder)
        self.pin = pair_embedded(hub_dir, self.keys.pin())
        self.outbox_dir = folder / "outbox"
        self.sealer = Sealer(self.keys, self.pin, self.outbox_dir, clock, disk=disk, reached=reached)
        self.connection = self.connect()
        if not self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'item'").fetchone():
            with transaction(self.connection):
                outbox.create_tables(self.connection)
        self.sealer.sweep(self.connection)

    def connect(self) -> Connection:
        """Another connection to the terminal's database."""
        return open_encrypted(self.folder / "terminal.db", self.keys.database_key())

    def identity(self) -> AgentIdentity:
        """For the agent."""
        return AgentIdentity(self.keys.terminal_id, self.keys.epoch, self.keys.tls_identity())

    def peer(self) -> str:
        """The fingerprint of this terminal's certificate."""
        return fingerprint_of_pem(self.keys.pin().certificate)

    def seal(self, case: Case | None = None, size: int = 200_000) -> Seal:
        """Seal one case."""
        prepared = self.sealer.prepare_case(case or sealed_case(), documents(size))
        with transaction(self.connection):
            return self.sealer.commit_case(self.connection, prepared)

    def rate(self, case: Case, level: int = 5) -> str:
        """Seal one review."""
        with transaction(self.connection):
            return self.sealer.commit_review(self.connection, case, level, "pad")

    def exchange(self, transport: httpx.BaseTransport, **more: Any) -> Exchange:
        """The protocol's steps over `transport`."""
        client = HubClient(HubEndpoint("https://hub", self.pin), self.identity(), transport)
        return Exchange(
            client=client,
            pin=self.pin,
            outbox_dir=self.outbox_dir,
            clock=self.clock,
            policy=self.policy,
            disk=self.disk,
            reached=self.reached,
            **more,
        )

    def ranks(self) -> dict[str, int]:
        """Item id -> rank."""
        rows = self.connection.execute("SELECT id, rank FROM item").fetchall()
        return {str(row[0]): int(row[1]) for row in rows}

    def codes(self) -> dict[str, str]:
        """Item id -> code."""
        return {str(r[0]): str(r[1]) for r in self.connection.execute("SELECT id, code FROM item").fetchall()}

    def close(self) -> None:
        """Let go of the database."""
        self.connection.close()


class HubBench:
    """A hub over one folder, reachable by `transport`. Made anew, it is the hub after a restart."""

    def __init__(
        self, folder: Path, clock: StillClock, *, disk: Disk | None = None, reached: Reached = pass_by
    ) -> None:
        self.folder = folder
        self.hub = Hub(folder, clock=clock, disk=disk, reached=reached)
        self.app = self.hub.start()
        self.transports: list[AppTransport] = []

    def transport(self, peer: str, lose: Callable[[httpx.Request], bool] = lambda _: False) -> AppTransport:
        """A line to the hub for the holder of a certificate."""
        self.transports.append(AppTransport(self.app, peer, lose))
        return self.transports[-1]

    def rows(self, sql: str) -> list[Any]:
        """What the hub's database says."""
        return self.hub.writer.submit(lambda connection: connection.execute(sql).fetchall()).result()

    def close(self) -> None:
        """Stop the hub."""
        for transport in self.transports:
            transport.close()
        self.hub.close()
