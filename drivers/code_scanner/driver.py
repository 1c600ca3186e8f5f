"""The code scanner (扫码器): looks for one code when told to, and for nothing else; asks an unknown one who it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
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
from drivers.code_scanner.families.contract import SUFFIX, Command, Family, Packet
from drivers.code_scanner.families.known import AUTO, FAMILIES, GENERIC
from drivers.code_scanner.families.newland import LEGACY_START, LEGACY_STOP
from drivers.code_scanner.options import Options, read_options
from drivers.code_scanner.wedge import WEDGE, WedgeStandIn

OPEN_S: Final = 2.0
HEARTBEAT_S: Final = 5.0
SILENT_EVERY_S: Final = 2.0  # a scanner that speaks again is found within 3 s
MISSES_ARE_SILENCE: Final = 2
HEARS_OUT_S: Final = 1.0  # the rest of a code that stalled, or was sent twice, is over by then
HEARS_OUT_LINES_S: Final = 5.0  # where codes have line ends one without is broken off, and costs nobody time
AFTER_A_DUPLICATE_S: Final = 0.3  # the same code still lies there: the light need not flicker
NEVER_S: Final = float("inf")

ACTIONS: Final[Mapping[str, FaultAction]] = {
    "code_scanner.silent": FaultAction.CLEAR,
    "code_scanner.setting_refused": FaultAction.CONFIGURATION,
    "code_scanner.refused": FaultAction.MAINTENANCE,
    "code_scanner.unreadable": FaultAction.CLEAR,
    "code_scanner.too_long": FaultAction.CLEAR,
    "code_scanner.damaged": FaultAction.CLEAR,
}
"""Every fault code of this device and who mends it."""
_SILENT: Final = DeviceStatus(DeviceState.OFFLINE, Fault("code_scanner.silent", FaultAction.CLEAR))


class CodeScanner:
    """Driver of one scanner.

    Remembers across a lost link what it was armed for, and lights again when the scanner is back. Codes that come
    while nothing is expected are read and thrown away.
    """

    def __init__(self, endpoint: Endpoint, options: Options, context: DriverContext) -> None:
        self._clock = context.clock
        self._options = options
        self._transport = transport_of(endpoint, context.clock, context.tap)
        self._family: Family | None = None
        self._exchange = Exchange(self._transport, context, None)
        self._lines = codec.LineReader()
        self._duplicates = codec.Duplicates(options.duplicate_s)
        self._parts = bytearray()
        self._unended_s = -NEVER_S  # when bytes came last that no line end followed
        self._deaf_until_s = -NEVER_S
        self._has_line_ends = False  # as far as this scanner has shown
        self._armed: api.Arm | None = None
        self._purpose = ""  # of the newest `Arm`
        self._ends_s = NEVER_S
        self._light_s = NEVER_S  # when to switch the light on (again)
        self._stop_due = False
        self._heartbeat_s = NEVER_S
        self._misses = 0
        self._status = DeviceStatus(DeviceState.STARTING)
        self._aside: list[object] = []

    def connect(self) -> None:
        """Open the line; `LinkLost` when it is not there."""
        self._transport.open(Deadline.after(self._clock, OPEN_S))
        self._use(None)
        self._misses = 0

    def interrogate(self) -> DeviceStatus:
        """Find out what it is, set what the product needs, and light again if a code is still expected."""
        return self._now(self._identify())

    def execute(self, command: object) -> object:
        """Arm, Disarm; None. `Refused` when the scanner says no, `Timeout` when it says nothing.

        After `Timeout` or `LinkLost` an `Arm` still stands and is done when the scanner is back.
        """
        match command:
            case api.Arm(timeout_s=timeout_s):
                was_lit = self._armed is not None and self._armed.lit
                try:
                    self._hear_out(command.purpose)
                finally:
                    self._armed = command
                self._ends_s = NEVER_S if timeout_s is None else self._clock.monotonic() + timeout_s
                self._lines.clear()
                self._stop_due = False
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
        """The end of a code without a line end, the light, the end of an `Arm`, the heartbeat; at once what waits."""
        if self._aside or self._stop_due:
            return self._clock.monotonic()
        heartbeat_s = NEVER_S if self._armed is not None and self._armed.lit else self._heartbeat_s
        due_s = min(self._falls_silent_s(), self._light_s, self._ends_s, heartbeat_s)
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
            if self._armed is not None and self._armed.lit:
                self._quietly(self._start)
        if now_s >= self._heartbeat_s and not (self._armed is not None and self._armed.lit):
            self._aside += self._heartbeat(now_s)
        return self._take_aside()

    def close(self) -> None:
        """Give the line back; never raises. What is expected stays expected."""
        self._transport.close()
        self._light_s = self._heartbeat_s = NEVER_S

    # who it is

    def _identify(self) -> DeviceStatus:
        wanted = self._options.family
        if wanted == GENERIC:
            return self._online(None, "")
        families = FAMILIES if wanted == AUTO else tuple(f for f in FAMILIES if f.name == wanted)
        status = _SILENT
        for family in families:
            self._use(self._with_options(family))
            if (status := self._greet()) is not _SILENT:
                return status
        # One that says nothing of itself still reads, and what it reads comes as lines.
        return self._online(None, "") if wanted == AUTO else status

    def _greet(self) -> DeviceStatus:
        """Ask in the family's words; `_SILENT` when nothing comes."""
        family = self._family
        if family is None:
            return _SILENT
        try:
            firmware = self._probe(family)
        except Timeout:
            self._heartbeat_s = self._clock.monotonic() + SILENT_EVERY_S
            return _SILENT
        return self._online(family, firmware)

    def _now(self, status: DeviceStatus) -> DeviceStatus:
        """This is its status; a code that is still expected is looked for again."""
        self._status = status
        self._misses = 0
        if self._armed is not None and status.state is DeviceState.ONLINE:
            self._light_s = self._clock.monotonic()
        return status

    def _probe(self, family: Family) -> str:
        self._exchange.write(family.wake)
        try:
            reply = self._exchange.ask(family.probe, self._options.reply_s, tries=1)
        except Refused:
            return ""  # whoever answers "no such tag" is of the family, too
        finally:
            self._sort()
        return family.firmware(reply.data)

    def _online(self, family: Family | None, firmware: str) -> DeviceStatus:
        self._use(family)
        refused = self._settle(family) if family is not None and self._options.settings else ()
        self._heartbeat_s = NEVER_S if family is None else self._clock.monotonic() + HEARTBEAT_S
        if family is not None and self._options.settings:
            self._has_line_ends = any(one.name == SUFFIX and one.name not in refused for one in family.settings)
        facts = (("family", family.name if family else GENERIC), ("firmware", firmware or "unknown"))
        if refused:
            fault = Fault("code_scanner.setting_refused", FaultAction.CONFIGURATION, ", ".join(refused))
            return DeviceStatus(DeviceState.ONLINE, fault, facts)
        return DeviceStatus(DeviceState.ONLINE, facts=facts)

    def _settle(self, family: Family) -> tuple[str, ...]:
        """Read every setting that the product needs and change those that differ; the names of those refused."""
        refused: list[str] = []
        for setting in family.settings:
            try:
                if not setting.holds(self._exchange.ask(setting.query, self._options.reply_s).data):
                    self._exchange.ask(setting.change, self._options.reply_s)
            except (Refused, Timeout):
                refused.append(setting.name)
            self._sort()
        return tuple(refused)

    def _heartbeat(self, now_s: float) -> list[object]:
        self._heartbeat_s = now_s + HEARTBEAT_S
        family = self._family
        if family is None:
            return []
        if self._status.state is not DeviceState.ONLINE:
            status = self._greet()
            return [] if status is _SILENT else [StatusReport(self._now(status))]
        try:
            self._probe(family)
        except Timeout:
            self._misses += 1
            self._heartbeat_s = now_s + self._options.reply_s
            if self._misses < MISSES_ARE_SILENCE:
                return []
            self._status = _SILENT
            return [StatusReport(_SILENT)]
        self._misses = 0
        return []

    # light

    def _start(self) -> None:
        family = self._family
        if family is None:
            return
        self._light_s = self._clock.monotonic() + family.lasts_s
        self._exchange.write(family.wake)
        self._order(family, family.start)

    def _stop(self) -> None:
        self._light_s = NEVER_S
        if self._family is not None:
            self._order(self._family, self._family.stop)

    def _order(self, family: Family, command: Command) -> None:
        try:
            if family.answers:
                self._exchange.ask(command, self._options.reply_s)
            else:
                self._exchange.write(command.data)
        finally:
            self._sort()

    def _disarm(self) -> None:
        lit = self._armed is not None and self._armed.lit
        self._armed, self._ends_s = None, NEVER_S
        if lit:
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
        until_s = self._unended_s + (HEARS_OUT_LINES_S if self._has_line_ends else HEARS_OUT_S)
        if self._clock.monotonic() < until_s:
            self._deaf_until_s = until_s

    def _hear(self) -> None:
        self._exchange.receive()
        self._sort()

    def _sort(self) -> None:
        """Codes among what the exchange has heard; the first that is expected is the one."""
        for heard in self._exchange.take():
            if isinstance(heard, Packet):
                self._take_packet(heard)
            elif isinstance(heard, Fault):
                self._parts.clear()
                self._fail(heard)
            else:
                self._take_bytes(heard.data)

    def _take_bytes(self, data: bytes) -> None:
        now_s = self._clock.monotonic()
        if now_s < self._deaf_until_s:
            if self._armed is not None:
                self._look_on(now_s)  # should it have been the new code after all, it is read once more
            return
        for line in self._lines.feed(data):
            self._take_line(line)
        if self._lines.is_inside_code:
            self._unended_s = now_s
        else:
            self._unended_s, self._has_line_ends = -NEVER_S, True

    def _fell_silent(self) -> None:
        self._exchange.fell_silent()
        self._sort()
        for line in self._lines.flush():
            self._take_line(line)

    def _take_packet(self, packet: Packet) -> None:
        if len(self._parts) <= codec.LONGEST_CODE:
            self._parts += packet.data
        if packet.more:
            return
        raw = bytes(self._parts)
        self._parts.clear()
        self._take_line(codec.Line(raw, len(raw) > codec.LONGEST_CODE), packet.symbology)

    def _take_line(self, line: codec.Line, symbology: api.Symbology = api.Symbology.UNKNOWN) -> None:
        armed = self._armed
        if armed is None:
            return
        now_s = self._clock.monotonic()
        if line.too_long:
            self._fail(Fault("code_scanner.too_long", FaultAction.CLEAR, f"more than {codec.LONGEST_CODE} bytes"))
            return
        text = codec.text_of(line.raw, self._options.charset)
        if text is None:
            self._fail(Fault("code_scanner.unreadable", FaultAction.CLEAR, f"{len(line.raw)} bytes"))
            return
        if self._duplicates.is_again(line.raw, now_s):
            self._look_on(now_s)
            return
        self._aside.append(api.CodeScanned(armed.purpose, Sensitive(text), Sensitive(line.raw), symbology, now_s))
        self._armed, self._ends_s = None, NEVER_S
        self._light_s = NEVER_S
        self._stop_due = armed.lit  # by the timer, at once: the event must not wait for the answer

    def _fail(self, fault: Fault) -> None:
        if self._armed is not None:
            self._aside.append(api.ScanFailed(self._armed.purpose, fault))
            self._look_on(self._clock.monotonic())

    def _look_on(self, now_s: float) -> None:
        """A scanner stops at whatever it has read: light again in a moment."""
        if self._armed is not None and self._armed.lit and self._family is not None:
            self._light_s = now_s + AFTER_A_DUPLICATE_S

    def _falls_silent_s(self) -> float:
        begun = self._exchange.is_inside_frame or self._lines.is_inside_code
        return self._exchange.heard_s + self._options.idle_s if begun else NEVER_S

    def _take_aside(self) -> list[object]:
        events, self._aside = self._aside, []
        return events

    def _use(self, family: Family | None) -> None:
        self._family = family
        self._exchange.use(family)
        self._lines.clear()
        self._parts.clear()

    def _with_options(self, family: Family) -> Family:
        if family.name == "newland" and self._options.trigger == "legacy":
            return replace(family, start=LEGACY_START, stop=LEGACY_STOP, answers=False)
        return family


def build(endpoint: Endpoint, options: Mapping[str, str], context: DriverContext) -> Driver:
    """The driver for `endpoint` (`serial:///dev/…?baud=115200`, `tcp://…`, `wedge://`); `Unsupported` for any other.

    Options (options.py): family, charset, settings, trigger, idle_ms, duplicate_ms, reply_ms.
    """
    chosen = read_options(options)
    if endpoint.scheme == WEDGE:
        return WedgeStandIn(context)
    return CodeScanner(endpoint, chosen, context)
