"""What lies in a simulated card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ResidentCard:
    """A resident identity card (居民身份证) of an invented person. `valid_until` None means 长期.

    `sex_code` and `nation_code` are the one- and two-digit codes of domain.md a.7, `wlt` the 1024 portrait
    bytes, `fingerprints` up to 1024 bytes (a multiple of 512) or none.
    """

    name: str
    sex_code: str
    nation_code: str
    birth: date
    address: str
    id_number: str
    issuer: str
    valid_from: date
    valid_until: date | None
    wlt: bytes
    new_address: str | None = None
    fingerprints: bytes = b""


Card = ResidentCard
"""Any card the reader may hold. Further kinds (domain.md a.7) become a union here and a branch in text.py."""
