"""The evaluator pad (评价器): invites, counts one key at most per invitation, survives unplugging in between."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, Refused, Timeout, Unsupported
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.base.transport import Ready, Transport
from drivers.base.transports import transport_of
from drivers.base.wake import Wake
from drivers.evaluator import api, codec
from drivers.evaluator.tables import (
    KEY_DECLINED,
    KEY_LEVELS,
    LONGEST_TIMEOUT_S,
    PAUSE_S,
    PING_EVERY_S,
    REPLY_S,
    SILENT_AFTER,
    TOKEN_BYTES,
    TRIES,
    AckResult,
    Capability,
    FrameType,
    PadState,
)

OPEN_S: Final = 1.0
WRITE_S: Final = 0.5
# The pad's time starts when RATE arrives; whether a key at the very end counts is for the case to say.
LATE_KEY_S: Final = 1.0
REMEMBERED: Final = 256  # invitations that are over; an unacknowledged key of one of them may come at any time

_SILENT: Final = DeviceStatus(DeviceState.OFFLINE, Fault("evaluator.silent", FaultAction.CLEAR))

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Invitation:
    token: bytes
    name: str  # the token as the command wrote it; events carry it back
    ends_at_s: float


class EvaluatorPad:
    """Driver of one pad.

    Remembers across a lost link what it was asked to show (label, running invitation, an end that was not delivered)
    and which keys it has reported; of what the pad held it believes only the pad.
    """

    def __init__(self, transport: Transport, context: DriverContext, *, lamp: bool, voice: bool) -> None:
        self._transport = transport
        self._can = Capability(0)
        self._attention = (Capability.LAMP if lamp else 0) | (Capability.VOICE if voice else 0)
        self._clock = context.clock
        self._cancel = context.cancel
        self._reader = codec.FrameReader()
        self._heard_s = 0.0
        self._seq = 0
        self._facts: tuple[tuple[str, str], ...] = ()
        self._label: str | None = None
        self._label_due = False
        self._running: _Invitation | None = None
        self._to_end: tuple[bytes, bool] | None = None
        self._over: deque[bytes] = deque(maxlen=REMEMBERED)
        self._aside: list[object] = []  # events of keys that came while something else was waited for
        self._next_ping_s = 0.0
        self._ping_open = False
        self._missed = 0
        self._silent = False
        self._found_again = False
        self._needs_care = False

    def connect(self) -> None:
        """Open the line; `LinkLost` when it is not there."""
        self._transport.open(Deadline.after(self._clock, OPEN_S))
        self._reader.clear()
        self._missed = 0
        self._ping_open = self._found_again = self._needs_care = False

    def interrogate(self) -> DeviceStatus:
        """Ask who it is and what it shows, and show again what was asked for; offline when it does not answer."""
        try:
            return self._greet_and_resume()
        except Timeout:
            self._silent = True
            return _SILENT

    def execute(self, command: object) -> object:
        """All commands of the api; None. `Refused` when the pad says no, `Timeout` when it says nothing.

        After `Timeout` or `LinkLost` rating and idle page still stand and are done when the pad is back.
        """
        match command:
            case api.StartRating():
                self._start(command)
            case api.EndRating():
                self._end(command)
            case api.ShowIdle():
                self._label, self._label_due = command.window_label, True
                if self._current() is None:  # else when the rating is over
                    self._show_idle()
            case api.ShowText():
                if not 0 <= command.seconds <= LONGEST_TIMEOUT_S:
                    raise Unsupported(f"a text for {command.seconds} s")
                self._extra(Capability.SHOW, FrameType.SHOW, codec.show_data(command.text, command.seconds))
            case api.Speak():
                self._extra(Capability.VOICE, FrameType.VOICE, bytes((command.prompt,)))
            case api.SetLamp():
                self._extra(Capability.LAMP, FrameType.LAMP, bytes((command.lamp,)))
            case _:
                raise Unsupported(f"the evaluator knows no {type(command).__name__}")
        return None

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait, on the line."""
        return self._transport.wait(deadline, wake)

    def on_readable(self) -> Iterable[object]:
        """The pad spoke: keys become events, each answered first; `LinkLost` when it is unplugged."""
        self._receive()
        return self._take_aside()

    def next_timer_s(self) -> float | None:
        """The next heartbeat, the end of a frame that was begun, or at once for what waits."""
        if self._aside or self._found_again or self._needs_care:
            return self._clock.monotonic()
        return min(self._next_ping_s, self._frame_ends_s())

    def on_timer(self) -> Iterable[object]:
        """Heartbeat; a pad that fell silent, came back or lost its invitation."""
        now_s = self._clock.monotonic()
        if now_s >= self._frame_ends_s():
            self._dispatch(self._reader.drop())
        events: list[object] = []
        if self._found_again or self._needs_care:
            events += self._take_up_again()
        if now_s >= self._next_ping_s:
            events += self._heartbeat(now_s)
        return self._take_aside() + events

    def close(self) -> None:
        """Give the line back. Keys that were acknowledged and not yet reported are kept."""
        self._transport.close()

    # commands

    def _start(self, command: api.StartRating) -> None:
        token = _token(command.token)
        if not 1 <= command.timeout_s <= LONGEST_TIMEOUT_S:
            raise Unsupported(f"a rating of {command.timeout_s} s")
        if token in self._over:
            raise Refused("evaluator.invitation_over", "this invitation has its key or was ended")
        self._to_end = None
        if self._running is not None and self._running.token != token:
            self._over.append(self._running.token)
        self._running = _Invitation(token, command.token, self._clock.monotonic() + command.timeout_s)
        try:
            self._rate(token, command.timeout_s)
        except Refused:
            self._running = None
            raise

    def _end(self, command: api.EndRating) -> None:
        token = _token(command.token)
        if token not in self._over:
            self._over.append(token)
        if self._running is not None and self._running.token == token:
            self._running = None
        self._to_end = (token, command.thank)
        self._command(FrameType.END, codec.end_data(token, command.thank))
        self._to_end = None

    def _rate(self, token: bytes, timeout_s: int) -> None:
        """RATE; an invitation that the pad still runs and nobody here knows is ended first."""
        try:
            self._command(FrameType.RATE, codec.rate_data(token, timeout_s))
        except Refused as refusal:
            if refusal.code != "evaluator.not_now":
                raise
            self._show_idle()
            self._command(FrameType.RATE, codec.rate_data(token, timeout_s))
        self._call_attention()

    def _call_attention(self) -> None:
        """What else the pad can do to be noticed; an invitation stands without it."""
        try:
            if self._can & self._attention & Capability.LAMP:
                self._command(FrameType.LAMP, bytes((api.Lamp.BLINKING,)))
            if self._can & self._attention & Capability.VOICE:
                self._command(FrameType.VOICE, bytes((api.Prompt.PLEASE_RATE,)))
        except (Refused, Timeout):
            return

    def _extra(self, needed: Capability, kind: FrameType, data: bytes) -> None:
        if needed not in self._can:
            raise Unsupported(f"this pad cannot {kind.name}")
        self._command(kind, data)

    def _show_idle(self) -> None:
        self._command(FrameType.IDLE, codec.label_data(self._label or ""))
        self._label_due = False

    def _command(self, kind: FrameType, data: bytes) -> None:
        """Send and have acknowledged; `Refused` with what the pad answered."""

        def answer(seq: int, frame: codec.Frame) -> codec.Ack | None:
            found = codec.ack(frame)
            return found if found is not None and found.seq == seq else None

        result = self._ask(kind, data, answer).result
        if result is AckResult.NOT_NOW:
            raise Refused("evaluator.not_now", kind.name)
        if result is not AckResult.DONE:
            raise Refused("evaluator.refused", f"{kind.name}: {result.name}")

    # what the pad is and holds

    def _greet_and_resume(self) -> DeviceStatus:
        model = self._ask(FrameType.HELLO, b"", lambda _, frame: codec.pad_model(frame))
        self._can = model.capabilities
        extras = " ".join(str(one.name).lower() for one in Capability if one in self._can) or "none"
        facts = {"model": model.model, "firmware": model.firmware, "profile": str(model.version), "extras": extras}
        self._facts = tuple(facts.items())
        shows = self._ask(FrameType.PING, b"", lambda _, frame: codec.pong(frame))
        self._silent = False
        self._missed = 0
        self._ping_open = self._found_again = self._needs_care = False
        self._next_ping_s = self._clock.monotonic() + PING_EVERY_S
        try:
            self._resume(shows)
        except Refused as refusal:  # a pad that answers is online, even one that does not show what it should
            fault = Fault(refusal.code, FaultAction.CONFIGURATION, refusal.detail)
            return DeviceStatus(DeviceState.ONLINE, fault, self._facts)
        return DeviceStatus(DeviceState.ONLINE, facts=self._facts)

    def _resume(self, shows: PadState) -> None:
        """Show again what was asked for (docs/devices/evaluator.md, "After the link or the pad was away")."""
        current = self._current()
        left_s = 0 if current is None else int(current.ends_at_s - self._clock.monotonic())
        if current is not None and left_s >= 1:
            if shows is not PadState.RATING and self._label is not None:
                self._show_idle()
            if self._current() is current:  # no key of it has come meanwhile
                self._rate(current.token, left_s)
            return
        if self._to_end is not None:
            self._command(FrameType.END, codec.end_data(*self._to_end))
            self._to_end = None
        if self._label is not None or shows is PadState.RATING:
            self._show_idle()

    def _take_up_again(self) -> list[object]:
        self._found_again = self._needs_care = False
        try:
            return [StatusReport(self._greet_and_resume())]
        except Timeout:
            return []  # the heartbeat says so when it lasts

    def _heartbeat(self, now_s: float) -> list[object]:
        self._missed = self._missed + 1 if self._ping_open else 0
        self._next_ping_s = now_s + PING_EVERY_S
        self._ping_open = True
        self._send(FrameType.PING, b"", self._new_seq())
        if self._missed == SILENT_AFTER and not self._silent:
            self._silent = True
            return [StatusReport(_SILENT)]
        return []

    def _current(self) -> _Invitation | None:
        """The invitation that runs; None once its time and the moment for a late key are over."""
        running = self._running
        if running is not None and self._clock.monotonic() >= running.ends_at_s + LATE_KEY_S:
            self._over.append(running.token)
            self._running = None
        return self._running

    # frames

    def _ask(self, kind: FrameType, data: bytes, answer: Callable[[int, codec.Frame], R | None]) -> R:
        """Send up to three times with one SEQ, until `answer` takes a frame; `Timeout`, `Cancelled`, `LinkLost`."""
        seq = self._new_seq()
        for _ in range(TRIES):
            self._send(kind, data, seq)
            deadline = Deadline.after(self._clock, REPLY_S)
            while True:
                answers = [found for frame in self._receive() if (found := answer(seq, frame)) is not None]
                if answers:
                    return answers[0]
                if deadline.expired():
                    break
                if self._transport.wait(self._within(deadline), self._cancel).woken:
                    raise Cancelled(f"{kind.name} was given up")
        raise Timeout(f"the pad does not answer {kind.name}")

    def _receive(self) -> list[codec.Frame]:
        """Read what is there and deal with keys and heartbeats at once; the frames, for whoever waits for one."""
        data = self._transport.read_available()
        now_s = self._clock.monotonic()
        frames: list[codec.Frame] = []
        if data:
            self._heard_s = now_s
            frames = self._reader.feed(data)
        elif now_s >= self._frame_ends_s():
            frames = self._reader.drop()
        self._dispatch(frames)
        return frames

    def _dispatch(self, frames: list[codec.Frame]) -> None:
        # Events first: when the line breaks under an acknowledgement, the pad repeats a key that has been counted.
        keys = [frame for frame in frames if frame.kind == FrameType.KEY]
        for frame in frames:
            if (pressed := codec.key_press(frame)) is not None:
                self._count(pressed)
            elif (shows := codec.pong(frame)) is not None:
                self._alive(shows)
        for frame in keys:
            self._send(FrameType.KEY_ACK, bytes((frame.seq,)), self._new_seq())

    def _count(self, pressed: codec.KeyPress) -> None:
        current = self._current()
        if current is None or current.token != pressed.token:
            return
        at_s = self._clock.monotonic()
        if pressed.key == KEY_DECLINED:
            self._aside.append(api.Declined(current.name, at_s))
        elif pressed.key in KEY_LEVELS:
            self._aside.append(api.Rated(current.name, pressed.key, at_s))
        else:
            return
        self._over.append(current.token)
        self._running = None

    def _alive(self, shows: PadState) -> None:
        self._ping_open = False
        self._missed = 0
        self._found_again = self._found_again or self._silent
        current = self._current()
        if current is not None:
            # A pad that restarted behind an adapter which kept the line.
            lost = current.ends_at_s - self._clock.monotonic() >= PING_EVERY_S
            self._needs_care = shows is PadState.IDLE and lost
        else:
            self._needs_care = shows is PadState.IDLE and self._label_due

    def _send(self, kind: FrameType, data: bytes, seq: int) -> None:
        frame = codec.encode(codec.Frame(seq, kind, data))
        with contextlib.suppress(Timeout):  # a line that takes nothing is found out as a pad that hears nothing
            self._transport.write(frame, Deadline.after(self._clock, WRITE_S))

    def _within(self, deadline: Deadline) -> Deadline:
        ends_s = self._frame_ends_s()
        return deadline if deadline.at_s is None or deadline.at_s <= ends_s else Deadline(self._clock, ends_s)

    def _frame_ends_s(self) -> float:
        return self._heard_s + PAUSE_S if self._reader.is_inside_frame else float("inf")

    def _new_seq(self) -> int:
        self._seq = (self._seq + 1) & 0xFF
        return self._seq

    def _take_aside(self) -> list[object]:
        events, self._aside = self._aside, []
        return events


def _token(text: str) -> bytes:
    try:
        token = bytes.fromhex(text)
    except ValueError:
        token = b""
    if len(token) != TOKEN_BYTES:
        raise Unsupported("an invitation's token is 8 hex digits")
    return token


def _switch(options: Mapping[str, str], name: str, default: str) -> bool:
    value = options.get(name, default)
    if value not in {"on", "off"}:
        raise Unsupported(f"option {name} of the evaluator is on or off, not {value!r}")
    return value == "on"


def build(endpoint: Endpoint, options: Mapping[str, str], context: DriverContext) -> EvaluatorPad:
    """The driver for `endpoint` (`serial:///dev/…?baud=115200`, `tcp://…`); `Unsupported` for a wrong option.

    Options, for pads that have them: lamp (on, off) blinks and voice (off, on) speaks while the pad invites.
    """
    lamp, voice = _switch(options, "lamp", "on"), _switch(options, "voice", "off")
    return EvaluatorPad(transport_of(endpoint, context.clock, context.tap), context, lamp=lamp, voice=voice)
