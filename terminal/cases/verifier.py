"""The port to whoever can verify a QR credential (CTID, 电子社保卡, an electronic licence)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Protocol

from drivers.base.sensitive import Sensitive


@unique
class Refusal(StrEnum):
    """Why there is no answer about a person. Each has its message `credential.<value>`."""

    EXPIRED = "expired"
    USED = "used"
    UNKNOWN = "unknown"  # the verifier does not know the code, or it is none
    UNREACHABLE = "unreachable"  # no verifier answered: nothing is known of the code
    BAD_ANSWER = "bad_answer"  # it answered, and not in the agreed form


@dataclass(frozen=True, slots=True)
class Verified:
    """Whose credential it is, and what kind. `kind` "licence.…" is an electronic licence; `kind_name` is its name.

    `trace_id` names the verification at the verifier; `at` is the verifier's time.
    """

    kind: str
    kind_name: str
    name: Sensitive[str]
    id_number: Sensitive[str]
    trace_id: str
    at: datetime


Answer = Verified | Refusal


class Verifier(Protocol):
    """Verifies credentials. The code goes to the verifier and nowhere else."""

    def verify(self, credential: Sensitive[str], purpose: str, done: Callable[[Answer], None]) -> None:
        """Ask; returns at once. `done` is called once, on another thread. `purpose`: identity or material."""
        ...
