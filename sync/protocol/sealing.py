"""Documents under encryption: AES-256-GCM frames under a content key that HPKE wraps for hub and terminal.

A frame is 1 MiB of plain text; its nonce is prefix (7) + counter (4) + last flag (1), so that frames can be
neither reordered, dropped nor cut off. The key belongs to one document alone.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from sync.protocol.canonical import canonical
from sync.protocol.vocabulary import SUITE

FRAME_BYTES = 1 << 20
TAG_BYTES = 16
_MAX_FRAME_BYTES = 16 << 20
_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = b"yichuang content key v1\n"


class CannotOpen(Exception):
    """Wrong key, or the document was altered, cut or moved to another place."""


class WrappedKey(msgspec.Struct, frozen=True, kw_only=True):
    """The content key, HPKE-sealed for the holder of `kid`. `to`: hub or terminal."""

    to: str
    kid: str
    sealed: bytes


class EncHeader(msgspec.Struct, frozen=True, kw_only=True):
    """Everything but a private key that opens one document."""

    nonce_prefix: bytes
    wrapped: tuple[WrappedKey, ...]
    frame_bytes: int = FRAME_BYTES
    suite: str = SUITE


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who may open documents: raw 32-byte X25519 key and its id."""

    to: str
    kid: str
    public_key: bytes


Unwrap = Callable[[bytes, bytes], bytes]
"""(sealed, info) -> content key; `CannotOpen` when it is not for this key. The key may live in a TPM."""


def place_of(item_id: str, rev: int, role: str, name: str) -> bytes:
    """What a document is bound to; it opens nowhere else."""
    return canonical({"id": item_id, "rev": rev, "role": role, "name": name, "suite": SUITE})


def encrypt(data: bytes, place: bytes, recipients: tuple[Recipient, ...]) -> tuple[EncHeader, Iterator[bytes]]:
    """Header and encrypted frames of one document for `recipients`, under a new key."""
    key, prefix = os.urandom(32), os.urandom(7)
    header = EncHeader(
        nonce_prefix=prefix,
        wrapped=tuple(WrappedKey(to=r.to, kid=r.kid, sealed=wrap_key(key, r.public_key, place)) for r in recipients),
    )
    return header, encrypted_frames(data, key, prefix, place)


def encrypted_frames(data: bytes, key: bytes, prefix: bytes, place: bytes) -> Iterator[bytes]:
    """The frames of `data`; an empty document is one empty frame."""
    aead = AESGCM(key)
    view = memoryview(data)
    count = max(1, -(-len(view) // FRAME_BYTES))
    for number in range(count):
        frame = view[number * FRAME_BYTES : (number + 1) * FRAME_BYTES]
        yield aead.encrypt(_nonce(prefix, number, last=number == count - 1), frame, place)


def decrypted_frames(
    read: Callable[[int], bytes], header: EncHeader, unwrap: Unwrap, kid: str, place: bytes
) -> Iterator[bytes]:
    """The plain frames of a document whose encrypted bytes `read(count)` gives in order; `CannotOpen`.

    A caller must not act on any frame before the last one came: only then is the whole document proven.
    """
    if header.suite != SUITE or not 1 <= header.frame_bytes <= _MAX_FRAME_BYTES or len(header.nonce_prefix) != 7:
        raise CannotOpen("a suite or frame size that this release does not know")
    sealed = next((w.sealed for w in header.wrapped if w.kid == kid), None)
    if sealed is None:
        raise CannotOpen("the document is not for this key")
    aead = AESGCM(unwrap(sealed, _INFO + place))
    frame = read(header.frame_bytes + TAG_BYTES)
    for number in itertools.count():
        following = read(header.frame_bytes + TAG_BYTES)
        try:
            yield aead.decrypt(_nonce(header.nonce_prefix, number, last=not following), frame, place)
        except InvalidTag as error:
            raise CannotOpen("the document was altered") from error
        if not following:
            return
        frame = following


def wrap_key(key: bytes, public_key: bytes, place: bytes) -> bytes:
    """HPKE base mode: 32 bytes of encapsulation, then the sealed key."""
    return _HPKE.encrypt(key, X25519PublicKey.from_public_bytes(public_key), _INFO + place)


def unwrap_with(private_key: X25519PrivateKey) -> Unwrap:
    """An `Unwrap` for a key in memory."""

    def unwrap(sealed: bytes, info: bytes) -> bytes:
        try:
            return _HPKE.decrypt(sealed, private_key, info)
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("the content key was wrapped for another key") from error

    return unwrap


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
