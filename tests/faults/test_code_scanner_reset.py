"""A scanner whose power blinks behind an adapter that keeps the line: what was set is gone, and must not stay so."""

from __future__ import annotations

import pytest

from drivers.base.errors import Timeout
from drivers.base.status import DeviceState
from drivers.code_scanner.api import Arm, CodeScanned, Disarm
from drivers.code_scanner.families.known import FAMILIES
from tests.support.scanner_in_memory import ScannerInMemory
from tests.support.scanner_rig import scanner_rig

NAMES = [family.name for family in FAMILIES]
HEARTBEAT_S = 5.0
FIRST, SECOND = "YC1:AAAA:111111", "YC1:BBBB:222222"


@pytest.fixture(params=NAMES)
def rig(request: pytest.FixtureRequest) -> ScannerInMemory:
    made = ScannerInMemory(str(request.param), family=str(request.param))
    assert made.start().fault is None
    return made


def blink(rig: ScannerInMemory) -> dict[str, bytes]:
    """The power blinks; the settings as they were before it, which are gone."""
    before = dict(rig.machine.settings)
    rig.do("power_blink")
    assert rig.machine.settings != before
    return before


def test_a_heartbeat_notices_and_sets_it_again(rig: ScannerInMemory) -> None:
    before = blink(rig)
    rig.run_until(lambda: rig.machine.settings == before, HEARTBEAT_S)
    assert rig.machine.trigger == "host"
    assert {state for state, _, _ in rig.reports()} <= {DeviceState.ONLINE}


def test_every_blink_is_noticed_and_quiet_follows(rig: ScannerInMemory) -> None:
    for _ in range(3):
        before = blink(rig)
        rig.run_until(lambda before=before: rig.machine.settings == before, HEARTBEAT_S)
    rig.sent.clear()
    rig.pass_time(60.0)
    assert rig.sent, "it is asked"
    changes = {setting.change.data for family in FAMILIES for setting in family.settings}
    assert not changes & set(rig.sent), "nothing is set that is as it was left"


def test_whatever_was_lost_is_noticed(rig: ScannerInMemory) -> None:
    """An installer may have saved one setting in the scanner and not the other."""
    left = dict(rig.machine.settings)
    rig.do("power_blink")
    lost = {name: value for name, value in rig.machine.settings.items() if left[name] != value}
    rig.run_until(lambda: rig.machine.settings == left, HEARTBEAT_S)
    for name, value in lost.items():
        rig.machine.settings[name] = value
        rig.wire.family.apply()
        rig.run_until(lambda: rig.machine.settings == left, HEARTBEAT_S)


def test_a_scanner_that_missed_a_question_is_set_again_when_it_answers(rig: ScannerInMemory) -> None:
    """Also where the settings look as before: what else it forgot nobody knows."""
    rig.sent.clear()
    rig.mute()
    rig.run_until(lambda: bool(rig.sent), HEARTBEAT_S)
    rig.mute(on=False)
    rig.sent.clear()
    rig.pass_time(1.0)
    assert [state for state, _, _ in rig.reports()] == [DeviceState.ONLINE]
    family = next(one for one in FAMILIES if one.name == rig.wire.family.name)
    assert {setting.query.data for setting in family.settings} <= set(rig.sent)


def test_one_that_was_silent_for_long_is_set_again(rig: ScannerInMemory) -> None:
    rig.mute()
    rig.pass_time(10.0)
    before = blink(rig)
    rig.mute(on=False)
    rig.run_until(lambda: rig.machine.settings == before, 3.0)
    assert [state for state, _, _ in rig.reports()] == [DeviceState.OFFLINE, DeviceState.ONLINE]


def test_an_arm_after_the_heartbeat_works_at_once(rig: ScannerInMemory) -> None:
    blink(rig)
    rig.pass_time(HEARTBEAT_S)
    assert rig.scan("first", FIRST) < 0.1
    assert rig.scan("second", SECOND) < 0.1


def test_before_the_heartbeat_the_second_citizen_waits_no_five_seconds(rig: ScannerInMemory) -> None:
    """The first code has no line end any more. That it was broken off is not believed without a question."""
    blink(rig)
    assert rig.scan("first", FIRST) < 0.1
    assert rig.scan("second", SECOND) < 2.0


