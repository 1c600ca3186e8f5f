"""Canonical bytes: UTF-8 JSON, keys sorted, no spaces, bytes as base64. What is signed is stored and sent as it is."""

from __future__ import annotations

import hashlib

import msgspec

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
