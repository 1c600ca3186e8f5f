"""What a scanned text is: ours with the right check, or opaque."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.sensitive import Sensitive
from terminal.cases.codes import AppointmentCode, CaseCode, Credential, Unusable, appointment_text, classify
from terminal.cases.receipts import qr_text

NUMBER = "41072403202611240300012"


def said(text: str) -> object:
    return classify(Sensitive(text))


def test_a_receipt_s_code_is_a_case_code() -> None:
    assert said(qr_text(NUMBER)) == CaseCode(NUMBER)
    assert said(qr_text(NUMBER) + "\n") == CaseCode(NUMBER)


def test_the_appointment_of_the_document_is_one() -> None:
    """The example of docs/reference/codes.md, worked out there by hand."""
    assert said("YC-A1:202611240930:0042::5") == AppointmentCode(datetime(2026, 11, 24, 9, 30), "0042", "")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31)), st.from_regex(r"\A[0-9A-Z]{4,12}\Z"))
def test_an_appointment_comes_back_and_no_digit_may_be_another(at: datetime, number: str) -> None:
    text = appointment_text(at, number)
    assert said(text) == AppointmentCode(at.replace(second=0, microsecond=0), number, "")
    for place, digit in enumerate(text[6:18], start=6):
        spoilt = text[:place] + str((int(digit) + 1) % 10) + text[place + 1 :]
        assert said(spoilt) is Unusable.BAD_CHECK


@pytest.mark.parametrize(
    "text",
    ["", "  ", "YC1:", "YC1:a b:123456", f"YC1:{NUMBER}:12345", f"YC1:{NUMBER}:000000", "YC-A1:202613011200:0042::1"],
)
def test_what_pretends_to_be_ours_is_never_a_credential(text: str) -> None:
    assert said(text) is Unusable.BAD_CHECK


@given(st.text(min_size=1, max_size=300).filter(lambda t: t.strip() and not t.strip().startswith(("YC1:", "YC-A1:"))))
def test_everything_else_is_opaque(text: str) -> None:
    assert said(text) == Credential(Sensitive(text.strip()))


def test_more_than_two_kilobytes_is_no_credential() -> None:
    assert isinstance(said("网" * 682), Credential)
    assert said("网" * 683) is Unusable.TOO_LONG
