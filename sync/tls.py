"""Mutual TLS with pinned certificates: the pin is the trust, so names and dates in a certificate decide nothing."""

from __future__ import annotations

import hashlib
import os
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# A kiosk whose clock fell back to 2001 must still reach its hub: a pinned certificate has no useful dates.
_FROM = datetime(2000, 1, 1, tzinfo=UTC)
_UNTIL = datetime(2099, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TlsIdentity:
    """Certificate and P-256 key as PEM; the key stays out of `repr`."""

    certificate_pem: bytes
    key_pem: bytes = field(repr=False)


def self_signed(name: str) -> TlsIdentity:
    """A new P-256 key with a self-signed certificate for `name`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return TlsIdentity(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def fingerprint(certificate_der: bytes) -> str:
    """SHA-256 of the certificate's DER form, 64 hex digits."""
    return hashlib.sha256(certificate_der).hexdigest()


def fingerprint_of_pem(certificate_pem: str) -> str:
    """SHA-256 of a PEM certificate's DER form; ValueError when it is none."""
    return fingerprint(ssl.PEM_cert_to_DER_cert(certificate_pem))


def client_context(identity: TlsIdentity, hub_certificate_pem: str) -> ssl.SSLContext:
    """The terminal's end: trusts exactly the pinned hub certificate and shows its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # one certificate is trusted, whatever address the hub has
    context.load_verify_locations(cadata=hub_certificate_pem)
    _load(context, identity)
    return context


def server_context(identity: TlsIdentity) -> ssl.SSLContext:
    """The hub's end: demands a certificate; the caller adds the pinned ones with `trust`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0  # a resumed session would outlive a revoked pin
    _load(context, identity)
    return context


def trust(context: ssl.SSLContext, certificate_pem: str) -> None:
    """Accept the holder of this certificate from now on; ssl.SSLError when it is none."""
    context.load_verify_locations(cadata=certificate_pem)


def _load(context: ssl.SSLContext, identity: TlsIdentity) -> None:
    # OpenSSL wants a file: one that lives in memory only, so that the key has no second place on the disk.
    fd = os.memfd_create("identity", os.MFD_CLOEXEC)
    try:
        os.write(fd, identity.certificate_pem + identity.key_pem)
        context.load_cert_chain(f"/proc/self/fd/{fd}")
    finally:
        os.close(fd)
