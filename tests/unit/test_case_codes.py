"""Scanned codes in a case: found by its receipt, known by a credential, a material satisfied by a licence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, Fault, FaultAction
from drivers.code_scanner import api as scanner
from drivers.code_scanner.api import Arm, CodeScanned, Disarm, ScanFailed, ScanTimedOut, Symbology
from terminal import intents
from terminal.cases import application, receipts
from terminal.cases.codes import appointment_text
from terminal.cases.model import DecisionKind, IdentitySource, MaterialMode, Step
from terminal.cases.notices.wording import handed_in
from terminal.cases.verifier import Answer, Refusal, Verified
from terminal.snapshot import DeviceView, ScanPhase
from tests.support.case_bench import CATALOGUE, ELDER, ID_NUMBER, NAME, TECHNICIAN, Bench

AT = datetime(2026, 11, 24, 8, 59, tzinfo=UTC)
SECRET = "CTID-opaque-7f3a0c51b2e94d6e"
MATERIAL = "residence_proof"


@dataclass
class PlayedVerifier:
    """Answers when the test says so."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[Callable[[Answer], None]] = field(default_factory=list)

    def verify(self, credential: Sensitive[str], purpose: str, done: Callable[[Answer], None]) -> None:
        self.asked.append((credential.reveal(), purpose))
        self.waiting.append(done)

    def say(self, answer: Answer) -> None:
        self.waiting.pop(0)(answer)


def good(kind: str = "ctid", name: str = NAME, number: str = ID_NUMBER) -> Verified:
    names = {"ctid": "网证（CTID）", "licence.household_register": "电子户口簿", "e_social_card": "电子社保卡"}
    return Verified(kind, names[kind], Sensitive(name), Sensitive(number), "TRACE-0001", AT)


class Hall:
    """A bench with a scanner and a verifier."""

    def __init__(self, folder: Path, *, verifier: bool = True) -> None:
        self.verifier = PlayedVerifier()
        self.bench = Bench(folder, verifier=self.verifier if verifier else None)
        self.bench.devices.present["code_scanner"] = DeviceView(
            "code_scanner-1", "code_scanner", DeviceState.ONLINE, "optional", simulated=True
        )
        self.bench.seat()
        self.bench.do(intents.StopScanning())  # any message settles the desk

    @property
    def told(self) -> object:
        """What the scanner was told last."""
        return [c for _, _, c in self.bench.devices.asked if isinstance(c, Arm | Disarm)][-1]

    @property
    def armed(self) -> Arm:
        told = self.told
        assert isinstance(told, Arm), told
        return told

    def scan(self, text: str) -> None:
        """The scanner reads a code for whatever it is armed for."""
        code = CodeScanned(self.armed.purpose, Sensitive(text), Sensitive(text.encode()), Symbology.QR, 1.0)
        self.bench.happens("code_scanner", code)

    def decided(self) -> str:
        """A case as far as its receipt, and sealed; its number."""
        self.bench.to(Step.ISSUE_PAPERS)
        decision = self.bench.case.decision
        assert decision is not None
        return decision.project_number

    def sealed(self) -> str:
        number = self.decided()
        bench = self.bench
        from drivers.evaluator.api import Rated
        from drivers.receipt_printer.api import JobOutcome

        bench.printed(JobOutcome.DONE)
        bench.do(intents.PapersHandedOver())
        bench.happens("evaluator", Rated(bench.seen.rating.token, 5, 1.0))
        assert bench.case.step is Step.SEALED
        return number


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    yield made
    made.bench.close()


# what is expected


def test_between_cases_a_code_is_expected_without_light(hall: Hall) -> None:
    assert (hall.armed.purpose, hall.armed.lit, hall.armed.timeout_s) == ("find", False, None)
    assert hall.bench.seen.scan.phase is ScanPhase.READY


def test_the_clerk_s_key_lights_it_and_the_end_of_its_time_is_said(hall: Hall) -> None:
    hall.bench.do(intents.ScanCode())
    assert (hall.armed.lit, hall.armed.timeout_s) == (True, 30.0)
    assert hall.bench.seen.scan.phase is ScanPhase.WAITING
    hall.bench.happens("code_scanner", ScanTimedOut("find", 31.0))
    assert hall.bench.said == ["scan.timed_out"]
    assert not hall.armed.lit


def test_stopping_takes_the_light_away(hall: Hall) -> None:
    hall.bench.do(intents.ScanCode(), intents.StopScanning())
    assert not hall.armed.lit


def test_nothing_is_expected_of_a_technician_or_of_nobody(hall: Hall) -> None:
    hall.bench.do(intents.SignOut())
    assert isinstance(hall.told, Disarm)
    hall.bench.seat(TECHNICIAN)
    hall.bench.do(intents.StopScanning())
    assert isinstance(hall.told, Disarm)


def test_without_a_verifier_no_code_is_expected_from_a_citizen(tmp_path: Path) -> None:
    hall = Hall(tmp_path, verifier=False)
    hall.bench.to(Step.IDENTIFY)
    assert isinstance(hall.told, Disarm)
    assert not hall.bench.seen.verifier
    hall.bench.close()