@pytest.mark.parametrize("family", ["honeywell", "newland", "gm65"])
def test_a_code_that_lost_its_line_end_makes_one_look(family: str) -> None:
    rig = ScannerInMemory(family, family=family)
    rig.start()
    before = blink(rig)
    rig.scan("find", FIRST)
    rig.run_until(lambda: rig.machine.settings == before, 0.5)


def test_a_broken_off_code_is_heard_out_by_a_scanner_that_ends_its_codes() -> None:
    rig = ScannerInMemory("newland", family="newland")
    rig.start()
    rig.driver.execute(Arm("first", None))
    rig.wire.say(FIRST[:5].encode())
    assert rig.event(CodeScanned).text.reveal() == FIRST[:5]
    rig.driver.execute(Arm("second", None))
    rig.pass_time(3.0)
    rig.wire.say(f"{FIRST[5:]}\r".encode())
    rig.pass_time(10.0)
    assert len(rig.of(CodeScanned)) == 1


def test_one_that_lost_its_settings_while_it_looked_looks_again(rig: ScannerInMemory) -> None:
    rig.driver.execute(Arm("find", None))
    before = blink(rig)
    assert not rig.is_lit
    rig.run_until(lambda: rig.machine.settings == before and rig.is_lit, 26.0)  # the longest light and a heartbeat


@pytest.mark.parametrize("family", ["newland", "ssi", "gm65"])
def test_an_order_that_stayed_unanswered_is_done_as_soon_as_it_answers(family: str) -> None:
    rig = ScannerInMemory(family, family=family)
    rig.start()
    rig.mute()
    with pytest.raises(Timeout):
        rig.driver.execute(Arm("find", None))
    rig.mute(on=False)
    before = blink(rig)
    rig.run_until(lambda: rig.machine.settings == before and rig.is_lit, 1.0)


def test_one_that_falls_silent_while_it_looks_is_told_and_found_again(rig: ScannerInMemory) -> None:
    rig.driver.execute(Arm("find", None))
    rig.mute()
    rig.run_until(lambda: [state for state, _, _ in rig.reports()] == [DeviceState.OFFLINE], 26.0)
    family = next(one for one in FAMILIES if one.name == rig.wire.family.name)
    rig.sent.clear()
    rig.pass_time(60.0)
    assert family.probe.data in rig.sent
    assert family.start.data not in rig.sent, "nobody waits for a light that does not answer"
    blink(rig)
    rig.mute(on=False)
    rig.run_until(lambda: rig.is_lit, 3.0)
    rig.driver.execute(Disarm())
    assert not rig.is_lit


def test_settings_that_are_to_be_left_are_left(rig: ScannerInMemory) -> None:
    name = rig.wire.family.name
    left = ScannerInMemory(name, family=name, settings="leave")
    before = dict(left.machine.settings)
    left.start()
    left.mute()
    left.pass_time(10.0)
    left.mute(on=False)
    left.pass_time(60.0)
    assert [state for state, _, _ in left.reports()] == [DeviceState.OFFLINE, DeviceState.ONLINE]
    assert left.machine.settings == before


def test_a_setting_that_was_refused_is_not_tried_again_at_every_heartbeat() -> None:
    rig = ScannerInMemory("newland", family="newland")
    rig.do("nak", times=2)  # the question who it is, and the first setting
    status = rig.start()
    assert status.fault is not None
    assert status.fault.detail == "host_trigger"
    rig.sent.clear()
    rig.pass_time(60.0)
    assert rig.sent
    assert not [sent for sent in rig.sent if b"SCNMOD0" in sent]
    assert rig.reports() == []


@pytest.mark.parametrize("family", NAMES)
def test_on_a_real_line_a_heartbeat_notices(tmp_path, family: str) -> None:
    with scanner_rig(tmp_path, family, family=family) as rig:
        rig.start()
        before = rig.settings()
        rig.do("power_blink")
        assert rig.settings() != before
        rig.clock.ahead_s += HEARTBEAT_S
        rig.run_until(lambda: rig.settings() == before)
