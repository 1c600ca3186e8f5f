"""Two cables are torn and one is plugged in again: what the screens say, from the true bytes up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from kiosk_ui.citizen.presenters.pages import StatePage as CitizenState
from kiosk_ui.citizen.presenters.presenter import CitizenPresenter
from kiosk_ui.clerk.presenters.pages import StatePage
from kiosk_ui.clerk.presenters.presenter import ClerkPresenter
from simulators.demo.hall import Hall
from simulators.demo.story import CLERK, CLERK_PIN
from terminal import intents
from terminal.app import Terminal
from terminal.cases.model import Step
from terminal.config import load
from terminal.snapshot import Snapshot
from tests.support.sim_lines import until

pytestmark = pytest.mark.timeout(60)


class Counter:
    """A terminal with its simulated devices, and both screens' presenters behind it."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.terminal = Terminal(load(hall.config))
        self.seen: list[Snapshot] = []
        self.terminal.subscribe(self.seen.append)
        self.terminal.start()

    def begin(self) -> None:
        """Every device works, the clerk is signed in, and a citizen sits down."""
        until(lambda: bool(self.seen) and all(d.state == "online" for d in self.seen[-1].devices), within_s=20)
        self.terminal.post(intents.SignIn(CLERK, Sensitive(CLERK_PIN)))
        until(lambda: self.seen[-1].staff is not None)
        self.terminal.post(intents.StartCase())
        until(lambda: self.step is Step.IDENTIFY)

    @property
    def step(self) -> Step | None:
        case = self.seen[-1].case
        return case.step if case else None

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(message.device, message.key) for message in self.seen[-1].messages]

    def banners(self) -> list[str]:
        """What stands above the clerk's page."""
        presenter = ClerkPresenter(self.terminal.catalogue, self.terminal.post, lambda: None, lambda: 0.0)
        presenter.show(self.seen[-1])
        view = presenter.view()
        assert view is not None
        return [banner.text for banner in view.banners]

    def clerk_page(self) -> StatePage:
        presenter = ClerkPresenter(self.terminal.catalogue, self.terminal.post, lambda: None, lambda: 0.0)
        presenter.show(self.seen[-1])
        view = presenter.view()
        assert view is not None
        assert isinstance(view.page, StatePage)
        return view.page

    def citizen_title(self) -> str:
        presenter = CitizenPresenter(self.terminal.catalogue, self.terminal.post, lambda: None, lambda: 0.0)
        presenter.show(self.seen[-1])
        view = presenter.view()
        assert view is not None
        assert isinstance(view.page, CitizenState)
        return view.page.title


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    hall = Hall(tmp_path / "hall", {}, fast=True)
    try:
        hall.start_devices()
        hall.start_hub()
        hall.write_config()
        made = Counter(hall)
        try:
            made.begin()
            yield made
        finally:
            made.terminal.stop()
    finally:
        hall.stop()


def test_each_device_is_said_for_itself_and_only_its_own_cable_ends_that(counter: Counter) -> None:
    hall = counter.hall
    hall.do("receipt_printer", "tear_cable")
    hall.do("id_card", "tear_cable")
    until(lambda: len(counter.said) == 2, within_s=15)
    assert counter.said == [("id_card", "fault.link.lost"), ("receipt_printer", "device.away")]
    assert counter.clerk_page().hint.startswith("身份证阅读器连接中断")
    assert counter.banners() == ["凭条打印机暂时不能用；这一步用不到，可以继续办理，处理办法见右侧设备栏"]
    assert counter.citizen_title() == "请稍候，读卡器暂时不能用"

    hall.do("receipt_printer", "plug_in")
    until(lambda: len(counter.said) == 1, within_s=10)
    assert counter.said == [("id_card", "fault.link.lost")]
    assert counter.banners() == []
    assert counter.clerk_page().title == "身份证阅读器现在不能用"

    hall.do("receipt_printer", "tear_cable")
    until(lambda: ("receipt_printer", "device.away") in counter.said, within_s=15)
    hall.do("id_card", "plug_in")
    until(lambda: counter.said == [("receipt_printer", "device.away")], within_s=10)
    assert counter.citizen_title() == "请把身份证放在读卡器上"
    hall.do("id_card", "place_card", card="zhang")
    until(lambda: counter.step is Step.VERIFY_FACE, within_s=10)
