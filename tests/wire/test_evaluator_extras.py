"""What a pad can do beside rating: text, voice, lamp; and pads of version 1, which can nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.base.clock import SystemClock
from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Refused, Unsupported
from drivers.base.wake import Wake
from drivers.evaluator.api import EndRating, Lamp, Prompt, Rated, SetLamp, ShowIdle, ShowText, Speak, StartRating
from drivers.evaluator.driver import build
from tests.support.pad_rig import pad_rig

TOKEN = "a1b2c3d4"


def test_text_voice_and_lamp_on_order(tmp_path: Path) -> None:
    with pad_rig(tmp_path) as rig:
        rig.start()
        rig.driver.execute(ShowText("请稍候", 5))
        rig.driver.execute(Speak(Prompt.LOOK_AT_SCREEN))
        rig.driver.execute(SetLamp(Lamp.ON))
        assert (rig.fact("text"), rig.fact("spoken"), rig.fact("lamp")) == ("请稍候", ["请看屏幕"], "on")
        rig.driver.execute(ShowIdle("综合受理-03"))
        assert (rig.fact("text"), rig.fact("lamp"), rig.fact("label")) == (None, "off", "综合受理-03")


@pytest.mark.parametrize("caps", [None, 0])
@pytest.mark.parametrize("command", [ShowText("x", 0), Speak(Prompt.PLEASE_RATE), SetLamp(Lamp.ON)])
def test_a_pad_that_cannot_is_not_even_asked(tmp_path: Path, caps: int | None, command: object) -> None:
    with pad_rig(tmp_path, caps) as rig:
        rig.start()
        sent = len(rig.tap.sent)
        with pytest.raises(Unsupported):
            rig.driver.execute(command)
        assert len(rig.tap.sent) == sent


def test_a_pad_of_version_1_rates_as_ever(tmp_path: Path) -> None:
    with pad_rig(tmp_path, None, voice="on") as rig:
        assert dict(rig.start().facts)["profile"] == "1"
        rig.driver.execute(StartRating(TOKEN, 60))
        rig.do("press", level=2)
        assert rig.event(Rated).level == 2
        assert all(frame[4] not in {6, 7, 8} for frame in rig.tap.sent)


def test_an_invitation_blinks_and_speaks_as_configured(tmp_path: Path) -> None:
    with pad_rig(tmp_path, voice="on") as rig:
        rig.start()
        rig.driver.execute(StartRating(TOKEN, 60))
        assert (rig.fact("lamp"), rig.fact("spoken")) == ("blinking", ["请您评价"])
        rig.driver.execute(EndRating(TOKEN, thank=False))
        assert rig.fact("lamp") == "off"


def test_it_keeps_quiet_and_dark_when_told_to(tmp_path: Path) -> None:
    with pad_rig(tmp_path, lamp="off") as rig:
        rig.start()
        rig.driver.execute(StartRating(TOKEN, 60))
        assert (rig.fact("lamp"), rig.fact("spoken")) == ("off", [])


def test_an_invitation_blinks_again_after_the_cable_was_out(tmp_path: Path) -> None:
    with pad_rig(tmp_path) as rig:
        rig.start()
        rig.driver.execute(StartRating(TOKEN, 60))
        rig.lose()
        rig.power_cycle()
        rig.start()
        assert (rig.fact("page"), rig.fact("lamp")) == ("rating", "blinking")


def test_an_invitation_stands_although_the_lamp_does_not_answer(tmp_path: Path) -> None:
    with pad_rig(tmp_path, caps=3) as rig:
        rig.start()
        rig.driver._can |= 4  # type: ignore[attr-defined]  # a pad that promises what it does not keep
        rig.driver.execute(StartRating(TOKEN, 60))
        assert rig.fact("page") == "rating"


def test_no_text_over_the_keys(tmp_path: Path) -> None:
    with pad_rig(tmp_path) as rig:
        rig.start()
        rig.driver.execute(StartRating(TOKEN, 60))
        with pytest.raises(Refused):
            rig.driver.execute(ShowText("x", 1))
        with pytest.raises(Unsupported):
            rig.driver.execute(ShowText("x", 70000))


@pytest.mark.parametrize("options", [{"lamp": "yes"}, {"voice": "1"}])
def test_a_wrong_option_is_refused(options: dict[str, str]) -> None:
    context = DriverContext(SystemClock(), Wake())
    with pytest.raises(Unsupported):
        build(Endpoint.parse("serial:///dev/pad"), options, context)
    context.cancel.close()
