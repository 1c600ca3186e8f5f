"""The pad's bytes (docs/devices/evaluator.md), written apart from the product's codec."""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, unique

from simulators.evaluator.machine import LABEL_BYTES, KeyPress, PadMachine, Result

START = b"\xea\x01"
LONGEST_DATA = 240
MODEL = "一窗模拟评价器"
FIRMWARE = "sim-1"
VERSION = 2
SHOW, VOICE, LAMP = 0x01, 0x02, 0x04  # CAPS of HELLO_REPLY
EVERYTHING = SHOW | VOICE | LAMP
TEXT_BYTES = 200
_PAUSE_S = 0.05  # "a pause of more than 50 ms inside a frame drops it"
_REPEAT_S = 0.5  # "repeats it every 500 ms with the same SEQ until KEY_ACK arrives"


@unique
class Type(IntEnum):
    """Frame types."""

    HELLO = 0x01
    PING = 0x02
    IDLE = 0x03
    RATE = 0x04
    END = 0x05
    SHOW = 0x06
    VOICE = 0x07
    LAMP = 0x08
    KEY = 0x40
    ACK = 0x80
    HELLO_REPLY = 0x81
    PONG = 0x82
    KEY_ACK = 0xC0


def frame(seq: int, kind: int, data: bytes = b"") -> bytes:
    """A whole frame with its CRC-16/CCITT-FALSE (`binascii.crc_hqx` from FFFF)."""
    body = bytes((len(data), seq, kind)) + data
    return START + body + binascii.crc_hqx(body, 0xFFFF).to_bytes(2, "big")


@dataclass(slots=True)
class _UnackedKey:
    press: KeyPress
    seq: int
    due_s: float


