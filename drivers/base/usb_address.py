"""Which USB device an endpoint means: `usb://0400:c35a?serial=S&socket=1-1.2`, the same for `hid://`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from drivers.base.endpoint import Endpoint
from drivers.base.errors import Unsupported

_VID_PID: Final = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """Vendor and product number; `serial` and `socket` ("" for any) tell twins apart.

    `socket` is the way through the hubs as the kernel writes it: 1-1.2.
    """

    vendor: int
    product: int
    serial: str = ""
    socket: str = ""

    @classmethod
    def parse(cls, endpoint: Endpoint) -> UsbAddress:
        """`Unsupported` when the endpoint names no VID:PID of four hex digits each."""
        found = _VID_PID.fullmatch(endpoint.host)
        if found is None or endpoint.path.strip("/"):
            raise Unsupported(f"a USB endpoint is {endpoint.scheme}://VID:PID, not {endpoint.url!r}")
        return cls(int(found[1], 16), int(found[2], 16), endpoint.option("serial", ""), endpoint.option("socket", ""))

    def __str__(self) -> str:
        where = f" at {self.socket}" if self.socket else ""
        return f"{self.vendor:04x}:{self.product:04x}{where}"
