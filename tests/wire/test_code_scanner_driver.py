"""The code scanner's driver against a simulated scanner of every family, each with bytes of its own encoder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.base.errors import Refused, Unsupported
from drivers.base.status import DeviceState
from drivers.code_scanner.api import Arm, CodeScanned, Disarm, ScanFailed, ScanTimedOut, Symbology
from drivers.code_scanner.families import known
from drivers.code_scanner.options import read_options
from tests.support.scanner_in_memory import ScannerInMemory
from tests.support.scanner_rig import ScannerRig, scanner_rig
from tests.support.sim_lines import until

FAMILIES = tuple(family.name for family in known.FAMILIES)
CODE = "CTID-SIM.0123456789abcdef"


@pytest.fixture(params=FAMILIES)
def rig(tmp_path, request) -> Iterator[ScannerRig]:
    with scanner_rig(tmp_path, request.param, family=request.param) as made:
        made.start()
        yield made


@pytest.fixture
def plain(tmp_path) -> Iterator[ScannerRig]:
    with scanner_rig(tmp_path, "plain", family="generic") as made:
        made.start()
        yield made


@pytest.mark.parametrize("family", FAMILIES)
def test_an_unknown_scanner_is_found_out_and_set_until_it_loses_power(tmp_path, family: str) -> None:
    with scanner_rig(tmp_path, family) as rig:
        status = rig.start()
        assert status.state is DeviceState.ONLINE
        assert status.fault is None
        assert dict(status.facts)["family"] == family
        assert rig.fact("trigger") == "host"
        saved = rig.fact("saved")
        assert saved != rig.fact("settings"), "nothing is saved in the scanner"


def test_the_family_of_the_configuration_is_asked_alone(tmp_path) -> None:
    with scanner_rig(tmp_path, "newland", family="newland") as rig:
        assert dict(rig.start().facts)["family"] == "newland"
        assert all(sent.startswith(b"\x7e\x010000#") for sent in rig.tap.sent)


@pytest.mark.parametrize("family", FAMILIES)
def test_settings_are_left_alone_when_told_so(tmp_path, family: str) -> None:
    with scanner_rig(tmp_path, family, family=family, settings="leave") as rig:
        before = rig.settings()
        assert rig.start().state is DeviceState.ONLINE
        assert rig.settings() == before


def test_a_code_is_read_once_and_the_light_goes_out(rig: ScannerRig) -> None:
    event = rig.scan(CODE, "identity")
    assert (event.purpose, event.text.reveal(), event.raw.reveal()) == ("identity", CODE, CODE.encode())
    assert CODE not in repr(event)
    rig.run_until(lambda: not rig.lit())
    rig.step()
    assert len(rig.events_of(CodeScanned)) == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_a_scanner_that_would_look_on_is_stopped_after_the_code(family: str) -> None:
    """One whose light does not go out by what it reads: only the driver ends it."""
    rig = ScannerInMemory(family, family=family)
    rig.start()
    rig.do("keep_looking")
    rig.driver.execute(Arm("find", None))
    rig.do("show_code", text=CODE)
    rig.run_until(lambda: rig.of(CodeScanned) != [] and not rig.is_lit, 0.5)
    assert rig.machine.reads == 1


def test_light_is_on_only_while_a_code_is_expected(rig: ScannerRig) -> None:
    assert not rig.lit()
    rig.driver.execute(Arm("find", 30.0))
    until(rig.lit)
    rig.driver.execute(Disarm())
    until(lambda: not rig.lit())
    rig.do("show_code", text=CODE)
    rig.do("pull_trigger")
    until(lambda: rig.fact("reads") == 1)
    rig.clock.ahead_s += 1.0
    rig.run_until(lambda: CODE.encode() in rig.tap.heard)
    rig.step()
    assert not rig.events, "what nobody expected is thrown away"


def test_an_unlit_arm_takes_the_code_of_the_handle_s_key(rig: ScannerRig) -> None:
    rig.driver.execute(Arm("find", None, lit=False))
    assert not rig.lit()
    rig.do("show_code", text=CODE)
    rig.do("pull_trigger")
    assert rig.event(CodeScanned).purpose == "find"


def test_no_code_in_time_is_said_and_the_light_goes_out(rig: ScannerRig) -> None:
    rig.driver.execute(Arm("find", 30.0))
    rig.clock.ahead_s += 30.5
    assert rig.event(ScanTimedOut).purpose == "find"
    until(lambda: not rig.lit())


def test_the_light_is_renewed_while_a_code_is_expected(rig: ScannerRig) -> None:
    rig.driver.execute(Arm("find", 120.0))
    until(rig.lit)
    lights = rig.fact("lights")
    assert isinstance(lights, int)
    rig.clock.ahead_s += 21.0
    rig.run_until(lambda: rig.fact("lights") == lights + 1)


def test_the_same_code_is_not_taken_twice_in_a_moment_and_the_next_one_is(rig: ScannerRig) -> None:
    rig.scan(CODE)
    rig.driver.execute(Arm("material", 30.0))
    rig.do("show_code", text=CODE)
    rig.run_until(lambda: rig.tap.heard.count(CODE.encode()) == 2)  # whole: time put forward would cut it in two
    rig.clock.ahead_s += 0.5
    rig.do("show_code", text="another")
    rig.run_until(lambda: len(rig.events_of(CodeScanned)) == 2)
    assert rig.events_of(CodeScanned)[1].text.reveal() == "another"


def test_the_same_code_counts_again_after_the_time(rig: ScannerRig) -> None:
    rig.scan(CODE)
    rig.run_until(lambda: not rig.lit())
    rig.clock.ahead_s += 2.5
    assert rig.scan(CODE).text.reveal() == CODE


def test_an_arm_that_needs_no_light_puts_it_out(rig: ScannerRig) -> None:
    rig.driver.execute(Arm("find", None))
    until(rig.lit)
    rig.driver.execute(Arm("find", None, lit=False))
    until(lambda: not rig.lit())
    rig.driver.execute(Disarm())
    rig.step()
    assert not rig.lit()


def test_newland_s_old_trigger_lights_and_stops() -> None:
    rig = ScannerInMemory("newland", family="newland", trigger="legacy")
    rig.start()
    rig.driver.execute(Arm("find", None))
    assert rig.is_lit
    rig.driver.execute(Disarm())
    assert not rig.is_lit
    assert [sent for sent in rig.sent if b"SCNTRG" in sent] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_how_long_a_light_lasts_can_be_configured(family: str) -> None:
    rig = ScannerInMemory(family, family=family, lasts_s="2")
    rig.start()
    rig.machine.lasts_s = 2.0
    rig.driver.execute(Arm("find", None))
    rig.pass_time(1.9)
    assert rig.machine.lights == 1
    rig.pass_time(60.0)
    assert rig.machine.lights == 31


def test_the_parameter_that_puts_codes_into_packets_can_be_configured_and_left() -> None:
    def started(**options: str) -> tuple[ScannerInMemory, str]:
        rig = ScannerInMemory("ssi", family="ssi", **options)
        fault = rig.start().fault
        return rig, fault.detail if fault else ""

    usual, refused = started(packet_parameter="EE")
    assert (usual.machine.settings["EE"], refused) == (b"\x01", "")
    other, refused = started(packet_parameter="f1")
    assert (other.machine.settings["EE"], refused) == (b"\x00", "packets"), "this decoder knows no such parameter"
    left, refused = started(packet_parameter="none")
    assert (left.machine.settings["EE"], refused) == (b"\x00", "")
    assert left.machine.trigger == "host"
    for rig in (usual, other, left):
        rig.scan("find", CODE)


@pytest.mark.parametrize("fixture", ["chinese_utf8", "chinese_gb18030"])
def test_chinese_is_read_in_either_charset(rig: ScannerRig, fixture: str) -> None:
    rig.driver.execute(Arm("find", 30.0))
    rig.do("show_code", fixture=fixture)
    assert rig.event(CodeScanned).text.reveal() == "样例编号：豫G-00017"


def test_a_code_of_two_thousand_bytes_comes_whole(rig: ScannerRig) -> None:
    rig.driver.execute(Arm("find", 30.0))
    rig.do("show_code", fixture="long")
    event = rig.event(CodeScanned)
    assert len(event.raw.reveal()) == 2000
    assert event.text.reveal().endswith("04980499")


def test_ssi_says_what_kind_of_code_it_was(tmp_path) -> None:
    with scanner_rig(tmp_path, "ssi", family="ssi") as rig:
        rig.start()
        assert rig.scan(CODE).symbology is Symbology.QR
        rig.run_until(lambda: not rig.lit())
        rig.driver.execute(Arm("find", 30.0))
        rig.do("show_code", fixture="barcode")
        rig.run_until(lambda: len(rig.events_of(CodeScanned)) == 2)
        assert rig.events_of(CodeScanned)[1].symbology is Symbology.EAN_13


def test_a_cable_in_and_out_lights_again_for_the_same_purpose(rig: ScannerRig) -> None:
    rig.driver.execute(Arm("identity", 60.0))
    rig.lose()
    assert rig.back().state is DeviceState.ONLINE
    rig.run_until(rig.lit)
    rig.do("show_code", text=CODE)
    assert rig.event(CodeScanned).purpose == "identity"


def test_the_time_runs_while_the_cable_is_out(rig: ScannerRig) -> None:
    rig.driver.execute(Arm("identity", 10.0))
    rig.lose()
    rig.clock.ahead_s += 11.0
    rig.back()
    assert rig.event(ScanTimedOut).purpose == "identity"


def test_replies_in_single_bytes_are_read(rig: ScannerRig) -> None:
    rig.do("split_replies", chunk_bytes=1, gap_ms=0.5)
    assert rig.scan(CODE).text.reveal() == CODE


def test_an_unknown_scanner_stays_a_source_of_lines(tmp_path) -> None:
    with scanner_rig(tmp_path, "plain") as rig:
        status = rig.start()
        assert status.state is DeviceState.ONLINE
        assert dict(status.facts)["family"] == "generic"
        assert rig.scan(CODE).text.reveal() == CODE


def test_generic_asks_nothing(plain: ScannerRig) -> None:
    plain.driver.execute(Arm("find", 10.0))
    plain.driver.execute(Disarm())
    assert plain.tap.sent == []


@pytest.mark.parametrize("ending", ["cr", "lf", "crlf", "none"])
def test_any_line_end_and_none_ends_a_code(plain: ScannerRig, ending: str) -> None:
    plain.do("suffix", ending=ending)
    assert plain.scan(CODE).text.reveal() == CODE
    plain.step()
    assert len(plain.events_of(CodeScanned)) == 1


def test_babble_is_no_code(plain: ScannerRig) -> None:
    plain.driver.execute(Arm("find", 30.0))
    plain.do("babble", bytes_count=3000)
    failed = plain.event(ScanFailed)
    assert failed.fault.code in {"code_scanner.unreadable", "code_scanner.too_long"}
    plain.clock.ahead_s += 0.2
    plain.run_until(lambda: len(plain.tap.heard) >= 3000)
    plain.clock.ahead_s += 0.2
    plain.step()
    assert not plain.events_of(CodeScanned)


@pytest.mark.parametrize("family", ["ssi", "newland"])
def test_a_scanner_that_says_no_refuses_the_command(tmp_path, family: str) -> None:
    with scanner_rig(tmp_path, family, family=family) as rig:
        rig.start()
        rig.do("nak")
        with pytest.raises(Refused) as refused:
            rig.driver.execute(Arm("find", 30.0))
        assert refused.value.code == "code_scanner.refused"


@pytest.mark.parametrize(
    "options",
    [
        {"family": "datalogic"},
        {"idle_ms": "0"},
        {"idle_ms": "fast"},
        {"colour": "red"},
        {"charset": "latin-1"},
        {"lasts_s": "0"},
        {"lasts_s": "1.5"},
        {"packet_parameter": "EEE"},
        {"packet_parameter": "xy"},
        {"gap_ms": "81"},
    ],
)
def test_a_wrong_option_is_told(options: dict[str, str]) -> None:
    with pytest.raises(Unsupported):
        read_options(options)


def test_no_other_command_is_known(rig: ScannerRig) -> None:
    with pytest.raises(Unsupported):
        rig.driver.execute(object())
