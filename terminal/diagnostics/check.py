"""What a health check is and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import ClassVar, Protocol


@unique
class Level(StrEnum):
    """UnifiedPOS' three levels of a health check."""

    INTERNAL = "internal"  # asks; nothing moves, nobody is needed
    EXTERNAL = "external"  # the device does something that can be seen: a receipt, a page
    INTERACTIVE = "interactive"  # a person has to do something


@unique
class Outcome(StrEnum):
    """How a check ended. Not examined is not "works": no answer never means yes."""

    WORKS = "works"
    WARNING = "warning"  # works, with something to know
    BROKEN = "broken"
    NOT_EXAMINED = "not_examined"  # held by the running terminal, or only a person can tell
    NOT_CONFIGURED = "not_configured"  # this terminal does without it


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: one sentence in each language, and facts for the technician; never personal data."""

    check: str
    subject: str  # the device's id, or what was looked at
    level: Level
    required: bool
    outcome: Outcome
    zh: str
    en: str
    kind: str = ""
    endpoint: str = ""
    state: str = ""
    fault_code: str = ""
    detail: str = ""

    @property
    def stands_in_the_way(self) -> bool:
        """Whether the terminal must not be called ready because of this."""
        return self.required and self.outcome in {Outcome.BROKEN, Outcome.NOT_EXAMINED}


class Check(Protocol):
    """One health check; run once, on any thread. It never raises and leaves nothing open."""

    level: ClassVar[Level]
    name: ClassVar[str]

    def run(self) -> Finding:
        """Look, and say what was found."""
        ...
