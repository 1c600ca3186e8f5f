"""Canonical bytes: UTF-8 JSON, keys sorted, no spaces, bytes as base64. What is signed is stored and sent as it is."""

from __future__ import annotations

import hashlib
from typing import TypeVar

import msgspec

T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(value: object) -> bytes:
    """The one byte form of `value` (structs, dicts, tuples, str, int, bool, bytes; never floats)."""
    return _encoder.encode(value)


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def blobs_digest(sha256s: tuple[str, ...]) -> str:
    """Digest of a packet's set of blobs: SHA-256 of the canonical list of their distinct hashes in ascending order."""
    return sha256_hex(canonical(sorted(set(sha256s))))


def decoded(data: bytes, type_: type[T]) -> T:
    """`data` as a `type_`; `msgspec.DecodeError` for whatever is none, also for a text that is no UTF-8."""
    try:
        return msgspec.json.decode(data, type=type_)
    except UnicodeDecodeError as error:  # which msgspec lets through
        raise msgspec.DecodeError(str(error)) from error
