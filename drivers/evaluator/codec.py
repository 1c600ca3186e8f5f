"""Frames of the evaluator pad's neutral profile (docs/devices/evaluator.md). Pure: bytes in, frames out."""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from drivers.evaluator.tables import (
    FIRST_VERSION,
    FRAME_BYTES,
    HEADER_BYTES,
    LONGEST_DATA,
    LONGEST_LABEL,
    LONGEST_TEXT,
    NOTHING_MORE,
    START,
    TOKEN_BYTES,
    AckResult,
    Capability,
    FrameType,
    PadState,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame with a good CRC. `kind` is the TYPE byte, known or not."""

    seq: int
    kind: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class KeyPress:
    """DATA of KEY."""

    token: bytes
    key: int


@dataclass(frozen=True, slots=True)
class Ack:
    """DATA of ACK: which frame of ours, and how it was taken."""

    seq: int
    result: AckResult


@dataclass(frozen=True, slots=True)
class PadModel:
    """DATA of HELLO_REPLY. A pad that says no version has version 1 and nothing but the five keys."""

    model: str
    firmware: str
    version: int = FIRST_VERSION
    capabilities: Capability = NOTHING_MORE


def encode(frame: Frame) -> bytes:
    """The bytes of a frame; `ValueError` when SEQ, TYPE or DATA do not fit."""
    if len(frame.data) > LONGEST_DATA:
        raise ValueError(f"{len(frame.data)} bytes of data in a frame; at most {LONGEST_DATA}")
    body = bytes((len(frame.data), frame.seq, frame.kind)) + frame.data
    return START + body + crc(body)


def label_data(label: str) -> bytes:
    """DATA of IDLE: the label, cut before the first character that does not fit into 60 bytes."""
    return label.encode("utf-8", "replace")[:LONGEST_LABEL].decode("utf-8", "ignore").encode()


def rate_data(token: bytes, timeout_s: int) -> bytes:
    """DATA of RATE."""
    return token + timeout_s.to_bytes(2, "big")


def end_data(token: bytes, thank: bool) -> bytes:
    """DATA of END."""
    return token + bytes((thank,))


def show_data(text: str, seconds: int) -> bytes:
    """DATA of SHOW: the text, cut before the first character that does not fit into 200 bytes."""
    cut = text.encode("utf-8", "replace")[:LONGEST_TEXT].decode("utf-8", "ignore").encode()
    return seconds.to_bytes(2, "big") + cut


def key_press(frame: Frame) -> KeyPress | None:
    """What was pressed; None when the frame is no KEY or not of its shape."""
    if frame.kind != FrameType.KEY or len(frame.data) != TOKEN_BYTES + 1:
        return None
    return KeyPress(frame.data[:TOKEN_BYTES], frame.data[TOKEN_BYTES])


def ack(frame: Frame) -> Ack | None:
    """What was acknowledged; None when the frame is no ACK or not of its shape."""
    if frame.kind != FrameType.ACK or len(frame.data) != 2:
        return None
    return Ack(frame.data[0], AckResult(frame.data[1]))


def pong(frame: Frame) -> PadState | None:
    """What the pad shows; None when the frame is no PONG or not of its shape."""
    if frame.kind != FrameType.PONG or len(frame.data) != 1:
        return None
    return PadState(frame.data[0])


def pad_model(frame: Frame) -> PadModel | None:
    """What the pad is; None when the frame is no HELLO_REPLY. What is no UTF-8 shows as U+FFFD."""
    if frame.kind != FrameType.HELLO_REPLY:
        return None
    model, _, rest = frame.data.partition(b"\x00")
    firmware, _, more = rest.partition(b"\x00")
    texts = model.decode("utf-8", "replace"), firmware.decode("utf-8", "replace")
    return PadModel(*texts, more[0], Capability(more[1])) if len(more) >= 2 else PadModel(*texts)


class FrameReader:
    """Finds frames in what arrives; everything else is dropped, as the profile asks. Never raises.

    Never keeps more than one frame (247 bytes). The caller has the clock: it calls `drop` after 50 ms of silence
    while `is_inside_frame`.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def is_inside_frame(self) -> bool:
        """Whether the beginning of a frame is there and its end is not."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete with `data`."""
        self._buffer += data
        frames: list[Frame] = []
        while self._find_start():
            size = self._buffer[2] + FRAME_BYTES if len(self._buffer) > 2 else FRAME_BYTES
            if size > LONGEST_DATA + FRAME_BYTES:
                del self._buffer[0]
                continue
            if len(self._buffer) < size:
                break
            body, mark = bytes(self._buffer[2 : size - 2]), bytes(self._buffer[size - 2 : size])
            if mark != crc(body):
                del self._buffer[0]  # "the search goes on one byte after its start mark"
                continue
            frames.append(Frame(body[1], body[2], body[HEADER_BYTES - 2 :]))
            del self._buffer[:size]
        return frames

    def drop(self) -> list[Frame]:
        """Forget the frame that was begun; the frames that its bytes had swallowed."""
        frames: list[Frame] = []
        while self._buffer:
            del self._buffer[:1]
            frames += self.feed(b"")
        return frames

    def clear(self) -> None:
        """Forget everything: another link."""
        self._buffer.clear()

    def _find_start(self) -> bool:
        at = self._buffer.find(START)
        if at < 0:
            at = len(self._buffer) - self._buffer.endswith(START[:1])
        del self._buffer[:at]
        return len(self._buffer) >= len(START)


def crc(body: bytes) -> bytes:
    """CRC-16/CCITT-FALSE over LEN, SEQ, TYPE and DATA, high byte first."""
    # CRC-16/CCITT-FALSE is binascii's CRC-CCITT with the register preset to FFFF.
    return binascii.crc_hqx(body, 0xFFFF).to_bytes(2, "big")
