"""The social security card as a way to say who is here: armed beside the ID card, never mixed with it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.id_card import api as card
from drivers.smart_card import api as smart
from terminal import intents
from terminal.cases.model import IdentitySource, Step
from terminal.devices.notices import Happened, StatusChanged
from terminal.snapshot import DeviceView, ReaderView
from tests.support import case_bench as b
from tests.support.case_bench import Bench

SMART_CARD_ORDERS = (smart.StartReading, smart.StopReading)
REMOVED = Fault("smart_card.removed", FaultAction.CLEAR)
SOCIAL = smart.SocialSecurityCard(
    card_class="1",
    spec_version="2.00",
    issuer_code="410724000000",
    issued_on=date(2019, 5, 20),
    valid_until=date(2039, 5, 20),
    card_number=Sensitive("B00000002"),
    social_security_number=Sensitive("000000198806140173"),
    name=Sensitive("李样本"),
    sex="男",
    nation="回",
    birth_date=Sensitive(date(1988, 6, 14)),
)


def read(social: smart.SocialSecurityCard = SOCIAL) -> smart.SocialSecurityCardRead:
    return smart.SocialSecurityCardRead(social, 1.0, 1.4, 15, 0.3)


@pytest.fixture
def bench(tmp_path: Path) -> Generator[Bench, None, None]:
    made = Bench(tmp_path)
    made.devices.present["smart_card"] = DeviceView(
        "smart_card-1", "smart_card", DeviceState.ONLINE, "optional", simulated=True
    )
    yield made
    made.close()


def test_both_readers_are_armed_and_the_social_security_card_identifies(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    assert bench.devices.commands(card.StartReading)
    assert bench.devices.commands(smart.StartReading)
    bench.happens("smart_card", smart.CardInserted(1.0, will_be_read=True))
    assert bench.seen.reader == ReaderView("reading", "", "smart_card")
    bench.happens("smart_card", read())
    assert bench.case.step is Step.VERIFY_FACE
    identity = bench.case.identity
    assert identity is not None
    assert identity.source is IdentitySource.SOCIAL_SECURITY_CARD
    assert (identity.name.reveal(), identity.id_number.reveal()) == ("李样本", "000000198806140173")
    assert (identity.sex, identity.nation, identity.birth_date.reveal()) == ("男", "回", date(1988, 6, 14))
    assert (identity.valid_from, identity.valid_until) == (date(2019, 5, 20), date(2039, 5, 20))
    assert (identity.portrait, identity.address.reveal(), identity.issuer) == (None, "", "")
    assert bench.devices.commands(card.StopReading), "the other reader stops looking"
    assert bench.devices.commands(smart.StopReading)
    assert bench.said == []


def test_the_number_says_whose_document_it_is(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    permit = replace(SOCIAL, social_security_number=Sensitive("810000199408230021"), birth_date=None)
    bench.happens("smart_card", read(permit))
    identity = bench.case.identity
    assert identity is not None
    assert identity.kind is card.CardKind.HMT


@pytest.mark.parametrize("social_first", [True, False])
def test_of_two_cards_the_first_counts_whole_and_the_second_not_at_all(bench: Bench, social_first: bool) -> None:
    bench.to(Step.IDENTIFY)
    bench.happens("smart_card", smart.CardInserted(1.0, will_be_read=True))
    bench.happens("id_card", card.CardFound(1.0))
    both = [("smart_card", read()), ("id_card", b.read_card())]
    for kind, event in both if social_first else reversed(both):
        bench.happens(kind, event)
    identity = bench.case.identity
    assert identity is not None
    whole = (identity.source, identity.name.reveal(), identity.id_number.reveal())
    social = (IdentitySource.SOCIAL_SECURITY_CARD, "李样本", "000000198806140173")
    assert whole == (social if social_first else (IdentitySource.ID_CARD, b.NAME, b.ID_NUMBER))


def test_a_failure_is_said_and_forgotten_with_the_next_card(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.happens("smart_card", smart.CardReadFailed(REMOVED))
    assert bench.seen.reader == ReaderView("failed", "smart_card.removed", "smart_card")
    assert bench.said == ["fault.smart_card.removed"]
    bench.happens("smart_card", smart.CardRemoved())
    assert bench.seen.reader == ReaderView("waiting", "smart_card.removed", "smart_card")
    bench.happens("smart_card", smart.CardInserted(2.0, will_be_read=True))
    assert bench.said == []
    bench.happens("smart_card", read())
    assert bench.case.step is Step.VERIFY_FACE


def test_an_id_card_lifted_says_nothing_about_the_other_reader(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.happens("id_card", card.CardReadFailed(Fault("id_card.lifted", FaultAction.CLEAR)))
    bench.happens("smart_card", smart.CardRemoved())
    assert (bench.seen.reader.phase, bench.seen.reader.fault_code) == ("failed", "id_card.lifted")


def test_a_card_that_will_not_be_read_is_not_said_to_be(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.happens("smart_card", smart.CardInserted(1.0, will_be_read=False))
    assert bench.seen.reader.phase == "waiting"


def test_reading_again_and_a_reader_that_came_back_are_armed_anew(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.do(intents.ReadCardAgain())
    assert len(bench.devices.commands(smart.StartReading)) == 2
    bench.set_state("smart_card", DeviceState.POWER_OFF)
    bench.online("smart_card")
    assert len(bench.devices.commands(smart.StartReading)) == 3


def test_a_reader_that_was_away_when_the_citizen_was_known_reads_nobody_else(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.set_state("smart_card", DeviceState.POWER_OFF)
    bench.happens("id_card", b.read_card())
    bench.online("smart_card")
    assert len(bench.devices.commands(smart.StopReading)) == 2
    assert len(bench.devices.commands(smart.StartReading)) == 1


@pytest.mark.parametrize("known_to_be_back", [True, False])
def test_a_card_read_for_a_case_that_ended_while_the_reader_was_away_is_nobodys(
    bench: Bench, known_to_be_back: bool
) -> None:
    """What the reader says before it has heard of that end is of the case before, whoever is at the window now."""
    bench.to(Step.IDENTIFY)
    bench.set_state("smart_card", DeviceState.POWER_OFF)
    bench.do(intents.AbandonCase("群众离开"), intents.StartCase())
    bench.set_state("smart_card", DeviceState.ONLINE)
    if known_to_be_back:
        bench.service.handle(StatusChanged("smart_card-1", DeviceStatus(DeviceState.ONLINE)))
    bench.service.handle(Happened("smart_card-1", read()))
    assert bench.case.identity is None
    bench.online("smart_card")
    told = [type(command) for _, _, command in bench.devices.asked if isinstance(command, SMART_CARD_ORDERS)]
    last_stop = len(told) - 1 - told[::-1].index(smart.StopReading)
    assert told[last_stop + 1 :], "told to stop, it is told to read for this case"
    bench.happens("smart_card", read(replace(SOCIAL, name=Sensitive("王样本"))))
    assert bench.case.identity is not None
    assert bench.case.identity.name.reveal() == "王样本"


def test_outside_the_step_nothing_of_a_card_is_taken(bench: Bench) -> None:
    bench.to(Step.VERIFY_FACE)
    for event in (smart.CardInserted(1.0, True), read(), smart.CardReadFailed(REMOVED), smart.CardRemoved()):
        bench.happens("smart_card", event)
    assert bench.case.identity is not None
    assert bench.case.identity.source is IdentitySource.ID_CARD
    assert (bench.said, bench.seen.reader) == ([], ReaderView())


def test_what_is_strange_about_the_number_is_a_finding(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    odd = replace(SOCIAL, social_security_number=Sensitive("000000198806140174"), findings=("expired",))
    bench.happens("smart_card", read(odd))
    assert bench.said == ["card.expired", "card.check_digit"]
    bench.do(intents.ReadCardAgain())
    bench.happens("smart_card", read(replace(SOCIAL, birth_date=Sensitive(date(1988, 6, 15)))))
    assert bench.said == ["card.birth_mismatch"]


def test_a_missing_birth_date_is_taken_from_a_right_number_only(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    wrong = replace(SOCIAL, social_security_number=Sensitive("000000198806140174"), birth_date=None)
    bench.happens("smart_card", read(wrong))
    assert (bench.case.step, bench.said) == (Step.IDENTIFY, ["fault.smart_card.corrupt"])
    bench.happens("smart_card", read(replace(SOCIAL, birth_date=None)))
    assert bench.case.identity is not None
    assert bench.case.identity.birth_date.reveal() == date(1988, 6, 14)
