"""The doctor's checks with a card in the hand, at simulated readers: read and shown masked, or the exact reason."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from drivers import registry
from drivers.base.clock import SystemClock
from drivers.base.driver import DriverContext
from drivers.base.wake import Wake
from drivers.smart_card.api import CardInserted, CardRemoved
from simulators.bench import SimulatedDevice
from simulators.id_card.device import DECODER
from simulators.id_card.device import build as build_reader
from simulators.smart_card.device import build as build_slot
from terminal.config import DeviceEntry
from terminal.diagnostics.card_checks import IdCardCheck, SocialCardCheck
from terminal.diagnostics.check import Finding, Outcome
from tests.support.pcsc_folder import FOLDER
from tests.support.sim_lines import nothing_left_over, until
from tests.support.smart_card_rig import needs_pcscd
from tests.support.technician import Technician, around, nothing

W = Outcome
SHORT_S = 0.8  # for somebody who does nothing
Act = Callable[[], object]


class Reader:
    """A simulated reader, and the check at it."""

    def __init__(self, device: SimulatedDevice, kind: str, check: type[IdCardCheck | SocialCardCheck]) -> None:
        self.device = device
        self._check = check
        options = {"wlt_decoder": str(DECODER)} if kind == "id_card" else {}
        self._entry = DeviceEntry(id="reader", kind=kind, url=device.endpoint(), needed="required", options=options)
        self.person = Technician()

    def hand(self, verb: str, **arguments: object) -> Act:
        return partial(self.device.verbs()[verb], **arguments)

    def check(self, *acts: Act, person_s: float = 20.0, terminal_runs: bool = False) -> Finding:
        self.person = Technician(*acts)
        surroundings = replace(around(person_s=person_s), terminal_runs=terminal_runs)
        return self._check(self._entry, surroundings, self.person).run()


@contextlib.contextmanager
def started(device: SimulatedDevice, kind: str, check: type[IdCardCheck | SocialCardCheck]) -> Iterator[Reader]:
    with nothing_left_over():
        device.start()
        try:
            yield Reader(device, kind, check)
        finally:
            device.stop()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with started(build_reader(tmp_path, True), "id_card", IdCardCheck) as made:
        yield made


@pytest.fixture
def slot() -> Iterator[Reader]:
    FOLDER.mkdir(exist_ok=True)
    try:
        with started(build_slot(FOLDER, fast=True), "smart_card", SocialCardCheck) as made:
            yield made
    finally:
        shutil.rmtree(FOLDER)


# the ID card


def test_an_id_card_is_read_shown_masked_and_seen_to_go(reader: Reader) -> None:
    found = reader.check(reader.hand("place_card", card="zhang"), reader.hand("lift"))
    assert found.outcome is W.WORKS, found
    assert found.detail.startswith("resident, ")
    assert found.detail.endswith("portrait decoded")
    (shown,) = [text for text in reader.person.said if "读到了" in text]
    assert "张**，110105********002X" in shown
    told = " ".join((*reader.person.said, *reader.person.said_en, str(found)))
    assert "桂兰" not in told
    assert "19491231" not in told
    assert "张*" not in str(found), "nothing of a person stands in what goes into reports"


def test_no_id_card_is_told(reader: Reader) -> None:
    found = reader.check(nothing, person_s=SHORT_S)
    assert (found.outcome, found.fault_code, found.stands_in_the_way) == (W.BROKEN, "", True)
    assert "没有找到证件" in found.zh


def test_an_id_card_that_was_lifted_too_early_may_be_laid_down_again(reader: Reader) -> None:
    def careless() -> None:
        reader.hand("latency", command="read_base", ms=300.0)()
        reader.hand("lift_during_read", after_ms=50.0)()
        reader.hand("place_card", card="li")()

    found = reader.check(careless, person_s=3.0)
    assert (found.outcome, found.fault_code) == (W.BROKEN, "id_card.lifted")
    assert any("读" in text and "请" in text for text in reader.person.said[1:]), "told while there is still time"


def test_an_id_card_of_no_known_kind_is_told(reader: Reader) -> None:
    found = reader.check(reader.hand("place_card", card="odd"), person_s=3.0)
    assert (found.outcome, found.fault_code) == (W.BROKEN, "id_card.unknown_kind")


def test_a_card_that_is_never_seen_to_go_is_noted(reader: Reader) -> None:
    found = reader.check(reader.hand("place_card", card="li"), nothing, person_s=3.0)
    assert (found.outcome, "取走" in found.zh) == (W.WARNING, True)


def test_a_reader_that_loses_its_module_while_waiting_says_which_trouble(reader: Reader) -> None:
    found = reader.check(reader.hand("authorise", on=False), person_s=5.0)
    assert (found.outcome, found.fault_code) == (W.BROKEN, "id_card.not_authorised")


def test_a_cable_torn_while_waiting_is_told(reader: Reader) -> None:
    found = reader.check(reader.hand("tear_cable"), person_s=5.0)
    assert (found.outcome, found.fault_code, found.state) == (W.BROKEN, "link.lost", "powerOff")


# the social security card


@needs_pcscd
def test_a_social_security_card_is_read_shown_masked_and_seen_to_go(slot: Reader) -> None:
    found = slot.check(slot.hand("insert", card="li"), slot.hand("remove"))
    assert found.outcome is W.WORKS, found
    assert found.detail.startswith("version 2.00, ")
    (shown,) = [text for text in slot.person.said if "读到了" in text]
    assert "李**，000000********0173" in shown
    told = " ".join((*slot.person.said, *slot.person.said_en, str(found)))
    assert "样本" not in told.replace("样卡", "")
    assert "19880614" not in told
    assert "李*" not in str(found)


@needs_pcscd
def test_no_social_security_card_is_told(slot: Reader) -> None:
    found = slot.check(nothing, person_s=SHORT_S)
    assert (found.outcome, found.fault_code) == (W.BROKEN, "")
    assert "没有看到卡插入" in found.zh


@needs_pcscd
@pytest.mark.parametrize(
    ("verbs", "code"),
    [
        ([("insert", {"card": "bank"})], "smart_card.not_social"),
        ([("garble", {"position": 1}), ("insert", {"card": "zhang"})], "smart_card.corrupt"),
        ([("remove_during_read", {"after_apdus": 3}), ("insert", {"card": "li"})], "smart_card.removed"),
    ],
)
def test_the_exact_reason_is_told(slot: Reader, verbs: list[tuple[str, dict[str, object]]], code: str) -> None:
    def act() -> None:
        for verb, arguments in verbs:
            slot.hand(verb, **arguments)()

    found = slot.check(act, person_s=2.5)
    assert (found.outcome, found.fault_code) == (W.BROKEN, code)
    assert found.zh in slot.person.said, "told while there is still time to do better"


def seen(slot: Reader, kind: type[object], verb: str, **arguments: object) -> None:
    """Do `verb`, and wait until the service itself has seen it."""
    cancel = Wake()
    watching = registry.create("smart_card", slot.device.endpoint(), {}, DriverContext(SystemClock(), cancel))
    watching.connect()
    watching.interrogate()
    slot.hand(verb, **arguments)()
    until(lambda: any(isinstance(event, kind) for event in watching.on_timer()))
    watching.close()
    cancel.close()


@needs_pcscd
def test_a_card_from_before_must_be_taken_out_first(slot: Reader) -> None:
    seen(slot, CardInserted, "insert", card="wang")
    found = slot.check(nothing, person_s=SHORT_S)
    assert (found.outcome, found.fault_code) == (W.BROKEN, "smart_card.remove_first")


@needs_pcscd
def test_after_a_card_from_before_the_right_one_still_counts(slot: Reader) -> None:
    seen(slot, CardInserted, "insert", card="bank")

    def swap() -> None:
        seen(slot, CardRemoved, "remove")
        slot.hand("insert", card="gulnar")()

    found = slot.check(swap, slot.hand("remove"))
    assert found.outcome is W.WORKS, found


@needs_pcscd
def test_a_service_that_ends_while_waiting_is_told(slot: Reader) -> None:
    found = slot.check(slot.hand("kill_service"), person_s=5.0)
    assert (found.outcome, found.fault_code) == (W.BROKEN, "link.lost")


@needs_pcscd
def test_the_running_terminal_keeps_its_reader_although_it_could_be_shared(slot: Reader) -> None:
    found = slot.check(slot.hand("insert", card="li"), terminal_runs=True)
    assert found.outcome is W.NOT_EXAMINED
    assert slot.person.said == []
