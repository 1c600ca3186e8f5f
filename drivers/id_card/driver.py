"""The reader for resident identity cards (身份证阅读器): looks for a card, reads it whole, sees it lifted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, Corrupt, Refused, Timeout, Unsupported
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.base.transport import Ready
from drivers.base.transports import transport_of
from drivers.base.wake import Wake
from drivers.id_card import api, codec, tables
from drivers.id_card.portrait import PortraitDecoder
from drivers.id_card.tables import Sw3

OPEN_WITHIN_S: Final = 2.0
FIND_EVERY_S: Final = 0.3  # domain.md a.6, 1
HEARTBEAT_S: Final = 2.0  # domain.md a.6, 4
MISSES_ARE_SILENCE: Final = 3
MISSES_ARE_REMOVAL: Final = 2
_BITS_PER_BYTE: Final = 10

ACTIONS: Final[Mapping[str, FaultAction]] = {
    "id_card.lifted": FaultAction.CLEAR,
    "id_card.lift_first": FaultAction.CLEAR,
    "id_card.interrupted": FaultAction.CLEAR,
    "id_card.corrupt": FaultAction.CLEAR,
    "id_card.no_answer": FaultAction.CLEAR,
    "id_card.unknown_kind": FaultAction.CLEAR,
    "id_card.wrong_card": FaultAction.CLEAR,
    "id_card.authentication": FaultAction.CLEAR,
    "id_card.refused": FaultAction.CLEAR,
    "id_card.silent": FaultAction.SUSPEND,
    "id_card.garbled": FaultAction.CONFIGURATION,
    "id_card.not_authorised": FaultAction.MAINTENANCE,
    "id_card.self_test": FaultAction.MAINTENANCE,
}
"""Every fault code of this device and who mends it."""

# What a refusal means; statuses that are not here are "id_card.refused".
_REFUSALS: Final[Mapping[int, str]] = {
    Sw3.READ_FAILED: "id_card.lifted",
    Sw3.SELECT_FAILED: "id_card.lifted",
    Sw3.CARD_REFUSED_SAM: "id_card.authentication",
    Sw3.SAM_REFUSED_CARD: "id_card.authentication",
    Sw3.INFORMATION_CHECK: "id_card.authentication",
    Sw3.WRONG_CARD_TYPE: "id_card.wrong_card",
    Sw3.NOT_AUTHORISED: "id_card.not_authorised",
    Sw3.SELF_TEST_FAILED: "id_card.self_test",
}
_COMMAND_WAS_DAMAGED: Final = frozenset({Sw3.CHECKSUM_ERROR, Sw3.LENGTH_ERROR})
_READER_IS_ILL: Final = frozenset({Sw3.NOT_AUTHORISED, Sw3.SELF_TEST_FAILED})


class _Held(Enum):
    """What is known of a card that was dealt with and has not been seen lifted."""

    READ = auto()  # read whole: the reader finds it no more, so "found" proves that it was lifted
    LIFT_FIRST = auto()  # failed: not read again before it was seen to be gone
    MAY_RETRY = auto()  # the card or the cable went away in mid-read: read again as soon as a card is found


class IdCardReader:
    """Driver of one reader. One command at a time; the card is dealt with on the timer.

    States: in trouble (asks every 2 s whether it is over), a card found (reads it at once), looking or a card held
    (find every 300 ms), idle (heartbeat every 2 s).
    """

    def __init__(self, endpoint: Endpoint, portraits: PortraitDecoder, context: DriverContext) -> None:
        self._clock = context.clock
        self._cancel = context.cancel
        self._transport = transport_of(endpoint, context.clock, context.tap)
        self._baud = endpoint.number("baud", 115200) or 115200
        self._portraits = portraits
        self._decoder = codec.ReplyDecoder()
        self._mode = api.ReadMode.ONE_SHOT
        self._looking = False
        self._held: _Held | None = None
        self._gone = 0
        self._found_at_s: float | None = None
        self._reading = False
        self._was_interrupted = False
        self._tell_to_lift = False
        self._status = DeviceStatus(DeviceState.STARTING)
        self._misses = 0
        self._is_garbled = False
        self._abandoned: tables.Command | None = tables.STATUS
        self._wire_bytes = 0
        self._due_s = 0.0

    def connect(self) -> None:
        """Open the line and start the portrait child; `LinkLost` when the line is not there or held by another."""
        self._transport.open(Deadline.after(self._clock, OPEN_WITHIN_S))
        self._portraits.start()

    def interrogate(self) -> DeviceStatus:
        """Status and number of the SAM module. Offline when a living line brings no answer."""
        self._misses = 0
        for _ in range(MISSES_ARE_SILENCE):  # the first may fall victim to half a command from an earlier life
            if (reply := self._try(tables.STATUS)) is not None:
                self._status = self._online() if reply.sw3 == Sw3.OK else _ill(reply)
                break
        else:
            self._status = self._offline()
        self._due_s = self._clock.monotonic()
        return self._status

    def execute(self, command: object) -> object:
        """StartReading, StopReading: at once, the reader itself is asked on the timer."""
        match command:
            case api.StartReading():
                self._looking, self._mode = True, command.mode
                self._tell_to_lift = self._held is not None
            case api.StopReading():
                self._looking = False
                self._break_off()
            case _:
                raise Unsupported(f"the ID-card reader knows no {type(command).__name__}")
        if self._status.state is DeviceState.ONLINE:
            self._due_s = self._clock.monotonic()
        return None

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait, on the line."""
        return self._transport.wait(deadline, wake)

    def on_readable(self) -> Iterable[object]:
        """The reader never speaks unasked: what comes is late and of no more interest."""
        self._transport.discard_input()
        return ()

    def next_timer_s(self) -> float | None:
        """The next find, heartbeat or, with a card found, its read at once."""
        return self._due_s

    def on_timer(self) -> Iterable[object]:
        """One step: ask after trouble, read the found card, find, watch for removal, or heartbeat."""
        started_s = self._clock.monotonic()
        try:
            return self._step()
        finally:
            self._due_s = started_s + self._pause_s()

    def close(self) -> None:
        """Give the line back and end the portrait child. What lies on the reader is asked again after `connect`."""
        self._transport.close()
        self._portraits.close()
        if self._held is _Held.READ:  # a reader that lost its power finds a card again that was read already
            self._held, self._tell_to_lift = _Held.LIFT_FIRST, True
        self._break_off()
        self._abandoned = self._abandoned or tables.STATUS

    # steps

    def _step(self) -> list[object]:
        if self._status.state is not DeviceState.ONLINE:
            return self._ask_after_trouble()
        if self._was_interrupted:
            self._was_interrupted = False
            return [api.CardReadFailed(_fault("id_card.interrupted"))] if self._looking else []
        if self._found_at_s is not None:
            return self._read_card(self._found_at_s)
        if self._looking or self._held is not None:
            return self._find()
        reply = self._try(tables.STATUS)
        if reply is None:
            return self._silence()
        return self._trouble(_ill(reply)) if reply.sw3 in _READER_IS_ILL else []

    def _pause_s(self) -> float:
        if self._status.state is not DeviceState.ONLINE:
            return HEARTBEAT_S
        if self._found_at_s is not None:
            return 0.0
        return FIND_EVERY_S if self._looking or self._held is not None else HEARTBEAT_S

    def _find(self) -> list[object]:
        reply = self._try(tables.FIND)
        if reply is None:
            return self._silence()
        if reply.sw3 in _READER_IS_ILL:
            return self._trouble(_ill(reply))
        if reply.sw3 == Sw3.FOUND:
            return self._card_is_there()
        if reply.sw3 == Sw3.FIND_FAILED and self._held is not None:
            return self._watch_removal()
        return []

    def _card_is_there(self) -> list[object]:
        self._gone = 0
        if self._held is _Held.LIFT_FIRST:
            return self._still_there()
        events: list[object] = []
        if self._held is _Held.READ:
            self._held = None
            events.append(api.CardRemoved())
        if self._looking:
            self._held = None
            self._found_at_s = self._clock.monotonic()
            events.append(api.CardFound(self._found_at_s))
        return events

    def _watch_removal(self) -> list[object]:
        """Find misses a card that was read even while it lies there: only "read new address" still tells."""
        reply = self._try(tables.READ_NEW_ADDRESS)
        if reply is None:
            return self._silence()
        if reply.sw3 in {Sw3.OK, Sw3.NO_SUCH_ITEM}:
            self._gone = 0
            return self._still_there()
        self._gone += 1
        if self._gone < MISSES_ARE_REMOVAL:
            return []
        self._held, self._gone = None, 0
        return [api.CardRemoved()]

    def _still_there(self) -> list[object]:
        if not self._tell_to_lift or not self._looking:
            return []
        self._tell_to_lift = False
        return [api.CardReadFailed(_fault("id_card.lift_first"))]

    def _read_card(self, found_at_s: float) -> list[object]:
        self._found_at_s = None
        self._tell_to_lift = False
        self._reading = True
        try:
            self._need(tables.SELECT)
            text_area, wlt = codec.split_base(self._need(tables.READ_BASE))
            read_at_s = self._clock.monotonic()
            text = codec.card_text(text_area, self._clock.wall().date())
            portrait = self._portraits.portrait(wlt, self._cancel)
        except Cancelled:
            self._break_off()
            raise
        except Timeout:
            return self._failed(_fault("id_card.no_answer"))
        except Corrupt as error:
            return self._failed(_fault("id_card.corrupt", error.reason))
        except Refused as error:
            return self._failed(_fault(error.code, error.detail))
        self._reading, self._gone = False, 0
        self._held = _Held.READ
        if self._mode is api.ReadMode.ONE_SHOT:
            self._looking = False
        return [api.CardRead(text, portrait, found_at_s, read_at_s, self._wire_bytes)]

    def _break_off(self) -> None:
        """Link, session or case want no more of the card that was found or is being read: it is found anew."""
        if self._reading or self._found_at_s is not None:
            self._was_interrupted = True
            self._held, self._gone = _Held.MAY_RETRY, 0
        self._reading, self._found_at_s = False, None

    def _failed(self, fault: Fault) -> list[object]:
        self._reading, self._gone = False, 0
        self._held = _Held.MAY_RETRY if fault.code == "id_card.lifted" else _Held.LIFT_FIRST
        events: list[object] = [api.CardReadFailed(fault)]
        if fault.action is FaultAction.MAINTENANCE:
            events += self._trouble(DeviceStatus(DeviceState.HARDWARE_ERROR, fault))
        return events

    # the reader's own health

    def _online(self) -> DeviceStatus:
        reply = self._try(tables.SAM_ID)
        sam = "unknown" if reply is None or reply.sw3 != Sw3.OK else codec.sam_id_text(reply.data)
        return DeviceStatus(DeviceState.ONLINE, facts=(("sam", sam), ("portrait_decoder", self._portraits.name)))

    def _offline(self) -> DeviceStatus:
        code = "id_card.garbled" if self._is_garbled else "id_card.silent"
        return DeviceStatus(DeviceState.OFFLINE, _fault(code, f"{self._misses} commands without a right answer"))

    def _silence(self) -> list[object]:
        return [] if self._misses < MISSES_ARE_SILENCE else self._trouble(self._offline())

    def _trouble(self, status: DeviceStatus) -> list[object]:
        self._status = status
        return [StatusReport(status)]

    def _ask_after_trouble(self) -> list[object]:
        before = self._status
        reply = self._try(tables.STATUS)
        if reply is None:  # three in a row, also of a reader that was ill until now, are silence
            if self._misses >= MISSES_ARE_SILENCE and before.state is not DeviceState.OFFLINE:
                return self._trouble(self._offline())
            return []
        status = self._online() if reply.sw3 == Sw3.OK else _ill(reply)
        return [] if status == before else self._trouble(status)

    # the line

    def _need(self, command: tables.Command) -> bytes:
        """Data of the good reply; `Refused` with the fault's code for any other."""
        reply = self._ask(command)
        if reply.sw3 != command.good[0]:
            raise Refused(_REFUSALS.get(reply.sw3, "id_card.refused"), f"{command.name}: {reply.status_text()}")
        return reply.data

    def _try(self, command: tables.Command) -> codec.Reply | None:
        """The reply, or None for one more command without a right answer."""
        try:
            reply = self._ask(command)
        except (Timeout, Corrupt) as error:
            self._misses += 1
            self._is_garbled = isinstance(error, Corrupt)
            return None
        self._misses = 0
        return reply

    def _ask(self, command: tables.Command) -> codec.Reply:
        """One exchange. After one that was left unanswered, a status exchange first.

        The reader answers in order: once "status" is answered, nothing older can come any more, above all no
        other card's data.
        """
        if self._abandoned is not None and command is not tables.STATUS:
            self._exchange(tables.STATUS)
        if command is tables.FIND:
            self._wire_bytes = 0
        return self._exchange(command)

    def _exchange(self, command: tables.Command) -> codec.Reply:
        frame = codec.encode(command)
        wait_s = command.wait_s + (len(frame) + command.longest_bytes) * _BITS_PER_BYTE / self._baud
        if self._abandoned is not None:  # the reader may still be busy with it
            wait_s += self._abandoned.wait_s
        deadline = Deadline.after(self._clock, wait_s)
        self._transport.discard_input()
        self._decoder.clear()
        self._abandoned = command
        self._transport.write(frame, deadline)
        self._wire_bytes += len(frame)
        damage: Corrupt | None = None
        while True:
            ready = self._transport.wait(deadline, self._cancel)
            if ready.woken:
                raise Cancelled(command.name)
            if not ready.readable:
                break
            data = self._transport.read_available()
            self._wire_bytes += len(data)
            for item in self._decoder.feed(data):
                if isinstance(item, codec.DamagedFrame):
                    damage = item
                    if item.frame_bytes == command.longest_bytes:
                        raise item  # this was the answer
                elif item.sw3 in _COMMAND_WAS_DAMAGED:
                    raise Corrupt(f"{command.name}: the reader got a damaged command")
                elif command.is_answered_by(item.sw3, len(item.data)):
                    self._abandoned = None
                    return item
        if damage is not None:
            raise damage
        if self._decoder.pending_bytes or self._decoder.dropped_bytes:
            raise Corrupt(f"{command.name}: part of a reply", self._decoder.pending_bytes + self._decoder.dropped_bytes)
        raise Timeout(f"{command.name}: no answer")


def _fault(code: str, detail: str = "") -> Fault:
    return Fault(code, ACTIONS[code], detail)


def _ill(reply: codec.Reply) -> DeviceStatus:
    """A reader that answers "status" with anything but OK."""
    return DeviceStatus(
        DeviceState.HARDWARE_ERROR, _fault(_REFUSALS.get(reply.sw3, "id_card.self_test"), reply.status_text())
    )


def build(endpoint: Endpoint, options: Mapping[str, str], context: DriverContext) -> IdCardReader:
    """The driver for `endpoint` (`serial:///dev/idcard?baud=115200` or `tcp://`); `Unsupported` for any other.

    Options: wlt_decoder, the path of a Python file with `decode(wlt)`; without it portraits are placeholders.
    """
    return IdCardReader(endpoint, PortraitDecoder(options.get("wlt_decoder", ""), context.clock), context)
