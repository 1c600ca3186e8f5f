"""How often and how much the agent sends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendPolicy:
    """Back-off with full jitter (sync.md 7), batch and chunk sizes."""

    backoff_base_s: float = 2.0
    backoff_cap_s: float = 300.0
    heartbeat_s: float = 60.0
    batch_items: int = 100
    batch_bytes: int = 900_000  # the hub takes 1 MiB
    chunk_bytes: int = 4 << 20  # durable acknowledgements cost nothing from 4 MiB on (sync.md 3.2)
    chunk_min_bytes: int = 256 << 10
    chunk_tries: int = 3

    def backoff_s(self, failures: int, random: Callable[[], float]) -> float:
        """Seconds to wait after `failures` (from 1) failures in a row; `random` gives 0 to 1."""
        ceiling = min(self.backoff_cap_s, self.backoff_base_s * 2 ** min(failures - 1, 30))
        return ceiling * random()
