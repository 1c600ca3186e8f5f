"""SSI (Zebra and clones): length, opcode, source, status, data, two's-complement checksum (domain.md c.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import IntEnum, unique
from typing import Final

from drivers.code_scanner.api import Symbology
from drivers.code_scanner.families.contract import (
    Answer,
    Command,
    Damaged,
    Family,
    Heard,
    Packet,
    Reply,
    Setting,
    Span,
)

_HOST: Final = 0x04
_DECODER: Final = 0x00
_HEAD: Final = 4  # length, opcode, source, status: the length counts them and the data, not the checksum
_CHECK: Final = 2
_AGAIN: Final = 0x01  # status bits [U]: sent before, and not the last part of a code
_MORE: Final = 0x02
_NAK_RESEND: Final = 1  # "NAK reasons 1 resend, 2 bad context, 6 denied"


@unique
class Op(IntEnum):
    """Opcodes. The decoder's are told from text by the source byte that follows them."""

    REQUEST_REVISION = 0xA3
    REVISION = 0xA4
    PARAMETERS = 0xC6
    REQUEST_PARAMETER = 0xC7
    ACK = 0xD0
    NAK = 0xD1
    START = 0xE4
    STOP = 0xE5
    SCAN_ENABLE = 0xE9
    SCAN_DISABLE = 0xEA
    DECODE_DATA = 0xF3


_FROM_DECODER: Final = frozenset({Op.REVISION, Op.PARAMETERS, Op.ACK, Op.NAK, Op.DECODE_DATA})
_PACKETS: Final = "packets"
_TRIGGERING: Final = 0x8A
_HOST_TRIGGER: Final = 0x08
PACKET_PARAMETER: Final = 0xEE  # [U] "decode data packet format", 1 = in packets; another by the option of this name
# Code types of a decode-data packet [U].
_TYPES: Final[Mapping[int, Symbology]] = {
    0x01: Symbology.CODE_39,
    0x03: Symbology.CODE_128,
    0x0B: Symbology.EAN_13,
    0x11: Symbology.PDF417,
    0x1B: Symbology.DATA_MATRIX,
    0x1C: Symbology.QR,
}


def checksum(body: bytes) -> bytes:
    """Two's complement of the sum of all bytes, high byte first."""
    return (-sum(body) & 0xFFFF).to_bytes(_CHECK, "big")


def frame(op: Op, data: bytes = b"", status: int = 0) -> bytes:
    """A whole frame from the host."""
    body = bytes((_HEAD + len(data), op, _HOST, status)) + data
    return body + checksum(body)


def find(heard: bytes, echo: bytes) -> Span | None:
    """The first frame of a decoder; a byte that may be its length is a beginning."""
    del echo  # the answer to a command is known by its opcode alone
    for at, length in enumerate(heard):
        op, source = heard[at + 1 : at + 2], heard[at + 2 : at + 3]
        if length < _HEAD or (op and op[0] not in _FROM_DECODER) or (source and source[0] != _DECODER):
            continue
        end = at + length + _CHECK
        if len(heard) < end:
            return Span(at)
        body = heard[at : at + length]
        return Span(at, end, _meaning(body) if checksum(body) == heard[at + length : end] else Damaged())
    return None


def _meaning(body: bytes) -> Heard:
    op, status, data = body[1], body[3], body[_HEAD:]
    match op:
        case Op.DECODE_DATA:
            kind = _TYPES.get(data[0], Symbology.UNKNOWN) if data else Symbology.UNKNOWN
            return Packet(data[1:], kind, again=bool(status & _AGAIN), more=bool(status & _MORE))
        case Op.NAK:
            return Reply(Answer.AGAIN if data[:1] == bytes((_NAK_RESEND,)) else Answer.DENIED, data)
        case _:  # ACK, and the two that carry what was asked for
            return Reply(Answer.DONE, data)


def parameter(number: int, value: int, *, saved: bool = False) -> Command:
    """Set one parameter; "status bit 08 = permanent". The 00 before it is the beep code: none."""
    return Command(frame(Op.PARAMETERS, bytes((0, number, value)), 0x08 if saved else 0))


def _setting(name: str, number: int, value: int) -> Setting:
    return Setting(
        name,
        Command(frame(Op.REQUEST_PARAMETER, bytes((number,)))),
        lambda data: data[1:3] == bytes((number, value)),  # after the beep code
        parameter(number, value),
    )


SSI: Final = Family(
    name="ssi",
    probe=Command(frame(Op.REQUEST_REVISION)),
    start=Command(frame(Op.START)),
    stop=Command(frame(Op.STOP)),
    find=find,
    answers=True,
    lasts_s=3.0,  # [U] the factory's laser-on time
    settings=(
        _setting("host_trigger", _TRIGGERING, _HOST_TRIGGER),
        _setting(_PACKETS, PACKET_PARAMETER, 1),
    ),
    firmware=lambda data: data.decode("ascii", "replace").strip(),
    wake=b"\x00",
    packets=True,
    ack=frame(Op.ACK),
    nak=frame(Op.NAK, bytes((_NAK_RESEND,))),
)


def with_packet_parameter(family: Family, number: int | None) -> Family:
    """`family` for a decoder that puts codes into packets by parameter `number`; None: as it is set already."""
    kept = tuple(setting for setting in family.settings if setting.name != _PACKETS)
    return replace(family, settings=kept if number is None else (*kept, _setting(_PACKETS, number, 1)))
