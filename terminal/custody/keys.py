"""The terminal's keys behind one port: whether they live in a file, a systemd credential or a TPM."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.private_file import create_private, read_private
from sync.protocol.pins import TerminalPin
from sync.protocol.sealing import Recipient, Unwrap, unwrap_with
from sync.protocol.signing import key_id
from sync.tls import TlsIdentity, self_signed

_FILE = "keys.json"


class KeysDamaged(Exception):
    """The key file is there but cannot be used: nothing may be made anew over it."""


@dataclass(frozen=True, slots=True)
class KeyStoreReport:
    """What a key store is worth. `kind`: file, credential or tpm; `holds`: against whom it holds, zh and en."""

    kind: str
    location: str
    holds_zh: str
    holds_en: str


class KeyStore(Protocol):
    """The keys of one terminal. Private keys need not be readable: they sign and unwrap. Thread-safe."""

    @property
    def terminal_id(self) -> str:
        """Names this terminal to its hub."""
        ...

    @property
    def epoch(self) -> int:
        """Rises at each enrolment; sequence numbers count within it."""
        ...

    def database_key(self) -> bytes:
        """32 bytes for terminal/store/database.py."""
        ...

    def blob_key(self) -> bytes:
        """32 bytes for terminal/store/blobs.py."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Ed25519, 64 bytes."""
        ...

    def recipient(self) -> Recipient:
        """This terminal as one who may open documents."""
        ...

    def unwrap(self) -> Unwrap:
        """Opens content keys that were wrapped for this terminal."""
        ...

    def tls_identity(self) -> TlsIdentity:
        """Certificate and key for mutual TLS."""
        ...

    def pin(self) -> TerminalPin:
        """The public half, for the hub."""
        ...

    def describe(self) -> KeyStoreReport:
        """What the store is worth, for the doctor."""
        ...


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    terminal_id: str
    epoch: int
    database_key: bytes
    blob_key: bytes
    signing_key: bytes
    kem_key: bytes
    certificate: bytes
    tls_key: bytes


class FileKeyStore:
    """Keys in one file of mode 0600, made on the first start.

    `NotPrivate` when group or others may touch the file, `KeysDamaged` when it cannot be read as keys.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        if not self._path.exists():
            create_private(self._path, msgspec.json.encode(_new_keys()))
        try:
            stored = msgspec.json.decode(read_private(self._path), type=_Stored)
            self._signing = Ed25519PrivateKey.from_private_bytes(stored.signing_key)
            self._kem = X25519PrivateKey.from_private_bytes(stored.kem_key)
        except ValueError as error:
            raise KeysDamaged(str(self._path)) from error
        self._stored = stored

    @property
    def terminal_id(self) -> str:
        """See `KeyStore`."""
        return self._stored.terminal_id

    @property
    def epoch(self) -> int:
        """See `KeyStore`."""
        return self._stored.epoch

    def database_key(self) -> bytes:
        """See `KeyStore`."""
        return self._stored.database_key

    def blob_key(self) -> bytes:
        """See `KeyStore`."""
        return self._stored.blob_key

    def sign(self, message: bytes) -> bytes:
        """See `KeyStore`."""
        return self._signing.sign(message)

    def recipient(self) -> Recipient:
        """See `KeyStore`."""
        public = self._kem.public_key().public_bytes_raw()
        return Recipient("terminal", key_id(public), public)

    def unwrap(self) -> Unwrap:
        """See `KeyStore`."""
        return unwrap_with(self._kem)

    def tls_identity(self) -> TlsIdentity:
        """See `KeyStore`."""
        return TlsIdentity(self._stored.certificate, self._stored.tls_key)

    def pin(self) -> TerminalPin:
        """See `KeyStore`."""
        return TerminalPin(
            terminal_id=self.terminal_id,
            epoch=self.epoch,
            certificate=self._stored.certificate.decode(),
            signing_key=self._signing.public_key().public_bytes_raw(),
            kem_key=self._kem.public_key().public_bytes_raw(),
        )

    def describe(self) -> KeyStoreReport:
        """See `KeyStore`."""
        return KeyStoreReport(
            kind="file",
            location=str(self._path),
            holds_zh="密钥保存在仅本用户可读的文件中：可防其他用户，不能防拿走整块硬盘的人；"
            "正式部署请启用 TPM 或全盘加密。",
            holds_en="Keys in a file readable by this user alone: holds against other users, not against whoever takes "
            "the disk; use a TPM or full-disk encryption in a hall.",
        )


def _new_keys() -> _Stored:
    signing = Ed25519PrivateKey.generate()
    # Bound to the signing key, so that two terminals can never come to one id.
    name = hashlib.sha256(signing.public_key().public_bytes_raw()).digest()
    terminal_id = "T-" + base64.b32encode(name[:10]).decode().lower()
    tls = self_signed(terminal_id)
    return _Stored(
        terminal_id=terminal_id,
        epoch=1,
        database_key=os.urandom(32),
        blob_key=os.urandom(32),
        signing_key=signing.private_bytes_raw(),
        kem_key=X25519PrivateKey.generate().private_bytes_raw(),
        certificate=tls.certificate_pem,
        tls_key=tls.key_pem,
    )