def test_a_scanner_that_comes_back_is_told_again(hall: Hall) -> None:
    before = len(hall.bench.devices.commands(Arm))
    hall.bench.online("code_scanner")
    assert len(hall.bench.devices.commands(Arm)) == before + 1


def test_without_a_scanner_the_key_says_so(hall: Hall) -> None:
    del hall.bench.devices.present["code_scanner"]
    hall.bench.do(intents.ScanCode())
    assert hall.bench.said == ["scan.no_scanner"]
    assert hall.bench.seen.scan.phase is ScanPhase.IDLE


def test_a_scanner_that_refuses_the_light_is_said(hall: Hall) -> None:
    hall.bench.do(intents.ScanCode())
    hall.bench.answer(Arm, fault=Fault("code_scanner.refused", FaultAction.MAINTENANCE))
    assert hall.bench.said == ["fault.code_scanner.refused"]
    assert hall.bench.seen.scan.phase is ScanPhase.READY


def test_what_is_no_code_is_said_and_the_scanner_goes_on(hall: Hall) -> None:
    hall.bench.happens("code_scanner", ScanFailed("find", Fault("code_scanner.unreadable", FaultAction.CLEAR)))
    assert hall.bench.said == ["fault.code_scanner.unreadable"]
    assert hall.armed.purpose == "find"


# a case by its receipt


def test_a_receipt_s_code_finds_its_case_masked(hall: Hall) -> None:
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


def test_an_old_case_is_found_although_the_list_has_only_today(hall: Hall) -> None:
    number = hall.sealed()
    hall.bench.wait(3 * 86400)
    hall.bench.do(intents.StopScanning())
    assert hall.bench.seen.work == ()
    hall.scan(receipts.qr_text(number))
    assert hall.bench.seen.found is not None


def test_what_was_found_goes_when_it_was_looked_at_and_with_the_next_case(hall: Hall) -> None:
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
def test_other_codes_between_cases_are_answered(hall: Hall, text: str, said: str) -> None:
    hall.scan(text)
    assert hall.bench.said == [said]
    assert hall.bench.seen.found is None
    assert not hall.verifier.asked


def test_an_appointment_shows_when_and_for_what(hall: Hall) -> None:
    hall.scan(appointment_text(datetime(2026, 11, 24, 9, 30), "0042", ELDER.code))
    found = hall.bench.seen.found
    assert found is not None
    assert (found.appointment_number, found.appointment_item) == ("0042", ELDER.name)
    assert found.appointment_at == datetime(2026, 11, 24, 9, 30)


def test_a_case_code_within_a_case_is_said_and_changes_nothing(hall: Hall) -> None:
    hall.bench.to(Step.IDENTIFY)
    hall.scan(receipts.qr_text("41072403202611240300010"))
    assert hall.bench.said == ["scan.is_case_code"]
    assert hall.bench.case.step is Step.IDENTIFY


# who is here


def test_a_verified_credential_says_who_is_here(hall: Hall) -> None:
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
def test_a_refused_credential_keeps_the_case_where_it_is(hall: Hall, refusal: Refusal) -> None:
    hall.bench.to(Step.IDENTIFY)
    hall.scan(SECRET)
    hall.verifier.say(refusal)
    assert hall.bench.said == [f"credential.{refusal}"]
    assert hall.bench.case.step is Step.IDENTIFY
    assert hall.armed.purpose.startswith("identity|"), "the next code may come"


@pytest.mark.parametrize(("name", "number"), [(NAME, "110105194912310021"), (" ", ID_NUMBER), (NAME, "")])
def test_an_answer_that_names_nobody_is_not_used(hall: Hall, name: str, number: str) -> None:
    hall.bench.to(Step.IDENTIFY)
    hall.scan(SECRET)
    hall.verifier.say(good(name=name, number=number))
    assert hall.bench.said == ["credential.bad_answer"]
    assert hall.bench.case.identity is None


def test_an_answer_for_an_earlier_citizen_never_reaches_the_next(hall: Hall) -> None:
    hall.bench.to(Step.IDENTIFY)
    hall.scan(SECRET)
    hall.bench.do(intents.AbandonCase("群众离开"))
    hall.bench.to(Step.IDENTIFY)
    hall.verifier.say(good())
    assert hall.bench.case.identity is None
    assert hall.bench.case.step is Step.IDENTIFY


def test_a_code_scanned_for_an_earlier_case_counts_for_nothing(hall: Hall) -> None:
    hall.bench.to(Step.IDENTIFY)
    old = hall.armed.purpose
    hall.bench.do(intents.AbandonCase("群众离开"))
    hall.bench.to(Step.IDENTIFY)
    late = CodeScanned(old, Sensitive(SECRET), Sensitive(SECRET.encode()), Symbology.QR, 1.0)
    hall.bench.happens("code_scanner", late)
    assert not hall.verifier.asked


