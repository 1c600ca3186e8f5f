"""Scanned codes in a case: found by its receipt, known by a credential, a material satisfied by a licence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault, FaultAction
from drivers.code_scanner import api as scanner
from drivers.code_scanner.api import Arm, CodeScanned, Disarm, ScanFailed, ScanTimedOut, Symbology
from terminal import intents
from terminal.cases import receipts
from terminal.cases.codes import appointment_text
from terminal.cases.model import DecisionKind, IdentitySource, Step
from terminal.cases.verifier import Refusal
from terminal.snapshot import ScanPhase
from tests.support.case_bench import ELDER, ID_NUMBER, NAME, TECHNICIAN
from tests.support.code_desk import SECRET, CodeDesk, good


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[CodeDesk]:
    made = CodeDesk(tmp_path)
    yield made
    made.bench.close()


# what is expected


def test_between_cases_a_code_is_expected_without_light(hall: CodeDesk) -> None:
    assert (hall.armed.purpose, hall.armed.lit, hall.armed.timeout_s) == ("find", False, None)
    assert hall.bench.seen.scan.phase is ScanPhase.READY


def test_the_clerk_s_key_lights_it_and_the_end_of_its_time_is_said(hall: CodeDesk) -> None:
    hall.bench.do(intents.ScanCode())
    assert (hall.armed.lit, hall.armed.timeout_s) == (True, 30.0)
    assert hall.bench.seen.scan.phase is ScanPhase.WAITING
    hall.bench.happens("code_scanner", ScanTimedOut("find", 31.0))
    assert hall.bench.said == ["scan.timed_out"]
    assert not hall.armed.lit


def test_stopping_takes_the_light_away(hall: CodeDesk) -> None:
    hall.bench.do(intents.ScanCode(), intents.StopScanning())
    assert not hall.armed.lit


def test_nothing_is_expected_of_a_technician_or_of_nobody(hall: CodeDesk) -> None:
    hall.bench.do(intents.SignOut())
    assert isinstance(hall.told, Disarm)
    hall.bench.seat(TECHNICIAN)
    hall.bench.do(intents.StopScanning())
    assert isinstance(hall.told, Disarm)


def test_without_a_verifier_no_code_is_expected_from_a_citizen(tmp_path: Path) -> None:
    hall = CodeDesk(tmp_path, verifier=False)
    hall.bench.to(Step.IDENTIFY)
    assert isinstance(hall.told, Disarm)
    assert not hall.bench.seen.verifier
    hall.bench.close()


def test_a_scanner_that_comes_back_is_told_again(hall: CodeDesk) -> None:
    before = len(hall.bench.devices.commands(Arm))
    hall.bench.online("code_scanner")
    assert len(hall.bench.devices.commands(Arm)) == before + 1


def test_without_a_scanner_the_key_says_so(hall: CodeDesk) -> None:
    del hall.bench.devices.present["code_scanner"]
    hall.bench.do(intents.ScanCode())
    assert hall.bench.said == ["scan.no_scanner"]
    assert hall.bench.seen.scan.phase is ScanPhase.IDLE


def test_a_scanner_that_refuses_the_light_is_said(hall: CodeDesk) -> None:
    hall.bench.do(intents.ScanCode())
    hall.bench.answer(Arm, fault=Fault("code_scanner.refused", FaultAction.MAINTENANCE))
    assert hall.bench.said == ["fault.code_scanner.refused"]
    assert hall.bench.seen.scan.phase is ScanPhase.READY


def test_what_is_no_code_is_said_and_the_scanner_goes_on(hall: CodeDesk) -> None:
    hall.bench.happens("code_scanner", ScanFailed("find", Fault("code_scanner.unreadable", FaultAction.CLEAR)))
    assert hall.bench.said == ["fault.code_scanner.unreadable"]
    assert hall.armed.purpose == "find"


# a case by its receipt


def test_a_receipt_s_code_finds_its_case_masked(hall: CodeDesk) -> None:
    number = hall.sealed()
    hall.scan(receipts.qr_text(number))
    found = hall.bench.seen.found
    assert found is not None
    assert found.row is not None
    assert found.row.project_number == number
    assert found.row.citizen is not None
    assert found.row.citizen.reveal() == "李**"
    assert found.row.decision is DecisionKind.ACCEPTED_DEFERRED
    assert hall.armed.purpose == "find", "the next receipt may follow"


def test_an_old_case_is_found_although_the_list_has_only_today(hall: CodeDesk) -> None:
    number = hall.sealed()
    hall.bench.wait(3 * 86400)
    hall.bench.do(intents.StopScanning())
    assert hall.bench.seen.work == ()
    hall.scan(receipts.qr_text(number))
    assert hall.bench.seen.found is not None


def test_what_was_found_goes_when_it_was_looked_at_and_with_the_next_case(hall: CodeDesk) -> None:
    number = hall.sealed()
    hall.scan(receipts.qr_text(number))
    assert hall.bench.do(intents.ForgetFound()).found is None
    hall.bench.wait(3)
    hall.scan(receipts.qr_text(number))
    assert hall.bench.do(intents.StartCase()).found is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("YC1:410724032026112403000112:000000", "scan.bad_check"),
        ("YC-A1:202611240930:0042::0", "scan.bad_check"),
        (receipts.qr_text("41072403202611240399990"), "scan.not_here"),
        (SECRET, "scan.start_first"),
        ("x" * 3000, "scan.too_long"),
    ],
)
def test_other_codes_between_cases_are_answered(hall: CodeDesk, text: str, said: str) -> None:
    hall.scan(text)
    assert hall.bench.said == [said]
    assert hall.bench.seen.found is None
    assert not hall.verifier.asked


def test_an_appointment_shows_when_and_for_what(hall: CodeDesk) -> None:
    hall.scan(appointment_text(datetime(2026, 11, 24, 9, 30), "0042", ELDER.code))
    found = hall.bench.seen.found
    assert found is not None
    assert (found.appointment_number, found.appointment_item) == ("0042", ELDER.name)
    assert found.appointment_at == datetime(2026, 11, 24, 9, 30)


def test_a_case_code_within_a_case_is_said_and_changes_nothing(hall: CodeDesk) -> None:
    hall.bench.to(Step.IDENTIFY)
    hall.scan(receipts.qr_text("41072403202611240300010"))
    assert hall.bench.said == ["scan.is_case_code"]
    assert hall.bench.case.step is Step.IDENTIFY


# who is here


def test_a_verified_credential_says_who_is_here(hall: CodeDesk) -> None:
    hall.bench.to(Step.IDENTIFY)
    assert not hall.armed.lit
    hall.scan(SECRET)
    assert hall.verifier.asked == [(SECRET, "identity")]
    assert hall.bench.seen.scan.phase is ScanPhase.VERIFYING
    assert hall.bench.seen.scan.purpose == "", "no second code meanwhile"
    hall.verifier.say(good())
    case = hall.bench.case
    assert case.step is Step.VERIFY_FACE
    assert case.identity is not None
    assert case.identity.source is IdentitySource.QR_CREDENTIAL
    assert case.identity.name.reveal() == NAME
    assert case.identity.sex == "女"
    assert case.identity.credential is not None
    assert case.identity.credential.trace_id == "TRACE-0001"


@pytest.mark.parametrize("refusal", list(Refusal))
def test_a_refused_credential_keeps_the_case_where_it_is(hall: CodeDesk, refusal: Refusal) -> None:
    hall.bench.to(Step.IDENTIFY)
    hall.scan(SECRET)
    hall.verifier.say(refusal)
    assert hall.bench.said == [f"credential.{refusal}"]
    assert hall.bench.case.step is Step.IDENTIFY
    assert hall.armed.purpose.startswith("identity|"), "the next code may come"


@pytest.mark.parametrize(("name", "number"), [(NAME, "110105194912310021"), (" ", ID_NUMBER), (NAME, "")])
def test_an_answer_that_names_nobody_is_not_used(hall: CodeDesk, name: str, number: str) -> None:
    hall.bench.to(Step.IDENTIFY)
    hall.scan(SECRET)
    hall.verifier.say(good(name=name, number=number))
    assert hall.bench.said == ["credential.bad_answer"]
    assert hall.bench.case.identity is None


def test_an_answer_for_an_earlier_citizen_never_reaches_the_next(hall: CodeDesk) -> None:
    hall.bench.to(Step.IDENTIFY)
    hall.scan(SECRET)
    hall.bench.do(intents.AbandonCase("群众离开"))
    hall.bench.to(Step.IDENTIFY)
    hall.verifier.say(good())
    assert hall.bench.case.identity is None
    assert hall.bench.case.step is Step.IDENTIFY


def test_a_code_scanned_for_an_earlier_case_counts_for_nothing(hall: CodeDesk) -> None:
    hall.bench.to(Step.IDENTIFY)
    old = hall.armed.purpose
    hall.bench.do(intents.AbandonCase("群众离开"))
    hall.bench.to(Step.IDENTIFY)
    late = CodeScanned(old, Sensitive(SECRET), Sensitive(SECRET.encode()), Symbology.QR, 1.0)
    hall.bench.happens("code_scanner", late)
    assert not hall.verifier.asked


def test_a_keyboard_scanner_s_code_counts_for_the_same(hall: CodeDesk) -> None:
    hall.bench.to(Step.IDENTIFY)
    purpose = hall.bench.seen.scan.purpose
    hall.bench.do(intents.CodeTyped("find", Sensitive(SECRET)), intents.CodeTyped("", Sensitive(SECRET)))
    assert not hall.verifier.asked
    hall.bench.do(intents.CodeTyped(purpose, Sensitive(SECRET)))
    assert hall.verifier.asked == [(SECRET, "identity")]


def test_half_a_code_from_a_keyboard_scanner_is_asked_for_again(hall: CodeDesk) -> None:
    hall.bench.to(Step.IDENTIFY)
    hall.bench.do(intents.CodeTyped(hall.bench.seen.scan.purpose, Sensitive("")))
    assert hall.bench.said == ["scan.broken"]
    assert not hall.verifier.asked


# the code itself


def test_the_code_is_stored_nowhere_and_logged_nowhere(hall: CodeDesk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    hall.bench.to(Step.IDENTIFY)
    hall.scan(SECRET)
    hall.verifier.say(Refusal.EXPIRED)
    hall.bench.wait(3)
    hall.scan(SECRET)
    hall.verifier.say(good())
    journalled = b"".join(bytes(row[0]) for row in hall.bench.rows("SELECT event FROM journal"))
    assert b"TRACE-0001" in journalled, "what may be kept is"
    assert SECRET.encode() not in journalled
    assert SECRET not in caplog.text
    assert SECRET not in repr(hall.bench.seen)
    assert SECRET not in repr(scanner.CodeScanned("x", Sensitive(SECRET), Sensitive(b""), Symbology.QR, 0.0))
