"""Pad and second screen as each other's spare: the real case over the real driver at a simulated pad, with the hands of
a person at its cable; and two screens of which one went away.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.base.errors import DriverError
from drivers.base.status import DeviceState, DeviceStatus
from drivers.evaluator.api import Declined, Rated
from kiosk_ui.citizen.presenters.pages import AskPage, RatePage
from kiosk_ui.citizen.presenters.presenter import CitizenPresenter
from terminal import intents
from terminal.cases.model import ReviewState, Step
from terminal.devices.faults import fault_of
from terminal.devices.notices import CommandDone, Happened, StatusChanged
from tests.support.case_bench import CATALOGUE, Bench, PlayedDevices
from tests.support.pad_rig import PadRig, pad_rig
from tests.support.sim_lines import until


class WiredPad(PlayedDevices):
    """The pad is real up to its serial line; the session's part is played: refuses while away, hands events on."""

    def __init__(self, rig: PadRig, present: PlayedDevices) -> None:
        super().__init__(present.present)
        self._rig = rig
        self.notices: list[object] = []
        self.is_away = False

    def submit(self, device_id: str, ticket: int, command: object) -> None:
        """As the supervisor's."""
        super().submit(device_id, ticket, command)
        if not device_id.startswith("evaluator"):
            return
        fault = None
        try:
            if self.is_away:
                raise OSError("away")
            self._rig.driver.execute(command)
        except (DriverError, OSError) as error:
            fault = fault_of(error)
        self.notices.append(CommandDone(device_id, ticket, None, fault))


class Hall:
    """A case at its rating, a pad on a line, and screens."""

    def __init__(self, folder: Path, rig: PadRig) -> None:
        self.rig = rig
        rig.start()
        self.bench = Bench(folder)
        self.devices = WiredPad(rig, self.bench.devices)
        self.bench.devices = self.devices
        self.bench.desk._devices = self.devices
        self.bench.to(Step.REVIEW)
        self.settle()

    def settle(self) -> None:
        while self.devices.notices:
            self.bench.do(self.devices.notices.pop(0))

    def hears_pad(self) -> None:
        """Until the pad has nothing left to say; its events go to the case at once."""

        def is_quiet() -> bool:
            self.rig.step()
            for event in self.rig.events:
                if isinstance(event, Rated | Declined):
                    self.bench.do(Happened("evaluator-1", event))
            self.rig.events.clear()
            self.settle()
            return self.rig.fact("unacknowledged") == 0

        if not self.devices.is_away:
            until(is_quiet)

    def unplug(self) -> None:
        self.rig.lose()
        self.devices.is_away = True
        self.bench.set_state("evaluator", DeviceState.POWER_OFF)

    def plug_in(self) -> None:
        self.rig.back()
        self.devices.is_away = False
        self.bench.set_state("evaluator", DeviceState.ONLINE)
        self.bench.do(StatusChanged("evaluator-1", DeviceStatus(DeviceState.ONLINE)))
        self.settle()
        self.hears_pad()

    def press_pad(self, level: int) -> None:
        self.rig.do("press", level=level)

    def touch_screen(self, level: int) -> None:
        self.bench.do(intents.RateOnScreen(self.bench.case.review.token, level))
        self.settle()

    def reviews(self) -> list[dict[str, Any]]:
        rows = self.bench.rows("SELECT body FROM item WHERE kind = 'review' ORDER BY rev")
        return [json.loads(bytes(row[0])) for row in rows]

    def ended(self) -> tuple[ReviewState, str]:
        assert self.bench.case.step is Step.SEALED
        return self.bench.case.review.state, self.bench.case.review.channel


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with pad_rig(tmp_path) as rig:
        made = Hall(tmp_path / "terminal", rig)
        yield made
        made.bench.close()


def test_a_key_of_the_pad_rates(hall: Hall) -> None:
    assert hall.rig.fact("page") == "rating"
    hall.press_pad(4)
    hall.hears_pad()
    assert hall.ended() == (ReviewState.RATED, "pad")
    assert [one["level"] for one in hall.reviews()] == [4]
    assert hall.rig.fact("page") == "thanking"


