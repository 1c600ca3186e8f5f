"""The reader's bytes (domain.md a.2 to a.5), written apart from the product's codec."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import IntEnum, unique
from typing import assert_never

from simulators.id_card.card import Card
from simulators.id_card.machine import Action, Answer, Malformation, Outcome, ReaderMachine
from simulators.id_card.text import address_area, text_area

PREAMBLE = bytes.fromhex("AAAAAA9669")
BAUDS = {0x00: 115200, 0x01: 57600, 0x02: 38400, 0x03: 19200, 0x04: 9600}
SAM_ID = bytes.fromhex("050001005B0333010100000002000000")  # 05.01-20120411-0000000001-0000000002
_LONGEST_COMMAND = 64  # [U] commands have 3 or 4 bytes; a longer length is taken for a broken one
_SWITCH_S = 0.02  # [U] the reply to "set baud" goes out at the old rate, which takes 11 ms at 9600
_PAUSE_S = 0.2  # [U] a command broken off is forgotten after this silence


@unique
class Sw3(IntEnum):
    """The reader's own status byte (domain.md a.5)."""

    CHECKSUM_ERROR = 0x10
    LENGTH_ERROR = 0x11
    BAD_COMMAND = 0x21
    READ_FAILED = 0x41
    NOT_AUTHORISED = 0x66
    FIND_FAILED = 0x80
    SELECT_FAILED = 0x81
    OK = 0x90
    NO_SUCH_ITEM = 0x91
    FOUND = 0x9F


# CMD PARA -> action (domain.md a.3); "set baud" and "set RF frame" carry more and are looked at by themselves.
_COMMANDS = {
    b"\x10\xff": Action.RESET,
    b"\x11\xff": Action.STATUS,
    b"\x12\xff": Action.SAM_ID,
    b"\x20\x01": Action.FIND,
    b"\x20\x02": Action.SELECT,
    b"\x30\x01": Action.READ_BASE,
    b"\x30\x10": Action.READ_BASE_FP,
    b"\x30\x03": Action.READ_NEW_ADDRESS,
    b"\x61\xff": Action.SET_RF_FRAME,
    **{bytes((0x60, code)): Action.SET_BAUD for code in BAUDS},
}


def xor(data: bytes) -> int:
    """XOR of all bytes: CHK over everything before it, 0 over a right frame with its CHK."""
    value = 0
    for byte in data:
        value ^= byte
    return value


def frame(status: Sw3, data: bytes = b"") -> bytes:
    """A whole reply: preamble, length, 00 00 SW3, data, XOR."""
    body = (4 + len(data)).to_bytes(2, "big") + bytes((0, 0, status)) + data
    return PREAMBLE + body + bytes((xor(body),))


def malformed(reply: bytes, way: Malformation) -> bytes:
    """`reply` as a careless reader sends it."""
    rest = len(PREAMBLE)
    length = int.from_bytes(reply[rest : rest + 2], "big")
    match way:
        case Malformation.HANDHELD_TIMEOUT:
            return bytes.fromhex("AAAAAA96690005050505")
        case Malformation.WRONG_CHECKSUM:
            return reply[:-1] + bytes((reply[-1] ^ 0x03,))
        case Malformation.SHORT_LENGTH:
            return reply[:rest] + (length - 1).to_bytes(2, "big") + reply[rest + 2 :]
        case Malformation.LONG_LENGTH:
            return reply[:rest] + (length + 1).to_bytes(2, "big") + reply[rest + 2 :]
        case Malformation.HUGE_LENGTH:
            return reply[:rest] + b"\xff\xff" + reply[rest + 2 :]
        case Malformation.NO_PREAMBLE:
            return reply[rest:]
        case Malformation.HALF_PREAMBLE:
            return reply[1:]
        case Malformation.DOUBLED:
            return reply + reply
        case Malformation.NO_STATUS:
            return PREAMBLE + b"\x00\x01\x01"


def base_data(card: Card) -> bytes:
    """Data of the reply to 30 01."""
    text = text_area(card)
    return len(text).to_bytes(2, "big") + len(card.wlt).to_bytes(2, "big") + text + card.wlt


def base_fp_data(card: Card) -> bytes:
    """Data of the reply to 30 10; a card without fingerprints says length 0."""
    text = text_area(card)
    lengths = (len(text), len(card.wlt), len(card.fingerprints))
    return b"".join(length.to_bytes(2, "big") for length in lengths) + text + card.wlt + card.fingerprints


