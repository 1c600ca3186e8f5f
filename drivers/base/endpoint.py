"""A device's address: `serial:///dev/idcard?baud=115200`, `tcp://10.0.0.9:9100`, `usb://0400:c35a`, `mjpeg+http://…`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from drivers.base.errors import Unsupported

# Their host is VID:PID in hex digits, of which the part behind the colon is no port.
_BY_USB_ID: Final = frozenset({"usb", "hid"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A parsed endpoint URL. `path` for local devices, `host` and `port` for network ones, `host` for VID:PID."""

    url: str
    scheme: str
    path: str
    host: str
    port: int
    options: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """Parse an endpoint; `Unsupported` when it has no scheme, an option twice or an impossible port."""
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise Unsupported(f"endpoint with a bad host: {url!r}") from error
        if not parts.scheme:
            raise Unsupported(f"endpoint without a scheme: {url!r}")
        by_usb_id = parts.scheme in _BY_USB_ID
        try:
            port = 0 if by_usb_id else parts.port or 0
        except ValueError as error:
            raise Unsupported(f"endpoint with a bad port: {url!r}") from error
        options = tuple(parse_qsl(parts.query, keep_blank_values=True))
        if len({name for name, _ in options}) != len(options):
            raise Unsupported(f"endpoint names an option twice: {url!r}")
        host = parts.netloc.lower() if by_usb_id else parts.hostname or ""
        return cls(url, parts.scheme, parts.path, host, port, options)

    def option(self, name: str, default: str) -> str:
        """Option `name` or `default`."""
        return dict(self.options).get(name, default)

    def number(self, name: str, default: int) -> int:
        """Option `name` as an integer; `Unsupported` when it is none."""
        text = self.option(name, str(default))
        if not text.isdecimal():
            raise Unsupported(f"option {name} of {self.url!r} is not a number")
        return int(text)
