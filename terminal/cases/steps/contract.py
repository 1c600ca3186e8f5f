"""What the service may ask of a step handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from terminal.cases.desk import Desk
from terminal.cases.model import Step

Handlers = Mapping[type, Callable[[Any], None]]


class StepHandler:
    """Base of the step handlers: does nothing everywhere. All methods run on the case thread."""

    steps: frozenset[Step] = frozenset()

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def intents(self) -> Handlers:
        """Intent class -> what it does."""
        return {}

    def device_events(self) -> Handlers:
        """Driver event class -> what it does."""
        return {}

    def enter(self, step: Step) -> None:
        """The case entered one of `steps` (also after a restart)."""

    def leave(self) -> None:
        """The case left `steps`."""

    def settled(self) -> None:
        """Something was handled, in whatever step: for what follows from the state of the desk alone."""

    def uses(self) -> frozenset[str]:
        """Kinds of the devices that the case is working with now, in one of `steps`."""
        return frozenset()

    def device_away(self, kind: str) -> None:
        """A device of `kind` does not work any more, wherever the case is."""

    def device_online(self, kind: str) -> None:
        """A device of `kind` works (again) while the case is in one of `steps`."""

    def device_back(self, kind: str) -> None:
        """A device of `kind` works (again), wherever the case is: for what could not be told to it before."""
