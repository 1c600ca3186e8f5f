"""The social security card reader (社保卡读卡器): sees cards come and go, reads the one that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.discovery.pcsc import meant
from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, Corrupt, LinkLost, Refused, Unsupported
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.base.tap import Direction
from drivers.base.transport import Ready
from drivers.base.wake import Wake
from drivers.smart_card import api
from drivers.smart_card.notes import Call, CallFailed, CardIn, CardOut
from drivers.smart_card.port import Connection, Context, OpenContext, PcscError
from drivers.smart_card.reading import Reading
from drivers.smart_card.tables import GONE_CODES, LINK_CODES, MUTE_CODES, Code
from drivers.smart_card.watcher import Sighting, Watcher

FIRST_SIGHT_WITHIN_S: Final = 2.0
READ_WITHIN_S: Final = 10.0  # looked at between two APDUs; one APDU ends when reader and card end it
LOOK_EVERY_S: Final = 2.0  # whether the watcher still turns
IN_USE_RETRY_S: Final = 0.3
IN_USE_TRIES: Final = 8
# A service that has just started sees the cards that lie in its readers a moment later, as if they were inserted now.
SETTLES_WITHIN_S: Final = 1.0
# A card that is pulled in mid-APDU is often told as "not transacted"; its going is seen a moment later.
GOING_WITHIN_S: Final = 0.8

ACTIONS: Final[Mapping[str, FaultAction]] = {
    "smart_card.removed": FaultAction.CLEAR,
    "smart_card.remove_first": FaultAction.CLEAR,
    "smart_card.interrupted": FaultAction.CLEAR,
    "smart_card.mute": FaultAction.CLEAR,
    "smart_card.not_social": FaultAction.CLEAR,
    "smart_card.corrupt": FaultAction.CLEAR,
    "smart_card.no_answer": FaultAction.CLEAR,
    "smart_card.refused": FaultAction.CLEAR,
    "smart_card.in_use": FaultAction.CLEAR,
    "smart_card.no_service": FaultAction.MAINTENANCE,
    "smart_card.no_reader": FaultAction.CLEAR,
    "smart_card.which_reader": FaultAction.CONFIGURATION,
}
"""Every fault code of this device and who mends it."""


class _Card(Enum):
    """What is known of the card in the reader."""

    NONE = auto()
    OLD = auto()  # dealt with, or there before reading began: never read
    FRESH = auto()  # came while reading was on: read at once
    FAILED = auto()  # fresh, but not read: read again when reading is asked for again


class SmartCardReader:
    """Driver of one PC/SC reader. The watcher sees cards come and go; the card is read on the timer."""

    def __init__(self, open_context: OpenContext, wanted: str, context: DriverContext) -> None:
        """`wanted`: the reader's name or a part of it that no other has; "" for the only one."""
        self._open_context = open_context
        self._wanted = wanted
        self._clock = context.clock
        self._cancel = context.cancel
        self._tap = context.tap
        self._pcsc: Context | None = None
        self._watcher: Watcher | None = None
        self._reader = ""
        self._looking = False
        self._card = _Card.NONE
        self._sighting: Sighting | None = None
        self._inserted_at_s = 0.0
        self._settled_at_s = 0.0
        self._was_lost = False
        self._tries = 0
        self._interrupted = False
        self._tell_to_remove = False
        self._tell_it_is_there = False
        self._due_s = 0.0
        self._apdus = 0
        self._apdu_s = 0.0

    def connect(self) -> None:
        """Open the service and find the reader.

        `LinkLost` when one of them went away meanwhile, `Refused` with the fault's code when it is not there.
        """
        try:
            self._pcsc = self._open_context()
            self._reader = self._choose(self._pcsc.readers())
            self._watcher = Watcher(self._open_context(), self._reader, self._clock)
        except PcscError as error:
            if error.code in {Code.NO_SERVICE, Code.SERVICE_STOPPED}:
                raise Refused("smart_card.no_service", str(error)) from error
            raise LinkLost(str(error)) from error
        self._watcher.start()

    def interrogate(self) -> DeviceStatus:
        """Which reader it is and whether a card is in it; `LinkLost` when it is gone again."""
        deadline = Deadline.after(self._clock, FIRST_SIGHT_WITHIN_S)
        while (sighting := self._sight()) is None:
            ready = self.wait(deadline, self._cancel)
            if ready.woken:
                raise Cancelled("first look at the reader")
            if not ready.readable:
                raise LinkLost(f"{self._reader}: the PC/SC service does not answer")
        self._sighting = sighting
        self._note(CardIn(sighting.atr, first=True) if sighting.present else CardOut(first=True))
        self._settled_at_s = self._clock.monotonic() + (SETTLES_WITHIN_S if self._was_lost else 0.0)
        # Whatever lies in a reader that was away may be anybody's.
        self._card = _Card.OLD if sighting.present else _Card.NONE
        self._tell_to_remove = self._tell_it_is_there = sighting.present
        self._due_s = self._clock.monotonic()
        return DeviceStatus(DeviceState.ONLINE, facts=(("reader", self._reader),))

    def execute(self, command: object) -> object:
        """StartReading, StopReading: at once; the card is read on the timer."""
        match command:
            case api.StartReading():
                self._looking = True
                self._tell_to_remove = self._card is _Card.OLD
                if self._card is _Card.FAILED:
                    self._card, self._tries = _Card.FRESH, 0
            case api.StopReading():
                self._looking = False
                if self._card is not _Card.NONE:
                    self._card = _Card.OLD
            case _:
                raise Unsupported(f"the smart-card reader knows no {type(command).__name__}")
        self._due_s = self._clock.monotonic()
        return None

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait, on the watcher's descriptor."""
        news = self._open_watcher().fileno()
        ready = self._clock.poll((news, wake.fileno()), deadline.at_s)
        return Ready(news in ready, wake.fileno() in ready)

    def on_readable(self) -> Iterable[object]:
        """A card came or went; `LinkLost` when service or reader did."""
        return self._look()

    def next_timer_s(self) -> float | None:
        """At once for a card that is to be read or a word that is to be said, else the next look at the watcher."""
        return self._due_s

    def on_timer(self) -> Iterable[object]:
        """One step: say what waits, read the fresh card, or see that the watcher still turns."""
        events = self._look()
        self._due_s = self._clock.monotonic() + LOOK_EVERY_S
        if self._tell_it_is_there:
            self._tell_it_is_there = False
            events.append(api.CardInserted(self._clock.monotonic(), will_be_read=False))
        if self._interrupted:
            self._interrupted = False
            if self._looking:
                self._tell_to_remove = False
                events.append(api.CardReadFailed(_fault("smart_card.interrupted")))
        if self._card is _Card.OLD and self._looking and self._tell_to_remove:
            self._tell_to_remove = False
            events.append(api.CardReadFailed(_fault("smart_card.remove_first")))
        if self._card is _Card.FRESH:
            if not events:
                return self._read_card()
            self._due_s = self._clock.monotonic()  # first let these be told, above all that a card came
        return events

    def close(self) -> None:
        """Give service and reader back. Which card lies there is asked again after `connect`."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None
        if self._pcsc is not None:
            self._pcsc.release()
            self._pcsc = None
        if self._card is _Card.FRESH:
            self._interrupted = True
        self._was_lost = True
        self._card, self._sighting = _Card.NONE, None

    # comings and goings

    def _look(self) -> list[object]:
        """What the watcher saw since the last look."""
        now, before = self._sight(), self._sighting
        if now is None or now == before:
            return []
        events: list[object] = []
        self._sighting = now
        if self._card is not _Card.NONE:  # another count: this card is gone, whatever lies there now
            self._card, self._tell_it_is_there = _Card.NONE, False
            self._note(CardOut())
            events.append(api.CardRemoved())
        if now.present:
            self._note(CardIn(now.atr))
            self._inserted_at_s, self._tries = self._clock.monotonic(), 0
            is_settled = self._inserted_at_s >= self._settled_at_s
            self._card = _Card.FRESH if self._looking and is_settled else _Card.OLD
            self._tell_to_remove = not is_settled
            self._due_s = self._inserted_at_s
            events.append(api.CardInserted(self._inserted_at_s, will_be_read=self._card is _Card.FRESH))
        return events

    def _sight(self) -> Sighting | None:
        """The watcher's newest sighting; `LinkLost`."""
        try:
            return self._open_watcher().look()
        except LinkLost as error:
            if isinstance(error.__cause__, PcscError):
                self._note(CallFailed(Call.STATUS, error.__cause__.code))
            raise

    # the card

    def _read_card(self) -> list[object]:
        self._apdus, self._apdu_s = 0, 0.0
        try:
            connection = self._open_pcsc().connect(self._reader)
        except PcscError as error:
            self._note(CallFailed(Call.CONNECT, error.code))
            if error.code == Code.SHARING_VIOLATION and self._tries < IN_USE_TRIES:
                self._tries += 1
                self._due_s = self._clock.monotonic() + IN_USE_RETRY_S
                return []
            return self._failed(error)
        deadline = Deadline.after(self._clock, READ_WITHIN_S)
        try:
            card = Reading(lambda apdu: self._transmit(connection, apdu, deadline)).card(self._clock.wall().date())
        except (PcscError, Refused, Corrupt) as error:
            return self._failed(error)
        finally:
            connection.close()
        self._card, self._looking = _Card.OLD, False
        return [
            api.SocialSecurityCardRead(card, self._inserted_at_s, self._clock.monotonic(), self._apdus, self._apdu_s)
        ]

    def _transmit(self, connection: Connection, apdu: bytes, deadline: Deadline) -> bytes:
        if self._cancel.fileno() in self._clock.poll((self._cancel.fileno(),), self._clock.monotonic()):
            raise Cancelled("reading a card")
        if deadline.expired():
            raise Refused("smart_card.no_answer", f"not read within {READ_WITHIN_S:.0f} s")
        sent_s = self._clock.monotonic()
        self._tap.bytes_seen(Direction.TO_DEVICE, apdu, sent_s)
        try:
            answer = connection.transmit(apdu)
            if not answer:  # some reader drivers call it a success when the card went away under the command
                raise PcscError("transmit without an answer", Code.NOT_TRANSACTED)
        except PcscError as error:
            self._note(CallFailed(Call.TRANSMIT, error.code))
            raise
        answered_s = self._clock.monotonic()
        self._tap.bytes_seen(Direction.FROM_DEVICE, answer, answered_s)
        self._apdus += 1
        self._apdu_s += answered_s - sent_s
        return answer

    def _failed(self, error: PcscError | Refused | Corrupt) -> list[object]:
        match error:
            case PcscError(code=code) if code in LINK_CODES:
                raise LinkLost(str(error)) from error
            case PcscError():
                fault = self._pcsc_fault(error)
            case Refused():
                fault = _fault(error.code, error.detail)
            case Corrupt():
                fault = _fault("smart_card.corrupt", error.reason)
        self._card = _Card.FAILED
        return [api.CardReadFailed(fault)]

    def _pcsc_fault(self, error: PcscError) -> Fault:
        if error.code in GONE_CODES or (error.code == Code.NOT_TRANSACTED and self._is_going()):
            return _fault("smart_card.removed", str(error))
        if error.code in MUTE_CODES:
            return _fault("smart_card.mute", str(error))
        if error.code == Code.SHARING_VIOLATION:
            return _fault("smart_card.in_use", str(error))
        return _fault("smart_card.no_answer", str(error))

    def _is_going(self) -> bool:
        """Whether the card is seen to leave within GOING_WITHIN_S; its going is told at once, by the next look."""
        self._due_s = self._clock.monotonic()
        deadline = Deadline.after(self._clock, GOING_WITHIN_S)
        while (seen := self._sight()) == self._sighting:
            ready = self.wait(deadline, self._cancel)
            if not ready.readable:
                return False
        return seen is not None

    # service and reader

    def _choose(self, names: tuple[str, ...]) -> str:
        """The reader that is meant; `Refused` when none or more than one can be."""
        there = ", ".join(names) or "none"
        found = meant(self._wanted, names)
        if not names:
            raise LinkLost("no PC/SC reader is connected")
        if not found:
            raise Refused("smart_card.no_reader", f"wanted {self._wanted or 'any'}; there are: {there}")
        if len(found) > 1:
            raise Refused("smart_card.which_reader", f"wanted {self._wanted or 'any'}; there are: {there}")
        return found[0]

    def _note(self, note: CardIn | CardOut | CallFailed) -> None:
        self._tap.noted(note, self._clock.monotonic())

    def _open_watcher(self) -> Watcher:
        if self._watcher is None:
            raise LinkLost("not connected")
        return self._watcher

    def _open_pcsc(self) -> Context:
        if self._pcsc is None:
            raise LinkLost("not connected")
        return self._pcsc


def _fault(code: str, detail: str = "") -> Fault:
    return Fault(code, ACTIONS[code], detail)


def build(endpoint: Endpoint, options: Mapping[str, str], context: DriverContext) -> SmartCardReader:
    """The driver for `pcsc://` (the only reader) or `pcsc:///?reader=NAME-OR-PART`; `Unsupported` for any other.

    `socket=PATH` in the URL names another PC/SC service than the machine's own. No driver options.
    """
    if endpoint.scheme != "pcsc" or endpoint.host or endpoint.path.strip("/"):
        raise Unsupported(f"a smart-card reader is pcsc:// or pcsc:///?reader=NAME, not {endpoint.url!r}")
    unknown = [name for name in (*dict(endpoint.options), *options) if name not in {"reader", "socket"}]
    if unknown or options:
        raise Unsupported(f"a smart-card reader has no option {', '.join(unknown) or ', '.join(options)}")
    from drivers.smart_card.pcsc_adapter import open_context  # loads the PC/SC library: only where a reader is used

    socket = endpoint.option("socket", "")
    return SmartCardReader(lambda: open_context(socket), endpoint.option("reader", ""), context)
