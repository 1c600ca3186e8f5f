"""What breaks in the middle of a case, with the real programs: the matter is kept, said, and mended."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import cast

import pytest

from simulators.demo.display import CITIZEN
from simulators.demo.screen_map import Screen
from simulators.demo.stage import Stage
from simulators.demo.story import confirm, sign
from terminal.cases.model import Step
from tests.e2e.conftest import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
At = Callable[[Step], Stage]


def test_a_card_lifted_in_mid_read_is_said_and_the_next_card_is_read_whole(scene: Scene) -> None:
    stage = scene.open()
    scene.hall.do("id_card", "latency", command="read_base", ms=600.0)
    scene.hall.do("id_card", "lift_during_read", after_ms=200.0)
    stage.hands.key("F2")
    stage.until_step("identify")
    scene.hall.do("id_card", "place_card", card="zhang")
    said = stage.until("the message", lambda screen: any(m.startswith("fault.id_card") for m in screen.messages))
    assert said.step == "identify"
    scene.hall.do("id_card", "place_card", card="li")
    stage.until_step("verify_face")
    stage.rest(0.3)
    texts = [widget.text for widget in stage.eyes.screen().widgets]
    assert any("李样本" in text for text in texts)
    assert not any("张" in text and "桂兰" in text for text in texts)
    assert scene.hall.state("id_card")["cards_read"] == 1


def test_a_reader_that_was_unplugged_comes_back_within_three_seconds(scene: Scene) -> None:
    stage = scene.open()
    stage.hands.key("F2")
    stage.until_step("identify")
    stage.until("the reader", lambda screen: device(screen, "id_card") == "online")
    scene.hall.do("id_card", "tear_cable")
    lost = stage.until("the loss", lambda screen: bool(screen.facts["device_messages"]), within_s=10)
    assert lost.facts["device_messages"] == [["id_card", "fault.link.lost"]]
    assert device(lost, "id_card") != "online"
    scene.hall.do("id_card", "plug_in")
    began_s = time.monotonic()
    stage.until("the reader again", lambda screen: device(screen, "id_card") == "online", within_s=10)
    assert time.monotonic() - began_s <= 3.0
    stage.until("nothing is said any more", lambda screen: not screen.facts["device_messages"], within_s=10)
    scene.hall.do("id_card", "place_card", card="zhang")
    stage.until_step("verify_face")


def test_a_printer_without_paper_is_said_and_prints_once_after_the_refill(scene: Scene, at: At) -> None:
    scene.hall.do("receipt_printer", "paper_out")
    stage = at(Step.ISSUE_PAPERS)
    stage.until("waiting for paper", lambda screen: screen.facts["receipt"] == "queued")
    assert "fault.receipt_printer.paper_out" in stage.eyes.screen().messages
    scene.hall.do("receipt_printer", "refill")
    stage.until("the receipt", lambda screen: screen.facts["receipt"] == "printed")
    stage.rest(1.0)
    assert scene.hall.state("receipt_printer")["receipts"] == 1


def test_a_hub_that_is_down_holds_nothing_up_and_gets_the_case_when_it_is_back(scene: Scene, at: At) -> None:
    scene.hall.end_hub(signal.SIGKILL)
    stage = at(Step.ISSUE_PAPERS)
    stage.until("the receipt", lambda screen: screen.facts["receipt"] == "printed")
    stage.hands.key("F10")
    stage.until_step("review")
    stage.device_until("evaluator", "the five keys", lambda state: state["page"] == "rating", within_s=10)
    scene.hall.do("evaluator", "press", level=4)
    sealed = stage.until_step("sealed")
    assert sealed.facts["queued"] == 2
    scene.hall.start_hub()
    stage.until("the hub's receipt", lambda screen: screen.facts["queued"] == 0, within_s=40)
    items = cast("list[dict[str, object]]", scene.hall.ledger()["items"])
    assert sorted(str(item["kind"]) for item in items) == ["case", "review"]
    assert {item["state"] for item in items} == {"complete"}


_RARELY = pytest.mark.slow  # the three others are run by every `make test`


@pytest.mark.parametrize(
    "step",
    [
        Step.FILL_FORM,
        Step.COLLECT_MATERIALS,
        pytest.param(Step.CITIZEN_CHECK, marks=_RARELY),
        Step.SIGN,
        pytest.param(Step.DECIDE, marks=_RARELY),
    ],
)
def test_a_killed_window_comes_back_to_the_same_case_at_the_same_screen(scene: Scene, at: At, step: Step) -> None:
    stage = at(step)
    before = stage.until_step(step)
    if step is Step.FILL_FORM:
        stage.fill("clerk.fill_form.field.residence", "Ankang Road 17-2-301")
        stage.hands.key("Tab")
        stage.until("saved", lambda screen: saved(screen, "clerk.fill_form.field.residence", "Ankang Road 17-2-301"))
        stage.rest(0.6)
    scene.hall.end_window(signal.SIGKILL)
    scene.hall.start_window()
    again = scene.come_back()
    after = again.until_step(step)
    assert after.facts["case"] == before.facts["case"]
    if step is Step.FILL_FORM:
        assert again.eyes.widget("clerk.fill_form.field.residence").text == "Ankang Road 17-2-301"
    if step is Step.SIGN:
        sign(again)


def test_the_citizens_screen_may_be_unplugged_and_comes_back_with_the_same_page(scene: Scene, at: At) -> None:
    stage = at(Step.CITIZEN_CHECK)
    stage.eyes.widget("citizen.sheet.reveal")
    scene.display.unplug(CITIZEN)
    try:
        gone = stage.until("no citizen's window", lambda screen: not screen.facts["citizen_screen"], within_s=10)
        assert not any(widget.name.startswith("citizen.") for widget in gone.widgets)
        assert gone.step == "citizen_check"
        assert any(widget.name.startswith("clerk.banner") for widget in gone.widgets), "the clerk is not told"
    finally:
        scene.display.plug_in(CITIZEN)
    stage.until("the citizen's window", lambda screen: bool(screen.facts["citizen_screen"]), within_s=10)
    assert stage.eyes.widget("citizen.sheet.reveal").x >= CITIZEN.x
    confirm(stage)


def device(screen: Screen, name: str) -> str:
    return cast("dict[str, str]", screen.facts["devices"])[name]


def saved(screen: Screen, name: str, text: str) -> bool:
    widget = screen.find(name)
    return widget is not None and widget.text == text
