"""The scanner families' frames against golden bytes and the examples of domain.md c; framing, charset, duplicates."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.base.errors import Unsupported
from drivers.code_scanner.api import Symbology
from drivers.code_scanner.codec import Duplicates, Line, LineReader, text_of
from drivers.code_scanner.families import gm65, honeywell, newland, ssi
from drivers.code_scanner.families.contract import (
    LONGEST_HELD,
    Answer,
    Command,
    Damaged,
    Packet,
    Plain,
    Reply,
    Span,
    Splitter,
    mark_at,
)
from drivers.code_scanner.families.known import FAMILIES
from drivers.code_scanner.options import read_options

GOLDEN = Path(__file__).parents[1] / "golden" / "frames" / "scanner_frames.csv"


def golden() -> dict[str, bytes]:
    with GOLDEN.open(encoding="utf-8") as file:
        return {row[0]: bytes.fromhex(row[2]) for row in csv.reader(file) if row and not row[0].startswith("#")}


FRAMES = golden()
OURS = {
    "gm65_trigger": gm65.GM65.start.data,
    "gm65_stop": gm65.GM65.stop.data,
    "gm65_save": gm65.frame(gm65.Kind.SAVE, gm65.Register.MODE, b"\x00"),
    "gm65_baud_9600": gm65.frame(gm65.Kind.WRITE, gm65.Register.BAUD, b"\x39\x01"),
    "gm65_read_baud": gm65.GM65.probe.data,
    "gm65_read_mode": gm65.read(gm65.Register.MODE).data,
    "ssi_start": ssi.SSI.start.data,
    "ssi_stop": ssi.SSI.stop.data,
    "ssi_ack_host": ssi.SSI.ack,
    "ssi_nak_resend_host": ssi.SSI.nak,
    "ssi_scan_enable": ssi.frame(ssi.Op.SCAN_ENABLE),
    "ssi_scan_disable": ssi.frame(ssi.Op.SCAN_DISABLE),
    "ssi_req_revision": ssi.SSI.probe.data,
    "ssi_host_trigger_mode": ssi.parameter(0x8A, 0x08, saved=True).data,
    "ssi_level_mode": ssi.parameter(0x8A, 0x00, saved=True).data,
}


@pytest.mark.parametrize("name", OURS)
def test_a_command_is_the_golden_one(name: str) -> None:
    assert OURS[name] == FRAMES[name]


@pytest.mark.parametrize(
    ("name", "family", "heard"),
    [
        ("gm65_ok", gm65.GM65, Reply(Answer.DONE, b"\x00")),
        ("ssi_ack_dev", ssi.SSI, Reply(Answer.DONE)),
        ("ssi_nak_resend_dev", ssi.SSI, Reply(Answer.AGAIN, b"\x01")),
    ],
)
def test_a_golden_reply_is_understood(name: str, family, heard: Reply) -> None:
    assert Splitter(family).feed(FRAMES[name], Command(b"")) == [heard]


def test_every_golden_frame_is_used() -> None:
    assert set(FRAMES) == set(OURS) | {"gm65_ok", "ssi_ack_dev", "ssi_nak_resend_dev"}


def test_what_the_product_sends_saves_nothing_in_a_scanner() -> None:
    sent = [s.change.data for f in FAMILIES for s in f.settings] + [f.probe.data for f in FAMILIES]
    assert FRAMES["gm65_save"] not in sent
    assert FRAMES["ssi_host_trigger_mode"] not in sent
    assert not [data for data in sent if data.startswith(b"\x7e\x010000@")]
    assert not [data for data in sent if data.startswith(b"\x16M\r") and data.endswith(b".")]


# honeywell, domain.md c.1


def test_honeywell_s_bytes_are_the_manual_s() -> None:
    assert honeywell.HONEYWELL.start.data == bytes.fromhex("16540D")
    assert honeywell.HONEYWELL.stop.data == bytes.fromhex("16550D")
    assert honeywell.menu("TRGMOD", "0").data == bytes.fromhex("164D0D") + b"TRGMOD0!"


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        (b"TRGMOD0\x06!", [Reply(Answer.DONE, b"0")]),
        (b"TRGMOD0\x06.", [Reply(Answer.DONE, b"0")]),
        (b"TRGMODx\x15!", [Reply(Answer.DENIED, b"x")]),
        (b"TRGMOD\x05!", [Reply(Answer.DENIED)]),
        (b"code\rTRGMOD0\x06!", [Plain(b"code\r"), Reply(Answer.DONE, b"0")]),
        (b"TRGMODE is a word\r", [Plain(b"TRGMODE is a word\r")]),
        (b"TRGMOD0\x06", []),
        (b"TRG", []),
        (b"nothing", [Plain(b"nothing")]),
    ],
)
def test_honeywell_s_echo(heard: bytes, found: list[object]) -> None:
    assert Splitter(honeywell.HONEYWELL).feed(heard, Command(b"", b"TRGMOD")) == found


def test_honeywell_s_settings_know_when_they_hold() -> None:
    trigger, suffix = honeywell.HONEYWELL.settings
    assert (trigger.holds(b"0"), trigger.holds(b"3")) == (True, False)
    assert (suffix.holds(b"990d"), suffix.holds(b"")) == (True, False)


# newland, domain.md c.2


def test_newland_s_bytes_are_the_manual_s() -> None:
    assert newland.command("SCNTRG", "1").data == bytes.fromhex("7E0130303030") + b"#SCNTRG1;\x03"
    assert newland.LEGACY_START.data == bytes.fromhex("1B31")


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        (b"\x02\x010000#SCNMOD0\x06;\x03", [Reply(Answer.DONE, b"0")]),
        (b"\x02\x010000@SCNMOD\x05;\x03", [Reply(Answer.DENIED)]),
        (b"\x02\x010000#SCNMOD9\x15;\x03", [Reply(Answer.DENIED, b"9")]),
        (b"\x02\x010000#TSUENA1\x06;\x03", []),
        (b"\x02\x010000#SCNMOD0;\x03", [Damaged()]),
        (b"\x02\x010000;\x03", [Damaged()]),
        (b"\x02\x010000" + b"x" * 140, [Damaged(), Plain(b"\x010000" + b"x" * 140)]),
        (b"\x02\x010", []),
    ],
)
def test_newland_s_replies(heard: bytes, found: list[object]) -> None:
    assert Splitter(newland.NEWLAND).feed(heard, Command(b"", b"SCNMOD")) == found


def test_newland_s_old_trigger_is_not_answered() -> None:
    old = newland.legacy(newland.NEWLAND)
    assert (old.start.data, old.stop.data, old.answers) == (b"\x1b1", b"\x1b0", False)
    assert (old.probe, old.settings) == (newland.NEWLAND.probe, newland.NEWLAND.settings)


def test_newland_s_settings_know_when_they_hold() -> None:
    trigger, suffix = newland.NEWLAND.settings
    assert (trigger.holds(b"0"), trigger.holds(b"2")) == (True, False)
    assert (suffix.holds(b"1"), suffix.holds(b"0")) == (True, False)
    assert newland.NEWLAND.firmware(b"x") == ""


# ssi, domain.md c.3


def test_ssi_s_packets_and_refusals() -> None:
    def heard(op: int, data: bytes, status: int = 0) -> list[object]:
        body = bytes([4 + len(data), op, 0, status]) + data
        return list(Splitter(ssi.SSI).feed(body + (0x10000 - sum(body)).to_bytes(2, "big"), None))

    assert heard(0xF3, b"\x0b6901") == [Packet(b"6901", Symbology.EAN_13, again=False, more=False)]
    assert heard(0xF3, b"\x7fx", 3) == [Packet(b"x", Symbology.UNKNOWN, again=True, more=True)]
    assert heard(0xF3, b"") == [Packet(b"", Symbology.UNKNOWN, again=False, more=False)]
    assert heard(0xD1, b"\x06") == [Reply(Answer.DENIED, b"\x06")]
    assert heard(0xA4, b"REV") == [Reply(Answer.DONE, b"REV")]
    assert ssi.SSI.firmware(b"REV 1 ") == "REV 1"
    trigger, packets = ssi.SSI.settings
    assert (trigger.holds(b"\xff\x8a\x08"), trigger.holds(b"\xff\x8a\x00")) == (True, False)
    assert packets.holds(b"\xff\xee\x01")


def test_ssi_s_packets_are_switched_on_by_the_parameter_of_the_configuration() -> None:
    def changes(number: int | None) -> list[bytes]:
        return [setting.change.data for setting in ssi.with_packet_parameter(ssi.SSI, number).settings]

    trigger, packets = (setting.change.data for setting in ssi.SSI.settings)
    assert changes(0xEE) == [trigger, packets]
    assert changes(0xF1) == [trigger, ssi.parameter(0xF1, 1).data]
    assert changes(None) == [trigger]


def test_ssi_takes_text_for_text() -> None:
    splitter = Splitter(ssi.SSI)
    assert splitter.feed(b"\x01\x02", None) == [Plain(b"\x01\x02")]
    assert splitter.feed(b"plain text\r", None) == [Plain(b"plain text")]
    assert splitter.is_inside_frame, "a CR may be the length of a packet"
    assert splitter.drop() == [Plain(b"\r")]
    assert splitter.drop() == []


# gm65, domain.md c.4


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        (b"\x02\x00\x00\x01\x00\xab\xcd", [Reply(Answer.DONE, b"\x00")]),
        (b"\x02\x00\x00\x01\x00\x33\x30", [Damaged()]),
        (b"\x02\x00\x00\x00", [Damaged(), Plain(b"\x00\x00\x00")]),
        (b"\x02\x00\x00", []),
        (b"\x02\x00\x00\x02\x39", []),
        (b"\x02", []),
        (b"text", [Plain(b"text")]),
    ],
)
def test_gm65_s_replies(heard: bytes, found: list[object]) -> None:
    assert Splitter(gm65.GM65).feed(heard, Command(b"")) == found


def test_gm65_tells_its_rate_and_its_settings() -> None:
    assert gm65.GM65.firmware(b"\x01\x39") == "baud 9600"
    assert gm65.GM65.firmware(b"\x00\x00") == ""
    mode, time, suffix = gm65.GM65.settings
    assert (mode.holds(b"\x7d"), mode.holds(b"\x7f")) == (True, False)
    assert time.holds(b"\xc8")
    assert suffix.change.data[:-2] == bytes.fromhex("7E000801006001")  # as public sources send it, with AB CD behind
    assert (suffix.holds(b"\x01"), suffix.holds(b"\x81")) == (True, True)
    for other in (b"\x00", b"\x21", b"\x41", b"\x61", b"\x03", b"\x05", b"\x09", b"\x11", b"", b"\x01\x01"):
        assert not suffix.holds(other), other


# what all share


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_family_s_commands_are_all_that_it_is_asked_and_told(family) -> None:
    assert {family.probe, family.start, family.stop} <= set(family.commands)
    assert len(family.commands) == 3 + 2 * len(family.settings)


def test_a_scanner_without_a_family_says_only_text() -> None:
    splitter = Splitter(None)
    assert splitter.feed(FRAMES["gm65_ok"], None) == [Plain(FRAMES["gm65_ok"])]
    splitter.clear()
    assert not splitter.is_inside_frame


def test_a_mark_is_found_whole_or_begun() -> None:
    assert mark_at(b"..\x02\x00..", b"\x02\x00") == 2
    assert mark_at(b"..\x02", b"\x02\x00") == 2
    assert mark_at(b"....", b"\x02\x00") == -1


def test_what_is_held_for_a_frame_is_capped() -> None:
    splitter = Splitter(gm65.GM65)
    long = b"\x02\x00\x00\xfa" + bytes(200)
    assert splitter.feed(long, None) == []
    ssi_splitter = Splitter(ssi.SSI)
    assert ssi_splitter.feed(bytes([0xFF, 0xF3, 0x00]) + bytes(250), None) == []
    assert ssi_splitter.drop() == [Damaged()]


def test_a_family_whose_frame_never_ends_fills_no_memory() -> None:
    splitter = Splitter(replace(gm65.GM65, find=lambda heard, echo: Span(0)))
    assert splitter.feed(bytes(LONGEST_HELD), None) == []
    assert splitter.feed(b"x", None) == [Plain(bytes(LONGEST_HELD) + b"x")]
    assert not splitter.is_inside_frame


def test_line_ends_and_silence() -> None:
    reader = LineReader()
    assert reader.feed(b"\r\n\r") == []
    assert reader.feed(b"one\r\ntwo") == [Line(b"one")]
    assert reader.is_inside_code
    assert reader.flush() == [Line(b"two")]
    assert not reader.is_inside_code


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        (b"(01)0690\x1d(10)7", "(01)0690\x1d(10)7"),
        (b"", None),
        (b"\x00\x01", None),
        (b"\xff\xff", None),
        ("茅台".encode(), "茅台"),
        ("Zoë €5".encode(), "Zoë €5"),
    ],
)
def test_what_bytes_say(raw: bytes, text: str | None) -> None:
    assert text_of(raw) == text


def test_the_same_code_in_a_moment_is_known_again() -> None:
    known = Duplicates(2.0)
    assert not known.is_again(b"a", 10.0)
    assert known.is_again(b"a", 11.9)
    assert known.is_again(b"a", 13.8), "as long as it stays before the window"
    assert not known.is_again(b"b", 13.9)
    assert not known.is_again(b"b", 15.9)


@pytest.mark.parametrize("options", [{"idle_ms": "９９"}, {"reply_ms": "9999"}, {"settings": "perhaps"}])
def test_an_option_with_a_wrong_value_is_told(options: dict[str, str]) -> None:
    with pytest.raises(Unsupported):
        read_options(options)


def test_options_by_default_and_given() -> None:
    chosen = read_options({"charset": "gb18030", "idle_ms": "50"})
    assert (chosen.family, chosen.charset, chosen.idle_s, chosen.duplicate_s) == ("auto", "gb18030", 0.05, 2.0)
    assert (chosen.lasts_s, chosen.packet_parameter, chosen.gap_s) == (None, 0xEE, 0.035)
    chosen = read_options({"lasts_s": "7", "packet_parameter": "none", "gap_ms": "60"})
    assert (chosen.lasts_s, chosen.packet_parameter, chosen.gap_s) == (7.0, None, 0.06)
