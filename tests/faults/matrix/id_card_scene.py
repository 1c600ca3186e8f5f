"""Two citizens one after the other at the ID-card reader, a third to see that it works again."""

from __future__ import annotations

from drivers.base.clock import Clock
from drivers.id_card import api
from simulators.id_card.card import ResidentCard
from simulators.id_card.fixtures import cards
from simulators.id_card.hand import ReaderHand
from simulators.id_card.machine import NO_LATENCY_MS, ReaderMachine
from simulators.id_card.wire import PREAMBLE, ReaderWire, Sw3, frame
from tests.faults.matrix.memory_line import Heard
from tests.faults.matrix.scene import BACK_WITHIN_S, SETTLED_WITHIN_S, Kind
from tests.faults.matrix.session import MatrixSession


class IdCardScene:
    """Whatever is read is the card that lies there, whole."""

    def __init__(self, clock: Clock) -> None:
        del clock
        machine = ReaderMachine(NO_LATENCY_MS)
        self.wire = ReaderWire(machine, lambda _: None)
        self._hand = ReaderHand(machine, cards()).verbs()
        self._lies: ResidentCard | None = None
        self._seen = 0
        self._read: list[str] = []

    def play(self, session: MatrixSession) -> None:
        session.run(session.is_online, SETTLED_WITHIN_S)
        session.execute(api.StartReading(api.ReadMode.CONTINUOUS))
        for name in ("zhang", "li"):
            self._place(session, name)
            dealt_with = len(session.of(api.CardRead, api.CardReadFailed))
            session.run(lambda n=dealt_with: len(session.of(api.CardRead, api.CardReadFailed)) > n, SETTLED_WITHIN_S)
            self._check(session)
            self._lift(session)

    def recover(self, session: MatrixSession) -> None:
        session.execute(api.StartReading(api.ReadMode.CONTINUOUS))  # as the desk does when the reader is back
        self._place(session, "wang")
        before = len(session.of(api.CardRead))
        assert session.run(lambda: len(session.of(api.CardRead)) > before, BACK_WITHIN_S), "the next card is not read"
        self._check(session)
        assert self._read[-1:] == ["王过期"]

    def outcome(self, session: MatrixSession) -> object:
        return self._read, [type(event).__name__ for event in session.events]

    def _place(self, session: MatrixSession, name: str) -> None:
        session.line.do(lambda: self._hand["place_card"](card=name))
        card = cards()[name]
        assert isinstance(card, ResidentCard)
        self._lies = card

    def _lift(self, session: MatrixSession) -> None:
        session.line.do(self._hand["lift"])
        removed = len(session.of(api.CardRemoved))
        # A reader that is silent meanwhile does not see it go: the next citizen waits that long.
        session.run(lambda: len(session.of(api.CardRemoved)) > removed, SETTLED_WITHIN_S)
        self._check(session)
        self._lies = None

    def _check(self, session: MatrixSession) -> None:
        """Every card read since the last look is the one that lies there."""
        for event in session.of(api.CardRead)[self._seen :]:
            assert isinstance(event, api.CardRead)
            self._seen += 1
            card, text = self._lies, event.text
            assert card is not None, "a card was read where none lay"
            said = (text.name.reveal(), text.id_number.reveal(), text.address.reveal(), text.birth_date.reveal())
            assert said == (card.name, card.id_number, card.address, card.birth), "data of two cards"
            assert (text.issuer, text.valid_from, text.valid_until) == (card.issuer, card.valid_from, card.valid_until)
            self._read.append(text.name.reveal())


def busy(heard: Heard) -> tuple[bytes, ...]:
    """The reader did not understand, or could not."""
    del heard
    refusals = (Sw3.CHECKSUM_ERROR, Sw3.LENGTH_ERROR, Sw3.BAD_COMMAND, Sw3.READ_FAILED, Sw3.SELECT_FAILED)
    return (b"", *map(frame, refusals))


def wrong_lengths(reply: bytes) -> tuple[bytes, ...]:
    """The same with another length."""
    head = len(PREAMBLE)
    length = int.from_bytes(reply[head : head + 2], "big")
    others = (0, 3, 4, length - 1, length + 1, length + 300, 0xFFFF)
    return tuple(PREAMBLE + max(0, other).to_bytes(2, "big") + reply[head + 2 :] for other in others if other != length)


_CORRUPT = frozenset({"id_card.corrupt"})
ID_CARD = Kind(
    name="id_card",
    make=IdCardScene,
    codes={
        "unplug": frozenset({"link.lost", "id_card.interrupted"}),
        "cut": _CORRUPT | {"id_card.no_answer"},
        **dict.fromkeys(("flipped bit", "lost byte", "wrong length", "noise before", "noise inside"), _CORRUPT),
        "doubled": frozenset({"id_card.no_answer"}),
        "late": _CORRUPT | {"id_card.no_answer", "id_card.silent"},
        "silence": frozenset({"id_card.no_answer", "id_card.silent"}),
        "busy": _CORRUPT | {f"id_card.{trouble}" for trouble in ("self_test", "lifted", "refused", "no_answer")},
    },
    busy=busy,
    wrong_lengths=wrong_lengths,
)
