"""What the clerk is told of devices that go and come back: each for itself, the ones that are needed now first.

A device that the step is working with is told of at once and on entering the step. Any other one is mentioned in a
line of its own, once it has been away for a while: a cable that is only moved disturbs nobody who types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from drivers.base.status import DeviceState, DeviceStatus
from terminal.cases.desk import Desk
from terminal.cases.model import Case, Step
from terminal.devices import policy
from terminal.snapshot import DeviceView, Message

AWAY_S: Final = 3.0  # a device that is plugged in again is back within this time (terminal/devices/backoff.py)
_ENDED: Final = frozenset({Step.SEALED, Step.ABANDONED})
# The strip says what a person has to do at the device; before it is needed nobody is called away from a case for it.
_UNMENTIONED: Final = frozenset({DeviceState.STARTING, DeviceState.USER_ERROR, DeviceState.NO_DEVICE})


class DeviceMessages:
    """`in_use` tells the kinds that the step is working with, most needed first. Case thread."""

    def __init__(self, desk: Desk, in_use: Callable[[], tuple[str, ...]]) -> None:
        self._desk = desk
        self._in_use = in_use

    def entered(self) -> None:
        """A step began: say which of its devices are away."""
        for kind in self._in_use():
            view = self._desk.device(kind)
            if view is not None and view.fault_code and not policy.works(view):
                self._desk.say_fault(kind, view.fault_code, _level(view))

    def away(self, view: DeviceView, status: DeviceStatus) -> None:
        """The device reported trouble or was lost."""
        if self._open_case() is None or not self._is_used(view) or status.fault is None:
            return
        if view.kind in self._in_use():
            self._desk.say_fault(view.kind, status.fault.code, _level(view))
        elif status.state not in _UNMENTIONED:
            self._desk.later(AWAY_S, lambda: self._mention(view.kind))

    def back(self, view: DeviceView) -> None:
        """The device works again: its message goes, every other one stays."""
        if self._is_used(view):
            self._desk.unsay_fault(view.kind)

    def _mention(self, kind: str) -> None:
        view = self._desk.device(kind)
        if self._open_case() is None or view is None or policy.works(view) or view.state in _UNMENTIONED:
            return
        if kind not in self._in_use() and not any(m.device == kind for m in self._desk.messages):
            self._desk.say("warning", "device.away", ("device", kind), device=kind)

    def _is_used(self, view: DeviceView) -> bool:
        """Whether the case works with this one: of several devices of a kind it takes the first."""
        used = self._desk.device(view.kind)
        return used is not None and used.id == view.id

    def _open_case(self) -> Case | None:
        case = self._desk.case
        return None if case is None or case.step in _ENDED else case


def in_order(messages: Iterable[Message], in_use: Sequence[str]) -> tuple[Message, ...]:
    """What concerns the present step first, in the step's own order; devices that it does not need last."""

    def rank(message: Message) -> int:
        if message.device in in_use:
            return in_use.index(message.device)
        return len(in_use) + (message.key == "device.away")

    return tuple(sorted(messages, key=rank))


def _level(view: DeviceView) -> str:
    return "warning" if view.needed == "optional" else "error"