def test_a_keyboard_scanner_s_code_counts_for_the_same(hall: Hall) -> None:
    hall.bench.to(Step.IDENTIFY)
    purpose = hall.bench.seen.scan.purpose
    hall.bench.do(intents.CodeTyped("find", Sensitive(SECRET)), intents.CodeTyped("", Sensitive(SECRET)))
    assert not hall.verifier.asked
    hall.bench.do(intents.CodeTyped(purpose, Sensitive(SECRET)))
    assert hall.verifier.asked == [(SECRET, "identity")]


# a material


def collecting(hall: Hall) -> Bench:
    bench = hall.bench.to(Step.COLLECT_MATERIALS)
    assert isinstance(hall.told, Disarm), "only when the clerk asks for it"
    bench.do(intents.ScanCode(MATERIAL))
    return bench


def material(bench: Bench):
    return next(m for m in bench.case.materials if m.code == MATERIAL)


def test_a_licence_stands_for_a_material_where_the_item_allows_it(hall: Hall) -> None:
    bench = collecting(hall)
    assert (hall.armed.lit, bench.seen.scan.material) == (True, MATERIAL)
    hall.scan(SECRET)
    assert hall.verifier.asked == [(SECRET, "material")]
    hall.verifier.say(good("licence.household_register"))
    state = material(bench)
    assert state.mode is MaterialMode.CREDENTIAL
    assert state.credential is not None
    assert (state.credential.kind, state.credential.trace_id, state.credential.at) == (
        "licence.household_register", "TRACE-0001", AT,
    )  # fmt: skip
    assert bench.seen.scan.phase is ScanPhase.IDLE


def test_it_is_in_application_receipt_and_notice(hall: Hall) -> None:
    bench = collecting(hall)
    hall.scan(SECRET)
    hall.verifier.say(good("licence.household_register"))
    item, situation = CATALOGUE.item(ELDER.code), ELDER.situation("first")
    rows = [r.value.reveal() for s in application.summary(bench.case, item).sections for r in s.rows]
    assert any(row.startswith("免证可办：电子户口簿") and "TRACE-0001" in row for row in rows)
    assert b"TRACE-0001" in application.canonical(bench.case)
    assert "电子户口簿" in handed_in(material(bench))
    for code in ("id_card", "photo"):
        bench.do(intents.TakePaper(code, 1))
    bench.do(intents.SendToCitizen())
    bench.do(intents.CitizenConfirms(bench.seen.application_hash))
    from tests.support.case_bench import signature

    bench.do(signature(bench.seen.application_hash), intents.Decide(DecisionKind.ACCEPTED))
    lines = receipts.receipt(bench.case, item, situation, bench.config.hall, reprint=False)
    assert any("免证可办：电子户口簿" in getattr(line, "text", "") for line in lines)
    _, context = bench.notices.rendered[-1]
    handed = [m["handed_in"] for m in context["materials"]]  # pyright: ignore
    assert any("TRACE-0001" in text for text in handed)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (good("e_social_card"), "credential.wrong_kind"),
        (good("licence.household_register", name="王某某"), "credential.other_person"),
        (good("licence.household_register", number="911124198108030024"), "credential.other_person"),
    ],
)
def test_another_licence_or_another_person_s_stands_for_nothing(hall: Hall, answer: Verified, said: str) -> None:
    bench = collecting(hall)
    hall.scan(SECRET)
    hall.verifier.say(answer)
    assert bench.said == [said]
    assert material(bench).mode is MaterialMode.PENDING


def test_a_material_without_leave_takes_no_licence(hall: Hall) -> None:
    bench = hall.bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.ScanCode("photo"))
    assert bench.said == ["case.not_now"]
    assert isinstance(hall.told, Disarm)


def test_a_material_done_anew_forgets_the_licence(hall: Hall) -> None:
    bench = collecting(hall)
    hall.scan(SECRET)
    hall.verifier.say(good("licence.household_register"))
    bench.do(intents.ReopenMaterial(MATERIAL))
    assert material(bench).mode is MaterialMode.PENDING
    assert material(bench).credential is None


def test_another_citizen_does_not_inherit_the_licence(hall: Hall) -> None:
    bench = collecting(hall)
    hall.scan(SECRET)
    hall.verifier.say(good("licence.household_register"))
    for _ in range(4):
        bench.do(intents.GoBack())
    assert bench.case.step is Step.IDENTIFY
    bench.wait(3)
    hall.scan(SECRET)
    hall.verifier.say(good(name="李样本", number="911124198108030024"))
    assert not [m for m in bench.case.materials if m.credential is not None]


def test_the_state_survives_a_kill(hall: Hall) -> None:
    bench = collecting(hall)
    hall.scan(SECRET)
    hall.verifier.say(good("licence.household_register"))
    again = bench.again()
    assert material(again).mode is MaterialMode.CREDENTIAL
    again.close()
    hall.bench = Bench(bench.folder)


# the code itself


def test_the_code_is_stored_nowhere_and_logged_nowhere(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
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
