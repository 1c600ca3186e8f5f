"""The code scanner (扫码器): looks for one code when told to, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Refused, Timeout, Unsupported
from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.base.transport import Ready
from drivers.base.transports import transport_of
from drivers.base.wake import Wake
from drivers.code_scanner import api, codec
from drivers.code_scanner.exchange import Exchange
from drivers.code_scanner.families.contract import Command, Family
from drivers.code_scanner.identity import NEVER_S, Identity
from drivers.code_scanner.options import Options, read_options
from drivers.code_scanner.reading import Came, Code, Nobodys, Reading
from drivers.code_scanner.wedge import WEDGE, WedgeStandIn

OPEN_S: Final = 2.0
AFTER_A_DUPLICATE_S: Final = 0.3  # the same code still lies there: the light need not flicker

ACTIONS: Final[Mapping[str, FaultAction]] = {
    "code_scanner.silent": FaultAction.CLEAR,
    "code_scanner.unknown_family": FaultAction.CONFIGURATION,
    "code_scanner.setting_refused": FaultAction.CONFIGURATION,
    "code_scanner.refused": FaultAction.MAINTENANCE,
    "code_scanner.unreadable": FaultAction.CLEAR,
    "code_scanner.too_long": FaultAction.CLEAR,
    "code_scanner.damaged": FaultAction.CLEAR,
}
"""Every fault code of this device and who mends it."""


class CodeScanner:
    """Driver of one scanner.

    Remembers across a lost link what it was armed for, and lights again when the scanner is back. Codes that come
    while nothing is expected are read and thrown away.
    """

    def __init__(self, endpoint: Endpoint, options: Options, context: DriverContext) -> None:
        self._clock = context.clock
        self._options = options
        self._transport = transport_of(endpoint, context.clock, context.tap)
        self._exchange = Exchange(self._transport, context, None)
        self._reading = Reading(options.charset)
        self._identity = Identity(options, self._exchange, self._reading, context.clock, self._sort)
        self._duplicates = codec.Duplicates(options.duplicate_s)
        self._armed: api.Arm | None = None
        self._purpose = ""  # of the newest `Arm`
        self._ends_s = NEVER_S
        self._light_s = NEVER_S  # when to switch the light on (again)
        self._stop_due = False
        self._aside: list[object] = []

    def connect(self) -> None:
        """Open the line; `LinkLost` when it is not there."""
        self._transport.open(Deadline.after(self._clock, OPEN_S))
        self._identity.forget()

    def interrogate(self) -> DeviceStatus:
        """Find out what it is, set what the product needs, and light again if a code is still expected."""
        status = self._identity.find()
        self._look_again(status)
        return status

    def execute(self, command: object) -> object:
        """Arm, Disarm; None. `Refused` when the scanner says no, `Timeout` when it says nothing.

        After `Timeout` or `LinkLost` an `Arm` still stands and is done when the scanner is back.
        """
        match command:
            case api.Arm(timeout_s=timeout_s):
                was_lit = self._is_lit
                self._ends_s = NEVER_S if timeout_s is None else self._clock.monotonic() + timeout_s
                self._stop_due = False
                try:
                    self._hear_out(command.purpose)
                finally:
                    self._armed = command
                self._reading.forget_line()
                if command.lit:
                    self._start()
                elif was_lit:
                    self._stop()
            case api.Disarm():
                self._disarm()
            case _:
                raise Unsupported(f"the code scanner knows no {type(command).__name__}")
        return None

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait, on the line."""
        return self._transport.wait(deadline, wake)

    def on_readable(self) -> Iterable[object]:
        """The scanner spoke: the code that was expected, or nothing; `LinkLost` when it is unplugged."""
        self._hear()
        return self._take_aside()

    def next_timer_s(self) -> float | None:
        """The end of a code without a line end, the light, the end of an `Arm`, a question; at once what waits."""
        if self._aside or self._stop_due:
            return self._clock.monotonic()
        due_s = min(self._falls_silent_s(), self._light_s, self._ends_s, self._asks_s())
        return None if due_s == NEVER_S else due_s

    def on_timer(self) -> Iterable[object]:
        """Whatever is due of what `next_timer_s` lists."""
        now_s = self._clock.monotonic()
        if now_s >= self._falls_silent_s():
            self._hear()
            if now_s >= self._falls_silent_s():
                self._fell_silent()
            if self._aside:
                return self._take_aside()
        if self._armed is not None and now_s >= self._ends_s:
            self._aside.append(api.ScanTimedOut(self._armed.purpose, now_s))
            self._quietly(self._disarm)
        if self._stop_due:
            self._stop_due = False
            self._quietly(self._stop)
        if now_s >= self._light_s:
            self._light_s = NEVER_S
            self._light_up_again(now_s)
        if now_s >= self._asks_s():
            self._tell(self._identity.turn())
        return self._take_aside()

    def close(self) -> None:
        """Give the line back; never raises. What is expected stays expected."""
        self._transport.close()
        self._light_s = NEVER_S

    # who it is

    def _asks_s(self) -> float:
        """When to ask it something: never while it looks and all is well, and never into a code."""
        if self._is_lit and not self._identity.is_in_doubt:
            return NEVER_S
        silent_s = self._falls_silent_s()
        return self._identity.asks_s if silent_s == NEVER_S else max(self._identity.asks_s, silent_s)

    def _tell(self, status: DeviceStatus | None) -> None:
        """Something is new about the scanner; a code that is still expected is looked for by it as it is now."""
        if status is not None:
            self._aside.append(StatusReport(status))
            self._look_again(status)

    def _look_again(self, status: DeviceStatus) -> None:
        if self._armed is not None and status.state is DeviceState.ONLINE:
            self._light_s = self._clock.monotonic()

    # light

    @property
    def _is_lit(self) -> bool:
        return self._armed is not None and self._armed.lit

    def _light_up_again(self, now_s: float) -> None:
        if not self._is_lit:
            return
        if now_s >= self._identity.asks_s:
            self._tell(self._identity.look())  # between two lights, so that a long wait is no blind one
        if not self._identity.is_in_doubt:  # else it is lit as soon as it answers
            self._quietly(self._start)

    def _start(self) -> None:
        family = self._identity.family
        if family is None:
            return
        self._light_s = self._clock.monotonic() + family.lasts_s
        self._exchange.write(family.wake)
        self._order(family, family.start)

    def _stop(self) -> None:
        self._light_s = NEVER_S
        family = self._identity.family
        if family is not None:
            self._order(family, family.stop)

    def _order(self, family: Family, command: Command) -> None:
        try:
            if family.answers:
                self._exchange.ask(command, self._options.reply_s)
            else:
                self._exchange.write(command.data)
        except Timeout:
            self._identity.doubt(unanswered=True)
            raise
        finally:
            self._sort()

    def _disarm(self) -> None:
        was_lit = self._is_lit
        self._armed, self._ends_s = None, NEVER_S
        if was_lit:
            self._stop()

    def _quietly(self, act: Callable[[], None]) -> None:
        """Start or stop by the timer: nobody waits for an answer, and the heartbeat finds out what is wrong."""
        try:
            act()
        except (Refused, Timeout):
            return

    # what it says

    def _hear_out(self, purpose: str) -> None:
        """A code has no owner written on it: what was on its way before is nobody's code for another purpose."""
        if purpose == self._purpose:
            return
        self._purpose = purpose
        self._armed = None
        self._hear()
        if self._reading.would_be_deaf_for_long(self._clock.monotonic()):
            self._tell(self._identity.look())  # one that lost its settings ends no code: nothing was broken off
        self._reading.hear_out(self._clock.monotonic())

    def _hear(self) -> None:
        self._exchange.receive()
        self._sort()

    def _sort(self) -> None:
        """Codes among what the exchange has heard; the first that is expected is the one."""
        for heard in self._exchange.take():
            for came in self._reading.take(heard, self._clock.monotonic()):
                self._take(came)

    def _fell_silent(self) -> None:
        self._exchange.fell_silent()
        self._sort()
        for came in self._reading.fell_silent():
            self._take(came)

    def _take(self, came: Came) -> None:
        match came:
            case Code():
                self._take_code(came)
            case Fault() if self._armed is not None:
                self._aside.append(api.ScanFailed(self._armed.purpose, came))
                self._look_on()
            case Nobodys():
                self._look_on()  # should it have been the new code after all, it is read once more
            case _:
                return

    def _take_code(self, code: Code) -> None:
        self._tell(self._identity.has_read())
        if self._reading.has_line_ends and not code.is_ended:
            self._identity.doubt()
        armed = self._armed
        if armed is None:
            return
        now_s = self._clock.monotonic()
        if self._duplicates.is_again(code.raw, now_s):
            self._look_on()
            return
        read = api.CodeScanned(armed.purpose, Sensitive(code.text), Sensitive(code.raw), code.symbology, now_s)
        self._aside.append(read)
        self._armed, self._ends_s = None, NEVER_S
        self._light_s = NEVER_S
        self._stop_due = armed.lit  # by the timer, at once: the event must not wait for the answer

    def _look_on(self) -> None:
        """A scanner stops at whatever it has read: light again in a moment."""
        if self._is_lit and self._identity.family is not None:
            self._light_s = self._clock.monotonic() + AFTER_A_DUPLICATE_S

    def _falls_silent_s(self) -> float:
        begun = self._exchange.is_inside_frame or self._reading.is_inside_code
        return self._exchange.heard_s + self._options.idle_s if begun else NEVER_S

    def _take_aside(self) -> list[object]:
        events, self._aside = self._aside, []
        return events


def build(endpoint: Endpoint, options: Mapping[str, str], context: DriverContext) -> Driver:
    """The driver for `endpoint` (`serial:///dev/…?baud=115200`, `tcp://…`, `wedge://`); `Unsupported` for any other.

    Options: options.py.
    """
    chosen = read_options(options)
    if endpoint.scheme == WEDGE:
        return WedgeStandIn(context)
    return CodeScanner(endpoint, chosen, context)
