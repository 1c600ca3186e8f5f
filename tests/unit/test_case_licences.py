"""An electronic licence stands for a material (免证可办), of the right person, where the item allows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.code_scanner.api import Disarm
from kiosk_ui.application_rows import groups
from terminal import intents
from terminal.cases import application, receipts
from terminal.cases.model import DecisionKind, MaterialMode, Step
from terminal.cases.notices.wording import handed_in
from terminal.cases.verifier import Verified
from terminal.snapshot import ScanPhase
from tests.support.case_bench import CATALOGUE, ELDER, Bench
from tests.support.code_desk import AT, MATERIAL, SECRET, CodeDesk, good


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[CodeDesk]:
    made = CodeDesk(tmp_path)
    yield made
    made.bench.close()


# a material


def collecting(hall: CodeDesk) -> Bench:
    bench = hall.bench.to(Step.COLLECT_MATERIALS)
    assert isinstance(hall.told, Disarm), "only when the clerk asks for it"
    bench.do(intents.ScanCode(MATERIAL))
    return bench


def material(bench: Bench):
    return next(m for m in bench.case.materials if m.code == MATERIAL)


def test_a_licence_stands_for_a_material_where_the_item_allows_it(hall: CodeDesk) -> None:
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


def test_it_is_in_application_receipt_and_notice(hall: CodeDesk) -> None:
    bench = collecting(hall)
    hall.scan(SECRET)
    hall.verifier.say(good("licence.household_register"))
    item, situation = CATALOGUE.item(ELDER.code), ELDER.situation("first")
    rows = [row.value.reveal() for group in groups(bench.case, CATALOGUE, plain=True) for row in group.rows]
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
def test_another_licence_or_another_person_s_stands_for_nothing(hall: CodeDesk, answer: Verified, said: str) -> None:
    bench = collecting(hall)
    hall.scan(SECRET)
    hall.verifier.say(answer)
    assert bench.said == [said]
    assert material(bench).mode is MaterialMode.PENDING


def test_a_material_without_leave_takes_no_licence(hall: CodeDesk) -> None:
    bench = hall.bench.to(Step.COLLECT_MATERIALS)
    bench.do(intents.ScanCode("photo"))
    assert bench.said == ["case.not_now"]
    assert isinstance(hall.told, Disarm)


def test_a_material_done_anew_forgets_the_licence(hall: CodeDesk) -> None:
    bench = collecting(hall)
    hall.scan(SECRET)
    hall.verifier.say(good("licence.household_register"))
    bench.do(intents.ReopenMaterial(MATERIAL))
    assert material(bench).mode is MaterialMode.PENDING
    assert material(bench).credential is None


def test_another_citizen_does_not_inherit_the_licence(hall: CodeDesk) -> None:
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


def test_the_state_survives_a_kill(hall: CodeDesk) -> None:
    bench = collecting(hall)
    hall.scan(SECRET)
    hall.verifier.say(good("licence.household_register"))
    again = bench.again()
    assert material(again).mode is MaterialMode.CREDENTIAL
    again.close()
    hall.bench = Bench(bench.folder)
