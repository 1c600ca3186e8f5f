"""What a scanner's line does to codes: cut, corrupt, doubled, silent, torn; and what is known afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.base.driver import StatusReport
from drivers.base.errors import Cancelled, LinkLost, Timeout
from drivers.base.status import DeviceState
from drivers.code_scanner.api import Arm, CodeScanned, Disarm, ScanFailed, ScanTimedOut
from simulators.code_scanner.wires.ssi import packet
from tests.support.scanner_in_memory import ScannerInMemory
from tests.support.scanner_rig import ScannerRig, scanner_rig
from tests.support.sim_lines import until

CODE = "CTID-SIM.0123456789abcdef"
ANSWERING = ("newland", "ssi", "gm65")


@pytest.fixture
def ssi(tmp_path) -> Iterator[ScannerRig]:
    with scanner_rig(tmp_path, "ssi", family="ssi", reply_ms="80") as made:
        made.start()
        yield made


@pytest.mark.parametrize("family", ANSWERING)
def test_a_spoilt_answer_is_asked_for_again(tmp_path, family: str) -> None:
    with scanner_rig(tmp_path, family, family=family, reply_ms="80") as rig:
        rig.start()
        lights = rig.fact("lights")
        assert isinstance(lights, int)
        rig.do("corrupt_next_reply", position=-1)
        rig.driver.execute(Arm("find", 10.0))
        assert rig.fact("lights") >= lights + 1  # pyright: ignore


@pytest.mark.parametrize("family", ANSWERING)
def test_a_cut_answer_is_asked_for_again(tmp_path, family: str) -> None:
    with scanner_rig(tmp_path, family, family=family, reply_ms="80") as rig:
        rig.start()
        rig.do("cut_next_reply", after_bytes=3)
        rig.driver.execute(Arm("find", 10.0))
        rig.do("show_code", text=CODE)
        assert rig.event(CodeScanned).text.reveal() == CODE


@pytest.mark.parametrize("family", ANSWERING)
def test_silence_fails_the_command_and_then_the_scanner(tmp_path, family: str) -> None:
    with scanner_rig(tmp_path, family, family=family, reply_ms="50") as rig:
        rig.start()
        rig.do("silence")
        with pytest.raises(Timeout):
            rig.driver.execute(Arm("find", 10.0))
        with pytest.raises(Timeout):
            rig.driver.execute(Disarm())
        rig.clock.ahead_s += 6.0
        report = rig.event(StatusReport)
        assert report.status.state is DeviceState.OFFLINE
        assert report.status.fault is not None
        assert report.status.fault.code == "code_scanner.silent"
        rig.do("silence", on=False)
        rig.clock.ahead_s += 6.0
        assert rig.event(StatusReport).status.state is DeviceState.ONLINE


def test_the_configured_family_without_an_answer_is_offline_and_found_later(tmp_path) -> None:
    with scanner_rig(tmp_path, "gm65", family="gm65", reply_ms="50") as rig:
        rig.do("silence")
        status = rig.start()
        assert status.state is DeviceState.OFFLINE
        assert status.fault is not None
        assert status.fault.code == "code_scanner.silent"
        rig.do("silence", on=False)
        rig.clock.ahead_s += 6.0
        report = rig.event(StatusReport)
        assert dict(report.status.facts)["family"] == "gm65"
        assert rig.fact("trigger") == "host"


def test_a_scanner_found_by_asking_does_not_become_generic_by_silence(tmp_path) -> None:
    with scanner_rig(tmp_path, "ssi", reply_ms="50") as rig:
        rig.start()
        rig.do("silence")
        rig.clock.ahead_s += 6.0
        assert rig.event(StatusReport).status.state is DeviceState.OFFLINE
        rig.clock.ahead_s += 6.0
        rig.step()
        assert len(rig.events_of(StatusReport)) == 1


def test_a_refused_setting_is_said_and_codes_still_come(tmp_path) -> None:
    with scanner_rig(tmp_path, "newland", family="newland") as rig:
        rig.do("nak", times=2)
        status = rig.start()
        assert status.state is DeviceState.ONLINE
        assert status.fault is not None
        assert (status.fault.code, status.fault.detail) == ("code_scanner.setting_refused", "host_trigger")
        assert rig.scan(CODE).text.reveal() == CODE


# SSI packets


def test_a_damaged_packet_is_sent_again_and_counts_once(ssi: ScannerRig) -> None:
    ssi.driver.execute(Arm("find", 10.0))
    ssi.do("corrupt_next_reply", position=8)
    ssi.do("show_code", text=CODE)
    assert ssi.event(CodeScanned).text.reveal() == CODE
    assert bytes.fromhex("05D1040001FF25") in ssi.tap.sent
    ssi.clock.ahead_s += 0.2
    ssi.step()
    assert len(ssi.events_of(CodeScanned)) == 1


def test_a_packet_damaged_again_and_again_is_given_up(ssi: ScannerRig) -> None:
    ssi.driver.execute(Arm("find", 30.0))
    bad = bytearray(packet(0xF3, b"\x1c" + CODE.encode()))
    bad[9] ^= 1
    ssi.device._wire.say(bytes(bad) * 3)
    ssi.device.verbs()["state"]()
    assert ssi.event(ScanFailed).fault.code == "code_scanner.damaged"
    assert not ssi.events_of(CodeScanned)


def test_a_packet_sent_again_is_no_second_code(ssi: ScannerRig) -> None:
    ssi.driver.execute(Arm("find", 30.0))
    ssi.device._wire.say(packet(0xF3, b"\x1c" + CODE.encode()))
    ssi.device.verbs()["state"]()
    ssi.event(CodeScanned)
    ssi.driver.execute(Arm("material", 30.0))
    ssi.clock.ahead_s += 5.0  # the time for duplicates is over: only the packet's own mark tells
    ssi.device._wire.say(packet(0xF3, b"\x1c" + CODE.encode(), status=1))
    ssi.device.verbs()["state"]()
    ssi.run_until(lambda: ssi.tap.sent.count(bytes.fromhex("04D00400FF28")) == 2)
    ssi.step()
    assert len(ssi.events_of(CodeScanned)) == 1


def test_the_rest_of_a_packet_with_a_wrong_length_is_no_code(ssi: ScannerRig) -> None:
    ssi.driver.execute(Arm("find", 30.0))
    bad = bytearray(packet(0xF3, b"\x1c" + CODE.encode()))
    bad[0] = 12
    ssi.device._wire.say(bytes(bad))
    ssi.device.verbs()["state"]()
    ssi.run_until(lambda: len(ssi.tap.heard) > 30 and bytes.fromhex("05D1040001FF25") in ssi.tap.sent)
    ssi.clock.ahead_s += 0.2
    ssi.step()
    assert not ssi.events_of(CodeScanned)


# any byte


@pytest.mark.parametrize("kept", range(1, len(CODE) + 1, 4))
def test_a_line_torn_within_a_code_gives_no_half_code(tmp_path, kept: int) -> None:
    with scanner_rig(tmp_path, "plain", family="generic") as rig:
        rig.start()
        rig.driver.execute(Arm("find", 30.0))
        rig.do("cut_next_reply", after_bytes=kept)
        rig.do("show_code", text=CODE)
        rig.run_until(lambda: len(rig.tap.heard) == kept)
        rig.lose()
        assert rig.back().state is DeviceState.ONLINE
        rig.do("show_code", text="YC1:whole")
        assert rig.event(CodeScanned).text.reveal() == "YC1:whole"
        assert len(rig.events_of(CodeScanned)) == 1


def test_noise_before_a_code_makes_it_no_code_and_the_next_one_counts(tmp_path) -> None:
    with scanner_rig(tmp_path, "plain", family="generic") as rig:
        rig.start()
        rig.driver.execute(Arm("find", 30.0))
        rig.device._wire.say(b"\x00\x9f\x05")
        rig.do("show_code", text=CODE)
        assert rig.event(ScanFailed).fault.code == "code_scanner.unreadable"
        rig.do("show_code", text="next")
        assert rig.event(CodeScanned).text.reveal() == "next"


def test_a_stop_ends_the_waiting(ssi: ScannerRig) -> None:
    ssi.do("silence")
    ssi.cancel.set()
    with pytest.raises(Cancelled):
        ssi.driver.execute(Arm("find", 10.0))


def test_a_line_that_is_gone_says_so(ssi: ScannerRig) -> None:
    ssi.do("tear_cable")
    with pytest.raises(LinkLost):
        ssi.driver.execute(Arm("find", 10.0))
    ssi.driver.close()
    ssi.back()
    ssi.run_until(ssi.lit)
    until(ssi.lit)


@pytest.mark.parametrize("before_s", [None, 4.0])
def test_an_arm_that_met_a_lost_line_keeps_its_own_time(before_s: float | None) -> None:
    rig = ScannerInMemory("ssi", family="ssi")
    rig.start()
    rig.driver.execute(Arm("identity", before_s))
    rig.line._tear(rig.clock.now_s)
    with pytest.raises(LinkLost):
        rig.driver.execute(Arm("find", 20.0))
    rig.line.plugged = True
    rig.replug()
    rig.pass_time(15.0)
    assert not rig.of(ScanTimedOut)
    assert rig.event(ScanTimedOut, 10.0).purpose == "find"


def test_the_rest_of_a_code_in_packets_is_not_the_next_purpose_s() -> None:
    rig = ScannerInMemory("ssi", family="ssi")
    rig.start()
    rig.driver.execute(Arm("identity", None))
    rig.line._say([packet(0xF3, b"\x1cAAAA", status=0x02)])
    rig.pass_time(0.5)
    rig.driver.execute(Arm("find", None))
    rig.line._say([packet(0xF3, b"\x1cAAAA", status=0x02)])
    rig.pass_time(0.8)
    rig.line._say([packet(0xF3, b"\x1cAAAA")])
    rig.do("show_code", text="next")
    rig.event(CodeScanned)
    assert [(read.purpose, read.text.reveal()) for read in rig.of(CodeScanned)] == [("find", "next")]
