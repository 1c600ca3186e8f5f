"""The simulated reader's bytes against frames that our encoders did not make."""

from __future__ import annotations

import csv
import dataclasses
from datetime import date
from pathlib import Path

import pytest

from simulators.id_card.fixtures import cards
from simulators.id_card.machine import NO_LATENCY_MS, REAL_LATENCY_MS, Action, ReaderMachine
from simulators.id_card.wire import BAUDS, ReaderWire

GOLDEN = Path(__file__).parents[1] / "golden" / "frames"
PREAMBLE = bytes.fromhex("AAAAAA9669")


def _vectors() -> dict[str, bytes]:
    with (GOLDEN / "samv_frames.csv").open(encoding="utf-8") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        return {name: bytes.fromhex(frame) for name, _, frame in rows}


GIVEN = _vectors()


class Reader:
    """A machine and its wire at a clock that stands still until told."""

    def __init__(self, fast: bool = True) -> None:
        self.machine = ReaderMachine(NO_LATENCY_MS if fast else REAL_LATENCY_MS)
        self.bauds: list[int] = []
        self.wire = ReaderWire(self.machine, self.bauds.append)
        self.now_s = 100.0

    def ask(self, name: str) -> bytes:
        return self.send(GIVEN[name])

    def send(self, data: bytes) -> bytes:
        return b"".join(self.wire.on_bytes(data, self.now_s))

    def later(self, seconds: float) -> bytes:
        self.now_s += seconds
        return b"".join(self.wire.on_time(self.now_s))

    def place(self, name: str) -> None:
        self.machine.place(name, cards()[name])

    def select(self) -> None:
        assert self.ask("find") == GIVEN["find_ok"]
        assert self.ask("select") == GIVEN["select_ok"]


@pytest.fixture
def reader() -> Reader:
    return Reader()


def test_golden_vectors_are_all_there() -> None:
    assert len(GIVEN) == 33


def test_base_read_of_the_specimen_is_the_golden_reply(reader: Reader) -> None:
    reader.place("specimen")
    reader.select()
    assert reader.ask("read_base") == (GOLDEN / "reply_base_resident_longterm.bin").read_bytes()


def test_a_dated_card_is_the_golden_reply(reader: Reader) -> None:
    card = dataclasses.replace(cards()["specimen"], valid_until=date(2035, 1, 1))
    reader.machine.place("dated", card)
    reader.select()
    assert reader.ask("read_base") == (GOLDEN / "reply_base_resident_dated.bin").read_bytes()


def test_fingerprints_follow_the_portrait_as_in_the_golden_reply(reader: Reader) -> None:
    golden = (GOLDEN / "reply_basefp_with_fp.bin").read_bytes()
    reader.machine.place("fp", dataclasses.replace(cards()["specimen"], fingerprints=golden[1296:-1]))
    reader.select()
    assert reader.ask("read_base_fp") == golden


def test_a_card_without_fingerprints_says_length_zero(reader: Reader) -> None:
    reader.place("specimen")
    reader.select()
    reply = reader.ask("read_base_fp")
    assert len(reply) == 1297
    assert reply[10:16] == bytes.fromhex("010004000000")


def test_new_address_is_the_golden_reply_also_after_the_base_read(reader: Reader) -> None:
    golden = (GOLDEN / "reply_new_address.bin").read_bytes()
    reader.place("specimen")
    reader.select()
    assert reader.ask("read_new_address") == golden
    assert len(reader.ask("read_base")) == 1295
    assert reader.ask("read_new_address") == golden


def test_a_card_without_new_address_has_no_such_item(reader: Reader) -> None:
    reader.place("li")
    reader.select()
    assert reader.ask("read_new_address") == GIVEN["no_such_item"]


@pytest.mark.parametrize("name", ["reset", "sam_status", "max_rf_bytes_0x50", "baud_115200", "baud_9600"])
def test_plain_commands_are_answered_ok(reader: Reader, name: str) -> None:
    assert reader.ask(name) == GIVEN["ok_generic"]


def test_sam_id_is_the_golden_one(reader: Reader) -> None:
    assert reader.ask("sam_id") == GIVEN["sam_id_sample"]


def test_find_without_card_finds_none(reader: Reader) -> None:
    assert reader.ask("find") == GIVEN["find_none"]


def test_select_before_find_is_refused(reader: Reader) -> None:
    reader.place("zhang")
    assert reader.ask("select") == GIVEN["select_fail"]


def test_read_before_select_fails(reader: Reader) -> None:
    reader.place("zhang")
    assert reader.ask("find") == GIVEN["find_ok"]
    assert reader.ask("read_base") == GIVEN["read_fail"]


def test_a_card_that_was_read_must_be_lifted_before_it_is_found_again(reader: Reader) -> None:
    reader.place("zhang")
    reader.select()
    assert len(reader.ask("read_base")) == 1295
    assert reader.ask("find") == GIVEN["find_none"]
    reader.machine.lift()
    reader.place("zhang")
    assert reader.ask("find") == GIVEN["find_ok"]


def test_a_second_card_on_top_is_not_taken(reader: Reader) -> None:
    reader.place("zhang")
    with pytest.raises(ValueError, match="lift it first"):
        reader.place("li")


