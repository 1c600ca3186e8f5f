"""Ed25519 signatures with a domain, so that a receipt can never pass for an item."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import Enum, unique

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Signer = Callable[[bytes], bytes]
"""Signs a message; the key may live in a TPM."""


@unique
class Domain(Enum):
    """What a signature is for; its value precedes the signed bytes."""

    ITEM = b"yichuang item v1\n"
    RECEIPT = b"yichuang receipt v1\n"


class BadSignature(Exception):
    """The statement was not made by the key's holder, or was altered."""


def sign(signer: Signer, domain: Domain, statement: bytes) -> bytes:
    """64 bytes."""
    return signer(domain.value + statement)


def verify(public_key: bytes, domain: Domain, statement: bytes, signature: bytes) -> None:
    """`BadSignature` unless `signature` is over `statement` by the holder of the raw 32-byte `public_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, domain.value + statement)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature("the signature does not verify") from error


def key_id(public_key: bytes) -> str:
    """Names a public key: the first 16 hex digits of the SHA-256 of its raw form."""
    return hashlib.sha256(public_key).hexdigest()[:16]
