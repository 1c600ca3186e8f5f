"""The hub's server: Uvicorn with mutual TLS, and the peer's certificate where the application can see it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.hub.app import PEER
from sync.hub.hub import Hub
from sync.hub.pairing import Register
from sync.tls import fingerprint, server_context, trust


class PeerProtocol(H11Protocol):
    """HTTP/1.1 whose requests carry the fingerprint of the certificate that the TLS handshake proved.

    Uvicorn hands no client certificate to the application, and a header could be written by anybody.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Read the certificate from the transport."""
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        der = tls.getpeercert(binary_form=True) if isinstance(tls, ssl.SSLObject) else None
        self.app_state = {**self.app_state, PEER: fingerprint(der) if der else ""}


class HubServer(uvicorn.Server):
    """Serves one hub and says when it does. `on_ready(port)` is called on the event loop."""

    def __init__(self, hub: Hub, host: str, port: int, on_ready: Callable[[int], None]) -> None:
        context = _context(hub)
        super().__init__(
            uvicorn.Config(
                hub.start(),
                host=host,
                port=port,
                http=PeerProtocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=5,
                h11_max_incomplete_event_size=64 << 10,
                ssl_context_factory=lambda _config, _default: context,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets)
        if self.started:
            address = cast("tuple[str, int]", self.servers[0].sockets[0].getsockname())
            self._on_ready(address[1])


def serve(data_dir: Path, host: str, port: int, on_ready: Callable[[int], None]) -> None:
    """Serve until SIGINT or SIGTERM; the caller has checked the address (bind.py)."""
    hub = Hub(data_dir)
    try:
        HubServer(hub, host, port, on_ready).run()
    finally:
        hub.close()


def _context(hub: Hub) -> ssl.SSLContext:
    """Accepts the pinned certificates, also those that are pinned while the hub runs."""
    context = server_context(hub.keys.tls)
    trusted: set[str] = set()

    def look_again(_socket: ssl.SSLSocket | ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        _trust_new(context, hub.register, trusted)

    # OpenSSL calls this in every handshake, with or without a server name, before it asks for the certificate.
    # A pin that was removed stays trusted by TLS until the restart; the application refuses it by the register.
    context.sni_callback = look_again
    _trust_new(context, hub.register, trusted)
    return context


def _trust_new(context: ssl.SSLContext, register: Register, trusted: set[str]) -> None:
    for certificate in register.certificates():
        if certificate not in trusted:
            trust(context, certificate)
            trusted.add(certificate)
