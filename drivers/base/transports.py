"""Which transport an endpoint's scheme means."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from drivers.base.clock import Clock
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Unsupported
from drivers.base.serial_transport import SerialTransport
from drivers.base.tap import Tap
from drivers.base.tcp_transport import TcpTransport
from drivers.base.transport import Transport

Make = Callable[[Endpoint, Clock, Tap], Transport]


def transport_of(endpoint: Endpoint, clock: Clock, tap: Tap) -> Transport:
    """The byte link to `endpoint`, not yet open; `Unsupported` for a scheme that carries no plain bytes."""
    match endpoint.scheme:
        case "serial":
            return SerialTransport(endpoint, clock, tap)
        case "tcp":
            return TcpTransport(endpoint, clock, tap)
        # By name: only a terminal with such a device loads libusb or hidapi.
        case "usb":
            return cast("Make", importlib.import_module("drivers.base.usb_transport").UsbTransport)(
                endpoint, clock, tap
            )
        case "hid":
            return cast("Make", importlib.import_module("drivers.base.hid_transport").HidTransport)(
                endpoint, clock, tap
            )
        case scheme:
            raise Unsupported(f"no byte link speaks {scheme!r}: {endpoint.url!r}")
