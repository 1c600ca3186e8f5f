"""Permits and foreigners' cards through the case: what is kept, prefilled, shown, checked and signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault, FaultAction
from drivers.id_card import api as card
from kiosk_ui.citizen.presenters import identity as citizen
from kiosk_ui.clerk.presenters.identity import identity_facts
from terminal import intents
from terminal.cases import application
from terminal.cases.catalogue.checks import check_field
from terminal.cases.document_kinds import kind_of_number, nationality_text
from terminal.cases.masking import Mask
from terminal.cases.model import Identity, IdentitySource, Step
from tests.support.case_bench import ELDER, ID_NUMBER, STAGES, Bench, read_card

FOREIGNER_2023 = card.Foreigner2023Details(
    nationality="SAU",
    english_name=Sensitive("SPECIMEN SAMI"),
    chinese_name=Sensitive("萨米样本"),
    reissue_count="01",
    old_card="",
)
FOREIGNER_2017 = card.Foreigner2017Details("CAN", Sensitive("SPECIMEN, ANNE"), Sensitive(""), "01", "0000")
HMT = card.HmtDetails(Sensitive("H00000001"), "01")
KINDS: dict[card.CardKind, tuple[str, str, card.CardDetails | None]] = {
    card.CardKind.RESIDENT: ("李建国", "11010519491231002X", None),
    card.CardKind.HMT: ("陈样例", "810000199408230021", HMT),
    card.CardKind.FOREIGNER_2017: ("SPECIMEN, ANNE", "CAN000081080301", FOREIGNER_2017),
    card.CardKind.FOREIGNER_2023: ("萨米样本", "932682198501010017", FOREIGNER_2023),
}


def laid(kind: card.CardKind, **change: Any) -> card.CardRead:
    """A whole card of `kind`."""
    name, number, details = KINDS[kind]
    read = read_card(name, number)
    resident = kind is card.CardKind.RESIDENT
    text = replace(read.text, kind=kind, details=details, nation="汉" if resident else "", **change)
    if "foreigner" in kind:
        text = replace(text, address=Sensitive(""), issuer="")
    return replace(read, text=text)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "terminal")
    made.to(Step.IDENTIFY)
    yield made
    made.close()


def identity_of(bench: Bench) -> Identity:
    found = bench.case.identity
    assert found is not None
    return found


@pytest.mark.parametrize("kind", list(card.CardKind))
def test_every_kind_goes_through_the_case_up_to_the_signature(bench: Bench, kind: card.CardKind) -> None:
    _, number, _ = KINDS[kind]
    bench.happens("id_card", laid(kind))
    bench.do(intents.PassFace(intents.FaceMethod.CLERK_VISUAL, passed=True, reason="人工核验一致"))
    bench.do(intents.ChooseItem(ELDER.code, "first"))
    assert (bench.case.field("id_number"), bench.case.field("name")) == (number, KINDS[kind][0])
    bench.do(
        intents.EditField("registered_address", Sensitive("样例省样例县样例路1号")),
        intents.EditField("residence", Sensitive("样例县样例路2号")),
        intents.EditField("phone", Sensitive("13800000000")),
        intents.ConfirmForm(),
    )
    assert bench.case.step is Step.COLLECT_MATERIALS, bench.said
    bench.collect()
    bench.do(intents.CitizenConfirms(bench.seen.application_hash))
    assert bench.case.step is Step.SIGN
    (applicant, *_) = application.summary(bench.case, ELDER).sections
    assert application.Row(f"number.{kind}", Sensitive(number), Mask.ID_NUMBER) in applicant.rows
    assert f'"document":"{kind}"' in application.canonical(bench.case).decode()


def test_what_only_a_kind_has_is_kept_and_survives_a_restart(bench: Bench) -> None:
    bench.happens("id_card", laid(card.CardKind.FOREIGNER_2023))
    again = bench.again()
    found = identity_of(again)
    assert (found.kind, found.nationality) == (card.CardKind.FOREIGNER_2023, "SAU")
    assert (found.name.reveal(), found.english_name.reveal()) == ("萨米样本", "SPECIMEN SAMI")
    assert "SAMI" not in repr(found)
    again.close()


def test_a_permit_keeps_its_pass_number_and_a_lone_english_name_is_not_told_twice(bench: Bench) -> None:
    bench.happens("id_card", laid(card.CardKind.HMT))
    assert identity_of(bench).pass_number.reveal() == "H00000001"
    bench.do(intents.ReadCardAgain())
    bench.happens("id_card", laid(card.CardKind.FOREIGNER_2017))
    found = identity_of(bench)
    assert (found.name.reveal(), found.english_name.reveal(), found.pass_number.reveal()) == ("SPECIMEN, ANNE", "", "")


FACTS = {
    card.CardKind.RESIDENT: {"公民身份号码": "110105 19491231 002X", "核验方式": "居民身份证"},
    card.CardKind.HMT: {
        "居住证号码": "810000 19940823 0021",
        "通行证号码": "H00000001",
        "核验方式": "港澳台居民居住证",
    },
    card.CardKind.FOREIGNER_2017: {
        "永久居留证号码": "CAN000081080301",
        "国籍": "加拿大（CAN）",
        "核验方式": "外国人永久居留身份证（2017 版）",
    },
    card.CardKind.FOREIGNER_2023: {
        "永久居留证号码": "932682 19850101 0017",
        "国籍": "沙特阿拉伯（SAU）",
        "英文姓名": "SPECIMEN SAMI",
        "核验方式": "外国人永久居留身份证（2023 版）",
    },
}


@pytest.mark.parametrize("kind", list(card.CardKind))
def test_clerk_and_citizen_see_the_kind_and_what_belongs_to_it(bench: Bench, kind: card.CardKind) -> None:
    bench.happens("id_card", laid(kind))
    identity = identity_of(bench)
    shown = {row.label: row.value.reveal() for row in identity_facts(identity, plain=True)}
    assert shown.items() >= FACTS[kind].items()
    masked = {row.value.reveal() for row in identity_facts(identity, plain=False) if row.personal}
    assert not masked & {identity.id_number.reveal(), "H00000001", "SPECIMEN SAMI"}
    own = {row.label: row.full.reveal() for row in citizen._rows(identity, plain=True)}
    assert ("国籍" in own, "民族" in own) == ("foreigner" in kind, kind is card.CardKind.RESIDENT)
    assert len({"身份证号", "居住证号码", "永久居留证号码"} & own.keys()) == 1


def test_findings_are_said_and_stay_on_the_clerk_s_page(bench: Bench) -> None:
    bench.happens("id_card", laid(card.CardKind.FOREIGNER_2023, findings=("expired", "nationality_mismatch")))
    assert bench.said == ["card.expired", "card.nationality_mismatch"]
    (row,) = [row for row in identity_facts(identity_of(bench), plain=True) if row.label == "需要核对"]
    assert row.value.reveal().count("\n") == 1
    assert "国籍不一致" in row.value.reveal()


def test_a_card_left_behind_is_said_until_it_is_lifted_also_after_the_case(bench: Bench) -> None:
    bench.happens("id_card", laid(card.CardKind.RESIDENT))
    bench.do(intents.AbandonCase("离开"))
    bench.happens("id_card", card.CardLeftBehind(10.2))
    bench.happens("id_card", card.CardLeftBehind(40.5))
    assert bench.said == ["card.left_behind"]
    bench.happens("id_card", card.CardRemoved())
    assert bench.said == []


@pytest.mark.parametrize(("kind", "number"), [(kind, number) for kind, (_, number, _) in KINDS.items()])
def test_a_number_tells_whose_it_is(kind: card.CardKind, number: str) -> None:
    assert kind_of_number(number) is kind


def test_a_permit_typed_by_the_clerk_is_one(bench: Bench) -> None:
    bench.do(intents.IdentifyByClerk(Sensitive("陈样例"), Sensitive("810000199408230021"), "没有带卡"))
    assert (identity_of(bench).source, identity_of(bench).kind) == (IdentitySource.CLERK, card.CardKind.HMT)


def test_a_form_takes_the_number_of_2017_and_no_other_letters() -> None:
    spec = next(field for field in ELDER.situation("first").fields if field.name == "id_number")
    assert check_field(spec, "CAN000081080301") is None
    assert check_field(spec, "can000081080301") is None
    for wrong in ("CA0000081080301", "CAN00008108030", "CAN0000810803011"):
        assert check_field(spec, wrong) is not None


def test_nationalities_are_named_where_they_are_known() -> None:
    assert nationality_text("SAU") == "沙特阿拉伯（SAU）"
    assert (nationality_text("XXX"), nationality_text("")) == ("XXX", "")


# a newer address in the card

NEWER = "样例省样例县示范路9号"


def choose_item(bench: Bench) -> None:
    for step in (Step.VERIFY_FACE, Step.CHOOSE_ITEM):
        STAGES[step](bench)


def newer(bench: Bench, number: str, *addresses: str) -> None:
    bench.answer(card.ReadNewAddress, card.NewAddresses(Sensitive(number), tuple(map(Sensitive, addresses))))


def test_the_newest_address_of_the_card_fills_the_form(bench: Bench) -> None:
    bench.happens("id_card", read_card())
    newer(bench, ID_NUMBER, "样例省样例县旧路1号", NEWER)
    assert identity_of(bench).address.reveal() == NEWER
    assert bench.said == ["card.moved"]
    choose_item(bench)
    assert bench.case.field("registered_address") == NEWER


def test_the_reader_is_asked_for_it_before_it_is_told_to_stop(bench: Bench) -> None:
    bench.happens("id_card", read_card())
    asked = [type(command) for _, _, command in bench.devices.asked]
    assert asked.index(card.ReadNewAddress) < asked.index(card.StopReading)


@pytest.mark.parametrize("addresses", [(), ("",), ("   ",)])
def test_without_a_newer_address_the_printed_one_stands(bench: Bench, addresses: tuple[str, ...]) -> None:
    bench.happens("id_card", read_card())
    printed = identity_of(bench).address.reveal()
    newer(bench, ID_NUMBER, *addresses)
    assert identity_of(bench).address.reveal() == printed
    assert bench.said == []


def test_an_address_of_another_card_or_too_late_changes_nothing(bench: Bench) -> None:
    bench.happens("id_card", read_card())
    printed = identity_of(bench).address.reveal()
    newer(bench, "11010519491231003X", NEWER)
    assert identity_of(bench).address.reveal() == printed
    bench.do(intents.ReadCardAgain())
    bench.happens("id_card", read_card())
    choose_item(bench)
    newer(bench, ID_NUMBER, NEWER)
    assert identity_of(bench).address.reveal() == printed


def test_a_reader_that_cannot_say_leaves_the_printed_address(bench: Bench) -> None:
    bench.happens("id_card", read_card())
    bench.answer(card.ReadNewAddress, fault=Fault("id_card.refused", FaultAction.MAINTENANCE))
    assert bench.said == []
    assert bench.case.step is Step.VERIFY_FACE
