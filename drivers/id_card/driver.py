"""The ID-card reader (身份证阅读器): looks for a card of any kind, reads it whole, sees it lifted or left behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, Corrupt, Refused, Timeout, Unsupported
from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.base.transport import Ready
from drivers.base.wake import Wake
from drivers.id_card import api, codec, tables
from drivers.id_card.faults import READER_IS_ILL, REFUSALS, fault, ill
from drivers.id_card.line import ReaderLine
from drivers.id_card.options import ReaderOptions
from drivers.id_card.portrait import PortraitDecoder
from drivers.id_card.tables import Sw3

FIND_EVERY_S: Final = 0.3  # domain.md a.6, 1
HEARTBEAT_S: Final = 2.0  # domain.md a.6, 4
LEFT_BEHIND_S: Final = 10.0  # a citizen has that long to take the card after it is needed no more
LEFT_BEHIND_AGAIN_S: Final = 30.0
MISSES_ARE_SILENCE: Final = 3
MISSES_ARE_REMOVAL: Final = 2


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

    def __init__(self, line: ReaderLine, portraits: PortraitDecoder, options: ReaderOptions, context: DriverContext):
        self._clock = context.clock
        self._cancel = context.cancel
        self._line = line
        self._portraits = portraits
        self._options = options
        self._mode = api.ReadMode.ONE_SHOT
        self._fingerprints = False
        self._looking = False
        self._held: _Held | None = None
        self._number: Sensitive[str] | None = None  # of the card that is held as READ
        self._gone = 0
        self._found_at_s: float | None = None
        self._reading = False
        self._was_interrupted = False
        self._tell_to_lift = False
        self._unneeded_at_s: float | None = None  # when StopReading came
        self._told_left_s: float | None = None
        self._status = DeviceStatus(DeviceState.STARTING)
        self._due_s = 0.0

    def connect(self) -> None:
        """Open the line and start the portrait child; `LinkLost` when the line is not there or held by another."""
        self._line.open()
        self._portraits.start()

    def interrogate(self) -> DeviceStatus:
        """Status and number of the SAM module, if need be at another rate. Offline when a living line stays silent."""
        self._line.misses = 0
        for _ in range(MISSES_ARE_SILENCE):  # the first may fall victim to half a command from an earlier life
            if (reply := self._line.attempt(tables.STATUS)) is not None:
                break
        else:
            reply = self._line.find_rate()
        self._status = self._offline() if reply is None else self._answering(reply)
        self._due_s = self._clock.monotonic()
        return self._status

    def execute(self, command: object) -> object:
        """See api.py. StartReading and StopReading only give the order: the reader is asked on the timer."""
        result: object = None
        match command:
            case api.StartReading():
                if command.fingerprints and not self._options.fingerprints:
                    raise Refused("id_card.fingerprints_off", "option fingerprints")
                self._looking, self._mode, self._fingerprints = True, command.mode, command.fingerprints
                self._tell_to_lift = self._held is not None
                result = api.Presence.WAITING if self._held is None else api.Presence.PLACED
            case api.StopReading():
                self._looking = self._fingerprints = False
                self._unneeded_at_s, self._told_left_s = self._clock.monotonic(), None
                self._break_off()
            case api.ReadNewAddress():
                return self._read_new_address()
            case api.ResetReader():
                self._line.need(tables.RESET)
            case api.SetBaud():
                self._set_baud(command.baud)
            case _:
                raise Unsupported(f"the ID-card reader knows no {type(command).__name__}")
        if self._status.state is DeviceState.ONLINE:
            self._due_s = self._clock.monotonic()
        return result

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait, on the line."""
        return self._line.wait(deadline, wake)

    def on_readable(self) -> Iterable[object]:
        """The reader never speaks unasked: what comes is late and of no more interest."""
        self._line.discard_input()
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
        self._line.close()
        self._portraits.close()
        if self._held is _Held.READ:  # a reader that lost its power finds a card again that was read already
            self._held, self._number, self._tell_to_lift = _Held.LIFT_FIRST, None, True
        self._break_off()

    # steps

    def _step(self) -> list[object]:
        if self._status.state is not DeviceState.ONLINE:
            return self._ask_after_trouble()
        if self._was_interrupted:
            self._was_interrupted = False
            return [api.CardReadFailed(fault("id_card.interrupted"))] if self._looking else []
        if self._found_at_s is not None:
            return self._read_card(self._found_at_s)
        if self._looking or self._held is not None:
            return self._find()
        reply = self._line.attempt(tables.STATUS)
        if reply is None:
            return self._silence()
        return self._trouble(ill(reply)) if reply.sw3 in READER_IS_ILL else []

    def _pause_s(self) -> float:
        if self._status.state is not DeviceState.ONLINE:
            return HEARTBEAT_S
        if self._found_at_s is not None:
            return 0.0
        return FIND_EVERY_S if self._looking or self._held is not None else HEARTBEAT_S

    def _find(self) -> list[object]:
        reply = self._line.attempt(tables.FIND)
        if reply is None:
            return self._silence()
        if reply.sw3 in READER_IS_ILL:
            return self._trouble(ill(reply))
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
            self._hold(None)
            events.append(api.CardRemoved())
        if self._looking:
            self._hold(None)
            self._found_at_s = self._clock.monotonic()
            events.append(api.CardFound(self._found_at_s))
        elif self._held is not None:
            return self._still_there()
        return events

    def _watch_removal(self) -> list[object]:
        """Find misses a card that was read even while it lies there: only "read new address" still tells."""
        reply = self._line.attempt(tables.READ_NEW_ADDRESS)
        if reply is None:
            return self._silence()
        if reply.sw3 in {Sw3.OK, Sw3.NO_SUCH_ITEM}:
            self._gone = 0
            return self._still_there()
        self._gone += 1
        if self._gone < MISSES_ARE_REMOVAL:
            return []
        self._hold(None)
        return [api.CardRemoved()]

    def _still_there(self) -> list[object]:
        if not self._looking:
            return self._left_behind()
        if not self._tell_to_lift:
            return []
        self._tell_to_lift = False
        return [api.CardReadFailed(fault("id_card.lift_first"))]

    def _left_behind(self) -> list[object]:
        """Only once the desk has said that it needs no card: after one shot it may still want the new address."""
        now_s = self._clock.monotonic()
        if self._unneeded_at_s is None or now_s - self._unneeded_at_s < LEFT_BEHIND_S:
            return []
        if self._told_left_s is not None and now_s - self._told_left_s < LEFT_BEHIND_AGAIN_S:
            return []
        self._told_left_s = now_s
        return [api.CardLeftBehind(now_s - self._unneeded_at_s)]

    def _read_card(self, found_at_s: float) -> list[object]:
        self._found_at_s = None
        self._tell_to_lift = False
        self._reading = True
        try:
            self._line.need(tables.SELECT)
            if self._fingerprints:
                text_area, wlt, fingers = codec.split_base_fp(self._line.need(tables.READ_BASE_FP))
            else:
                text_area, wlt = codec.split_base(self._line.need(tables.READ_BASE))
                fingers = ()
            read_at_s = self._clock.monotonic()
            text = codec.card_text(text_area, self._clock.wall().date())
            portrait = self._portraits.portrait(wlt, self._cancel)
        except Cancelled:
            self._break_off()
            raise
        except Timeout:
            return self._failed(fault("id_card.no_answer"))
        except Corrupt as error:
            return self._failed(fault("id_card.corrupt", error.reason))
        except Refused as error:
            return self._failed(fault(error.code, error.detail))
        self._reading = False
        self._hold(_Held.READ, text.id_number)
        if self._mode is api.ReadMode.ONE_SHOT:
            self._looking = False
        card = api.CardRead(text, portrait, found_at_s, read_at_s, self._line.wire_bytes, fingers)
        return [card, *self._portrait_trouble()]

    def _read_new_address(self) -> api.NewAddresses:
        """Find comes first: a reader that finds a card has another one before it than the one that was read."""
        number = self._number
        if number is None or self._line.ask(tables.FIND).sw3 == Sw3.FOUND:
            raise Refused("id_card.lifted", "no card was read, or another lies there")
        reply = self._line.ask(tables.READ_NEW_ADDRESS)
        if reply.sw3 == Sw3.NO_SUCH_ITEM:
            return api.NewAddresses(number, ())
        if reply.sw3 != Sw3.OK:
            raise Refused(REFUSALS.get(reply.sw3, "id_card.refused"), reply.status_text())
        return api.NewAddresses(number, codec.new_addresses(reply.data))

    def _hold(self, held: _Held | None, number: Sensitive[str] | None = None) -> None:
        self._held, self._number, self._gone = held, number, 0
        self._unneeded_at_s = self._told_left_s = None

    def _break_off(self) -> None:
        """Link, session or case want no more of the card that was found or is being read: it is found anew."""
        if self._reading or self._found_at_s is not None:
            self._was_interrupted = True
            self._held, self._gone = _Held.MAY_RETRY, 0
        self._reading, self._found_at_s = False, None

    def _failed(self, why: Fault) -> list[object]:
        self._reading = False
        self._hold(_Held.MAY_RETRY if why.code == "id_card.lifted" else _Held.LIFT_FIRST)
        events: list[object] = [api.CardReadFailed(why)]
        if why.action is FaultAction.MAINTENANCE:
            events += self._trouble(DeviceStatus(DeviceState.HARDWARE_ERROR, why))
        return events

    # the reader's own health

    def _answering(self, reply: codec.Reply) -> DeviceStatus:
        """The state of a reader that answered "status" with `reply`."""
        return self._online() if reply.sw3 == Sw3.OK else ill(reply)

    def _online(self) -> DeviceStatus:
        reply = self._line.attempt(tables.SAM_ID)
        sam = "unknown" if reply is None or reply.sw3 != Sw3.OK else codec.sam_id_text(reply.data)
        facts = (("sam", sam), *self._line.facts(), *self._set_rf_frame())
        decoder = ("portrait_decoder", self._portraits.state(self._cancel))
        return DeviceStatus(DeviceState.ONLINE, self._portraits.fault, (*facts, decoder))

    def _set_rf_frame(self) -> tuple[tuple[str, str], ...]:
        size_bytes = self._options.rf_frame_bytes
        if size_bytes is None:
            return ()
        reply = self._line.attempt(tables.set_rf_frame(size_bytes))
        taken = reply is not None and reply.sw3 == Sw3.OK
        return (("rf_frame", str(size_bytes) if taken else "refused" if reply else "no answer"),)

    def _set_baud(self, baud: int) -> None:
        try:
            self._line.set_rate(baud)
        except Timeout:
            self._line.find_rate()
            raise

    def _portrait_trouble(self) -> list[object]:
        """Tell when the newest card got no picture though a decoder is configured, and when one gets it again."""
        if self._portraits.fault == self._status.fault:
            return []
        return self._trouble(DeviceStatus(DeviceState.ONLINE, self._portraits.fault, self._status.facts))

    def _offline(self) -> DeviceStatus:
        code = "id_card.garbled" if self._line.is_garbled else "id_card.silent"
        return DeviceStatus(DeviceState.OFFLINE, fault(code, f"{self._line.misses} commands without a right answer"))

    def _silence(self) -> list[object]:
        return [] if self._line.misses < MISSES_ARE_SILENCE else self._trouble(self._offline())

    def _trouble(self, status: DeviceStatus) -> list[object]:
        self._status = status
        return [StatusReport(status)]

    def _ask_after_trouble(self) -> list[object]:
        before = self._status
        reply = self._line.attempt(tables.STATUS)
        if reply is None and before.state is DeviceState.OFFLINE:
            reply = self._line.try_next_rate()  # perhaps another reader was plugged in
        if reply is None:  # three in a row, also of a reader that was ill until now, are silence
            if self._line.misses >= MISSES_ARE_SILENCE and before.state is not DeviceState.OFFLINE:
                return self._trouble(self._offline())
            return []
        status = self._answering(reply)
        return [] if status == before else self._trouble(status)


def build(endpoint: Endpoint, options: Mapping[str, str], context: DriverContext) -> IdCardReader:
    """The driver for `endpoint` (serial, tcp, usb or hid: README.md); `Unsupported` for any other or a wrong option."""
    chosen = ReaderOptions.parse(options)
    portraits = PortraitDecoder(chosen.decoder_path, context.clock, chosen.library)
    return IdCardReader(ReaderLine(endpoint, context), portraits, chosen, context)
