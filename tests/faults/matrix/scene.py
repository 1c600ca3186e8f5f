"""What a kind of device has to offer to the matrix: one scene that brings out every reply, and what must hold in it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

import pytest

from drivers import registry
from drivers.base.clock import Clock
from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.wake import Wake
from simulators.links.link import Wire
from tests.faults.matrix.memory_line import Heard, MemoryLine, Spoiled, in_memory
from tests.faults.matrix.session import Line, MatrixSession
from tests.faults.matrix.spoiling import HARMLESS, WAYS, Pieces
from tests.support.scripted_device import JumpingClock

BACK_WITHIN_S = 3.0
SETTLED_WITHIN_S = 12.0  # the longest time-outs of a driver, one after another
SAMPLED = 64  # places in a long reply that comes again; on a pseudo-terminal in any
SPARSE = 8  # every so manieth place of a long reply
EVERYWHERE = frozenset({"unplug", "split"})  # but in these ways at every one


class Scene(Protocol):
    """One simulated device and what is done with it. `play` and `recover` assert what must hold in any case."""

    wire: Wire

    def play(self, session: MatrixSession) -> None:
        """Everything in which a reply may be spoiled."""
        ...

    def recover(self, session: MatrixSession) -> None:
        """The next exchange, with nothing spoiled: it works."""
        ...

    def outcome(self, session: MatrixSession) -> object:
        """What a person saw of it; the same when nothing, or nothing harmful, was spoiled."""
        ...


class RecordedLine(Line, Protocol):
    """A line that keeps what the device said."""

    replies: list[Heard]


@dataclass(frozen=True)
class Kind:
    """One kind of device in the matrix.

    `codes`: exactly the faults that leave the driver when its replies are spoiled in this way, each at one place or
    another; none where a way is not named. `unchecked`: ways that no check on this device's line can see, so that what
    a person sees may be another thing and nothing is told. `busy`: replies that say "not now" instead of one. `options`
    go to the driver.
    """

    name: str  # the driver's package, and after a blank what is special
    make: Callable[[Clock], Scene]
    codes: Mapping[str, frozenset[str]]
    unchecked: frozenset[str] = frozenset()
    busy: Callable[[Heard], tuple[bytes, ...]] = lambda heard: ()
    wrong_lengths: Callable[[bytes], tuple[bytes, ...]] = lambda reply: ()
    framed: bool = True  # replies with a length in them
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    foresee: Callable[[pytest.MonkeyPatch], None] = lambda patch: None  # what is random in a session becomes the same

    @property
    def driver(self) -> str:
        """Name of the driver's package."""
        return self.name.partition(" ")[0]

    def told(self, way: str) -> frozenset[str]:
        """Fault codes after spoiling in this way."""
        return self.codes.get(way, frozenset())


@dataclass(frozen=True)
class Played:
    """What a session came to."""

    outcome: object
    codes: frozenset[str]
    replies: tuple[Heard, ...]


def played(kind: Kind, spoiled: Spoiled | None) -> Played:
    """Play the kind's scene in memory with one reply spoiled. `AssertionError` says what does not hold."""
    clock = JumpingClock()
    scene = kind.make(clock)
    line = MemoryLine(scene.wire, clock, spoiled)
    importlib.import_module(f"drivers.{kind.driver}.driver")
    with in_memory(line):
        return play(kind, scene, line, "tcp://memory:1", clock)


def play(kind: Kind, scene: Scene, line: RecordedLine, url: str, clock: Clock) -> Played:
    """Play `scene` to a driver at `url`, then the next exchange."""
    cancel = Wake()
    with pytest.MonkeyPatch.context() as patch:
        kind.foresee(patch)
        build = cast("registry.Build", importlib.import_module(f"drivers.{kind.driver}.driver").build)
        driver = build(Endpoint.parse(url), kind.options, DriverContext(clock, cancel))
        session = MatrixSession(driver, line, clock)
        try:
            scene.play(session)
            replies = tuple(line.replies)
            session.run(lambda: False, max(0.0, line.back_s - clock.monotonic()))
            assert session.run(session.is_online, BACK_WITHIN_S), f"not back within {BACK_WITHIN_S} s: {session.status}"
            scene.recover(session)
            return Played(scene.outcome(session), frozenset(session.codes), replies)
        finally:
            session.close()
            cancel.close()