@pytest.mark.parametrize("name", ["sam_status", "find", "select", "read_base", "read_new_address"])
def test_an_unauthorised_sam_answers_66(reader: Reader, name: str) -> None:
    reader.place("zhang")
    reader.machine.authorised = False
    assert reader.ask(name) == GIVEN["unauthorised"]


def test_wrong_chk_is_answered_10(reader: Reader) -> None:
    assert reader.send(GIVEN["find"][:-1] + b"\x21") == GIVEN["checksum_error"]


@pytest.mark.parametrize("body", ["000420010025", "00020020", "2000"], ids=["too long", "too short", "absurd"])
def test_wrong_length_is_answered_11(reader: Reader, body: str) -> None:
    assert reader.send(PREAMBLE + bytes.fromhex(body)) == GIVEN["length_error"]


@pytest.mark.parametrize("body", ["0003400142", "0003600562", "00032003 20"], ids=["command", "baud", "parameter"])
def test_unknown_command_is_answered_21(reader: Reader, body: str) -> None:
    data = bytes.fromhex(body)[:-1]
    check = 0
    for byte in data:
        check ^= byte
    assert reader.send(PREAMBLE + data + bytes([check])) == GIVEN["command_error"]


def test_the_reply_comes_after_the_latency_and_not_before() -> None:
    reader = Reader(fast=False)
    reader.place("zhang")
    assert reader.ask("find") == b""
    assert reader.later(0.059) == b""
    assert reader.later(0.001) == GIVEN["find_ok"]


def test_a_card_lifted_in_mid_read_fails_the_read_at_once() -> None:
    reader = Reader(fast=False)
    _select_slowly(reader)
    assert reader.ask("read_base") == b""
    assert reader.later(0.3) == b""
    reader.machine.lift()
    assert reader.later(0.0) == GIVEN["read_fail"]
    assert reader.later(2.0) == b""


def test_a_planned_lift_happens_within_the_read_and_is_announced_as_a_time() -> None:
    reader = Reader(fast=False)
    reader.machine.plan_during_read(300.0, "", None)
    _select_slowly(reader)
    assert reader.ask("read_base") == b""
    assert reader.wire.next_time_s() == pytest.approx(reader.now_s + 0.3)
    assert reader.later(0.3) == GIVEN["read_fail"]
    assert reader.machine.card_name == ""


def test_a_swap_in_mid_read_never_gives_the_other_card_as_this_read() -> None:
    reader = Reader(fast=False)
    reader.machine.plan_during_read(500.0, "li", cards()["li"])
    _select_slowly(reader)
    assert reader.ask("read_base") == b""
    assert reader.later(0.5) == GIVEN["read_fail"]
    assert reader.machine.card_name == "li"
    assert reader.ask("find") == b""
    assert reader.later(0.06) == GIVEN["find_ok"]


def test_commands_that_arrive_together_are_answered_in_order() -> None:
    reader = Reader(fast=False)
    reader.place("zhang")
    assert reader.send(GIVEN["find"] + GIVEN["select"]) == b""
    assert reader.later(0.06) == GIVEN["find_ok"]
    assert reader.later(0.04) == GIVEN["select_ok"]


def test_a_command_broken_off_is_forgotten_after_a_pause(reader: Reader) -> None:
    assert reader.send(GIVEN["find"][:7]) == b""
    reader.later(0.3)
    assert reader.ask("sam_status") == GIVEN["ok_generic"]


def test_noise_before_a_command_is_skipped(reader: Reader) -> None:
    assert reader.send(bytes.fromhex("00FFAAAA96AA") + GIVEN["sam_status"]) == GIVEN["ok_generic"]


def test_the_cable_out_forgets_the_running_command() -> None:
    reader = Reader(fast=False)
    assert reader.ask("find") == b""
    reader.wire.on_link(False, reader.now_s)
    reader.wire.on_link(True, reader.now_s)
    assert reader.later(1.0) == b""


def test_a_read_that_the_cable_broke_off_can_be_done_again_without_lifting() -> None:
    reader = Reader(fast=False)
    _select_slowly(reader)
    assert reader.ask("read_base") == b""
    reader.wire.on_link(False, reader.now_s)
    reader.wire.on_link(True, reader.now_s)
    assert reader.machine.cards_read == 0
    reader.ask("find")
    assert reader.later(0.06) == GIVEN["find_ok"]


@pytest.mark.parametrize("baud", sorted(BAUDS.values()))
def test_a_new_rate_holds_only_after_its_reply(reader: Reader, baud: int) -> None:
    assert reader.ask(f"baud_{baud}") == GIVEN["ok_generic"]
    assert reader.bauds == []
    reader.later(0.02)
    assert reader.bauds == [baud]


def test_every_latency_can_be_set_by_name() -> None:
    assert set(REAL_LATENCY_MS) == set(Action)


def _select_slowly(reader: Reader) -> None:
    reader.place("zhang")
    assert reader.send(GIVEN["find"]) == b""
    assert reader.later(0.06) == GIVEN["find_ok"]
    assert reader.send(GIVEN["select"]) == b""
    assert reader.later(0.04) == GIVEN["select_ok"]
