"""Codes held before the scanner, with the real programs: a credential says who is here, a receipt finds its case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulators.demo.screen_map import Screen
from simulators.demo.stage import Stage
from terminal.cases.model import Step
from terminal.cases.receipts import qr_text
from tests.e2e.conftest import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
At = Callable[[Step], Stage]


def texts(screen: Screen) -> list[str]:
    return [widget.text for widget in screen.widgets]


def scanned_by_keyboard(stage: Stage, text: str) -> Screen:
    """What is shown of `text`. On a busy machine its keys may stutter: then a person is told so and scans again."""
    for _ in range(5):
        stage.rest(0.5)  # a person takes the receipt in hand
        stage.hands._do("type", "--delay", "1", text)
        stage.hands.key("Return")
        # The sealed case's own page shows the number, too: only the found case can be put away again.
        seen = stage.until(
            "an answer",
            lambda screen: screen.find("clerk.start.forget") is not None or "scan.broken" in screen.messages,
            within_s=10,
        )
        if seen.find("clerk.start.forget") is not None:
            return seen
    raise AssertionError("the keyboard never typed a whole code")


def test_a_credential_says_who_is_here_and_is_good_once(scene: Scene) -> None:
    hall = scene.hall
    stage = scene.open()
    stage.hands.key("F2")
    stage.until_step("identify")
    code = str(hall.do("credential_verifier", "issue", person="li"))
    stage.until("the scanner", lambda screen: screen.facts["devices"]["code_scanner"] == "online")
    stage.hands.key("F3")
    stage.device_until("code_scanner", "the light", lambda state: state["lit"] is True, within_s=10)
    hall.do("code_scanner", "show_code", text=code)
    stage.until_step("verify_face")
    assert any("李样本" in text for text in texts(stage.eyes.screen()))
    assert hall.state("credential_verifier")["used"] == 1
    stage.hands.key("F9")
    stage.until_step("identify")
    stage.rest(2.5)  # the same code is not taken twice within two seconds
    stage.hands.key("F3")
    stage.until("used", lambda screen: "credential.used" in screen.messages, within_s=10)
    stage.picture("credential-used")
    log = "".join(path.read_text("utf-8", "replace") for path in (hall.folder / "terminal" / "logs").iterdir())
    assert code not in log + hall.log_of("window").read_text("utf-8", "replace")


def test_a_receipt_s_code_finds_its_case_also_typed_by_a_keyboard_scanner(scene: Scene, at: At) -> None:
    hall = scene.hall
    text = hall.config.read_text("utf-8")
    serial = str(hall.bench.endpoints()["code_scanner"])
    hall.config.write_text(text.replace(serial, "wedge://"), "utf-8")
    stage = at(Step.ISSUE_PAPERS)
    stage.until("the receipt", lambda screen: screen.facts["receipt"] == "printed")
    stage.hands.key("F10")
    stage.until_step("review")
    stage.device_until("evaluator", "the five keys", lambda state: state["page"] == "rating", within_s=10)
    hall.do("evaluator", "press", level=5)
    number = str(stage.until_step("sealed").facts["project_number"])
    stage.eyes.widget("clerk.start.new_case")
    found = scanned_by_keyboard(stage, qr_text(number))
    assert number in texts(found)
    stage.picture("found")
    stage.hands.key("Escape")
    stage.until("closed", lambda screen: screen.find("clerk.start.forget") is None)
