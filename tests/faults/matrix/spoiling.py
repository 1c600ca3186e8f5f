"""Every way in which a reply can be spoiled, at every place where it can be."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.faults.matrix.memory_line import Deed, Piece

Pieces = tuple[Piece, ...]
Ways = Callable[[bytes, Sequence[int]], Iterator[tuple[str, Pieces]]]

SOON_S = 0.004
LATE_S = (0.15, 0.25, 0.45, 0.9, 1.1, 1.4, 1.8, 2.2, 3.0, 4.5)


def _whole(data: bytes) -> Pieces:
    return ((0.0, data),)


def _noise(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


def unplug(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    for at in places:
        yield f"after {at}", ((0.0, reply[:at]), (SOON_S, Deed.TEAR))


def split(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    for at in places:
        if 0 < at < len(reply):
            yield f"at {at}", ((0.0, reply[:at]), (SOON_S, reply[at:]))


def single_bytes(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    del places
    yield "all", tuple((number * SOON_S / 50, reply[number : number + 1]) for number in range(len(reply)))


def cut(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    for at in places:
        if at < len(reply):
            yield f"after {at}", _whole(reply[:at])


def flipped_bit(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    for at in places:
        if at < len(reply):
            yield f"at {at}", _whole(reply[:at] + bytes((reply[at] ^ 1 << at % 8,)) + reply[at + 1 :])


def noise_before(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    del places
    for size in (1, 2, 7, 64, 300):
        yield f"{size} bytes", _whole(_noise(size, size) + reply)
    yield "its own first half", _whole(reply[: len(reply) // 2] + reply)


def noise_after(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    del places
    for size in (1, 2, 7, 64, 300):
        yield f"{size} bytes", _whole(reply + _noise(size + 1, size))
        yield f"{size} bytes a little later", ((0.0, reply), (SOON_S, _noise(size + 2, size)))


def noise_inside(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    for at in places:
        if 0 < at < len(reply):
            yield f"at {at}", _whole(reply[:at] + _noise(at, 1 + at % 5) + reply[at:])


def lost_byte(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    for at in places:
        if at < len(reply):
            yield f"at {at}", _whole(reply[:at] + reply[at + 1 :])


def doubled(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    del places
    yield "at once", _whole(reply * 2)
    for after_s in (SOON_S, 0.1, 0.35, 1.0):
        yield f"again after {after_s} s", ((0.0, reply), (after_s, reply))


def late(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    del places
    for after_s in LATE_S:
        yield f"{after_s} s", ((after_s, reply),)
        half = len(reply) // 2
        yield f"its second half {after_s} s", ((0.0, reply[:half]), (after_s, reply[half:]))


def silence(reply: bytes, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    del reply, places
    yield "from here on", ((0.0, Deed.MUTE),)


WAYS: Mapping[str, Ways] = {
    "unplug": unplug,
    "split": split,
    "single bytes": single_bytes,
    "cut": cut,
    "flipped bit": flipped_bit,
    "lost byte": lost_byte,
    "noise before": noise_before,
    "noise after": noise_after,
    "noise inside": noise_inside,
    "doubled": doubled,
    "late": late,
    "silence": silence,
}
HARMLESS = frozenset({"split", "single bytes"})
"""After these nothing may differ from a session without any fault."""
