"""Frames through a HID device's reports: the tunnel of Miaxis readers (domain.md a.8 [1]). Pure.

Request   88 | serial 2 | length 2 | B1     | frame | sum 2
Answer    AA | serial 2 | length 2 | result | frame | sum 2
Numbers are little-endian (for the serial that is [U]), the length counts B1 or result and the frame, the sum is that
of all bytes from the length on. A message lies in reports of 64 bytes, up to 56 of it in each; where in a report is
not known: `TunnelForm` says, from the start unless configured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LONGEST_FRAME_BYTES: Final = 2321  # base read with fingerprints (domain.md a.4)

_REQUEST: Final = 0x88
_ANSWER: Final = 0xAA
_SAM: Final = 0xB1
_HEAD_BYTES: Final = 5
_SUM_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class TunnelForm:
    """How messages lie in reports: `chunk_bytes` of each report from `offset` on."""

    report_bytes: int = 64
    chunk_bytes: int = 56
    offset: int = 0

    @property
    def is_possible(self) -> bool:
        """Whether a report has room for its chunk, and the chunk for an answer's head."""
        return _HEAD_BYTES <= self.chunk_bytes <= self.report_bytes - self.offset


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """One whole answer: to the request with this `serial`. `frame` may hold a person's data: it is in no repr."""

    serial: int
    result: int
    frame: bytes

    def __repr__(self) -> str:
        return f"Answer({self.serial}, result {self.result}, {len(self.frame)} bytes)"


@dataclass(frozen=True, slots=True)
class DamagedAnswer:
    """Reports that are no answer: no start, an impossible length, a wrong sum."""

    reason: str


def reports(serial: int, frame: bytes, form: TunnelForm) -> tuple[bytes, ...]:
    """The request that carries `frame`, as whole reports filled up with zeros. `serial` is taken modulo 65536."""
    body = (len(frame) + 1).to_bytes(2, "little") + bytes((_SAM,)) + frame
    message = bytes((_REQUEST,)) + (serial & 0xFFFF).to_bytes(2, "little") + body + _sum(body)
    chunks = (message[at : at + form.chunk_bytes] for at in range(0, len(message), form.chunk_bytes))
    return tuple((bytes(form.offset) + chunk).ljust(form.report_bytes, b"\0") for chunk in chunks)


class TunnelDecoder:
    """Puts answers together from reports. An answer begins with a report of its own; holds at most one."""

    def __init__(self, form: TunnelForm) -> None:
        self._form = form
        self._buffer = bytearray()

    @property
    def pending_bytes(self) -> int:
        """Bytes of an answer that is not whole yet."""
        return len(self._buffer)

    def clear(self) -> None:
        """Forget what has arrived."""
        self._buffer.clear()

    def feed(self, report: bytes) -> Answer | DamagedAnswer | None:
        """Take one report; what it completes, None while more must come."""
        chunk = report[self._form.offset : self._form.offset + self._form.chunk_bytes]
        if not self._buffer and chunk[:1] != bytes((_ANSWER,)):
            return DamagedAnswer("no start")
        self._buffer += chunk
        if len(self._buffer) < _HEAD_BYTES:
            return self._damaged("short report")
        length = int.from_bytes(self._buffer[3:_HEAD_BYTES], "little")
        if not 1 <= length <= LONGEST_FRAME_BYTES + 1:
            return self._damaged(f"length {length}")
        end = _HEAD_BYTES + length
        if len(self._buffer) < end + _SUM_BYTES:
            return None
        message = bytes(self._buffer[: end + _SUM_BYTES])
        self._buffer.clear()  # what follows in the report is filling
        if _sum(message[3:end]) != message[end:]:
            return DamagedAnswer("sum")
        return Answer(int.from_bytes(message[1:3], "little"), message[_HEAD_BYTES], message[_HEAD_BYTES + 1 : end])

    def _damaged(self, reason: str) -> DamagedAnswer:
        self._buffer.clear()
        return DamagedAnswer(reason)


def _sum(data: bytes) -> bytes:
    return (sum(data) & 0xFFFF).to_bytes(_SUM_BYTES, "little")
