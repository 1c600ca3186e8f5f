"""A card with dates that are none goes through the case: the clerk is told, nothing is guessed, nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from drivers.id_card import api as card
from kiosk_ui.application_rows import groups
from kiosk_ui.citizen.presenters import identity as citizen
from kiosk_ui.clerk.presenters.identity import identity_facts
from kiosk_ui.i18n.texts import Language, tr, use_language
from terminal import intents
from terminal.cases import application
from terminal.cases.masking import Mask, mask
from terminal.cases.model import Identity, Step
from tests.support.case_bench import CATALOGUE, ELDER, Bench, read_card

ODD = ("birth_unreadable", "start_unreadable", "end_unreadable")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "terminal")
    made.to(Step.IDENTIFY)
    yield made
    made.close()


def odd_card(birth: str = "19490230", start: str = "", end: str = "永久") -> card.CardRead:
    read = read_card()
    text = replace(
        read.text,
        birth_date=None,
        valid_from=None,
        valid_until=None,
        findings=ODD,
        birth_text=Sensitive(birth),
        valid_from_text=Sensitive(start),
        valid_until_text=Sensitive(end),
    )
    return replace(read, text=text)


def identity_of(bench: Bench) -> Identity:
    found = bench.case.identity
    assert found is not None
    return found


def to_the_form(bench: Bench) -> None:
    bench.do(intents.PassFace(intents.FaceMethod.CLERK_VISUAL, passed=True, reason="人工核验一致"))
    bench.do(intents.ChooseItem(ELDER.code, "first"))


def rows_of(identity: Identity, *, plain: bool) -> dict[str, str]:
    return {row.label: row.value.reveal() for row in identity_facts(identity, plain=plain)}


def test_the_clerk_is_told_and_sees_what_stands_on_the_card(bench: Bench) -> None:
    bench.happens("id_card", odd_card())
    assert bench.case.step is Step.VERIFY_FACE
    assert bench.said == [f"card.{finding}" for finding in ODD]
    shown = rows_of(identity_of(bench), plain=True)
    assert shown["出生日期"] == "“19490230”（不是日期）"
    assert shown["有效期限"] == "（空白） ~ “永久”（不是日期）"
    assert shown["需要核对"].count("\n") == 2
    assert rows_of(identity_of(bench), plain=False)["出生日期"] == "****"


def test_an_end_that_is_none_is_never_shown_as_long_term(bench: Bench) -> None:
    bench.happens("id_card", odd_card(end=""))
    assert not identity_of(bench).is_long_term
    assert rows_of(identity_of(bench), plain=True)["有效期限"] == "（空白） ~ （空白）"


def test_long_term_stays_long_term(bench: Bench) -> None:
    bench.happens("id_card", read_card())
    assert identity_of(bench).is_long_term
    assert rows_of(identity_of(bench), plain=True)["有效期限"] == "2016-01-01 起长期有效"


def test_the_form_asks_for_the_birth_date_and_takes_the_clerks(bench: Bench) -> None:
    bench.happens("id_card", odd_card())
    to_the_form(bench)
    assert (bench.case.field("birth_date"), bench.case.field("id_number")) == ("", "11010519491231002X")
    for name, value in (("registered_address", "样例省样例县样例路1号"), ("residence", "样例县样例路2号")):
        bench.do(intents.EditField(name, Sensitive(value)))
    bench.do(intents.EditField("phone", Sensitive("13800000000")), intents.ConfirmForm())
    assert bench.case.step is Step.FILL_FORM
    assert [(m.key, m.field) for m in bench.seen.messages if m.field] == [("form.required", "birth_date")]
    bench.do(intents.EditField("birth_date", Sensitive("1949-12-31")), intents.ConfirmForm())
    assert bench.case.step is Step.COLLECT_MATERIALS


def test_the_citizen_checks_and_signs_what_stands_on_the_card(bench: Bench) -> None:
    bench.happens("id_card", odd_card())
    to_the_form(bench)
    (own,) = [row for row in citizen._rows(identity_of(bench), plain=False) if row.label == "出生日期"]
    assert (own.shown.reveal(), own.full.reveal()) == ("****", "“19490230”（不是日期）")
    summary = groups(bench.case, CATALOGUE, plain=True)[0]
    assert "19490230" in {row.value.reveal() for row in summary.rows}
    signed = json.loads(application.canonical(bench.case))["applicant"]
    assert (signed["birth_date"], signed["birth_date_as_read"]) == (None, "19490230")


def test_a_blank_birth_date_is_no_line_to_sign(bench: Bench) -> None:
    bench.happens("id_card", odd_card(birth=""))
    to_the_form(bench)
    assert "出生日期" not in {row.label for row in groups(bench.case, CATALOGUE, plain=True)[0].rows}
    assert rows_of(identity_of(bench), plain=True)["出生日期"] == "（空白）"
    assert json.loads(application.canonical(bench.case))["applicant"]["birth_date_as_read"] == ""


def test_an_application_with_a_birth_date_keeps_the_form_it_had(bench: Bench) -> None:
    bench.happens("id_card", read_card())
    signed = json.loads(application.canonical(bench.case))["applicant"]
    assert signed["birth_date"] == "1949-12-31"
    assert "birth_date_as_read" not in signed


def test_after_a_restart_it_is_as_it_was(bench: Bench) -> None:
    bench.happens("id_card", odd_card())
    before = identity_of(bench)
    again = bench.again()
    try:
        assert identity_of(again) == before
        assert (before.birth_date, before.birth_text.reveal()) == (None, "19490230")
    finally:
        again.connection.close()
    assert "19490230" not in repr(before)


def test_the_case_goes_on_to_the_signature(bench: Bench) -> None:
    bench.happens("id_card", odd_card())
    to_the_form(bench)
    bench.do(intents.EditField("birth_date", Sensitive("1949-12-31")))
    for name, value in (("registered_address", "样例省样例县样例路1号"), ("residence", "样例县样例路2号")):
        bench.do(intents.EditField(name, Sensitive(value)))
    bench.do(intents.EditField("phone", Sensitive("13800000000")), intents.ConfirmForm())
    bench.collect()
    bench.do(intents.CitizenConfirms(bench.seen.application_hash))
    assert bench.case.step is Step.SIGN


@pytest.mark.parametrize(
    ("text", "masked"), [("1949-12-31", "1949-**-**"), ("19490230", "****"), ("永久", "****"), ("", "")]
)
def test_only_a_date_shows_its_year(text: str, masked: str) -> None:
    assert mask(Mask.BIRTH_DATE, text) == masked


@pytest.mark.parametrize("finding", ODD)
def test_each_finding_has_its_sentence_in_both_languages(finding: str) -> None:
    said: set[str] = set()
    for language in Language:
        use_language(language)
        try:
            said.add(tr(f"message.card.{finding}"))
        finally:
            use_language(Language.ZH)
    assert len(said) == 2
    assert not any("card." in sentence for sentence in said)
