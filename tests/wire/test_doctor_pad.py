"""The doctor's checks of the evaluator pad, at simulated pads: it shows and speaks, and pressed keys arrive."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
import pytest

from drivers import registry
from drivers.base.clock import SystemClock
from drivers.base.driver import DriverContext
from drivers.base.wake import Wake
from drivers.evaluator.api import StartRating
from simulators.bench import SimulatedDevice
from simulators.evaluator.device import build
from simulators.evaluator.wire import LAMP, SHOW, VOICE
from terminal.cases.model import Step
from terminal.config import DeviceEntry, load
from terminal.diagnostics import doctor, pad_checks
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.diagnostics.pad_checks import KeyCheck, SignalCheck
from tests.support.config_text import SOUND
from tests.support.doctor_place import made
from tests.support.id_card_rig import QuickClock
from tests.support.open_case import leave_case
from tests.support.sim_lines import nothing_left_over
from tests.support.technician import Technician, around, nothing

W = Outcome
Act = Callable[[], object]


class Pad:
    """A simulated pad and the checks at it."""

    def __init__(self, device: SimulatedDevice) -> None:
        self.device = device
        self.entry = DeviceEntry(id="pad", kind="evaluator", url=device.endpoint(), needed="required")
        self.person = Technician()

    def hand(self, verb: str, **arguments: object) -> Act:
        return partial(self.device.verbs()[verb], **arguments)

    def press(self, level: int) -> Act:
        return self.hand("press", level=level)

    def fact(self, name: str) -> object:
        state = self.device.verbs()["state"]()
        assert isinstance(state, dict)
        return state[name]

    def keys(self, *acts: Act, person_s: float = 20.0, clock: SystemClock | None = None) -> Finding:
        self.person = Technician(*acts)
        return KeyCheck(self.entry, around(clock, person_s), self.person).run()

    def signals(self) -> Finding:
        return SignalCheck(self.entry, around()).run()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Pad]]:
    """Starts a pad that can do `caps`; None for one of version 1."""
    devices: list[SimulatedDevice] = []

    def starting(caps: int | None = SHOW | VOICE | LAMP) -> Pad:
        devices.append(build(tmp_path, fast=True, caps=caps))
        devices[-1].start()
        return Pad(devices[-1])

    with nothing_left_over():
        yield starting
        for device in devices:
            device.stop()


# it shows, lights and speaks


def test_it_shows_blinks_and_speaks_and_is_left_idle(
    start: Callable[..., Pad], monkeypatch: pytest.MonkeyPatch
) -> None:
    pad = start()
    during: list[tuple[object, object]] = []

    def look(device: object, within_s: float) -> Iterator[object]:
        del device
        assert within_s == pad_checks.SEEN_S
        during.append((pad.fact("text"), pad.fact("lamp")))
        yield from ()

    monkeypatch.setattr("drivers.base.by_hand.ByHand.events", look)
    found = pad.signals()
    assert (found.outcome, found.level) == (W.WORKS, Level.EXTERNAL)
    assert all(word in found.zh for word in ("设备检查", "闪灯", "请稍候"))
    assert during == [("设备检查\n不是评价，请勿按键", "blinking")]
    assert pad.fact("spoken") == ["请稍候"]
    assert (pad.fact("page"), pad.fact("label"), pad.fact("lamp"), pad.fact("text")) == (
        "idle",
        "综合受理-03",
        "off",
        None,
    )
    assert pad.fact("ratings_started") == 0


def test_a_pad_with_keys_only_is_not_asked_for_more(start: Callable[..., Pad]) -> None:
    found = start(None).signals()
    assert (found.outcome, "只有按键" in found.zh) == (W.WORKS, True)


def test_a_pad_that_boasts_is_noted(start: Callable[..., Pad], monkeypatch: pytest.MonkeyPatch) -> None:
    pad = start()
    monkeypatch.setattr(pad_checks, "SEEN_S", 0.0)
    monkeypatch.setattr("simulators.evaluator.wire.LAMP", 0)  # it says LAMP and knows no such command
    found = pad.signals()
    assert (found.outcome, found.stands_in_the_way) == (W.WARNING, False)
    assert "LAMP: UNKNOWN_TYPE" in found.detail


def test_a_silent_pad_is_broken_at_every_level(start: Callable[..., Pad]) -> None:
    pad = start()
    pad.hand("silence")()
    for found in (pad.signals(), pad.keys()):
        assert (found.outcome, found.fault_code) == (W.BROKEN, "evaluator.silent")
    assert pad.person.said == [], "nobody is asked to press keys of a pad that does not answer"


# the keys


def test_the_keys_that_are_asked_for_arrive_and_the_pad_is_left_idle(start: Callable[..., Pad]) -> None:
    pad = start()
    found = pad.keys(pad.press(4), pad.press(2))
    assert found.outcome is W.WORKS, found
    first, second = pad.person.said
    assert ("“满意”" in first, "“不满意”" in second) == (True, True)
    assert all("不记成评价" in text for text in pad.person.said)
    assert (pad.fact("page"), pad.fact("label"), pad.fact("unacknowledged")) == ("idle", "综合受理-03", 0)


@pytest.mark.parametrize(
    ("presses", "word"),
    [((5,), "非常满意"), ((2,), "不满意"), ((4, 4), "收到的却是“满意”"), ((4, 3), "基本满意")],
)
def test_another_key_than_the_one_asked_for_is_broken(
    start: Callable[..., Pad], presses: tuple[int, ...], word: str
) -> None:
    pad = start()
    found = pad.keys(*map(pad.press, presses))
    assert (found.outcome, found.stands_in_the_way) == (W.BROKEN, True)
    assert word in found.zh
    assert "停用" in found.zh
    assert pad.fact("page") == "idle"


def test_declining_is_a_key_too(start: Callable[..., Pad]) -> None:
    pad = start()
    found = pad.keys(pad.hand("press_decline"))
    assert (found.outcome, "不评价" in found.zh) == (W.BROKEN, True)


def test_no_key_is_broken_although_the_pad_answers(start: Callable[..., Pad]) -> None:
    pad = start()
    found = pad.keys(nothing, person_s=0.6)
    assert (found.outcome, found.fault_code, found.state) == (W.BROKEN, "", "online")
    assert "没有收到按键" in found.zh
    assert pad.fact("page") == "idle"


def test_a_pad_that_falls_silent_meanwhile_says_that_and_not_no_key(start: Callable[..., Pad]) -> None:
    pad = start()
    found = pad.keys(pad.hand("silence"), clock=QuickClock(4.0), person_s=30.0)
    assert (found.outcome, found.fault_code) == (W.BROKEN, "evaluator.silent")


def test_a_cable_torn_meanwhile_is_told(start: Callable[..., Pad]) -> None:
    pad = start()
    found = pad.keys(pad.hand("tear_cable"))
    assert (found.outcome, found.fault_code) == (W.BROKEN, "link.lost")


def test_the_running_terminal_s_pad_is_not_invited(start: Callable[..., Pad]) -> None:
    pad = start()
    person = Technician(pad.press(4))
    surroundings = replace(around(), terminal_runs=True)
    assert KeyCheck(pad.entry, surroundings, person).run().outcome is W.NOT_EXAMINED
    assert (person.said, pad.fact("ratings_started")) == ([], 0)


# nobody's rating


def test_nothing_that_is_pressed_is_kept_anywhere(start: Callable[..., Pad], tmp_path: Path) -> None:
    pad = start()
    place = tmp_path / "terminal"
    place.mkdir()
    settings = msgspec.structs.replace(made(place), device=(pad.entry,))

    def contents() -> dict[str, str]:
        files = (path for path in place.rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = contents()
    assert before
    person = Technician(pad.press(4), pad.press(2))
    report = doctor.examine(settings, Level.INTERACTIVE, SystemClock(), person, only=("pad",))
    assert report.ready, report.findings
    assert [finding.check for finding in report.findings] == ["device", "signals", "press"]
    assert contents() == before, "neither journal nor outbox nor log"
    assert pad.fact("ratings_started") == 2


def press_and_leave(pad: Pad) -> None:
    """A citizen presses a key, and the program ends before it has saved it."""
    cancel = Wake()
    driver = registry.create("evaluator", pad.entry.url, {}, DriverContext(SystemClock(), cancel))
    driver.connect()
    driver.interrogate()
    driver.execute(StartRating("c1a2b3d4", 60))
    pad.press(5)()
    driver.close()
    cancel.close()


@pytest.mark.parametrize(("step", "waits"), [(Step.REVIEW, True), (Step.CITIZEN_CHECK, False)])
def test_a_pad_that_may_hold_a_citizen_s_rating_is_left_alone(
    start: Callable[..., Pad], tmp_path: Path, step: Step, waits: bool
) -> None:
    pad = start()
    file = tmp_path / "terminal.toml"
    file.write_text(f'{SOUND}[[device]]\nid = "pad"\nkind = "evaluator"\nurl = "{pad.entry.url}"\n')
    leave_case(file, step)
    press_and_leave(pad)
    person = Technician(pad.press(4), pad.press(2))
    report = doctor.examine(load(file), Level.INTERACTIVE, SystemClock(), person, only=("pad",))
    device, signals, keys = report.findings
    assert device.outcome is W.WORKS
    assert (signals.outcome, keys.outcome) == ((W.NOT_EXAMINED,) * 2 if waits else (W.WORKS,) * 2)
    assert ("群众刚按的评价" in keys.zh) is waits
    assert pad.fact("unacknowledged") == int(waits), "whoever finishes the case still hears the citizen's key"
    assert report.ready is not waits
