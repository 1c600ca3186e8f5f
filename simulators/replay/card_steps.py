"""What a trace of a PC/SC reader (docs/devices/trace.md) has reader, card and service do, in order."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from simulators.replay.steps import Hear, Say
from simulators.replay.trace_file import TraceFile, TraceLine

# winscard.h
_MUTE = frozenset({0x8010000F, 0x80100066, 0x80100067})  # no common protocol, unresponsive, unpowered
_READER_GONE = frozenset({0x80100009, 0x80100017, 0x8010002E})  # unknown, unavailable, none left
_SERVICE_GONE = frozenset({0x80100003, 0x80100013, 0x8010001D, 0x8010001E, 0x8010002F})
_CARD_GONE = frozenset({0x8010000C, 0x80100016, 0x80100068, 0x80100069})  # no card, not transacted, reset, removed
_SEEN_WITHIN_S = 1.0  # a card that lies in the reader of a service that came back, or whose pulling broke a command off


@dataclass(frozen=True, slots=True)
class Silence:
    """The card, which stays, gives no answer."""

    line: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Insert:
    """A card comes; with an empty `atr` one that does not answer to reset.

    `before_host`: nobody looks yet. `lay_there`: it was there when the service came back, which saw it a moment later.
    """

    line: int
    at_s: float
    atr: bytes
    before_host: bool = False
    lay_there: bool = False


@dataclass(frozen=True, slots=True)
class Remove:
    """The card goes. `at_apdu`: at once when something is asked of it, for it went while the host connected."""

    line: int
    at_s: float
    before_host: bool = False
    at_apdu: bool = False


@dataclass(frozen=True, slots=True)
class Lose:
    """The service ends; with `only_reader` it is back without the reader. `at_apdu` as of `Remove`."""

    line: int
    at_s: float
    only_reader: bool = False
    at_apdu: bool = False


@dataclass(frozen=True, slots=True)
class Restore:
    """Service and reader are there again; nobody gets in yet."""

    line: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Leave:
    """Wait until the host has gone; then nobody gets in."""

    line: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Arrive:
    """Let the host in and wait for it."""

    line: int
    at_s: float


CardStep = Hear | Say | Silence | Insert | Remove | Lose | Restore | Leave | Arrive


@dataclass(frozen=True, slots=True)
class CardScript:
    """A trace as the part of reader, card and service."""

    kind: str
    steps: tuple[CardStep, ...]


def card_script(file: TraceFile) -> CardScript:
    """The reader's part of a trace with scheme `pcsc`; `TraceError` for one that no card can play."""
    return CardScript(file.kind, _Writer(file).steps())


