"""The order for one page and its result, as they travel between driver and capture child. Pure."""

from __future__ import annotations

import msgspec

from drivers.base.errors import Corrupt


class PageOrder(msgspec.Struct, frozen=True):
    """How to make the page. `frame_width_mm`: what the frame shows of the desk; 0 when not calibrated."""

    dpi: int
    frame_width_mm: float = 0.0


class PageMade(msgspec.Struct, frozen=True):
    """The page; fields as in `api.Page`."""

    jpeg: bytes
    width_px: int
    height_px: int
    straightened: bool
    corners: tuple[tuple[float, float], ...]
    findings: tuple[str, ...]


def encode(message: PageOrder | PageMade) -> bytes:
    """As MessagePack."""
    return msgspec.msgpack.encode(message)


def decode_order(data: bytes) -> PageOrder:
    """An order; `Corrupt` when it is none."""
    try:
        return msgspec.msgpack.decode(data, type=PageOrder)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Corrupt(f"no page order: {error}", len(data)) from error


def decode_made(data: bytes) -> PageMade:
    """A page made; `Corrupt` when it is none."""
    try:
        return msgspec.msgpack.decode(data, type=PageMade)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Corrupt(f"no page: {error}", len(data)) from error
