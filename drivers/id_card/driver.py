"""The ID-card reader (身份证阅读器): looks for a card of any kind, reads it whole, sees it lifted or left behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, Refused, Timeout, Unsupported
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.base.transport import Ready
from drivers.base.wake import Wake
from drivers.id_card import api, codec, reading, tables
from drivers.id_card.faults import READER_IS_ILL, fault, ill
from drivers.id_card.held import Held, HeldCard
from drivers.id_card.line import ReaderLine
from drivers.id_card.options import ReaderOptions
from drivers.id_card.patience import Patience
from drivers.id_card.portrait import PortraitDecoder
from drivers.id_card.tables import Sw3

FIND_EVERY_S: Final = 0.3  # domain.md a.6, 1
HEARTBEAT_S: Final = 2.0  # domain.md a.6, 4
MISSES_ARE_SILENCE: Final = 3


class IdCardReader:
    """Driver of one reader. One command at a time; the card is dealt with on the timer.

    States: in trouble (asks every 2 s whether it is over), a card found (reads it at once), looking or a card held
    (find every 300 ms), idle (heartbeat every 2 s).
    """

    def __init__(
        self,
        line: ReaderLine,
        patience: Patience,
        portraits: PortraitDecoder,
        options: ReaderOptions,
        context: DriverContext,
    ) -> None:
        self._clock = context.clock
        self._cancel = context.cancel
        self._line = line
        self._patience = patience
        self._portraits = portraits
        self._options = options
        self._mode = api.ReadMode.ONE_SHOT
        self._fingerprints = False
        self._looking = False
        self._held = HeldCard()
        self._found_at_s: float | None = None
        self._reading = False
        self._was_interrupted = False
        self._tell_to_lift = False
        self._status = DeviceStatus(DeviceState.STARTING)
        self._due_s = 0.0

    def connect(self) -> None:
        """Open the line and start the portrait child; `LinkLost` when the line is not there or held by another."""
        self._line.open()
        self._portraits.start()

    def interrogate(self) -> DeviceStatus:
        """Status and number of the SAM module, if need be at another rate. Offline when a living line stays silent."""
        self._line.misses = 0
        reply = self._line.first_attempt()
        for _ in range(MISSES_ARE_SILENCE - 1):  # the first may fall victim to half a command from an earlier life
            reply = reply or self._line.attempt(tables.STATUS)
        reply = reply or self._line.find_rate()
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
                self._tell_to_lift = self._held.is_ is not Held.NOTHING
                result = api.Presence.PLACED if self._held.is_known else api.Presence.WAITING
            case api.StopReading():
                self._looking = self._fingerprints = self._was_interrupted = False
                self._drop_read()
                self._held.order_ended(self._clock.monotonic())
            case api.ReadNewAddress():
                return reading.read_new_address(self._line, self._held.number)
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
        """The reader never speaks unasked: what comes is late."""
        self._line.hear_late()
        return self._new_facts()

    def next_timer_s(self) -> float | None:
        """The next find, heartbeat or, with a card found, its read at once."""
        return self._due_s

    def on_timer(self) -> Iterable[object]:
        """One step: ask after trouble, read the found card, find, watch for removal, or heartbeat."""
        started_s = self._clock.monotonic()
        try:
            return [*self._step(), *self._new_facts()]
        finally:
            self._due_s = started_s + self._pause_s()

    def close(self) -> None:
        """Give the line back and end the portrait child. What lies on the reader is asked again after `connect`."""
        self._line.close()
        self._portraits.close()
        self._break_off()
        if self._held.is_ is Held.READ:
            self._tell_to_lift = True
        self._held.link_lost()

    # steps

    def _step(self) -> list[object]:
        if self._status.state is not DeviceState.ONLINE:
            return self._ask_after_trouble()
        if self._was_interrupted:
            self._was_interrupted = False
            return [api.CardReadFailed(fault("id_card.interrupted"))] if self._looking else []
        if self._found_at_s is not None:
            return self._read_card(self._found_at_s)
        if self._watches():
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
        return FIND_EVERY_S if self._watches() else HEARTBEAT_S

    def _watches(self) -> bool:
        return self._looking or self._held.is_ is not Held.NOTHING

    def _find(self) -> list[object]:
        reply = self._line.attempt(tables.FIND)
        if reply is None:
            return self._silence()
        if reply.sw3 in READER_IS_ILL:
            return self._trouble(ill(reply))
        if reply.sw3 == Sw3.FOUND:
            return self._card_is_there()
        if reply.sw3 == Sw3.FIND_FAILED and self._held.is_ is not Held.NOTHING:
            return self._watch_removal()
        return []

    def _card_is_there(self) -> list[object]:
        held = self._held
        held.seen()
        if not self._looking or held.is_ is Held.LIFT_FIRST:
            return self._still_there()
        self._found_at_s = self._clock.monotonic()
        if held.is_ is Held.READ:  # the same one or another: it is read again to see, and nothing is told before
            return []
        held.begun()
        return [api.CardFound(self._found_at_s)]

    def _watch_removal(self) -> list[object]:
        """Find misses a card that was read even while it lies there: only "read new address" still tells."""
        reply = self._line.attempt(tables.READ_NEW_ADDRESS)
        if reply is None:
            return self._silence()
        if reply.sw3 in {Sw3.OK, Sw3.NO_SUCH_ITEM}:
            self._held.seen()
            return self._still_there()
        return [api.CardRemoved()] if self._held.missed() else []

    def _still_there(self) -> list[object]:
        if not self._looking:
            after_s = self._held.left_behind_s(self._clock.monotonic())
            return [] if after_s is None else [api.CardLeftBehind(after_s)]
        if not self._tell_to_lift:
            return []
        self._tell_to_lift = False
        return [api.CardReadFailed(fault("id_card.lift_first"))]

    def _read_card(self, found_at_s: float) -> list[object]:
        """A whole card or why there is none. One found again is told as what it is: lifted first, or another's."""
        before = self._held.number if self._held.is_ is Held.READ else None
        self._found_at_s = None
        self._tell_to_lift = False
        self._reading = True
        try:
            read = reading.read(self._line, self._clock, fingerprints=self._fingerprints)
            if isinstance(read, Fault):
                return self._failed(read, again=before is not None)
            if read.text.id_number == before:
                self._reading, self._tell_to_lift = False, True
                self._held.was_read_again()
                return self._still_there()
            portrait = self._portraits.portrait(read.wlt, self._cancel)
        except Cancelled:
            self._break_off()
            raise
        self._reading = False
        self._held.was_read(read.text.id_number)
        if self._mode is api.ReadMode.ONE_SHOT:
            self._looking = False
        exchanged = [] if before is None else [api.CardRemoved(), api.CardFound(found_at_s)]
        card = api.CardRead(read.text, portrait, found_at_s, read.read_at_s, read.bytes_on_wire, read.fingers)
        return [*exchanged, card, *self._portrait_trouble()]

    def _drop_read(self) -> bool:
        """Forget the card that was found or is being read; whether there was one."""
        dropped = self._reading or self._found_at_s is not None
        self._reading, self._found_at_s = False, None
        return dropped

    def _break_off(self) -> None:
        """Link or session went away in mid-read: the card is found anew, and read if it is not the one before."""
        if not self._drop_read():
            return
        if self._held.is_ is Held.READ:
            self._held.failed(may_retry=False)
            self._tell_to_lift = True
        else:
            self._was_interrupted = True
            self._held.failed(may_retry=True)

    def _failed(self, why: Fault, *, again: bool) -> list[object]:
        self._reading = False
        lifted = why.code == "id_card.lifted"
        self._held.failed(may_retry=lifted and not again)
        if lifted and again:  # gone, or a reader that reads no card twice: the next answers tell
            self._tell_to_lift = True
            return []
        events: list[object] = [api.CardReadFailed(why)]
        if why.action is FaultAction.MAINTENANCE:
            events += self._trouble(DeviceStatus(DeviceState.HARDWARE_ERROR, why))
        return events

    # the reader's own health

    def _answering(self, reply: codec.Reply) -> DeviceStatus:
        """The state of a reader that answered "status" with `reply`."""
        return self._online() if reply.sw3 == Sw3.OK else ill(reply)

    def _online(self) -> DeviceStatus:
        reply = self._line.attempt(tables.SAM_ID) or self._line.attempt(tables.SAM_ID)
        sam = "unknown" if reply is None or reply.sw3 != Sw3.OK else codec.sam_id_text(reply.data)
        facts = (("sam", sam), *self._line.facts(), *self._patience.facts(), *self._set_rf_frame())
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

    def _new_facts(self) -> list[object]:
        """Tell once that the reader has turned out to be slow, without a change of its state."""
        before = dict(self._status.facts)
        facts = before | dict(self._patience.facts())
        if self._status.state is not DeviceState.ONLINE or facts == before:
            return []
        return self._trouble(DeviceStatus(DeviceState.ONLINE, self._status.fault, tuple(facts.items())))

    def _portrait_trouble(self) -> list[object]:
        """Tell when the newest card got no picture though a decoder is configured, and when one gets it again."""
        if self._portraits.fault == self._status.fault:
            return []
        return self._trouble(DeviceStatus(DeviceState.ONLINE, self._portraits.fault, self._status.facts))

    def _offline(self) -> DeviceStatus:
        code = "id_card.garbled" if self._line.is_garbled else "id_card.silent"
        return DeviceStatus(DeviceState.OFFLINE, fault(code, f"{self._line.misses} commands without a right answer"))

    def _silence(self) -> list[object]:
        self._held.not_answered()
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
    patience = Patience(chosen.patience)
    return IdCardReader(ReaderLine(endpoint, context, patience), patience, portraits, chosen, context)
