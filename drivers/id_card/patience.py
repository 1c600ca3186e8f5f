"""How long answers are waited for: the waits that one source gives, times a factor that slow readers widen.

The factor begins as configured. A right answer that took longer than that, late or heard out, widens it up to MOST, so
that the next one is in time; one that comes even later teaches nothing, or silence would be waited for for ever. Pure:
times are handed in, monotonic seconds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from drivers.id_card.tables import Command

MOST: Final = 3.0  # what slow answers may widen the factor to
HABIT: Final = (
    3  # so many slow answers to one command in a row are the reader's way, not a busy moment of this machine's
)
_MARGIN: Final = 1.5
_REMEMBERED: Final = 8  # commands without an answer; a silent reader's are not collected


@dataclass(frozen=True, slots=True)
class _Asked:
    command: Command
    due_s: float
    alone: bool  # sent to a reader that owed nothing: only then its answer says how fast the reader is


class Patience:
    """The factor of one reader, and which of its commands still want their answer."""

    def __init__(self, configured: float) -> None:
        self.factor = configured
        self._configured = configured
        self._slow: Counter[str] = Counter()  # answers in a row, by the command's name
        self._is_habit = False
        self._unanswered: list[_Asked] = []

    def sent(self, command: Command, due_s: float) -> None:
        """`command` went out; a reader that takes no time would have answered it whole at `due_s`."""
        asked = _Asked(command, due_s, alone=not self._unanswered)
        self._unanswered = [*self._unanswered[-_REMEMBERED:], asked]

    def answered(self, now_s: float) -> None:
        """The newest command got its answer; nothing older is answered after it."""
        self._learn(self._unanswered[-1], now_s)
        self._unanswered = []

    def came_late(self, status: int, size_bytes: int, now_s: float) -> None:
        """A reply that the command in hand does not get: the answer, perhaps, to an older one that was given up."""
        for number, asked in enumerate(self._unanswered):
            if asked.command.is_answered_by(status, size_bytes):
                self._learn(asked, now_s)
                del self._unanswered[: number + 1]
                return

    def forget(self) -> None:
        """The line was closed or its rate changed: what was asked before is not answered any more."""
        self._unanswered = []

    def facts(self) -> tuple[tuple[str, str], ...]:
        """The factor where it is not 1, once it is known to be needed, and the configured one where it is another."""
        if not self._is_habit:
            return (("patience", f"{self._configured:g}"),) if self._configured != 1 else ()
        return (("patience", f"{round(self.factor, 1):g}"), ("patience_configured", f"{self._configured:g}"))

    def _learn(self, asked: _Asked, now_s: float) -> None:
        if not asked.alone:
            return
        needed, name = (now_s - asked.due_s) / asked.command.wait_s, asked.command.name
        if needed <= self._configured:
            self._slow[name] = 0
        elif needed <= MOST:
            self._slow[name] += 1
            self._is_habit |= self._slow[name] >= HABIT
            self.factor = max(self.factor, min(MOST, needed * _MARGIN))
