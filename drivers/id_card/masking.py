"""What a trace keeps of an ID-card reader's bytes: frames, statuses and lengths, and of the card only its kind.

Text area, new address, portrait, fingerprints and the card's own serial number become specimen values (domain.md g,
"Masking"); the checksum follows. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from drivers.base.masking import NO_FRAME, UNDECIDED, FrameMask, harmless

_PREAMBLE: Final = bytes.fromhex("AAAAAA9669")
_HEAD: Final = len(_PREAMBLE) + 2
_DATA_AT: Final = _HEAD + 3
_FRAME: Final = _DATA_AT + 1  # bytes of a reply without data
_COMMAND: Final = _HEAD + 3  # of a command without data
_LONGEST: Final = 2321  # domain.md a.4
_LONGEST_COMMAND: Final = 64
_KIND_AT: Final = 248
_RESERVED_AT: Final = 220
_SAM_ID: Final = b"\x12\xff"
_READ_BASE: Final = b"\x30\x01"
_READ_WITH_FINGERPRINTS: Final = b"\x30\x10"
_READ_ADDRESS: Final = b"\x30\x03"
# domain.md a.9: the head of every portrait, then what no decoder takes for a picture.
_PORTRAIT: Final = bytes.fromhex("574C66007E00320000FF85005151513E").ljust(1024, b"\x5a")


def _area(*fields: tuple[str, int]) -> bytes:
    return b"".join(text.ljust(size // 2).encode("utf-16-le") for text, size in fields)


_RESIDENT: Final = _area(
    *(("样本", 30), ("1", 2), ("01", 4), ("19491231", 16), ("样本省样本市样本路1号", 70), ("11010519491231002X", 36)),
    *(("样本公安局样本分局", 30), ("20150101", 16), ("长期", 16), ("", 36)),
)
# By the unit at offset 248 (domain.md a.7); the numbers are its specimens.
_SPECIMENS: Final[Mapping[bytes, bytes]] = {
    b" \x00": _RESIDENT,
    b"J\x00": _area(
        *(("样本", 30), ("1", 2), ("", 4), ("19940823", 16), ("样本省样本市样本路2号", 70)),
        *(("810000199408230021", 36), ("样本公安局", 30), ("20200101", 16), ("20300101", 16)),
        *(("H00000000", 18), ("01", 4), ("", 6), ("J", 2), ("", 6)),
    ),
    b"I\x00": _area(
        *(("SPECIMEN, SAMPLE", 120), ("1", 2), ("USA410784010111", 30), ("USA", 6), ("样本", 30)),
        *(("20160101", 16), ("20260101", 16), ("19840101", 16), ("01", 4), ("1500", 8), ("I", 2), ("", 6)),
    ),
    b"Y\x00": _area(
        *(("样本", 30), ("1", 2), ("00", 4), ("19800101", 16), ("SPECIMEN, SAMPLE", 70), ("931586198001010028", 36)),
        *(("", 30), ("20230101", 16), ("20330101", 16), ("", 22), ("USA", 6), ("Y", 2), ("", 6)),
    ),
}
_NEW_ADDRESS: Final = _area(("样本省样本市样本路3号", 70))


def _size(frame: bytes | bytearray, least: int, most: int) -> int:
    """How long the frame says it is; NO_FRAME for an impossible one, UNDECIDED before it has said so."""
    if not _PREAMBLE.startswith(bytes(frame[: len(_PREAMBLE)])):
        return NO_FRAME
    if len(frame) < _HEAD:
        return UNDECIDED
    size = _HEAD + int.from_bytes(frame[len(_PREAMBLE) : _HEAD], "big")
    return size if least <= size <= most else NO_FRAME


class ReplyShape:
    """Replies. `command` is CMD PARA of the command they answer."""

    start: ClassVar[bytes] = _PREAMBLE

    def __init__(self) -> None:
        self.command = b""

    def size(self, frame: bytes | bytearray) -> int:
        """See `FrameShape`."""
        return _size(frame, _FRAME, _LONGEST)

    def masked(self, frame: bytes, size: int, *, early: bool) -> bytes:
        """See `FrameShape`. Preamble, length and the three statuses stay."""
        if size == UNDECIDED or len(frame) <= _DATA_AT:
            return frame
        data = frame[_DATA_AT : size - 1]
        kept = self._data(data, size - _FRAME, early=early)[: len(data)]
        masked = frame[:_DATA_AT] + kept
        if len(frame) == size:
            masked += bytes((frame[-1] ^ _xor(data) ^ _xor(kept),))
        return masked

    def _data(self, data: bytes, size: int, *, early: bool) -> bytes:
        if self.command == _SAM_ID and size == 16:
            return data
        if self.command == _READ_ADDRESS and size % len(_NEW_ADDRESS) == 0:
            return _NEW_ADDRESS * (size // len(_NEW_ADDRESS))
        lengths = {_READ_BASE: 4, _READ_WITH_FINGERPRINTS: 6}.get(self.command)
        if lengths is None:
            return bytes(size)
        kind_at = lengths + _KIND_AT
        kind = b" \x00" if early else data[kind_at : kind_at + 2]
        text = _SPECIMENS.get(kind, bytes(_KIND_AT) + kind.ljust(len(_RESIDENT) - _KIND_AT, b"\x00"))
        rest = data[lengths + _RESERVED_AT : lengths + len(_RESIDENT)]
        if kind == bytes(2) and not rest.replace(b" \x00", b"").strip(b"\x00"):  # a resident's, filled up with U+0000
            text = _RESIDENT[:_RESERVED_AT] + bytes(len(_RESIDENT) - _RESERVED_AT)
        return (data[:lengths] + text + _PORTRAIT).ljust(size, b"\x5a")[:size]


class CommandShape:
    """Commands. The last one is told to `replies`. What a command may carry (a rate) is no person's."""

    start: ClassVar[bytes] = _PREAMBLE

    def __init__(self, replies: ReplyShape) -> None:
        self._replies = replies

    def size(self, frame: bytes | bytearray) -> int:
        """See `FrameShape`."""
        return _size(frame, _COMMAND, _LONGEST_COMMAND)

    def masked(self, frame: bytes, size: int, *, early: bool) -> bytes:
        """See `FrameShape`."""
        del size, early
        self._replies.command = frame[_HEAD : _HEAD + 2]
        return frame


class IdCardMasker:
    """The masker of one reader's session."""

    def __init__(self) -> None:
        replies = ReplyShape()
        self.to_device: Final = FrameMask(CommandShape(replies))
        self.from_device: Final = FrameMask(replies)

    def told(self, value: object) -> Mapping[str, object]:
        """Read mode, kind of failure and state; nothing of a card."""
        return harmless(value)


def build() -> IdCardMasker:
    """A masker for one session."""
    return IdCardMasker()


def _xor(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
    return value
