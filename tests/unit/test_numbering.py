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
    document_number,
    project_number,
    query_code,
)
from terminal.config import Numbering

AT = datetime(2026, 11, 24, 9, 0)


def number(template: str, sequence: int = 17) -> str:
    return project_number(template, region="410724", department="03", at=AT, sequence=sequence)


def test_the_delivered_template() -> None:
    body = "410724" + "03" + "20261124" + "00017"
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
    assert project_number("{dept}-{seq:03}{check}", region="1", department="MZ", at=AT, sequence=2)[:6] == "MZ-002"


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{region}{date:%Y%m%d}", "缺少顺序号"),
        ("{region}{seq:05", "花括号"),
        ("{region}{seq:05}{colour}", "colour"),
        ("{check}{seq}", "check"),
        ("{seq:5q}", "格式"),
        ("第{seq}号", "只能含"),
        ("{seq:5}", "只能含"),
    ],
)
def test_a_template_that_cannot_work_is_refused_with_a_sentence(template: str, says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        number(template)


@pytest.mark.parametrize(("kind", "word"), KIND_WORDS.items())
def test_document_numbers(kind: DecisionKind, word: str) -> None:
    assert document_number(Numbering().document, kind=kind, at=AT, sequence=3) == f"获政务{word}〔2026〕3号"


def test_every_decision_has_its_word() -> None:
    assert set(KIND_WORDS) == set(DecisionKind)
    assert len(set(KIND_WORDS.values())) == len(DecisionKind)


def test_a_document_number_needs_its_sequence() -> None:
    with pytest.raises(TemplateError):
        document_number("获政务{kind}", kind=DecisionKind.ACCEPTED, at=AT, sequence=1)


def test_the_query_code_is_six_digits_and_belongs_to_the_number() -> None:
    codes = {query_code(number(Numbering().project, n)) for n in range(1, 200)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 190
