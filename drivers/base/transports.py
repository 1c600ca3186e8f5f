"""Which transport an endpoint's scheme means."""

from __future__ import annotations

from drivers.base.clock import Clock
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Unsupported
from drivers.base.serial_transport import SerialTransport
from drivers.base.tap import Tap
from drivers.base.tcp_transport import TcpTransport
from drivers.base.transport import Transport


def transport_of(endpoint: Endpoint, clock: Clock, tap: Tap) -> Transport:
    """The byte link to `endpoint`, not yet open; `Unsupported` for a scheme that carries no plain bytes."""
    match endpoint.scheme:
        case "serial":
            return SerialTransport(endpoint, clock, tap)
        case "tcp":
            return TcpTransport(endpoint, clock, tap)
        case scheme:
            raise Unsupported(f"no byte link speaks {scheme!r}: {endpoint.url!r}")