def test_a_bad_key_is_sealed_and_asked_why_on_the_screen(hall: Hall) -> None:
    hall.press_pad(1)
    hall.hears_pad()
    assert [one["level"] for one in hall.reviews()] == [1]
    assert hall.rig.fact("page") == "thanking"
    hall.bench.do(intents.GiveReasons(hall.bench.case.review.token, ("103",)))
    assert hall.ended() == (ReviewState.RATED, "pad")
    assert hall.reviews()[1]["reasons"] == ["103"]


def test_pressed_on_the_pad_then_touched_on_the_screen(hall: Hall) -> None:
    hall.press_pad(5)
    hall.hears_pad()
    hall.touch_screen(1)
    assert (hall.ended(), [one["level"] for one in hall.reviews()]) == ((ReviewState.RATED, "pad"), [5])


def test_touched_on_the_screen_while_the_key_is_on_its_way(hall: Hall) -> None:
    hall.press_pad(1)
    hall.touch_screen(5)
    hall.hears_pad()
    assert (hall.ended(), [one["level"] for one in hall.reviews()]) == ((ReviewState.RATED, "screen"), [5])
    assert hall.rig.fact("unacknowledged") == 0


@pytest.mark.parametrize("level", [2, 5])
def test_unplugged_in_mid_rating_the_screen_takes_over(hall: Hall, level: int) -> None:
    hall.unplug()
    hall.touch_screen(level)
    if level < 3:
        hall.bench.do(intents.GiveReasons(hall.bench.case.review.token))
    assert hall.ended() == (ReviewState.RATED, "screen")
    hall.plug_in()
    assert hall.rig.fact("page") != "rating", "nobody else may rate this service"
    assert len(hall.reviews()) == 1


def test_a_key_pressed_while_the_cable_was_out_counts_once_it_is_in(hall: Hall) -> None:
    hall.unplug()
    hall.press_pad(2)
    hall.plug_in()
    assert [one["level"] for one in hall.reviews()] == [2]
    assert hall.bench.seen.rating.reasons


def test_a_key_pressed_while_the_cable_was_out_is_late_when_the_screen_was_first(hall: Hall) -> None:
    hall.unplug()
    hall.press_pad(1)
    hall.touch_screen(4)
    hall.plug_in()
    assert (hall.ended(), [one["level"] for one in hall.reviews()]) == ((ReviewState.RATED, "screen"), [4])


def test_unplugged_and_back_it_invites_again_and_rates(hall: Hall) -> None:
    hall.unplug()
    hall.plug_in()
    assert hall.rig.fact("page") == "rating"
    hall.press_pad(3)
    hall.hears_pad()
    assert (hall.ended(), len(hall.reviews())) == ((ReviewState.RATED, "pad"), 1)


def screen(hall: Hall) -> CitizenPresenter:
    """A second screen as the program makes one, also when the display comes back."""
    made = CitizenPresenter(CATALOGUE, lambda intent: hall.bench.do(intent) and None, lambda: None, lambda: 0.0)
    made.show(hall.bench.seen)
    return made


def page(presenter: CitizenPresenter) -> object:
    view = presenter.view()
    assert view is not None
    return view.page


def test_a_second_screen_that_went_away_leaves_the_pad(hall: Hall) -> None:
    gone = screen(hall)
    assert isinstance(page(gone), RatePage)
    del gone
    hall.press_pad(2)
    hall.hears_pad()
    back = screen(hall)
    assert isinstance(page(back), AskPage), "it joins where the citizen is"
    back.act(intents.GiveReasons(hall.bench.case.review.token, ("202",)))
    assert (hall.ended(), hall.reviews()[1]["reasons"]) == ((ReviewState.RATED, "pad"), ["202"])


def test_a_second_screen_that_comes_back_cannot_rate_again(hall: Hall) -> None:
    first = screen(hall)
    token = hall.bench.case.review.token
    first.act(intents.RateOnScreen(token, 1))
    hall.settle()
    again = screen(hall)
    again.act(intents.RateOnScreen(token, 5))
    hall.press_pad(5)
    hall.hears_pad()
    assert [one["level"] for one in hall.reviews()] == [1]


def test_without_screen_and_pad_it_still_ends(hall: Hall) -> None:
    hall.unplug()
    hall.bench.wait(60)
    hall.settle()
    assert hall.ended() == (ReviewState.TIMED_OUT, "")
    hall.plug_in()
    assert hall.rig.fact("page") != "rating"
    assert hall.reviews() == []
