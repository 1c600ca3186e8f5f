"""What each end must know of the other: public keys and a certificate, exchanged once."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from sync.protocol.envelope import Positive
from sync.protocol.sealing import Recipient
from sync.protocol.signing import key_id


class TerminalPin(msgspec.Struct, frozen=True, kw_only=True):
    """A terminal as its hub knows it: certificate (PEM), raw Ed25519 and X25519 public keys."""

    terminal_id: str
    epoch: Positive
    certificate: str
    signing_key: bytes
    kem_key: bytes


class HubPin(msgspec.Struct, frozen=True, kw_only=True):
    """The hub as its terminals know it. Two signing keys are published during a roll-over."""

    certificate: str
    signing_keys: tuple[bytes, ...]
    kem_key: bytes

    def keys_by_id(self) -> Mapping[str, bytes]:
        """Signing keys by key id."""
        return {key_id(key): key for key in self.signing_keys}

    def recipient(self) -> Recipient:
        """The hub as one who may open documents."""
        return Recipient("hub", key_id(self.kem_key), self.kem_key)
