"""The reader's frames and the card's text area. Pure: bytes in, values out (domain.md a.2, a.4, a.7)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date
from typing import Final

from drivers.base.errors import Corrupt, Refused
from drivers.base.sensitive import Sensitive
from drivers.id_card import tables
from drivers.id_card.api import CardKind, CardText
from drivers.id_card.check_digit import has_right_check_digit

PREAMBLE: Final = bytes.fromhex("AAAAAA9669")
LONGEST_REPLY_BYTES: Final = 2321  # base read with fingerprints (domain.md a.4); a longer length is a broken one

_HEAD_BYTES: Final = len(PREAMBLE) + 2
_SHORTEST_LENGTH: Final = 4  # SW1 SW2 SW3 CHK
_KIND_AT: Final = 248
_RESIDENT: Final = " "
_LONG_TERM: Final = "长期"
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


def card_text(area: bytes, today: date) -> CardText:
    """What the text area of a resident card says, with findings as of `today` (domain.md a.7 [V 6]).

    `Refused("id_card.unknown_kind")` for a card of another kind, which must never be read as a resident's;
    `Corrupt` when it is no text area at all.
    """
    if len(area) != tables.TEXT_BYTES:
        raise Corrupt(f"text area of {len(area)} bytes")
    kind = area[_KIND_AT : _KIND_AT + 2].decode("utf-16-le", "replace")
    if kind != _RESIDENT:
        raise Refused("id_card.unknown_kind", f"kind U+{int.from_bytes(area[_KIND_AT : _KIND_AT + 2], 'little'):04X}")
    name, id_number = _field(area, 0, 30), _field(area, 122, 36)
    if not name or not id_number:
        raise Corrupt("text area without name or number")
    nation_code = _field(area, 32, 4)
    birth = _date(_field(area, 36, 16))
    valid_from = _date(_field(area, 188, 16))
    until = _field(area, 204, 16)
    valid_until = None if until == _LONG_TERM else _date(until)
    checks = (
        ("expired", valid_until is not None and valid_until < today),
        ("not_yet_valid", valid_from > today),
        ("check_digit", not has_right_check_digit(id_number)),
        ("birth_mismatch", id_number[6:14] != birth.isoformat().replace("-", "")),
        ("unknown_nation", nation_code not in tables.NATIONS),
    )
    return CardText(
        kind=CardKind.RESIDENT,
        name=Sensitive(name),
        sex=tables.SEXES.get(_field(area, 30, 2), tables.SEXES["0"]),
        nation=tables.NATIONS.get(nation_code, nation_code),
        birth_date=Sensitive(birth),
        address=Sensitive(_field(area, 52, 70)),
        id_number=Sensitive(id_number),
        issuer=_field(area, 158, 30),
        valid_from=valid_from,
        valid_until=valid_until,
        findings=tuple(code for code, holds in checks if holds),
    )


def _field(area: bytes, start: int, size: int) -> str:
    try:
        return area[start : start + size].decode("utf-16-le").rstrip(" \x00")
    except UnicodeDecodeError:
        raise Corrupt(f"no UTF-16 at {start}") from None  # the cause would carry the person's bytes


def _date(text: str) -> date:
    # Eight plain digits: fromisoformat would also take 2015-W01.
    if len(text) == 8 and text.isascii() and text.isdecimal():
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            pass
    raise Corrupt("a date of the text area is none")
