"""Documents under encryption: whole or not at all."""

from __future__ import annotations

import io

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.protocol import sealing
from sync.protocol.sealing import CannotOpen, Recipient, decrypted_frames, encrypt, unwrap_with

HUB, TERMINAL, STRANGER = (X25519PrivateKey.generate() for _ in range(3))
PEOPLE = tuple(
    Recipient(name, name, key.public_key().public_bytes_raw()) for name, key in (("hub", HUB), ("terminal", TERMINAL))
)
PLACE = b"here"
FRAME = 64  # instead of 1 MiB, so that small documents have many frames


@pytest.fixture(autouse=True, scope="module")
def small_frames() -> object:
    patch = pytest.MonkeyPatch()
    patch.setattr(sealing, "FRAME_BYTES", FRAME)
    yield
    patch.undo()


def sealed(data: bytes) -> tuple[sealing.EncHeader, list[bytes]]:
    header, frames = encrypt(data, PLACE, PEOPLE)
    return sealing.EncHeader(nonce_prefix=header.nonce_prefix, wrapped=header.wrapped, frame_bytes=FRAME), list(frames)


def opened(header: sealing.EncHeader, blob: bytes, key: X25519PrivateKey = HUB, kid: str = "hub") -> bytes:
    return b"".join(decrypted_frames(io.BytesIO(blob).read, header, unwrap_with(key), kid, PLACE))


@given(st.binary(max_size=5 * FRAME))
def test_hub_and_terminal_read_what_was_sealed(data: bytes) -> None:
    header, frames = sealed(data)
    assert opened(header, b"".join(frames)) == data
    assert opened(header, b"".join(frames), TERMINAL, "terminal") == data
    with pytest.raises(CannotOpen):
        opened(header, b"".join(frames), STRANGER)


@given(st.binary(min_size=1, max_size=4 * FRAME), st.data())
def test_no_bit_can_be_changed(data: bytes, draw: st.DataObject) -> None:
    header, frames = sealed(data)
    blob = bytearray(b"".join(frames))
    blob[draw.draw(st.integers(0, len(blob) - 1))] ^= 1 << draw.draw(st.integers(0, 7))
    with pytest.raises(CannotOpen):
        opened(header, bytes(blob))


@given(st.binary(min_size=FRAME + 1, max_size=5 * FRAME), st.data())
def test_no_end_can_be_cut_off_and_no_frame_moved_or_repeated(data: bytes, draw: st.DataObject) -> None:
    header, frames = sealed(data)
    blob = b"".join(frames)
    with pytest.raises(CannotOpen):
        opened(header, blob[: draw.draw(st.integers(0, len(blob) - 1))])
    for altered in (frames[:-1], frames[1:], [frames[0], *frames], [*frames, frames[-1]], frames[::-1]):
        with pytest.raises(CannotOpen):
            opened(header, b"".join(altered))


@settings(max_examples=20)
@given(st.binary(max_size=100))
def test_two_sealings_of_one_document_have_nothing_in_common(data: bytes) -> None:
    first, second = sealed(data), sealed(data)
    assert first[1] != second[1]
    assert first[0].nonce_prefix != second[0].nonce_prefix
    with pytest.raises(CannotOpen):
        opened(first[0], b"".join(second[1]))
