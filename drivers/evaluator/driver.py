"""The evaluator pad (评价器): invites, counts one key at most per invitation, survives unplugging in between."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Refused, Timeout, Unsupported
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.base.transport import Ready, Transport
from drivers.base.transports import transport_of
from drivers.base.wake import Wake
from drivers.evaluator import api, codec
from drivers.evaluator.exchange import Exchange
from drivers.evaluator.invitations import Heard, Invitation, Invitations, event_of
from drivers.evaluator.tables import (
    LONGEST_TIMEOUT_S,
    PING_EVERY_S,
    SILENT_AFTER,
    TOKEN_BYTES,
    Capability,
    FrameType,
    PadState,
)

OPEN_S: Final = 1.0
NAMED_WITHIN_S: Final = 5.0  # a program that was just started has its case and its invitation back by then
LABEL_EVERY_S: Final = 30.0  # a pad that restarted between two heartbeats shows its window again

NEVER_S: Final = float("inf")

_SILENT: Final = DeviceStatus(DeviceState.OFFLINE, Fault("evaluator.silent", FaultAction.CLEAR))


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
        self._line = Exchange(transport, context, self._hear)
        self._facts: tuple[tuple[str, str], ...] = ()
        self._label: str | None = None
        self._label_due = False
        self._label_s = NEVER_S  # when to show it once more
        self._invitations = Invitations()
        self._strangers_until_s = NEVER_S
        self._was_greeted = False
        self._holds_page = False  # the pad may go on showing an invitation that nobody here has named
        self._to_end: tuple[bytes, bool] | None = None
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
        self._line.clear()
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
                self._acknowledge(self._invitations.forget_strangers())
                if self._current() is None and not self._invitations.is_unsaved:  # else when the rating is over
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
        self._line.receive()
        return self._take_aside()

    def next_timer_s(self) -> float | None:
        """The next heartbeat, the end of a frame that was begun, or at once for what waits."""
        if self._aside or self._found_again or self._needs_care:
            return self._clock.monotonic()
        strangers_s = self._strangers_until_s if self._invitations.strangers_wait else NEVER_S
        return min(self._next_ping_s, self._line.frame_ends_s(), strangers_s, self._label_s)

    def on_timer(self) -> Iterable[object]:
        """Heartbeat; a pad that fell silent, came back or lost its invitation."""
        now_s = self._clock.monotonic()
        if now_s >= self._line.frame_ends_s():
            self._line.give_up_frame()
        events: list[object] = []
        if self._invitations.strangers_wait and now_s >= self._strangers_until_s:
            self._acknowledge(self._invitations.forget_strangers())
            self._needs_care = self._holds_page and self._current() is None
        if now_s >= self._label_s:
            self._show_label_again(now_s)
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
        early = self._invitations.start(token, command.token, self._clock.monotonic() + command.timeout_s)
        self._to_end = None
        self._acknowledge(self._invitations.given_up(unless=token) + self._invitations.forget_strangers())
        if early is not None and self._hear_key(*early) is Heard.COUNTS:
            return
        try:
            self._rate(token, command.timeout_s)
        except Refused:
            self._invitations.stop()
            raise

    def _end(self, command: api.EndRating) -> None:
        token = _token(command.token)
        self._invitations.end(token)
        self._to_end = (token, command.thank)
        self._acknowledge(self._invitations.saved(token))
        self._line.command(FrameType.END, codec.end_data(token, command.thank))
        self._to_end = None

    def _rate(self, token: bytes, timeout_s: int) -> None:
        """RATE; an invitation that the pad still runs and nobody here knows is ended first."""
        try:
            self._line.command(FrameType.RATE, codec.rate_data(token, timeout_s))
        except Refused as refusal:
            if refusal.code != "evaluator.not_now":
                raise
            self._show_idle()
            self._line.command(FrameType.RATE, codec.rate_data(token, timeout_s))
        self._call_attention()

    def _call_attention(self) -> None:
        """What else the pad can do to be noticed; an invitation stands without it."""
        try:
            if self._can & self._attention & Capability.LAMP:
                self._line.command(FrameType.LAMP, bytes((api.Lamp.BLINKING,)))
            if self._can & self._attention & Capability.VOICE:
                self._line.command(FrameType.VOICE, bytes((api.Prompt.PLEASE_RATE,)))
        except (Refused, Timeout):
            return

    def _extra(self, needed: Capability, kind: FrameType, data: bytes) -> None:
        if needed not in self._can:
            raise Unsupported(f"this pad cannot {kind.name}")
        self._line.command(kind, data)
        if kind is FrameType.SHOW:
            self._label_s = NEVER_S  # the text stands instead

    def _show_idle(self) -> None:
        self._line.command(FrameType.IDLE, codec.label_data(self._label or ""))
        self._label_due = False
        self._label_s = self._clock.monotonic() + LABEL_EVERY_S

    def _show_label_again(self, now_s: float) -> None:
        """Nothing tells that a pad restarted between two heartbeats and shows nobody's window any more."""
        self._label_s = now_s + LABEL_EVERY_S
        if self._current() is None and not self._invitations.is_unsaved and not self._silent:
            with contextlib.suppress(Refused, Timeout):  # the heartbeat finds out
                self._show_idle()

    # what the pad is and holds

    def _greet_and_resume(self) -> DeviceStatus:
        model = self._line.ask(FrameType.HELLO, b"", lambda _, frame: codec.pad_model(frame))
        self._can = model.capabilities
        extras = " ".join(str(one.name).lower() for one in Capability if one in self._can) or "none"
        facts = {"model": model.model, "firmware": model.firmware, "profile": str(model.version), "extras": extras}
        self._facts = tuple(facts.items())
        shows = self._line.ask(FrameType.PING, b"", lambda _, frame: codec.pong(frame))
        self._silent = False
        self._missed = 0
        self._ping_open = self._found_again = self._needs_care = False
        now_s = self._clock.monotonic()
        self._next_ping_s = now_s + PING_EVERY_S
        if not self._was_greeted:
            self._was_greeted, self._strangers_until_s = True, now_s + NAMED_WITHIN_S
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
            self._line.command(FrameType.END, codec.end_data(*self._to_end))
            self._to_end = None
        self._holds_page = shows is PadState.RATING and self._invitations.strangers_wait
        if self._invitations.is_unsaved or self._holds_page:
            self._label_due = self._label is not None
        elif self._label is not None or shows is PadState.RATING:
            self._show_idle()

    def _take_up_again(self) -> list[object]:
        was_silent = self._silent
        self._found_again = self._needs_care = False
        try:
            return [StatusReport(self._greet_and_resume())]
        except Timeout:
            self._silent = was_silent  # nothing was told: the next heartbeat takes it up once more, or says so
            return []

    def _heartbeat(self, now_s: float) -> list[object]:
        self._missed = self._missed + 1 if self._ping_open else 0
        self._next_ping_s = now_s + PING_EVERY_S
        self._ping_open = True
        self._line.tell(FrameType.PING, b"")
        if self._missed == SILENT_AFTER and not self._silent:
            self._silent = True
            return [StatusReport(_SILENT)]
        return []

    def _current(self) -> Invitation | None:
        return self._invitations.current(self._clock.monotonic())

    # frames

    def _hear(self, frames: list[codec.Frame]) -> None:
        answered: list[int] = []
        for frame in frames:
            if frame.kind == FrameType.KEY:
                pressed = codec.key_press(frame)
                if pressed is None or self._hear_key(pressed, frame.seq) is Heard.ANSWER:
                    answered.append(frame.seq)
            elif (shows := codec.pong(frame)) is not None:
                self._alive(shows)
        self._acknowledge(answered)

    def _hear_key(self, pressed: codec.KeyPress, seq: int) -> Heard:
        now_s = self._clock.monotonic()
        current = self._current()
        heard = self._invitations.key(pressed, seq, now_s)
        if heard is Heard.COUNTS and current is not None:
            self._aside.append(event_of(current.name, pressed.key, now_s))
        return heard

    def _acknowledge(self, seqs: Iterable[int]) -> None:
        for seq in seqs:
            self._line.tell(FrameType.KEY_ACK, bytes((seq,)))

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
            self._needs_care = shows is PadState.IDLE and self._label_due and not self._invitations.is_unsaved

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
