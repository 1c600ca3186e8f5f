"""The line to the reader: one exchange at a time, nothing late taken for an answer, and the rate it speaks at."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, Corrupt, LinkLost, Refused, Timeout, Unsupported
from drivers.base.serial_transport import DEFAULT_BAUD, SerialTransport
from drivers.base.transport import Ready
from drivers.base.transports import transport_of
from drivers.base.wake import Wake
from drivers.id_card import codec, tables
from drivers.id_card.faults import REFUSALS
from drivers.id_card.patience import MOST, Patience
from drivers.id_card.tables import Sw3

OPEN_WITHIN_S: Final = 2.0
_GAP_S: Final = 0.5  # a reply that goes on is waited for beyond its usual time, one that has stopped is not
_BITS_PER_BYTE: Final = 10
_FIRST_STATUS: Final = replace(tables.STATUS, heard_out=MOST)
_COMMAND_WAS_DAMAGED: Final = frozenset({Sw3.CHECKSUM_ERROR, Sw3.LENGTH_ERROR})


class ReaderLine:
    """Frames over whatever transport the endpoint names. Called on the session's thread.

    `misses` counts commands in a row without a right answer, `is_garbled` says that the newest of them got bytes, and
    `wire_bytes` counts both directions since the newest find.
    """

    def __init__(self, endpoint: Endpoint, context: DriverContext, patience: Patience) -> None:
        self._clock: Clock = context.clock
        self._cancel: Wake = context.cancel
        self._transport = transport_of(endpoint, context.clock, context.tap)
        self._decoder = codec.ReplyDecoder()
        self._patience = patience
        self._abandoned: tables.Command | None = tables.STATUS
        self._configured_baud = endpoint.number("baud", DEFAULT_BAUD) or DEFAULT_BAUD
        self._baud = self._configured_baud  # at which the reader was heard last
        self._tried = 0
        self.misses = 0
        self.is_garbled = False
        self.wire_bytes = 0

    def open(self) -> None:
        """Open the line at the rate at which the reader was heard last; `LinkLost`."""
        if isinstance(self._transport, SerialTransport):
            self._transport.set_baud(self._baud)
        self._transport.open(Deadline.after(self._clock, OPEN_WITHIN_S))

    def close(self) -> None:
        """Give the line back. What was asked before is not answered after it."""
        self._transport.close()
        self._abandoned = self._abandoned or tables.STATUS
        self._patience.forget()

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait, on the line."""
        return self._transport.wait(deadline, wake)

    def hear_late(self) -> None:
        """Drop what has arrived: it answers nothing any more, and tells at most how slow the reader is."""
        for item in self._decoder.feed(self._transport.read_available()):
            self._pass_over(item)

    # exchanges

    def need(self, command: tables.Command) -> bytes:
        """Data of the good reply; `Refused` with the fault's code for any other, `Timeout`, `Corrupt`."""
        reply = self.ask(command)
        if reply.sw3 != command.good[0]:
            raise Refused(REFUSALS.get(reply.sw3, "id_card.refused"), f"{command.name}: {reply.status_text()}")
        return reply.data

    def attempt(self, command: tables.Command) -> codec.Reply | None:
        """The reply, or None for one more command without a right answer."""
        try:
            reply = self.ask(command)
        except (Timeout, Corrupt) as error:
            self.misses += 1
            self.is_garbled = isinstance(error, Corrupt)
            return None
        self.misses = 0
        return reply

    def first_attempt(self) -> codec.Reply | None:
        """SAM status of a reader that nothing is known of: heard out, for it may be a slow one."""
        return self.attempt(_FIRST_STATUS)

    def ask(self, command: tables.Command) -> codec.Reply:
        """One exchange. After one that was left unanswered, a status exchange first.

        The reader answers in order: once "status" is answered, nothing older can come any more, above all no
        other card's data.
        """
        if self._abandoned is not None and command.code != tables.STATUS.code:
            self._exchange(tables.STATUS)
        if command is tables.FIND:
            self.wire_bytes = 0
        return self._exchange(command)

    # the rate

    def facts(self) -> tuple[tuple[str, str], ...]:
        """The rate at which the reader is heard, and the configured one where it is another."""
        if not isinstance(self._transport, SerialTransport):
            return ()
        configured = (("baud_configured", str(self._configured_baud)),)
        return (("baud", str(self._baud)), *(configured if self._baud != self._configured_baud else ()))

    def find_rate(self) -> codec.Reply | None:
        """Ask for the status at each other rate and stay where it is answered; None, at the old rate, if nowhere.

        Nothing but "status" is sent, which changes nothing in a reader; a device of another kind gets ten bytes of
        noise at each rate.
        """
        for _ in self._other_rates():
            if (reply := self.try_next_rate()) is not None:
                return reply
        return None

    def try_next_rate(self) -> codec.Reply | None:
        """One other rate, the next one with each call; None, at the old rate, when the reader is not heard at it."""
        rates = self._other_rates()
        if not rates:
            return None
        self._tried += 1
        return self._heard_at(rates[self._tried % len(rates)])

    def set_rate(self, baud: int) -> None:
        """Tell the reader another rate and follow it. `Unsupported`, `Refused`; `Timeout` when it is heard no more."""
        command = tables.SET_BAUD.get(baud)
        if command is None or not isinstance(self._transport, SerialTransport):
            raise Unsupported(f"this reader has no rate {baud}")
        self.need(command)
        # The first may fall into the time that the reader takes for the change.
        if not any(self._heard_at(baud) for _ in range(2)):
            raise Timeout(f"the reader is not heard at {baud}")

    def _other_rates(self) -> tuple[int, ...]:
        known = isinstance(self._transport, SerialTransport)
        return tuple(baud for baud in tables.BAUDS if baud != self._baud) if known else ()

    def _heard_at(self, baud: int) -> codec.Reply | None:
        if not isinstance(self._transport, SerialTransport):
            return None
        before, self._baud = self._baud, baud
        self._abandoned = None  # what was asked at another rate is not heard at this one
        self._patience.forget()
        try:
            self._transport.set_baud(baud)
            return self._exchange(tables.STATUS)
        except (Timeout, Corrupt):
            self._baud = before
            self._transport.set_baud(before)
            return None
        except (LinkLost, Cancelled):
            self._baud = before
            raise

    def _exchange(self, command: tables.Command) -> codec.Reply:
        frame = codec.encode(command)
        line_s = (len(frame) + command.longest_bytes) * _BITS_PER_BYTE / self._baud
        factor = self._patience.factor
        # The reader may still be busy with what was given up.
        busy_s = 0.0 if self._abandoned is None else self._abandoned.wait_s * factor
        self.hear_late()
        self._decoder.clear()
        self._abandoned = command
        due_s = self._clock.monotonic() + line_s
        usual_s = due_s + busy_s + command.wait_s * factor
        until = Deadline(self._clock, max(usual_s, due_s + busy_s + command.wait_s * command.heard_out))
        self._transport.write(frame, until)
        self._patience.sent(command, due_s)
        self.wire_bytes += len(frame)
        last_s = until.at_s or usual_s
        damage: Corrupt | None = None
        while True:
            ready = self._transport.wait(until, self._cancel)
            if ready.woken:
                raise Cancelled(command.name)
            if not ready.readable:
                break
            data = self._transport.read_available()
            self.wire_bytes += len(data)
            for item in self._decoder.feed(data):
                if isinstance(item, codec.DamagedFrame):
                    damage = item
                    if item.frame_bytes == command.longest_bytes:
                        raise item  # this was the answer
                elif item.sw3 in _COMMAND_WAS_DAMAGED:
                    raise Corrupt(f"{command.name}: the reader got a damaged command")
                elif command.is_answered_by(item.sw3, len(item.data)):
                    self._abandoned = None
                    self._patience.answered(self._clock.monotonic())
                    return item
                else:
                    self._pass_over(item)
            until = Deadline(self._clock, max(usual_s, min(last_s, self._clock.monotonic() + _GAP_S)))
        if damage is not None:
            raise damage
        if self._decoder.pending_bytes or self._decoder.dropped_bytes:
            raise Corrupt(f"{command.name}: part of a reply", self._decoder.pending_bytes + self._decoder.dropped_bytes)
        raise Timeout(f"{command.name}: no answer")

    def _pass_over(self, item: codec.Reply | codec.DamagedFrame) -> None:
        if isinstance(item, codec.Reply):
            self._patience.came_late(item.sw3, len(item.data), self._clock.monotonic())
