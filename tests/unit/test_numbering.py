"""Numbers from templates."""

from __future__ import annotations

from datetime import datetime

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from terminal.cases.model import DecisionKind
from terminal.cases.numbering import (
    KIND_WORDS,
    TemplateError,
    check_digit,
    check_templates,
    document_number,
    project_number,
    query_code,
)
from terminal.config import Numbering

AT = datetime(2026, 11, 24, 9, 0)


def number(template: str, sequence: int = 17) -> str:
    return project_number(template, region="410724", department="03", window="03", at=AT, sequence=sequence)


def test_the_delivered_template() -> None:
    body = "410724" + "03" + "20261124" + "03" + "0017"
    assert number(Numbering().project) == body + check_digit(body)


def test_the_check_digit_is_iso_7064_mod_11_10() -> None:
    assert check_digit("0794") == "5"  # the standard's own example, 07945


@settings(deadline=None)
@given(st.text("0123456789", min_size=2, max_size=25), st.data())
def test_one_wrong_digit_is_always_noticed(digits: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    assert check_digit(digits[:place] + other + digits[place + 1 :]) != check_digit(digits)


def test_letters_of_a_department_are_allowed() -> None:
    template = "{dept}-{window}{seq:03}{check}"
    made = project_number(template, region="1", department="MZ", window="07", at=AT, sequence=2)
    assert made[:-1] == "MZ-07002"


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{region}{date:%Y%m%d}{window}", "缺少顺序号"),
        ("{region}{date:%Y%m%d}{seq:04}", "缺少窗口号"),
        ("{region}{seq:05", "花括号"),
        ("{region}{seq:05}{colour}", "colour"),
        ("{check}{seq}", "check"),
        ("{window}{seq:5q}", "格式"),
        ("第{window}{seq}号", "只能含"),
        ("{window}{seq:5}", "只能含"),
    ],
)
def test_a_template_that_cannot_work_is_refused_with_a_sentence(template: str, says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        number(template)


@pytest.mark.parametrize(("kind", "word"), KIND_WORDS.items())
def test_document_numbers(kind: DecisionKind, word: str) -> None:
    made = document_number(Numbering().document, kind=kind, window="03", at=AT, sequence=3)
    assert made == f"获政务{word}〔2026〕030003号"


def test_every_decision_has_its_word() -> None:
    assert set(KIND_WORDS) == set(DecisionKind)
    assert len(set(KIND_WORDS.values())) == len(DecisionKind)


@pytest.mark.parametrize(("template", "says"), [("获政务{kind}{window}", "顺序号"), ("获政务{kind}{seq}", "窗口号")])
def test_a_document_number_needs_its_window_and_its_sequence(template: str, says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        document_number(template, kind=DecisionKind.ACCEPTED, window="03", at=AT, sequence=1)


# what may be told before the first case


def check(project: str = Numbering().project, document: str = Numbering().document) -> None:
    check_templates(project, document, region="410724")


def test_the_delivered_templates_never_give_a_number_twice() -> None:
    check()


@pytest.mark.parametrize(
    "project",
    [
        "{window}{seq:04}{check}",  # the running number begins anew every day
        "{date:%Y}{window}{seq:04}",
        "{date:%m%d}{window}{seq:04}",
        "{date:%Y%m%d}{window:.1}{seq:04}",
        "{date:%Y%m%d}{window}{seq:.2}",
        "{date:%Y%m%d}{window}{seq:c}",
    ],
)
def test_a_template_that_would_give_a_number_twice_is_refused(project: str) -> None:
    with pytest.raises(TemplateError, match=r"相同的号码|只能含|格式"):
        check(project=project)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("获政务〔{date:%Y}〕{window}{seq}号", "相同的号码"),  # each kind of decision is counted by itself
        ("获政务{kind}{window}{seq}号", "相同的号码"),  # and every year anew
        ("获政务{kind}〔{date:%Y}〕{seq}号", "窗口号"),
        ("获政务{kind}〔{date:%Y}〕{window}号", "顺序号"),
        ("获政务{kind}〔{date:%Y}〕{window}{seq}{dept}号", "dept"),
    ],
)
def test_a_document_template_that_cannot_work_is_refused(document: str, says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        check(document=document)


def test_the_query_code_is_six_digits_and_belongs_to_the_number() -> None:
    codes = {query_code(number(Numbering().project, n)) for n in range(1, 200)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 190