class ReaderWire:
    """Commands in, replies out, one command after the other. `set_baud` gets the new rate shortly after its reply."""

    def __init__(self, machine: ReaderMachine, set_baud: Callable[[int], None]) -> None:
        self._machine = machine
        self._set_baud = set_baud
        self._buffer = bytearray()
        self._heard_s = 0.0
        self._waiting: deque[tuple[Action, bytes] | Sw3] = deque()
        self._running: tuple[Action, bytes] | None = None
        self._due_s = 0.0
        self._new_baud: tuple[float, int] | None = None

    def on_bytes(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """Take the host's bytes; the replies that are due at once. Without power nothing is heard."""
        if self._is_dark(now_s):
            return ()
        self._forget_broken(now_s)
        self._heard_s = now_s
        self._buffer += data
        while (command := self._next_command()) is not None:
            self._waiting.append(command)
        return self.on_time(now_s)

    def on_time(self, now_s: float) -> Sequence[bytes]:
        """Replies that are due."""
        if self._is_dark(now_s):
            return ()
        self._forget_broken(now_s)
        self._machine.on_time(now_s)
        if self._new_baud is not None and now_s >= self._new_baud[0]:
            self._set_baud(self._new_baud[1])
            self._new_baud = None
        replies: list[bytes] = []
        while self._running is not None or self._waiting:
            if self._running is None:
                command = self._waiting.popleft()
                if isinstance(command, Sw3):
                    replies.append(frame(command))
                    continue
                self._running = command
                self._due_s = now_s + self._machine.begin(command[0], now_s)
            if now_s < self._due_s and not self._machine.is_disturbed():
                break
            action, parameters = self._running
            self._running = None
            answer = self._machine.finish()
            if answer.outcome is Outcome.FOUND:
                self._machine.found_at_s = now_s
            reply = _reply(action, answer)
            if self._machine.malformation is not None:
                reply, self._machine.malformation = malformed(reply, self._machine.malformation), None
            replies.append(reply)
            if action is Action.SET_BAUD:
                self._new_baud = (now_s + _SWITCH_S, BAUDS[parameters[1]])
        return replies

    def next_time_s(self) -> float | None:
        """When the running command is done, a hand moves, a new rate holds or a broken command is forgotten."""
        times = [self._due_s] if self._running is not None else []
        if (hand_s := self._machine.next_time_s()) is not None:
            times.append(hand_s)
        if self._new_baud is not None:
            times.append(self._new_baud[0])
        if self._buffer:
            times.append(self._heard_s + _PAUSE_S)
        return min(times, default=None)

    def on_link(self, up: bool, now_s: float) -> None:
        """The cable: what was half heard or not yet answered is forgotten."""
        del up, now_s
        self._forget_all()

    def _is_dark(self, now_s: float) -> bool:
        if self._machine.lost_power(now_s):
            self._forget_all()
        return self._machine.is_dark(now_s)

    def _forget_all(self) -> None:
        self._buffer.clear()
        self._waiting.clear()
        self._running = None
        self._machine.abandon()

    def _forget_broken(self, now_s: float) -> None:
        if self._buffer and now_s - self._heard_s >= _PAUSE_S:
            self._buffer.clear()

    def _next_command(self) -> tuple[Action, bytes] | Sw3 | None:
        start = self._buffer.find(PREAMBLE)
        if start < 0:
            del self._buffer[: max(0, len(self._buffer) - len(PREAMBLE) + 1)]
            return None
        del self._buffer[:start]
        head = len(PREAMBLE) + 2
        if len(self._buffer) < head:
            return None
        length = int.from_bytes(self._buffer[len(PREAMBLE) : head], "big")
        if not 3 <= length <= _LONGEST_COMMAND:
            del self._buffer[:head]
            return Sw3.LENGTH_ERROR
        if len(self._buffer) < head + length:
            return None
        body = bytes(self._buffer[len(PREAMBLE) : head + length])
        del self._buffer[: head + length]
        if xor(body) != 0:
            return Sw3.CHECKSUM_ERROR
        parameters = body[2:-1]
        action = _COMMANDS.get(parameters[:2])
        if action is None:
            return Sw3.BAD_COMMAND
        if len(parameters) != (3 if action is Action.SET_RF_FRAME else 2):
            return Sw3.LENGTH_ERROR
        return action, parameters


def _reply(action: Action, answer: Answer) -> bytes:
    match answer.outcome:
        case Outcome.DONE:
            return frame(Sw3.OK, _data(action, answer.card))
        case Outcome.FOUND:
            return frame(Sw3.FOUND, bytes(4))  # IIN, zeros seen (domain.md a.4)
        case Outcome.NO_CARD:
            return frame(Sw3.FIND_FAILED)
        case Outcome.SELECT_FAILED:
            return frame(Sw3.SELECT_FAILED)
        case Outcome.READ_FAILED:
            return frame(Sw3.READ_FAILED)
        case Outcome.NO_SUCH_ITEM:
            return frame(Sw3.NO_SUCH_ITEM)
        case Outcome.NOT_AUTHORISED:
            return frame(Sw3.NOT_AUTHORISED)
        case _:
            assert_never(answer.outcome)


def _data(action: Action, card: Card | None) -> bytes:
    match action:
        case Action.SAM_ID:
            return SAM_ID
        case Action.SELECT:
            return bytes(8)  # SN, zeros seen (domain.md a.4)
        case Action.READ_BASE if card is not None:
            return base_data(card)
        case Action.READ_BASE_FP if card is not None:
            return base_fp_data(card)
        case Action.READ_NEW_ADDRESS if card is not None and card.new_address is not None:
            return address_area(card.new_address)
        case _:
            return b""
