"""The application: what the citizen sees, and a hash that follows it and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from drivers.base.sensitive import Sensitive
from drivers.id_card.api import CardKind
from kiosk_ui.application_rows import groups
from kiosk_ui.i18n.texts import Language, use_language
from terminal.cases import application
from terminal.cases.masking import Mask
from terminal.cases.model import Case, MaterialMode, RecordingState, Step
from tests.support import cases as c
from tests.support.case_bench import CATALOGUE, ELDER
from tests.support.checked_case import CASE


def test_the_summary_reads_in_the_order_in_which_it_is_checked() -> None:
    sections = application.summary(CASE, ELDER).sections
    assert [section.title for section in sections] == ["applicant", "item", "form", "materials"]
    rows = {row.label or row.names: (row.value, row.mask) for section in sections for row in section.rows}
    assert rows["number.resident"] == (Sensitive("11010519491231002X"), Mask.ID_NUMBER)
    assert rows["situation"] == (Sensitive("首次申领"), Mask.NONE)
    assert rows["联系电话", "Phone"] == (Sensitive("13800000000"), Mask.PHONE)
    assert [row.value for row in sections[3].rows] == list(CASE.materials)
    assert not any("备注" in label for label in rows)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.ZH, "申请材料 | 已扫描 2 页 | 收取纸质 2 份 | 容缺后补，承诺 2026-12-08 前补交 | 公民身份号码"),
        (Language.EN, "Materials | Scanned, 2 p. | On paper, copies: 2 | Deferred, promised by 2026-12-08 | ID number"),
    ],
)
def test_the_screens_put_the_summary_into_their_language(language: Language, said: str) -> None:
    title, scanned, paper, deferred, number = said.split(" | ")
    use_language(language)
    try:
        sections = groups(CASE, CATALOGUE, plain=True)
    finally:
        use_language(Language.ZH)
    assert sections[3].title == title
    rows = {row.label: row.value.reveal() for section in sections for row in section.rows}
    assert (rows["居民身份证"], rows["近期免冠照片"], rows["户口簿或居住证"]) == (scanned, paper, deferred)
    assert rows[number] == "11010519491231002X"


def test_before_an_item_there_is_only_the_applicant() -> None:
    case = replace(CASE, item=None, form=(), materials=())
    assert [section.title for section in application.summary(case, ELDER).sections] == ["applicant"]


def test_no_value_of_the_summary_shows_itself() -> None:
    assert "李建国" not in repr(application.summary(CASE, ELDER))


def test_the_canonical_form_is_stable_json() -> None:
    data = application.canonical(CASE)
    assert data == application.canonical(replace(CASE))
    assert json.dumps(json.loads(data), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == data
    assert json.loads(data)["materials"][2]["due"] == "2026-12-08"


def _identity(**change: Any) -> Callable[[Case], Case]:
    return lambda case: replace(case, identity=replace(case.identity, **change))


def _item(**change: Any) -> Callable[[Case], Case]:
    return lambda case: replace(case, item=replace(case.item, **change))


def _field(index: int, **change: Any) -> Callable[[Case], Case]:
    return lambda case: replace(
        case, form=tuple(replace(f, **change) if n == index else f for n, f in enumerate(case.form))
    )


def _material(index: int, **change: Any) -> Callable[[Case], Case]:
    return lambda case: replace(
        case, materials=tuple(replace(m, **change) if n == index else m for n, m in enumerate(case.materials))
    )


VISIBLE = {
    "name": _identity(name=Sensitive("李建军")),
    "sex": _identity(sex="男"),
    "nation": _identity(nation="回"),
    "birth date": _identity(birth_date=Sensitive(date(1949, 12, 30))),
    "id number": _identity(id_number=Sensitive("911124198108030024")),
    "address": _identity(address=Sensitive("样例省样例县样例路2号")),
    "kind of document": _identity(kind=CardKind.HMT),
    "nationality": _identity(nationality="SAU"),
    "english name": _identity(english_name=Sensitive("SPECIMEN")),
    "pass number": _identity(pass_number=Sensitive("H00000001")),
    "another person": lambda case: replace(case, identity=None),
    "item": _item(item_code="x"),
    "item version": _item(item_version=2),
    "item name": _item(item_name="x"),
    "situation": _item(situation_code="lost"),
    "situation name": _item(situation_name="遗失补领"),
    "field": _field(1, value=Sensitive("13800000001")),
    "empty field filled": _field(2, value=Sensitive("备注")),
    "pages": _material(0, pages=(c.PAGE.page,)),
    "document": _material(0, pdf="2" * 64),
    "mode": _material(0, mode=MaterialMode.PAPER),
    "copies": _material(1, copies=1),
    "due": _material(2, due=date(2026, 12, 9)),
    "undertaking": _material(2, undertaking=False),
    "material name": _material(2, name="户口簿"),
    "material gone": lambda case: replace(case, materials=case.materials[:2]),
}
INTERNAL = {
    "step": lambda case: replace(case, step=Step.SIGN),
    "clerk": lambda case: replace(case, clerk_id="1002", clerk_name="x"),
    "window": lambda case: replace(case, window="综合受理-04"),
    "times": lambda case: replace(case, opened_at=case.opened_at + timedelta(seconds=1), check_sent_at=None),
    "who typed": _field(1, source="citizen"),
    "portrait": _identity(portrait=None, portrait_placeholder=False),
    "findings": _identity(findings=("expired",)),
    "recording": lambda case: replace(case, recording=RecordingState.NONE_BY_POLICY, legal_path=()),
    "confirmed": lambda case: replace(case, confirmed_at=c.AT, form_confirmed=False),
    "page quality": _material(0, pages=(replace(c.PAGE.page, findings=("dark",)), c.PAGE.page)),
    "decision": lambda case: replace(case, decision=c.DECIDED.decision, signature=c.SIGNED.signature),
}


@pytest.mark.parametrize("what", VISIBLE)
def test_whatever_the_citizen_sees_changes_the_hash(what: str) -> None:
    assert application.content_hash(VISIBLE[what](CASE)) != application.content_hash(CASE)


@pytest.mark.parametrize("what", INTERNAL)
def test_what_the_citizen_does_not_see_leaves_the_hash(what: str) -> None:
    changed = INTERNAL[what](CASE)
    assert application.content_hash(changed) == application.content_hash(CASE)