def spoilings(kind: Kind, way: str, replies: tuple[Heard, ...]) -> Iterator[Spoiled]:
    """Every reply of a scene spoiled in one way at every place; a long one that comes again at SAMPLED places."""
    seen: dict[tuple[bytes, int], int] = {}
    for number, heard in enumerate(replies):
        size = len(heard.reply)
        alike = (heard.request[:10], size)
        seen[alike] = seen.get(alike, 0) + 1
        places: Sequence[int] = range(0, size + 1, 1 if way in EVERYWHERE or size <= SAMPLED else SPARSE)
        if size > SAMPLED and seen[alike] > 1:
            places = sampled(size)
        yield from spoilings_of(kind, way, number, heard, places)


def spoilings_of(kind: Kind, way: str, number: int, heard: Heard, places: Sequence[int]) -> Iterator[Spoiled]:
    """The one reply with this number spoiled in one way at `places`."""
    for title, pieces in _ways(kind, way, heard, places):
        yield Spoiled(number, pieces, f"reply {number} ({len(heard.reply)} bytes) {way} {title}")


def sampled(size: int) -> list[int]:
    """SAMPLED places in a reply of `size` bytes, its ends among them."""
    return sorted({at * size // SAMPLED for at in range(SAMPLED)} | {size - 1, size})


def _ways(kind: Kind, way: str, heard: Heard, places: Sequence[int]) -> Iterator[tuple[str, Pieces]]:
    match way:
        case "busy":
            for number, reply in enumerate(kind.busy(heard)):
                yield f"{number}", ((0.0, reply),)
        case "wrong length":
            for number, reply in enumerate(kind.wrong_lengths(heard.reply)):
                yield f"{number}", ((0.0, reply),)
        case _:
            yield from WAYS[way](heard.reply, places)


@dataclass(frozen=True)
class Verdict:
    """What a spoiled session told, and what is wrong with it; "" for nothing."""

    codes: frozenset[str]
    wrong: str = ""


def judged(kind: Kind, way: str, good: Played, spoiled: Spoiled, try_it: Callable[[], Played]) -> Verdict:
    """Whether what a spoiled session came to is right."""
    try:
        told = try_it()
    except AssertionError as error:
        said = next(iter(str(error).splitlines()), "an assertion of the scene")
        return Verdict(frozenset(), f"{spoiled.title}: {said}")
    except Exception as error:  # whatever a driver may not raise
        return Verdict(frozenset(), f"{spoiled.title}: {type(error).__name__}: {error}")
    differs = told.outcome != good.outcome
    if way in HARMLESS and (differs or told.codes != good.codes):
        return Verdict(told.codes, f"{spoiled.title}: {told.outcome}, {set(told.codes)} instead of {good.outcome}")
    if differs and not told.codes and way not in kind.unchecked:
        return Verdict(told.codes, f"{spoiled.title}: {told.outcome} instead of {good.outcome}, and nothing was told")
    return Verdict(told.codes)


def failures(kind: Kind, way: str) -> tuple[int, list[str]]:
    """How many cases there are and what went wrong in them."""
    good = played(kind, None)
    assert not good.codes, good.codes
    cases = list(spoilings(kind, way, good.replies))
    verdicts = [judged(kind, way, good, spoiled, lambda s=spoiled: played(kind, s)) for spoiled in cases]
    wrong = [verdict.wrong for verdict in verdicts if verdict.wrong]
    told = frozenset[str]().union(*(verdict.codes for verdict in verdicts))
    wrong += [f"never told: {code}" for code in sorted(kind.told(way) - told)]
    wrong += [f"not expected: {code}" for code in sorted(told - kind.told(way))]
    return len(cases), wrong
