"""One scanner's line: commands and their answers, with everything else that comes in between put aside."""

from __future__ import annotations

import hashlib
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext
from drivers.base.errors import Cancelled, Refused, Timeout
from drivers.base.status import Fault, FaultAction
from drivers.base.transport import Transport
from drivers.code_scanner.families.contract import Answer, Command, Damaged, Family, Packet, Plain, Reply, Splitter

WRITE_S: Final = 0.5
TRIES: Final = 3
_FIRST_LETTER: Final = 0x20  # the marks of answers are control characters
_LINE_ENDS: Final = (b"\r", b"\n")  # alone; with more behind it is a packet's length
DAMAGES: Final = 3  # in a row, each asked for again; then the code is given up


class Exchange:
    """Sends, waits for answers, acknowledges packets. Called on the session's thread.

    `heard_s` is when the last bytes came, monotonic seconds.
    """

    def __init__(self, transport: Transport, context: DriverContext, family: Family | None) -> None:
        self._transport = transport
        self._clock = context.clock
        self._cancel = context.cancel
        self.heard_s = 0.0
        self._heard: list[Plain | Packet | Fault] = []
        self.use(family)

    def forget(self) -> None:
        """Another link: nothing was heard, and nobody is known."""
        self._heard.clear()
        self.use(None)

    def use(self, family: Family | None) -> None:
        """Speak `family` from now on. What was heard stays heard, but for a frame that has begun."""
        self._family = family
        self._splitter = Splitter(family)
        self._expected: Command | None = None
        self._reply: Reply | Damaged | None = None
        self._spoilt = False  # a packet was damaged: what follows it before a silence may be its rest
        self._damages = 0
        self._last = b""

    @property
    def is_inside_frame(self) -> bool:
        """Whether a frame has begun and its end is not there, or a damaged one may go on."""
        return self._splitter.is_inside_frame or self._spoilt

    def write(self, data: bytes) -> None:
        """Say `data`; a line that takes nothing is found out by the next answer that does not come. `LinkLost`."""
        if not data:
            return
        try:
            self._transport.write(data, Deadline.after(self._clock, WRITE_S))
        except Timeout:
            return

    def ask(self, command: Command, within_s: float, tries: int = TRIES) -> Reply:
        """Say `command` and wait for its answer, again when it is damaged, asked for again or not there.

        `Refused` when the scanner says no; `Timeout`, `Cancelled`, `LinkLost`.
        """
        try:
            for _ in range(tries):
                self._expected, self._reply = command, None
                self.write(command.data)
                reply = self._answer(Deadline.after(self._clock, within_s))
                if isinstance(reply, Reply) and reply.answer is Answer.DONE:
                    return reply
                if isinstance(reply, Reply) and reply.answer is Answer.DENIED:
                    raise Refused("code_scanner.refused", reply.data.hex())
                self._give_up_half_an_answer()
        finally:
            self._expected = None
        raise Timeout("the code scanner does not answer")

    def receive(self) -> None:
        """Read what is there and sort it; `LinkLost` when the scanner is unplugged."""
        data = self._transport.read_available()
        if data:
            self.heard_s = self._clock.monotonic()
            for heard in self._splitter.feed(data, self._expected):
                self._take(heard)

    def fell_silent(self) -> None:
        """Nothing came for the idle time: what has begun never ends."""
        for heard in self._splitter.drop():
            self._take(heard)
        self._spoilt = False

    def take(self) -> list[Plain | Packet | Fault]:
        """What was heard beside answers since the last call, in order."""
        heard, self._heard = self._heard, []
        return heard

    def _give_up_half_an_answer(self) -> None:
        """What has begun of an answer must not swallow the next one; letters and line ends may be a code's."""
        for heard in self._splitter.drop():
            is_text = isinstance(heard, Plain) and (heard.data[0] >= _FIRST_LETTER or heard.data in _LINE_ENDS)
            if is_text or not isinstance(heard, Plain):
                self._take(heard)

    def _answer(self, deadline: Deadline) -> Reply | Damaged | None:
        while True:
            self.receive()
            if self._reply is not None:
                return self._reply
            if deadline.expired():
                return None
            if self._transport.wait(deadline, self._cancel).woken:
                raise Cancelled("the code scanner's command was given up")

    def _take(self, heard: Reply | Plain | Packet | Damaged) -> None:
        family = self._family
        match heard:
            case Reply():
                self._reply = heard if self._expected is not None else None
            case Packet():
                self._spoilt, self._damages = False, 0
                self.write(family.ack if family else b"")
                if not (heard.again and self._is_known(heard)):
                    self._heard.append(heard)
                self._last = hashlib.sha256(heard.data).digest()
            case Damaged() if family is not None and family.packets:
                self._damaged(family)
            case Damaged():
                self._reply = heard if self._expected is not None else None
            case Plain():
                if not self._spoilt:
                    self._heard.append(heard)

    def _is_known(self, packet: Packet) -> bool:
        """Whether it was taken already, and only its acknowledgement was lost."""
        return hashlib.sha256(packet.data).digest() == self._last

    def _damaged(self, family: Family) -> None:
        if self._expected is not None:
            self._reply = Damaged()
        self._spoilt = True
        self._damages += 1
        if self._damages < DAMAGES:
            self.write(family.nak)
        else:
            self._damages = 0
            self._heard.append(Fault("code_scanner.damaged", FaultAction.CLEAR, f"{DAMAGES} times"))
