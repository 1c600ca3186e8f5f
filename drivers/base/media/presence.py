"""Is the camera there at all? A cheap look, without opening it and without the capture child."""

from __future__ import annotations

import os
import socket

from drivers.base.deadline import Deadline
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost, Unsupported

HTTP_SCHEME = "mjpeg+http"
V4L2_SCHEME = "v4l2"
_HTTP_PORT = 80


def http_address(endpoint: Endpoint) -> tuple[str, int]:
    """Host and port of a network camera."""
    return endpoint.host, endpoint.port or _HTTP_PORT


def check_presence(endpoint: Endpoint, deadline: Deadline) -> None:
    """`LinkLost` when nothing answers at the address or the device node is gone; `Unsupported` for other schemes.

    A network camera is only connected to and let go: no picture is asked for, so its one client is not disturbed.
    Called on the session's thread.
    """
    match endpoint.scheme:
        case "mjpeg+http":
            try:
                socket.create_connection(http_address(endpoint), deadline.left_s()).close()
            except OSError as error:
                raise LinkLost(f"camera at {endpoint.host}:{endpoint.port}: {error}") from error
        case "v4l2":
            if not os.path.exists(endpoint.path):
                raise LinkLost(f"no camera at {endpoint.path}")
        case scheme:
            raise Unsupported(f"no camera speaks {scheme!r}")
