"""Simulated wires take any bytes in any slices."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from simulators.evaluator.machine import PadMachine
from simulators.evaluator.wire import PadWire
from simulators.evaluator.wire import frame as pad_frame
from simulators.id_card.fixtures import cards
from simulators.id_card.machine import NO_LATENCY_MS, ReaderMachine
from simulators.id_card.wire import ReaderWire
from simulators.links.link import Wire
from simulators.links.pace import resampled

_PREAMBLE = bytes.fromhex("AAAAAA9669")
_COMMANDS = [
    _PREAMBLE + bytes.fromhex(body)
    for body in ("000310FFEC", "000311FFED", "000312FFEE", "0003200122", "0003200221", "0003300132", "0003300330")
]
_READER_BYTES = st.lists(st.one_of(st.sampled_from(_COMMANDS), st.binary(max_size=12))).map(b"".join)
_PAD_FRAMES = st.builds(pad_frame, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=8))
_PAD_BYTES = st.lists(st.one_of(_PAD_FRAMES, st.binary(max_size=12))).map(b"".join)


def _reader() -> ReaderWire:
    machine = ReaderMachine(NO_LATENCY_MS)
    machine.place("specimen", cards()["specimen"])
    return ReaderWire(machine, lambda _: None)


def _pad() -> PadWire:
    return PadWire(PadMachine(lambda: 0.0))


def _said(wire: Wire, slices: list[bytes]) -> bytes:
    return b"".join(reply for data in slices for reply in wire.on_bytes(data, 0.0))


def _cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@given(_READER_BYTES, st.lists(st.integers(0, 10_000), max_size=20))
def test_the_reader_answers_any_split_as_the_whole(data: bytes, places: list[int]) -> None:
    assert _said(_reader(), _cut(data, places)) == _said(_reader(), [data])


@given(_PAD_BYTES, st.lists(st.integers(0, 10_000), max_size=20))
def test_the_pad_answers_any_split_as_the_whole(data: bytes, places: list[int]) -> None:
    assert _said(_pad(), _cut(data, places)) == _said(_pad(), [data])


@given(st.binary(max_size=200), st.sampled_from([9600, 57600, 115200]), st.sampled_from([9600, 38400, 115200]))
def test_a_line_carries_bytes_truly_at_equal_rates_and_never_fails_at_others(
    data: bytes, sent: int, taken: int
) -> None:
    heard = resampled(data, sent, taken)
    assert heard == data if sent == taken else len(heard) <= len(data) * 10 * max(1, taken // sent)
