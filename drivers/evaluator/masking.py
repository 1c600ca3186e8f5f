"""What a trace keeps of a pad's bytes: everything but which of the five levels was pressed.

A single score is nobody's to see at the window (domain.md e). Levels 1 to 5 become 3, 不评价 stays; the CRC follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from drivers.base.masking import NO_FRAME, UNDECIDED, FrameMask, Passing, harmless
from drivers.evaluator import api, codec
from drivers.evaluator.tables import FRAME_BYTES, HEADER_BYTES, KEY_LEVELS, LONGEST_DATA, START, TOKEN_BYTES, FrameType

SHOWN_LEVEL: Final = 3
_KEY_AT: Final = HEADER_BYTES + TOKEN_BYTES


class PadShape:
    """Frames of the neutral profile (docs/devices/evaluator.md)."""

    start: ClassVar[bytes] = START

    def size(self, frame: bytes | bytearray) -> int:
        """See `FrameShape`."""
        if not START.startswith(bytes(frame[: len(START)])):
            return NO_FRAME
        if len(frame) <= len(START):
            return UNDECIDED
        data = frame[len(START)]
        return data + FRAME_BYTES if data <= LONGEST_DATA else NO_FRAME

    def masked(self, frame: bytes, size: int, *, early: bool) -> bytes:
        """See `FrameShape`."""
        del early
        if len(frame) <= _KEY_AT or frame[HEADER_BYTES - 1] != FrameType.KEY or frame[_KEY_AT] not in KEY_LEVELS:
            return frame
        masked = frame[:_KEY_AT] + bytes((SHOWN_LEVEL,)) + frame[_KEY_AT + 1 :]
        if size < _KEY_AT + 3:  # too short for a KEY: what stands there is its CRC
            return frame
        body = slice(len(START), size - 2)
        was, becomes = codec.crc(frame[body]), codec.crc(masked[body])
        # The CRC is linear: what the level changes in a right one is changed in a wrong one too.
        tail = bytes(old ^ before ^ after for old, before, after in zip(masked[size - 2 :], was, becomes, strict=False))
        return masked[: size - 2] + tail


class PadMasker:
    """The masker of one pad's session."""

    def __init__(self) -> None:
        self.to_device: Final = Passing()
        self.from_device: Final = FrameMask(PadShape())

    def told(self, value: object) -> Mapping[str, object]:
        """Everything but the level: tokens are random, the label is the window's own."""
        facts = harmless(value)
        match value:
            case api.Rated():
                return {**facts, "token": value.token, "level": SHOWN_LEVEL}
            case api.StartRating() | api.EndRating() | api.Declined():
                return {**facts, "token": value.token}
            case api.ShowIdle():
                return {**facts, "window_label": value.window_label}
            case _:
                return facts


def build() -> PadMasker:
    """A masker for one session."""
    return PadMasker()
