"""Two ratings one after the other at the pad, a third to see that it works again."""

from __future__ import annotations

from drivers.base.clock import Clock
from drivers.base.status import Fault
from drivers.evaluator import api
from simulators.evaluator.machine import PadMachine, Page
from simulators.evaluator.wire import START, PadWire, Type, frame
from tests.faults.matrix.memory_line import Heard
from tests.faults.matrix.scene import BACK_WITHIN_S, SETTLED_WITHIN_S, Kind
from tests.faults.matrix.session import MatrixSession

RATING_S = 60
STANDS = frozenset({"link.timeout", "link.lost"})  # the driver does it by itself when the pad is back


class PadScene:
    """For an invitation exactly the key that the citizen pressed, whatever happens on the line."""

    def __init__(self, clock: Clock) -> None:
        self._machine = PadMachine(clock.monotonic)
        self.wire = PadWire(self._machine)
        self._pressed: dict[str, int] = {}

    def play(self, session: MatrixSession) -> None:
        session.run(session.is_online, SETTLED_WITHIN_S)
        session.execute(api.ShowIdle("综合受理-03"))
        self._rate(session, "0a0b0c01", 2, SETTLED_WITHIN_S)
        self._rate(session, "0a0b0c02", 0, SETTLED_WITHIN_S)
        session.run(lambda: False, BACK_WITHIN_S)  # a heartbeat

    def recover(self, session: MatrixSession) -> None:
        self._rate(session, "0a0b0c03", 5, BACK_WITHIN_S)

    def outcome(self, session: MatrixSession) -> object:
        return self._pressed, [type(event).__name__ for event in session.of(api.Rated, api.Declined)]

    def _rate(self, session: MatrixSession, token: str, level: int, within_s: float) -> None:
        result = session.execute(api.StartRating(token, RATING_S))
        if isinstance(result, Fault) and result.code not in STANDS:  # the desk tries once more
            session.run(session.is_online, within_s)
            session.execute(api.StartRating(token, RATING_S))
        shown = session.run(lambda: self._machine.page is Page.RATING and self._machine.token.hex() == token, within_s)
        assert shown, f"the pad never shows the rating {token}"
        assert session.line.do(lambda: self._machine.press(level))
        self._pressed[token] = level
        assert session.run(lambda: token in self._counted(session), within_s), "the key is lost"
        session.execute(api.EndRating(token, thank=True))
        session.run(lambda: not self.wire.unacknowledged(), within_s)
        assert not self.wire.unacknowledged(), "a key is never acknowledged"
        assert self._counted(session) == self._pressed

    def _counted(self, session: MatrixSession) -> dict[str, int]:
        counted: dict[str, int] = {}
        for event in session.of(api.Rated, api.Declined):
            assert isinstance(event, api.Rated | api.Declined)
            assert event.token not in counted, "two events for one invitation"
            counted[event.token] = event.level if isinstance(event, api.Rated) else 0
        return counted


def busy(heard: Heard) -> tuple[bytes, ...]:
    """Every refusal of a command, and one that no pad gives today."""
    if heard.reply[4] != Type.ACK:
        return (b"",)
    return (b"", *(frame(heard.reply[3], Type.ACK, heard.reply[5:6] + bytes((result,))) for result in (1, 2, 3, 9)))


def wrong_lengths(reply: bytes) -> tuple[bytes, ...]:
    """The same with another LEN; the checksum as it was."""
    lengths = (0, reply[2] - 1, reply[2] + 1, 240, 241, 255)
    return tuple(START + bytes((length % 256,)) + reply[3:] for length in lengths if length != reply[2])


EVALUATOR = Kind(
    name="evaluator",
    make=PadScene,
    codes={
        "unplug": frozenset({"link.lost", "link.offline"}),
        **dict.fromkeys(("doubled", "late", "silence"), frozenset({"link.timeout", "evaluator.silent"})),
        "busy": frozenset({"evaluator.not_now", "evaluator.refused"}),
    },
    busy=busy,
    wrong_lengths=wrong_lengths,
)
