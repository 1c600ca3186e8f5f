"""The hub's own keys: TLS, receipts (Ed25519), documents (X25519), database. One private file."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.private_file import create_private, read_private
from sync.protocol.pins import HubPin
from sync.protocol.sealing import Unwrap, unwrap_with
from sync.protocol.signing import key_id
from sync.tls import TlsIdentity, self_signed

_FILE = "hub-keys.json"


class _Stored(msgspec.Struct, frozen=True):
    certificate: bytes
    tls_key: bytes
    signing_key: bytes
    kem_key: bytes
    database_key: bytes


class HubKeys:
    """The keys in the hub's data folder. `NotPrivate` when others may read the file."""

    def __init__(self, stored: _Stored) -> None:
        self._signing = Ed25519PrivateKey.from_private_bytes(stored.signing_key)
        self._kem = X25519PrivateKey.from_private_bytes(stored.kem_key)
        self.database_key = stored.database_key
        self.tls = TlsIdentity(stored.certificate, stored.tls_key)
        self.pin = HubPin(
            certificate=stored.certificate.decode(),
            signing_keys=(self._signing.public_key().public_bytes_raw(),),
            kem_key=self._kem.public_key().public_bytes_raw(),
        )
        self.signing_kid = key_id(self.pin.signing_keys[0])
        self.kem_kid = key_id(self.pin.kem_key)

    @staticmethod
    def exist(data_dir: Path) -> bool:
        """Whether a hub was ever started over this folder."""
        return (data_dir / _FILE).exists()

    @classmethod
    def open_or_create(cls, data_dir: Path) -> HubKeys:
        """Read the keys; make them on the first start. Two first starts at once agree on one set."""
        path = data_dir / _FILE
        if not path.exists():
            tls = self_signed("yichuang-hub")
            stored = _Stored(
                certificate=tls.certificate_pem,
                tls_key=tls.key_pem,
                signing_key=Ed25519PrivateKey.generate().private_bytes_raw(),
                kem_key=X25519PrivateKey.generate().private_bytes_raw(),
                database_key=os.urandom(32),
            )
            create_private(path, msgspec.json.encode(stored))
        return cls(msgspec.json.decode(read_private(path), type=_Stored))

    def sign(self, message: bytes) -> bytes:
        """Ed25519, 64 bytes."""
        return self._signing.sign(message)

    def unwrap(self) -> Unwrap:
        """Opens content keys that were wrapped for this hub."""
        return unwrap_with(self._kem)
