"""What may be written down of a device's bytes: the ports of every kind's masker, and masking frame by frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Final, Protocol, cast

from drivers.base.status import DeviceStatus, Fault

NO_FRAME: Final = -1  # the first byte begins no frame
UNDECIDED: Final = 0  # a frame, as far as one can see; its size is not known yet
NOISE: Final = 0  # stands for every byte that belongs to no frame: it could be anything


class StreamMask(Protocol):
    """One direction of a link. Total: any bytes in any pieces. Not thread-safe: on the session's thread."""

    def feed(self, data: bytes) -> bytes:
        """Take what passed; the masked bytes that are decided by now, in order, as many out as in at last."""
        ...

    def flush(self) -> bytes:
        """The rest, masked as if nothing followed. Bytes of the same frame may follow all the same."""
        ...


class Masker(Protocol):
    """One kind of device: which bytes and which values of its commands, results and events may be kept."""

    @property
    def to_device(self) -> StreamMask:
        """The host's bytes."""
        ...

    @property
    def from_device(self) -> StreamMask:
        """The device's bytes."""
        ...

    def told(self, value: object) -> Mapping[str, object]:
        """JSON of a command, result or event without anything of a person."""
        ...


class FrameShape(Protocol):
    """How a device's frames look and what in them is a person's. Pure."""

    start: ClassVar[bytes]
    """The mark with which every frame begins."""

    def size(self, frame: bytes | bytearray) -> int:
        """Bytes of the frame that begins `frame`; NO_FRAME, UNDECIDED."""
        ...

    def masked(self, frame: bytes, size: int, *, early: bool) -> bytes:
        """`frame`, the whole or (`early`) the beginning of a frame of `size` bytes, with specimen values.

        As long as `frame`. A right checksum stays right and a wrong one wrong. With `early` a longer beginning must
        give the same bytes and more.
        """
        ...


class Passing:
    """Nothing in this direction is a person's."""

    def feed(self, data: bytes) -> bytes:
        """As it is."""
        return data

    def flush(self) -> bytes:
        """Nothing is held back."""
        return b""


class FrameMask:
    """Masks frames whole. What is outside of a frame becomes NOISE, for nobody knows what it is a piece of."""

    def __init__(self, shape: FrameShape) -> None:
        self._shape = shape
        self._held = bytearray()  # the frame that has begun
        self._given = 0  # of which so many bytes were given early
        self._early = False

    def feed(self, data: bytes) -> bytes:
        """See `StreamMask`."""
        self._held += data
        given = bytearray()
        while self._held:
            size = self._shape.size(self._held)
            if size == NO_FRAME:
                del self._held[0]
                if self._given:
                    self._given -= 1
                else:
                    given.append(NOISE)
                continue
            # Who broke a frame off is looking for the next one already.
            again = self._held.find(self._shape.start, max(1, self._given)) if self._early else -1
            if again > 0 and (size == UNDECIDED or again < size):
                given += self._take(again, size)
            elif size == UNDECIDED or len(self._held) < size:
                break
            else:
                given += self._take(size, size)
        return bytes(given)

    def flush(self) -> bytes:
        """See `StreamMask`."""
        if not self._held:
            return b""
        masked = self._shape.masked(bytes(self._held), self._shape.size(self._held), early=True)[self._given :]
        self._given, self._early = len(self._held), True
        return masked

    def _take(self, count: int, size: int) -> bytes:
        early = self._early or count != size
        masked = self._shape.masked(bytes(self._held[:count]), size, early=early)[self._given :]
        del self._held[:count]
        self._given, self._early = 0, False
        return masked


def harmless(value: object) -> dict[str, object]:
    """The fields of a dataclass that cannot name a person: truth values, whole numbers, words of closed sets, and the
    codes of faults and states. Texts, bytes, times and everything inside other values are left out.
    """
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return {}
    found: dict[str, object] = {}
    for field in dataclasses.fields(value):
        inner = cast("object", getattr(value, field.name))
        match inner:
            case Fault():
                found[field.name] = inner.code
            case DeviceStatus():
                found[field.name] = inner.state.value
                found["fault"] = "" if inner.fault is None else inner.fault.code
            case StrEnum():
                found[field.name] = inner.value
            case bool() | int():
                found[field.name] = inner
            case _:
                pass
    return found
