"""Plays a script: waits for the host's bytes, says the device's at their recorded distance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from simulators.replay.course import Course
from simulators.replay.process_ids import ProcessIds
from simulators.replay.steps import Hear, Plug, Say, Script, Tear

_AGAIN_S = 0.005  # how soon a cable is pulled that could not be yet
_SHOWN = 8  # bytes on both sides of a divergence


class ReplayWire:
    """A `Wire` that follows a script. `tear` and `plug` move the cable; `tear` is False while the host has to read."""

    def __init__(self, script: Script, speed: float, tear: Callable[[], bool], plug: Callable[[], None]) -> None:
        self.course = Course(script.steps, speed)
        self._tear = tear
        self._plug = plug
        self._ids = ProcessIds(script.kind == "receipt_printer")
        self._heard = bytearray()
        self._again_s: float | None = None

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """The host's bytes."""
        if not self.course.is_over:  # what a host says after the end of the trace is of no interest
            self._heard += data
        return self.on_time(now_s)

    def on_time(self, now_s: float) -> Sequence[bytes]:
        """What is due."""
        self._again_s = None
        course = self.course
        course.begin(now_s)
        said: list[bytes] = []
        while not course.is_over:
            step = course.step
            match step:
                case Hear():
                    if not self._hear(step):
                        break
                    course.passed(now_s)
                case Say() | Tear() | Plug():
                    due_s = course.due_as_recorded_s(step)
                    if now_s < due_s:
                        break
                    if isinstance(step, Say):
                        said.append(self._ids.answer(step.data))
                    elif said or not self._move(step):
                        self._again_s = now_s + _AGAIN_S
                        break
                    course.passed(due_s)
                case _:
                    assert_never(step)
        return said

    def next_time_s(self) -> float | None:
        """When the next step is due."""
        if self._again_s is not None:
            return self._again_s
        course = self.course
        return None if course.is_over or isinstance(course.step, Hear) else course.due_as_recorded_s(course.step)

    def on_link(self, up: bool, now_s: float) -> None:
        """Half a command is forgotten."""
        del up, now_s
        self._heard.clear()

    def _hear(self, step: Hear) -> bool:
        came = bytes(self._heard[: len(step.data)])
        at = self._ids.differs_at(step.data, came)
        if at is not None:
            wanted, instead = (text[max(0, at - _SHOWN) : at + _SHOWN].hex(" ") for text in (step.data, came))
            self.course.divergence = f"line {step.line}, byte {at}: recorded … {wanted} …, came … {instead} …"
            return False
        if len(came) < len(step.data):
            return False
        self._ids.take(step.data, came)
        del self._heard[: len(step.data)]
        return True

    def _move(self, step: Tear | Plug) -> bool:
        if isinstance(step, Plug):
            self._plug()
            return True
        if not self._tear():
            return False
        self._heard.clear()  # the next step may put the cable in before anybody sees it out
        return True
