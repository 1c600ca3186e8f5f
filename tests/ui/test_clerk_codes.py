"""Scanned codes on the clerk's screen: keys, what was found, licences; drawn whole in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace as with_fields

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from kiosk_ui import actions
from kiosk_ui.clerk.presenters.frame import ClerkView
from kiosk_ui.clerk.presenters.pages import MaterialsPage, StatePage
from kiosk_ui.views import ButtonView
from terminal import intents
from terminal.cases.model import CredentialRef, DecisionKind, MaterialMode, Step
from terminal.snapshot import DeviceView, FoundView, ScanPhase, ScanView, WorkRow
from tests.support import ui_scenes as scene
from tests.support.clerk_desk import Desk, at, pending
from tests.support.ui_pages import Rig

SCANNER = DeviceView("code_scanner", "code_scanner", DeviceState.ONLINE, "optional", simulated=True)
AWAY = replace(SCANNER, state=DeviceState.POWER_OFF)
ROW = WorkRow(
    "0192f000-0000-7000-8000-000000000009",
    "41072403202611240300012",
    Sensitive("张**"),
    "老年人优待证",
    Step.SEALED,
    DecisionKind.ACCEPTED_DEFERRED,
    datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    "complete",
)
LICENCE = CredentialRef(
    kind="licence.household_register",
    kind_name="电子户口簿",
    trace_id="TRACE-0001",
    at=datetime(2026, 11, 24, 9, 5, tzinfo=UTC),
)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def button(view: ClerkView, name: str) -> ButtonView | None:
    return next((b for b in view.buttons if b.name == name), None)


def devices(scanner: DeviceView = SCANNER) -> tuple[DeviceView, ...]:
    return (*scene.snapshot().devices, scanner)


def test_without_a_scanner_there_is_no_key(desk: Desk) -> None:
    assert button(desk.show(), "clerk.start.scan") is None
    assert button(desk.show(at(Step.IDENTIFY), verifier=True), "clerk.identify.scan") is None


def test_the_start_page_lights_and_stops(desk: Desk) -> None:
    found = button(desk.show(devices=devices()), "clerk.start.scan")
    assert found is not None
    assert (found.key, found.action, found.enabled) == ("F3", intents.ScanCode(), True)
    view = desk.show(devices=devices(), scan=ScanView(ScanPhase.WAITING, "find"))
    lit = button(view, "clerk.start.scan")
    assert lit is not None
    assert lit.action == intents.StopScanning()
    assert isinstance(view.page, StatePage)
    assert "30" in view.page.hint


def test_a_scanner_that_is_away_says_why_not(desk: Desk) -> None:
    found = button(desk.show(devices=devices(AWAY)), "clerk.start.scan")
    assert found is not None
    assert not found.enabled
    assert found.why


def test_a_found_case_is_shown_masked_and_marked_in_the_list(desk: Desk) -> None:
    view = desk.show(devices=devices(), found=FoundView(row=ROW), work=(ROW,))
    assert isinstance(view.page, StatePage)
    shown = {row.label: row.value.reveal() for row in view.page.facts}
    assert ROW.project_number in shown.values()
    assert "张**" in shown.values()
    assert [row.current for row in view.work.rows] == [True]
    close = button(view, "clerk.start.forget")
    assert close is not None
    assert (close.key, close.action) == ("Esc", intents.ForgetFound())
    assert button(view, "clerk.start.new_case") is not None


def test_an_appointment_is_shown(desk: Desk) -> None:
    at_time = datetime(2026, 11, 24, 9, 30)
    view = desk.show(devices=devices(), found=FoundView(appointment_at=at_time, appointment_number="0042"))
    assert isinstance(view.page, StatePage)
    values = [row.value.reveal() for row in view.page.facts]
    assert values[:2] == ["2026-11-24 09:30", "0042"]


def test_identity_by_credential_is_offered_only_with_a_verifier(desk: Desk) -> None:
    case = at(Step.IDENTIFY)
    assert button(desk.show(case, devices=devices()), "clerk.identify.scan") is None
    offered = button(desk.show(case, devices=devices(), verifier=True), "clerk.identify.scan")
    assert offered is not None
    assert offered.action == intents.ScanCode()
    view = desk.show(case, devices=devices(), verifier=True, scan=ScanView(ScanPhase.VERIFYING))
    verifying = button(view, "clerk.identify.scan")
    assert verifying is not None
    assert not verifying.enabled


def test_a_licence_is_offered_where_the_item_allows_it(desk: Desk) -> None:
    case, _ = pending()
    view = desk.show(case, devices=devices(), verifier=True)
    assert button(view, "clerk.materials.credential") is None, "the ID card itself"
    view = desk.act(actions.SelectMaterial("residence_proof"))
    offered = button(view, "clerk.materials.credential")
    assert offered is not None
    assert (offered.key, offered.action) == ("Shift+F3", intents.ScanCode("residence_proof"))


def test_a_satisfied_material_says_by_what(desk: Desk) -> None:
    case, _ = pending()
    done = tuple(
        with_fields(m, mode=MaterialMode.CREDENTIAL, credential=LICENCE) if m.code == "residence_proof" else m
        for m in case.materials
    )
    desk.show(with_fields(case, materials=done), devices=devices(), verifier=True)
    view = desk.act(actions.SelectMaterial("residence_proof"))
    assert isinstance(view.page, MaterialsPage)
    assert "TRACE-0001" in view.page.state
    assert "电子户口簿" in view.page.state


@pytest.mark.parametrize(
    "more",
    [
        {"found": FoundView(row=ROW), "work": (ROW,)},
        {"found": FoundView(appointment_at=datetime(2026, 11, 24, 9, 30), appointment_number="0042")},
        {"scan": ScanView(ScanPhase.WAITING, "find")},
    ],
    ids=["case", "appointment", "waiting"],
)
def test_pages_are_drawn_whole(qtbot, more: dict[str, object]) -> None:
    rig = Rig()
    rig.window.resize(1366, 768)
    rig.show(scene.snapshot(devices=devices(), **more))
    rig.window.show()
    qtbot.waitUntil(lambda: rig.clipped() == [])
    assert rig.strays() == []
    rig.close()
