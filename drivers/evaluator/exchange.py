"""One pad's line: frames and their answers, with keys and heartbeats dealt with whenever they come."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Final, TypeVar

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext
from drivers.base.errors import Cancelled, Refused, Timeout
from drivers.base.transport import Transport
from drivers.evaluator import codec
from drivers.evaluator.tables import PAUSE_S, REPLY_S, TRIES, AckResult, FrameType

WRITE_S: Final = 0.5

R = TypeVar("R")


class Exchange:
    """Sends and waits for answers. `heard` takes every frame first, unasked ones too. Only on the session's thread."""

    def __init__(
        self, transport: Transport, context: DriverContext, heard: Callable[[list[codec.Frame]], None]
    ) -> None:
        self._transport = transport
        self._clock = context.clock
        self._cancel = context.cancel
        self._heard = heard
        self._reader = codec.FrameReader()
        self._heard_s = 0.0
        self._seq = 0

    def clear(self) -> None:
        """Another link: nothing was heard."""
        self._reader.clear()

    def frame_ends_s(self) -> float:
        """When a frame that was begun is given up; never, when none was."""
        return self._heard_s + PAUSE_S if self._reader.is_inside_frame else float("inf")

    def command(self, kind: FrameType, data: bytes) -> None:
        """Send and have acknowledged; `Refused` with what the pad answered."""

        def answer(seq: int, frame: codec.Frame) -> codec.Ack | None:
            found = codec.ack(frame)
            return found if found is not None and found.seq == seq else None

        result = self.ask(kind, data, answer).result
        if result is AckResult.NOT_NOW:
            raise Refused("evaluator.not_now", kind.name)
        if result is not AckResult.DONE:
            raise Refused("evaluator.refused", f"{kind.name}: {result.name}")

    def ask(self, kind: FrameType, data: bytes, answer: Callable[[int, codec.Frame], R | None]) -> R:
        """Send up to three times with one SEQ, until `answer` takes a frame; `Timeout`, `Cancelled`, `LinkLost`."""
        seq = self._new_seq()
        for _ in range(TRIES):
            self._write(kind, data, seq)
            deadline = Deadline.after(self._clock, REPLY_S)
            while True:
                answers = [found for frame in self.receive() if (found := answer(seq, frame)) is not None]
                if answers:
                    return answers[0]
                if deadline.expired():
                    break
                if self._transport.wait(self._within(deadline), self._cancel).woken:
                    raise Cancelled(f"{kind.name} was given up")
        raise Timeout(f"the pad does not answer {kind.name}")

    def tell(self, kind: FrameType, data: bytes) -> None:
        """Send without waiting for anything; `LinkLost`."""
        self._write(kind, data, self._new_seq())

    def receive(self) -> list[codec.Frame]:
        """Read what is there; the frames, for whoever waits for one. `LinkLost`."""
        data = self._transport.read_available()
        now_s = self._clock.monotonic()
        frames: list[codec.Frame] = []
        if data:
            self._heard_s = now_s
            frames = self._reader.feed(data)
        elif now_s >= self.frame_ends_s():
            frames = self._reader.drop()
        self._heard(frames)
        return frames

    def give_up_frame(self) -> None:
        """What was begun has no end; frames may stand in it."""
        self._heard(self._reader.drop())

    def _write(self, kind: FrameType, data: bytes, seq: int) -> None:
        frame = codec.encode(codec.Frame(seq, kind, data))
        with contextlib.suppress(Timeout):  # a line that takes nothing is found out as a pad that hears nothing
            self._transport.write(frame, Deadline.after(self._clock, WRITE_S))

    def _within(self, deadline: Deadline) -> Deadline:
        ends_s = self.frame_ends_s()
        return deadline if deadline.at_s is None or deadline.at_s <= ends_s else Deadline(self._clock, ends_s)

    def _new_seq(self) -> int:
        self._seq = (self._seq + 1) & 0xFF
        return self._seq
