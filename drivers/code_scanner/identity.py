"""Who the scanner is: asked until a family answers, asked again whether it is still there, and set as it has to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from drivers.base.clock import Clock
from drivers.base.errors import Refused, Timeout
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.code_scanner.candidates import candidates
from drivers.code_scanner.exchange import Exchange
from drivers.code_scanner.families.contract import SUFFIX, Command, Family
from drivers.code_scanner.families.known import GENERIC
from drivers.code_scanner.options import Options
from drivers.code_scanner.reading import Reading

HEARTBEAT_S: Final = 5.0
SILENT_EVERY_S: Final = 2.0  # each family is asked so often: a scanner that speaks again is found within 3 s
MISSES_ARE_SILENCE: Final = 2
NEVER_S: Final = float("inf")
_SILENT: Final = DeviceStatus(DeviceState.OFFLINE, Fault("code_scanner.silent", FaultAction.CLEAR))
_PLAIN_LINES: Final = (("family", GENERIC), ("firmware", "unknown"))


class Identity:
    """What is known of one scanner; called on the session's thread, may raise `LinkLost` and `Cancelled`.

    `family` is the one it speaks, None while nobody knows and for one that only sends lines. `asks_s` is when `turn`
    wants to be called (monotonic seconds). `sort` is called after every question: codes may have come in between.
    """

    def __init__(
        self, options: Options, exchange: Exchange, reading: Reading, clock: Clock, sort: Callable[[], None]
    ) -> None:
        self._options = options
        self._exchange = exchange
        self._reading = reading
        self._clock = clock
        self._sort = sort
        self._candidates = candidates(options)  # the one found last stands first, also on the next link
        self._was_found = False  # by any of its links
        self._round: list[Family] = []  # who is still to be asked before all were
        self._is_last_round = False
        self._has_read = False  # a code came from one that answers nothing
        self._firmware = ""
        self._left: tuple[tuple[Command, bytes], ...] = ()  # questions for settings, and their answers as last set
        self._misses = 0
        self.family: Family | None = None
        self.asks_s = NEVER_S
        self._status = DeviceStatus(DeviceState.STARTING)

    @property
    def is_in_doubt(self) -> bool:
        """Whether the next question matters more than a light that may be on."""
        return self._misses > 0 or not self._is_known

    @property
    def _is_known(self) -> bool:
        return self.family is not None and self._status.state is DeviceState.ONLINE

    def forget(self) -> None:
        """Another link: who is behind it is to be found out anew."""
        self._round, self._is_last_round, self._has_read = [], False, False
        self._misses, self._left, self.asks_s = 0, (), NEVER_S
        self._status = DeviceStatus(DeviceState.STARTING)
        self.family = None
        self._exchange.forget()
        self._reading.forget()

    def find(self) -> DeviceStatus:
        """Ask every family that it may be of, once."""
        for family in self._candidates:
            if (status := self._greet(family)) is not None:
                return status
        if self._candidates:
            self.asks_s = self._clock.monotonic() + self._pause_s()
        is_certain = len(self._candidates) == 1  # the configuration says who it is
        self.family = self._candidates[0] if is_certain else None
        self._exchange.use(self.family)
        return self._now(_SILENT if is_certain else self._unknown())

    def turn(self) -> DeviceStatus | None:
        """The question that is due; its status when it was found, set anew or given up, None for nothing new."""
        return self.look() if self._is_known else self._ask_next()

    def look(self) -> DeviceStatus | None:
        """Ask one that is known whether it is there and as it was left. As `turn`."""
        return self._heartbeat(self.family) if self.family is not None and self._is_known else None

    def doubt(self, *, unanswered: bool = False) -> None:
        """Ask at the next opportunity: a code came without its end, or a command stayed `unanswered`."""
        if self._is_known:
            self.asks_s = self._clock.monotonic()
            self._misses = max(self._misses, 1) if unanswered else self._misses

    def has_read(self) -> DeviceStatus | None:
        """A readable code came. From one that answers nothing it proves the line; its status if that is news."""
        if self.family is not None or self._has_read:
            return None
        self._has_read = True
        return self._now(self._unknown()) if self._status.fault is not None else None

    # until it answers

    def _ask_next(self) -> DeviceStatus | None:
        began_s = self._clock.monotonic()
        if not self._round:
            # Whoever could read is awake: those who do not answer after a code will not. The one that was known might.
            self._round = list(self._candidates[:1] if self._is_last_round else self._candidates)
            self._is_last_round = self._has_read
        if (status := self._greet(self._round.pop(0))) is not None:
            return status
        self._exchange.use(self.family)
        self.asks_s = max(began_s + self._pause_s(), self._clock.monotonic() + self._options.idle_s)
        if not self._round and self._is_last_round:
            self.asks_s = began_s + HEARTBEAT_S if self._was_found else NEVER_S
        return None

    def _pause_s(self) -> float:
        return SILENT_EVERY_S / len(self._candidates)

    def _greet(self, family: Family) -> DeviceStatus | None:
        """Ask in the family's words; None when nothing comes."""
        self._exchange.use(family)
        try:
            data = self._value(family.probe, family.wake)
        except Timeout:
            return None
        self.family, self._was_found = family, True
        self._candidates = (family, *(other for other in self._candidates if other is not family))
        self._round, self._is_last_round, self._has_read = [], False, False
        self._firmware = family.firmware(data) if data else ""
        return self._found(family)

    def _unknown(self) -> DeviceStatus:
        """Nobody answers. It may still read, and what it reads comes as lines; nobody has seen that before a code."""
        fault = Fault("code_scanner.unknown_family", FaultAction.CONFIGURATION, f"family {GENERIC}")
        is_proven = self._has_read or self._options.family == GENERIC  # or it is the technician's word
        return DeviceStatus(DeviceState.ONLINE, None if is_proven else fault, _PLAIN_LINES)

    # once it has answered

    def _found(self, family: Family) -> DeviceStatus:
        refused = self._settle(family) if self._options.settings else ()
        self._misses = 0
        self.asks_s = self._clock.monotonic() + HEARTBEAT_S
        facts = (("family", family.name), ("firmware", self._firmware or "unknown"))
        fault = None
        if refused:
            fault = Fault("code_scanner.setting_refused", FaultAction.CONFIGURATION, ", ".join(refused))
        return self._now(DeviceStatus(DeviceState.ONLINE, fault, facts))

    def _settle(self, family: Family) -> tuple[str, ...]:
        """Read every setting that the product needs and change those that differ; the names of those refused."""
        refused: list[str] = []
        left: list[tuple[Command, bytes]] = []
        for setting in family.settings:
            try:
                data = self._ask(setting.query)
                if not setting.holds(data):
                    if setting.name == SUFFIX:
                        self._reading.had_no_line_ends()
                    self._ask(setting.change)
                    data = self._ask(setting.query)
                left.append((setting.query, data))
            except (Refused, Timeout):
                refused.append(setting.name)
        self._left = tuple(left)
        self._reading.has_line_ends = any(one.name == SUFFIX and one.name not in refused for one in family.settings)
        return tuple(refused)

    def _heartbeat(self, family: Family) -> DeviceStatus | None:
        now_s = self._clock.monotonic()
        try:
            is_as_left = self._is_as_left(family)
        except Timeout:
            self._misses += 1
            self.asks_s = now_s + self._options.reply_s
            return self._now(_SILENT) if self._misses >= MISSES_ARE_SILENCE else None
        self.asks_s = now_s + HEARTBEAT_S
        # Whoever missed a question may have been without power, and what was set is not saved.
        return None if is_as_left and not self._misses else self._found(family)

    def _is_as_left(self, family: Family) -> bool:
        """Whether it answers as when it was last set; a scanner that lost its power in between does not."""
        self._exchange.write(family.wake)
        if not self._left:
            self._value(family.probe)
        return all(self._value(query) == data for query, data in self._left)

    def _now(self, status: DeviceStatus) -> DeviceStatus:
        self._status = status
        return status

    def _value(self, query: Command, wake: bytes = b"") -> bytes:
        """Ask once. Whoever answers "no such tag" has answered, too: b"". `Timeout`."""
        self._exchange.write(wake)
        try:
            return self._exchange.ask(query, self._options.reply_s, tries=1).data
        except Refused:
            return b""
        finally:
            self._sort()

    def _ask(self, command: Command) -> bytes:
        try:
            return self._exchange.ask(command, self._options.reply_s).data
        finally:
            self._sort()
