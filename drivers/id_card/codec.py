"""The reader's frames and what its replies hold. Pure: bytes in, values out (domain.md a.2, a.4, a.7)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from drivers.base.errors import Corrupt, Refused
from drivers.base.sensitive import Sensitive
from drivers.id_card import tables, text_area
from drivers.id_card.api import CardText

PREAMBLE: Final = bytes.fromhex("AAAAAA9669")
LONGEST_REPLY_BYTES: Final = 2321  # base read with fingerprints (domain.md a.4); a longer length is a broken one

_HEAD_BYTES: Final = len(PREAMBLE) + 2
_SHORTEST_LENGTH: Final = 4  # SW1 SW2 SW3 CHK
_KIND_AT: Final = 248
_RESERVED_AT: Final = 220  # of a resident's card: from here on every other kind has something
_LAYOUTS: Final[Mapping[str, Callable[[bytes, date], CardText]]] = {
    " ": text_area.resident,
    "J": text_area.hmt_permit,
    "I": text_area.foreigner_2017,
    "Y": text_area.foreigner_2023,
}
_SAM_ID: Final = struct.Struct("<HHIII")


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """One whole frame from the reader. `data` may hold a person's: it is in no repr."""

    sw1: int
    sw2: int
    sw3: int
    data: bytes

    def __repr__(self) -> str:
        return f"Reply({self.status_text()}, {len(self.data)} bytes)"

    def status_text(self) -> str:
        """The three status bytes as the technician knows them: `SW 0000 41`."""
        return f"SW {self.sw1:02X}{self.sw2:02X} {self.sw3:02X}"


class DamagedFrame(Corrupt):
    """A frame of `frame_bytes` whose checksum is wrong; `frame_bytes` 0 when its length is impossible."""

    def __init__(self, reason: str, frame_bytes: int) -> None:
        super().__init__(reason, len(PREAMBLE))
        self.frame_bytes = frame_bytes


def xor(data: bytes | bytearray) -> int:
    """XOR of all bytes; 0 over LenHi..CHK of a right frame."""
    value = 0
    for byte in data:
        value ^= byte
    return value


def encode(command: tables.Command) -> bytes:
    """The command as a whole frame (domain.md a.2)."""
    body = (len(command.code) + 1).to_bytes(2, "big") + command.code
    return PREAMBLE + body + bytes((xor(body),))


class ReplyDecoder:
    """Finds replies in whatever arrives. After damage it looks for the next preamble; holds at most one frame."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.dropped_bytes = 0

    @property
    def pending_bytes(self) -> int:
        """Bytes of a frame that is not whole yet."""
        return len(self._buffer)

    def clear(self) -> None:
        """Forget what has arrived."""
        self._buffer.clear()
        self.dropped_bytes = 0

    def feed(self, data: bytes) -> list[Reply | DamagedFrame]:
        """Take bytes; the whole replies among them in order, damaged frames as values where they stood."""
        found: list[Reply | DamagedFrame] = []
        self._buffer += data
        while (item := self._next()) is not None:
            found.append(item)
        return found

    def _next(self) -> Reply | DamagedFrame | None:
        start = self._buffer.find(PREAMBLE)
        self._drop(start if start >= 0 else max(0, len(self._buffer) - len(PREAMBLE) + 1))
        if start < 0 or len(self._buffer) < _HEAD_BYTES:
            return None
        length = int.from_bytes(self._buffer[len(PREAMBLE) : _HEAD_BYTES], "big")
        size = _HEAD_BYTES + length
        if length < _SHORTEST_LENGTH or size > LONGEST_REPLY_BYTES:
            self._drop(len(PREAMBLE))
            return DamagedFrame(f"length {length}", 0)
        if len(self._buffer) < size:
            return None
        if xor(self._buffer[len(PREAMBLE) : size]):
            # The length itself may be what is wrong, so the next frame may begin within this one.
            self._drop(len(PREAMBLE))
            return DamagedFrame("checksum", size)
        body = bytes(self._buffer[_HEAD_BYTES : size - 1])
        del self._buffer[:size]
        return Reply(body[0], body[1], body[2], body[3:])

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self.dropped_bytes += count


def sam_id_text(data: bytes) -> str:
    """The SAM's number as printed on the reader; `Corrupt` for anything but 16 bytes (domain.md a.4 [V 3])."""
    if len(data) != _SAM_ID.size:
        raise Corrupt(f"SAM id of {len(data)} bytes")
    first, second, made, serial, random = _SAM_ID.unpack(data)
    return f"{first:02}.{second:02}-{made:08}-{serial:010}-{random:010}"


def split_base(data: bytes) -> tuple[bytes, bytes]:
    """Text area (256 bytes) and portrait (1024 bytes) of a base reply; `Corrupt` when the inner lengths differ."""
    lengths = tables.TEXT_BYTES.to_bytes(2, "big") + tables.WLT_BYTES.to_bytes(2, "big")
    if len(data) != tables.BASE_BYTES or data[:4] != lengths:
        raise Corrupt(f"base reply of {len(data)} bytes with inner lengths {data[:4].hex()}")
    return data[4 : 4 + tables.TEXT_BYTES], data[4 + tables.TEXT_BYTES :]


def split_base_fp(data: bytes) -> tuple[bytes, bytes, tuple[Sensitive[bytes], ...]]:
    """Text area, portrait and the fingers' 512 bytes each, none for a card without; `Corrupt` for other lengths."""
    lengths = tuple(int.from_bytes(data[at : at + 2], "big") for at in (0, 2, 4))
    if len(data) not in tables.BASE_FP_BYTES or lengths != (
        tables.TEXT_BYTES,
        tables.WLT_BYTES,
        len(data) - min(tables.BASE_FP_BYTES),
    ):
        raise Corrupt(f"base reply with fingerprints of {len(data)} bytes with inner lengths {data[:6].hex()}")
    text_end = 6 + tables.TEXT_BYTES
    wlt_end = text_end + tables.WLT_BYTES
    fingers = range(wlt_end, len(data), tables.FINGERPRINT_BYTES)
    return (
        data[6:text_end],
        data[text_end:wlt_end],
        tuple(Sensitive(data[at : at + tables.FINGERPRINT_BYTES]) for at in fingers),
    )


def new_addresses(data: bytes) -> tuple[Sensitive[str], ...]:
    """The addresses of a reply to "read new address", 70 bytes each; `Corrupt` for another length or no UTF-16."""
    if not data or len(data) % tables.ADDRESS_BYTES:
        raise Corrupt(f"new address of {len(data)} bytes")
    starts = range(0, len(data), tables.ADDRESS_BYTES)
    texts = (text_area.address(data[at : at + tables.ADDRESS_BYTES]) for at in starts)
    return tuple(Sensitive(text) for text in texts if text)


def card_text(area: bytes, today: date) -> CardText:
    """What the text area of a card says, with findings as of `today`, by the kind that it names itself.

    `Refused("id_card.unknown_kind")` for a kind that we do not know: it must never be read as a resident's;
    `Corrupt` when it is no text area at all.
    """
    if len(area) != tables.TEXT_BYTES:
        raise Corrupt(f"text area of {len(area)} bytes")
    unit = area[_KIND_AT : _KIND_AT + 2]
    kind = unit.decode("utf-16-le", "replace")
    if kind == "\0" and text_area.is_blank(area[_RESERVED_AT:]):
        kind = " "  # padded with U+0000
    layout = _LAYOUTS.get(kind)
    if layout is None:
        raise Refused("id_card.unknown_kind", f"kind U+{int.from_bytes(unit, 'little'):04X}")
    return layout(area, today)