class PadWire:
    """Frames in, replies out; KEY frames unasked until they are acknowledged.

    `caps` is what the pad can do beside rating; None makes it a pad of version 1, which knows of no such thing.
    """

    def __init__(self, machine: PadMachine, caps: int | None = EVERYTHING) -> None:
        self._machine = machine
        self._caps = caps
        self._buffer = bytearray()
        self._heard_s = 0.0
        self._seq = 0
        self._last: tuple[bytes, Result] | None = None
        self._unacked: list[_UnackedKey] = []
        self._up = False

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """Take the host's bytes; the replies to them."""
        self._drop_broken(now_s)
        self._heard_s = now_s
        self._buffer += data
        replies: list[bytes] = []
        while (found := self._next_frame()) is not None:
            replies += self._answer(*found, now_s=now_s)
        return replies

    def on_time(self, now_s: float) -> Sequence[bytes]:
        """KEY frames that are due."""
        self._drop_broken(now_s)
        self._machine.on_time(now_s)
        for press in self._machine.take_pressed():
            self._unacked.append(_UnackedKey(press, self._next_seq(), now_s))
        if not self._up:
            return ()
        frames: list[bytes] = []
        for key in self._unacked:
            if now_s >= key.due_s:
                frames.append(frame(key.seq, Type.KEY, key.press.token + bytes((key.press.key,))))
                key.due_s = now_s + _REPEAT_S
        return frames

    def next_time_s(self) -> float | None:
        """When a key is repeated, a page changes or a broken frame is dropped."""
        times = [key.due_s for key in self._unacked] if self._up else []
        if (machine_s := self._machine.next_time_s()) is not None:
            times.append(machine_s)
        if self._buffer:
            times.append(self._heard_s + _PAUSE_S)
        return min(times, default=None)

    def on_link(self, up: bool, now_s: float) -> None:
        """Half a frame is forgotten; after the link returns an unacknowledged key is repeated."""
        self._up = up
        self._buffer.clear()
        for key in self._unacked:
            key.due_s = now_s

    def restart(self) -> None:
        """What was heard and what waits is gone; the line stays."""
        self._buffer.clear()
        self._last = None
        self._unacked.clear()

    def unacknowledged(self) -> int:
        """Keys that the host has not acknowledged yet."""
        return len(self._unacked)

    def _drop_broken(self, now_s: float) -> None:
        if self._buffer and now_s - self._heard_s > _PAUSE_S:
            self._buffer.clear()

    def _next_seq(self) -> int:
        self._seq = (self._seq + 1) & 0xFF
        return self._seq

    def _next_frame(self) -> tuple[int, int, bytes] | None:
        while True:
            start = self._buffer.find(START)
            if start < 0:
                del self._buffer[: -1 if self._buffer.endswith(START[:1]) else None]
                return None
            del self._buffer[:start]
            if len(self._buffer) < 3:
                return None
            size = self._buffer[2]
            if size > LONGEST_DATA:
                del self._buffer[:1]
                continue
            if len(self._buffer) < size + 7:
                return None
            body = bytes(self._buffer[2 : size + 5])
            if binascii.crc_hqx(body, 0xFFFF) != int.from_bytes(self._buffer[size + 5 : size + 7], "big"):
                del self._buffer[:1]  # "the search goes on one byte after its start mark"
                continue
            del self._buffer[: size + 7]
            return body[1], body[2], body[3:]

    def _answer(self, seq: int, kind: int, data: bytes, now_s: float) -> list[bytes]:
        self._machine.on_time(now_s)
        match kind:
            case Type.HELLO:
                told = MODEL.encode() + b"\x00" + FIRMWARE.encode()
                if self._caps is not None:
                    told += bytes((0, VERSION, self._caps))
                return [frame(self._next_seq(), Type.HELLO_REPLY, told)]
            case Type.PING:
                return [frame(self._next_seq(), Type.PONG, bytes((self._machine.page,)))]
            case Type.KEY_ACK:
                self._acknowledged(data, now_s)
                return []
            case _:
                whole = bytes((seq, kind)) + data
                if self._last is None or self._last[0] != whole:  # a repeated frame is not done again
                    self._last = (whole, self._do(kind, data, now_s))
                return [frame(self._next_seq(), Type.ACK, bytes((seq, self._last[1])))]

    def _do(self, kind: int, data: bytes, now_s: float) -> Result:
        match kind:
            case Type.IDLE:
                return self._show_idle(data)
            case Type.RATE if len(data) == 6:
                return self._machine.rate(data[:4], int.from_bytes(data[4:], "big"), now_s)
            case Type.END if len(data) == 5 and data[4] in {0, 1}:
                return self._machine.end(data[:4], data[4] == 1, now_s)
            case Type.RATE | Type.END:
                return Result.BAD_DATA
            case _:
                return self._do_more(kind, data, now_s)

    def _do_more(self, kind: int, data: bytes, now_s: float) -> Result:
        caps = self._caps or 0
        match kind:
            case Type.SHOW if caps & SHOW:
                return self._show_text(data, now_s)
            case Type.VOICE if caps & VOICE:
                return self._machine.speak(data[0]) if len(data) == 1 else Result.BAD_DATA
            case Type.LAMP if caps & LAMP:
                return self._machine.set_lamp(data[0]) if len(data) == 1 else Result.BAD_DATA
            case _:
                return Result.UNKNOWN_TYPE

    def _show_text(self, data: bytes, now_s: float) -> Result:
        try:
            text = data[2:].decode()
        except UnicodeDecodeError:
            return Result.BAD_DATA
        if len(data) < 2 or len(data) - 2 > TEXT_BYTES:
            return Result.BAD_DATA
        return self._machine.show_text(text, int.from_bytes(data[:2], "big"), now_s)

    def _show_idle(self, data: bytes) -> Result:
        try:
            label = data.decode()
        except UnicodeDecodeError:
            return Result.BAD_DATA
        return self._machine.show_idle(label) if len(data) <= LABEL_BYTES else Result.BAD_DATA

    def _acknowledged(self, data: bytes, now_s: float) -> None:
        for key in self._unacked:
            if data == bytes((key.seq,)):
                self._unacked.remove(key)
                self._machine.acknowledge(key.press, now_s)
                return