class _Writer:
    def __init__(self, file: TraceFile) -> None:
        self._file = file
        self._steps: list[CardStep] = []
        self._card: int | None = None  # place of the card's step
        self._arrive = 0  # place of the last Arrive
        self._was_open = self._is_lost = self._came_back = self._reader_is_gone = False
        self._refused = 0  # code with which the card could not be had, and nothing was asked of it since …
        self._refused_line = 0  # … and the line of it

    def steps(self) -> tuple[CardStep, ...]:
        for line in self._file.lines:
            match line.said:
                case {"link": "open"}:
                    self._opened(line)
                case {"link": "lost"}:
                    self._lost(line)
                case {"saw": "CardIn"}:
                    self._card_in(line)
                case {"saw": "CardOut"}:
                    self._card_out(line)
                case {"saw": "CallFailed"}:
                    self._failed(line)
                case {">": str(data)}:
                    self._asked(line, data)
                case {"<": str(data)}:
                    self._answered(line, data)
                case _:
                    continue  # the host's own affairs
        self._settle(frozenset())
        return tuple(self._steps)

    # the link

    def _opened(self, line: TraceLine) -> None:
        if self._is_lost:
            self._steps.append(Restore(line.number, line.at_s))
        elif self._was_open:
            self._steps.append(Leave(line.number, line.at_s))
        self._arrive = len(self._steps)
        self._steps.append(Arrive(line.number, line.at_s))
        self._was_open, self._came_back, self._is_lost, self._reader_is_gone = True, self._is_lost, False, False

    def _lost(self, line: TraceLine) -> None:
        at_apdu = self._settle(_SERVICE_GONE | _READER_GONE | _CARD_GONE)
        at_s = self._unanswered_s(line.at_s)  # the answer was lost with everything
        self._steps.append(Lose(line.number, at_s, self._reader_is_gone, at_apdu))
        self._card, self._is_lost = None, True

    # the card

    def _card_in(self, line: TraceLine) -> None:
        atr = line.told.get("atr")
        if not isinstance(atr, str):
            raise self._file.error(line.number, "a card without its answer to reset")
        last = self._steps[-1] if self._steps else None
        is_first = line.told.get("first") is True
        lay_there = self._came_back and isinstance(last, Arrive) and line.at_s - last.at_s < _SEEN_WITHIN_S
        data = self._file.data(line, atr)
        self._card = self._moved(Insert(line.number, line.at_s, data, is_first, lay_there and not is_first))

    def _card_out(self, line: TraceLine) -> None:
        at_apdu = self._settle(_CARD_GONE)
        at_s = self._unanswered_s(line.at_s)  # its going is why it did not answer
        self._moved(Remove(line.number, at_s, line.told.get("first") is True, at_apdu))
        self._card = None

    def _unanswered_s(self, at_s: float) -> float:
        """When what was seen at `at_s` began: with the command that failed just before, if there is one."""
        last = self._steps[-1] if self._steps else None
        if not isinstance(last, Silence) or at_s - last.at_s > _SEEN_WITHIN_S:
            return at_s
        self._steps.pop()
        return last.at_s

    def _moved(self, step: Insert | Remove) -> int:
        """Put the step at its place: what the first look found was so before the host came."""
        place = self._arrive if step.before_host else len(self._steps)
        self._steps.insert(place, step)
        self._arrive += step.before_host
        return place

    def _failed(self, line: TraceLine) -> None:
        try:
            call, code = line.told["call"], int(str(line.told["code"]), 16)
        except (KeyError, ValueError):
            raise self._file.error(line.number, "a failed call without its name and code") from None
        self._reader_is_gone |= code in _READER_GONE
        card = None if self._card is None else self._steps[self._card]
        if call == "transmit" and self._is_asked():
            self._steps.append(Silence(line.number, line.at_s))
        elif call == "connect" and code in _MUTE and self._card is not None and isinstance(card, Insert):
            self._steps[self._card] = dataclasses.replace(card, atr=b"")
        elif call == "connect":
            self._refused, self._refused_line = code, line.number

    def _asked(self, line: TraceLine, data: str) -> None:
        card = None if self._card is None else self._steps[self._card]
        if not isinstance(card, Insert):
            raise self._file.error(line.number, "a command, but no card: written by a version that did not note cards")
        if not card.atr:
            raise self._file.error(line.number, "a card that was mute answers; no simulated card can play that")
        self._refused = 0  # another program had the card, and gave it back
        self._steps.append(Hear(line.number, line.at_s, self._file.data(line, data)))

    def _answered(self, line: TraceLine, data: str) -> None:
        if not self._is_asked():
            raise self._file.error(line.number, "an answer without a command")
        self._steps.append(Say(line.number, line.at_s, self._file.data(line, data)))

    def _is_asked(self) -> bool:
        return bool(self._steps) and isinstance(self._steps[-1], Hear)

    def _settle(self, known: frozenset[int]) -> bool:
        """Whether the card could not be had before, for one of the `known` codes; `TraceError` for another one."""
        code, self._refused = self._refused, 0
        if code and code not in known:
            why = f"the card could not be had ({code:08X}): another program had it, or the reader failed"
            raise self._file.error(self._refused_line, f"{why}; no simulated card can play that")
        return bool(code)
