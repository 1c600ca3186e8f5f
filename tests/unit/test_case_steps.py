"""The steps before the decision: identity, form, materials, check and signature."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, Fault, FaultAction
from drivers.document_camera import api as camera
from drivers.evaluator import api as pad
from drivers.id_card import api as card
from terminal import intents
from terminal.cases.model import (
    FaceMethod,
    MaterialMode,
    Step,
)
from terminal.devices.notices import CommandDone, Happened
from terminal.store import journal
from tests.support import case_bench as b
from tests.support.case_bench import Bench

LOST = Fault("link.lost", FaultAction.RESET)


@pytest.fixture
def bench(tmp_path: Path) -> Generator[Bench, None, None]:
    made = Bench(tmp_path)
    yield made
    made.close()


# identity


def test_a_failed_card_is_said_and_the_next_one_read(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    assert bench.seen.reader.phase == "waiting"
    bench.happens("id_card", card.CardFound(1.0))
    assert bench.seen.reader.phase == "reading"
    bench.happens("id_card", card.CardReadFailed(Fault("id_card.lifted", FaultAction.CLEAR)))
    assert bench.seen.reader.phase == "failed"
    assert bench.said == ["fault.id_card.lifted"]
    bench.happens("id_card", card.CardRemoved())
    assert bench.seen.reader.phase == "waiting"
    bench.happens("id_card", card.CardFound(2.0))
    bench.happens("id_card", b.read_card())
    assert bench.case.step is Step.VERIFY_FACE
    assert bench.said == []
    assert bench.case.identity is not None
    assert bench.case.identity.name.reveal() == b.NAME


def test_a_card_after_the_first_never_changes_the_case(bench: Bench) -> None:
    bench.to(Step.VERIFY_FACE)
    assert bench.devices.commands(card.StopReading)
    bench.happens("id_card", b.read_card("王小明", "911124198108030024"))
    assert bench.case.identity is not None
    assert bench.case.identity.name.reveal() == b.NAME


def test_a_card_read_for_the_case_before_never_reaches_the_next_one(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    for message in (intents.AbandonCase("群众离开"), intents.StartCase()):
        bench.service.handle(message)  # the reader has not yet answered that it stops
    bench.service.handle(Happened("id_card-1", b.read_card()))
    case = bench.seen.case
    assert case is not None
    assert case.step is Step.IDENTIFY
    assert case.identity is None
    bench.answer(card.StopReading)
    bench.happens("id_card", b.read_card("王样本"))
    assert bench.case.identity is not None
    assert bench.case.identity.name.reveal() == "王样本"


def test_another_card_is_read_after_going_back(bench: Bench) -> None:
    bench.to(Step.VERIFY_FACE)
    bench.do(intents.ReadCardAgain())
    assert bench.case.step is Step.IDENTIFY
    bench.happens("id_card", b.read_card("王小明", "911124198108030024"))
    assert bench.case.identity is not None
    assert bench.case.identity.id_number.reveal() == "911124198108030024"


def test_a_reader_that_was_away_when_the_case_began_is_told_once_it_is_back(bench: Bench) -> None:
    bench.set_state("id_card", DeviceState.POWER_OFF)
    bench.to(Step.IDENTIFY)
    bench.answer(card.StartReading, fault=Fault("link.offline", FaultAction.RESET))
    bench.online("id_card")
    assert len(bench.devices.commands(card.StartReading)) == 2
    bench.happens("id_card", b.read_card())
    assert bench.case.step is Step.VERIFY_FACE


def test_a_reader_that_was_away_when_the_citizen_was_known_reads_nobody_else(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.set_state("id_card", DeviceState.POWER_OFF)
    bench.do(intents.IdentifyByClerk(Sensitive(b.NAME), Sensitive(b.ID_NUMBER), "读卡器故障"))
    bench.online("id_card")
    assert len(bench.devices.commands(card.StopReading)) == 2
    assert len(bench.devices.commands(card.StartReading)) == 1


def test_a_card_that_could_not_be_saved_can_be_read_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.to(Step.IDENTIFY)
    bench.happens("id_card", card.CardFound(1.0))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bench.desk.blobs, "put", full)
    with pytest.raises(OSError, match="No space"):
        bench.happens("id_card", b.read_card())
    assert bench.seen.reader.phase == "waiting"  # while it is "reading" the screen offers no second try


def test_nothing_of_one_citizen_is_left_when_another_is_identified_in_the_same_case(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.CapturePageFor("id_card"))
    bench.answer(camera.CapturePage, b.page())
    bench.do(intents.FinishMaterial("id_card"), *[intents.GoBack()] * 4)
    bench.happens("id_card", b.read_card("王小明", "911124198108030024"))
    b.STAGES[Step.VERIFY_FACE](bench)
    bench.do(intents.ChooseItem(b.ELDER.code, "first"))
    assert bench.case.field("name") == "王小明"
    assert bench.case.field("id_number") == "911124198108030024"
    assert bench.case.field("phone") == ""
    assert all(m.mode is MaterialMode.PENDING and not m.pages for m in bench.case.materials)


def test_the_same_citizen_identified_again_keeps_what_was_typed_and_scanned(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.CapturePageFor("id_card"))
    bench.answer(camera.CapturePage, b.page())
    bench.do(intents.FinishMaterial("id_card"), *[intents.GoBack()] * 4)
    bench.happens("id_card", b.read_card())
    b.STAGES[Step.VERIFY_FACE](bench)
    bench.do(intents.ChooseItem(b.ELDER.code, "first"))
    assert bench.case.field("phone") == "13800000000"
    assert bench.case.materials[0].mode is MaterialMode.SCANNED


def test_a_card_read_after_all_is_no_legal_path_without_one(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.do(intents.IdentifyByClerk(Sensitive(b.NAME), Sensitive(b.ID_NUMBER), "身份证损坏"))
    assert dict(bench.case.legal_path)["id_card"] == "身份证损坏"
    bench.do(intents.ReadCardAgain())
    bench.happens("id_card", b.read_card())
    assert "id_card" not in dict(bench.case.legal_path)


def test_without_a_card_the_clerk_types_what_a_paper_says_and_why(bench: Bench) -> None:
    bench.to(Step.IDENTIFY)
    bench.do(intents.IdentifyByClerk(Sensitive(""), Sensitive("110105194912310021"), ""))
    assert bench.said == ["identify.name_missing", "identify.bad_number", "identify.reason_missing"]
    bench.do(intents.IdentifyByClerk(Sensitive(b.NAME), Sensitive(b.ID_NUMBER.lower()), "身份证遗失，出示户口簿"))
    assert bench.case.step is Step.VERIFY_FACE
    assert bench.case.identity is not None
    assert bench.case.identity.id_number.reveal() == b.ID_NUMBER
    assert ("id_card", "身份证遗失，出示户口簿") in bench.case.legal_path


def test_a_face_that_does_not_fit_keeps_the_case_where_it_is(bench: Bench) -> None:
    bench.to(Step.VERIFY_FACE)
    bench.do(intents.PassFace(FaceMethod.CLERK_VISUAL, passed=False, reason="不像"))
    assert (bench.case.step, bench.said) == (Step.VERIFY_FACE, ["face.not_same"])


# form and materials


def test_the_form_is_confirmed_only_when_complete(bench: Bench) -> None:
    bench.to(Step.FILL_FORM)
    bench.do(intents.EditField("phone", Sensitive("138")), intents.ConfirmForm())
    said = {(message.field, message.key) for message in bench.seen.messages}
    assert said == {("phone", "form.bad_phone"), ("residence", "form.required")}
    bench.do(intents.EditField("phone", Sensitive("13800000000")))
    assert {message.field for message in bench.seen.messages} == {"residence"}


@pytest.mark.parametrize(
    ("due", "undertaking", "key"),
    [
        (date(2026, 12, 9), True, ""),
        (date(2026, 12, 10), True, "material.due_out_of_range"),
        (date(2026, 11, 24), True, "material.due_out_of_range"),
        (date(2026, 12, 8), False, "material.undertaking_missing"),
    ],
)
def test_a_deferral_keeps_to_its_limit_and_needs_the_citizens_word(
    bench: Bench, due: date, undertaking: bool, key: str
) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.DeferMaterial("residence_proof", due, undertaking))
    material = next(m for m in bench.case.materials if m.code == "residence_proof")
    assert bench.said == ([key] if key else [])
    assert (material.mode is MaterialMode.DEFERRED) is not bool(key)


def test_only_a_deferrable_material_is_deferred_and_only_an_optional_one_skipped(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.DeferMaterial("photo", date(2026, 12, 1), undertaking=True))
    assert bench.said == ["material.not_deferrable"]
    bench.do(intents.SkipMaterial("id_card"))
    assert "material.not_optional" in bench.said
    assert all(m.mode is MaterialMode.PENDING for m in bench.case.materials)
    bench.do(intents.SendToCitizen())
    assert bench.said.count("material.pending") == 3


def test_a_picture_that_comes_after_the_case_never_reaches_the_next_one(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.CapturePageFor("photo"), intents.AbandonCase("群众离开"))
    bench.to(Step.COLLECT_MATERIALS)
    ticket = next(entry for entry in bench.devices.asked if isinstance(entry[2], camera.CapturePage))
    bench.do(CommandDone(ticket[0], ticket[1], b.page(), None))
    assert all(not m.pages for m in bench.case.materials)


def test_a_picture_that_comes_after_its_material_was_settled_otherwise_changes_nothing(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(
        intents.CapturePageFor("residence_proof"),
        intents.DeferMaterial("residence_proof", date(2026, 12, 8), undertaking=True),
    )
    bench.answer(camera.CapturePage, b.page())
    proof = next(m for m in bench.case.materials if m.code == "residence_proof")
    assert (proof.mode, proof.pages) == (MaterialMode.DEFERRED, ())
    assert bench.seen.capture.capturing_for == ""


def test_a_page_can_be_dropped_and_a_failed_picture_is_said(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.CapturePageFor("photo"))
    assert bench.seen.capture.capturing_for == "photo"
    bench.answer(camera.CapturePage, fault=LOST)
    assert bench.seen.capture.capturing_for == ""
    assert bench.said == ["fault.link.lost"]
    bench.do(intents.CapturePageFor("photo"))
    bench.answer(camera.CapturePage, b.page())
    bench.do(intents.FinishMaterial("photo"), intents.DropPage("photo", 0))
    photo = next(m for m in bench.case.materials if m.code == "photo")
    assert (photo.pages, photo.pdf, photo.mode) == ((), None, MaterialMode.PENDING)


# check and signature


def test_only_what_is_on_the_screen_now_is_confirmed_and_signed(bench: Bench) -> None:
    bench.to(Step.CITIZEN_CHECK)
    stale = bench.seen.application_hash
    bench.do(intents.GoBack(), intents.ReopenMaterial("residence_proof"), intents.TakePaper("residence_proof", 1))
    bench.do(intents.SendToCitizen(), intents.CitizenConfirms(stale))
    assert (bench.case.step, bench.said) == (Step.CITIZEN_CHECK, ["check.changed_meanwhile"])
    bench.do(intents.CitizenConfirms(bench.seen.application_hash), b.signature(stale))
    assert (bench.case.step, bench.said) == (Step.SIGN, ["check.changed_meanwhile"])
    bench.do(b.signature(bench.seen.application_hash, points=3))
    assert bench.said == ["sign.too_little"]
    bench.do(b.signature(bench.seen.application_hash))
    assert bench.case.step is Step.DECIDE


def test_the_citizens_objection_leads_back_to_the_form_with_their_words(bench: Bench) -> None:
    bench.to(Step.SIGN)
    bench.do(intents.CitizenObjects(Sensitive("电话不对")))
    assert bench.case.step is Step.FILL_FORM
    assert bench.case.correction_note is not None
    assert bench.case.correction_note.reveal() == "电话不对"
    assert bench.case.signature is None


# devices that come back


def test_the_camera_that_comes_back_shows_its_preview_again(bench: Bench) -> None:
    bench.to(Step.COLLECT_MATERIALS)
    bench.answer(camera.StartPreview, camera.PreviewRing("ring-1", 640, 480))
    assert bench.seen.capture.ring_name == "ring-1"
    bench.online("document_camera")
    assert len(bench.devices.commands(camera.StartPreview)) == 2


def test_a_pad_that_comes_back_joins_with_the_time_that_is_left(bench: Bench) -> None:
    bench.set_state("evaluator", DeviceState.POWER_OFF)
    bench.to(Step.REVIEW)
    assert not bench.devices.commands(pad.StartRating)
    bench.wait(20)
    bench.online("evaluator")
    assert bench.devices.commands(pad.StartRating) == [pad.StartRating(bench.seen.rating.token, 40)]


def test_everything_shown_is_already_journalled(bench: Bench) -> None:
    bench.to(Step.DECIDE)
    other = bench.database.connect()
    assert journal.load(other, bench.case.id) == bench.case
    other.close()
