"""A simulated verifier of QR credentials: opaque codes that expire, each good once (docs/protocol/verifier.md)."""
