"""What remains possible without a device, and what is known of a device at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.document_camera.api import FramesFlowing, FramesStalled
from drivers.id_card.api import CardFound, CardRemoved
from drivers.receipt_printer.api import PaperChanged, PaperState
from terminal.cases.model import Step
from terminal.config import DeviceEntry
from terminal.devices import state
from terminal.devices.notices import Happened, StatusChanged
from terminal.devices.policy import STEP_DEVICES, Readiness, Way, item_possible, readiness, way
from terminal.profile import KIOSK, WINDOW, Profile
from terminal.snapshot import DeviceView

S = DeviceState
ALL = tuple(
    DeviceView(id=wanted.kind, kind=wanted.kind, state=S.ONLINE, needed="degraded", simulated=False)
    for wanted in STEP_DEVICES.values()
)


def without(*kinds: str, to: DeviceState = S.POWER_OFF) -> tuple[DeviceView, ...]:
    return tuple(replace(view, state=to) if view.kind in kinds else view for view in ALL)


@pytest.mark.parametrize(
    ("views", "profile", "expected"),
    [
        (ALL, WINDOW, Readiness.READY),
        (ALL, KIOSK, Readiness.READY),
        (without("id_card", to=S.DEVICE_BUSY), KIOSK, Readiness.READY),
        (without("document_camera"), WINDOW, Readiness.LIMITED),
        (without("id_card"), WINDOW, Readiness.LIMITED),
        (without("id_card"), KIOSK, Readiness.CLOSED),
        (without("receipt_printer", to=S.USER_ERROR), KIOSK, Readiness.CLOSED),
        (without("receipt_printer", to=S.UNKNOWN), KIOSK, Readiness.CLOSED),
        (without("id_card", to=S.STARTING), KIOSK, Readiness.STARTING),
        (ALL[1:], KIOSK, Readiness.CLOSED),
        ((), WINDOW, Readiness.READY),
    ],
)
def test_what_the_place_can_offer(views: tuple[DeviceView, ...], profile: Profile, expected: Readiness) -> None:
    assert readiness(views, profile) is expected


def test_the_configuration_decides_where_the_profile_does_not() -> None:
    (reader, *others) = without("id_card")
    assert readiness((replace(reader, needed="required"), *others), WINDOW) is Readiness.CLOSED
    assert readiness((replace(reader, needed="optional"), *others), WINDOW) is Readiness.READY
    assert readiness((replace(reader, needed="optional"), *others), KIOSK) is Readiness.CLOSED


@pytest.mark.parametrize("step", STEP_DEVICES)
def test_every_step_with_a_device_has_a_way_at_the_window(step: Step) -> None:
    kind = STEP_DEVICES[step].kind
    assert way(step, ALL, WINDOW) is Way.DEVICE
    assert way(step, without(kind), WINDOW) is Way.WITHOUT
    assert way(step, (), WINDOW) is Way.WITHOUT


def test_a_kiosk_has_no_clerk_who_could_type_or_take_paper() -> None:
    assert way(Step.IDENTIFY, without("id_card"), KIOSK) is Way.NONE
    assert way(Step.COLLECT_MATERIALS, without("document_camera"), KIOSK) is Way.NONE
    assert way(Step.ISSUE_PAPERS, without("receipt_printer"), KIOSK) is Way.WITHOUT
    assert way(Step.SIGN, (), KIOSK) is Way.DEVICE, "a step that wants no device"


def test_an_item_without_papers_does_not_need_the_camera() -> None:
    assert item_possible(True, ALL, KIOSK)
    assert not item_possible(True, without("document_camera"), KIOSK)
    assert item_possible(False, without("document_camera"), KIOSK)
    assert item_possible(True, without("document_camera"), WINDOW)
    assert not item_possible(False, without("id_card"), KIOSK)


def entry(kind: str) -> DeviceEntry:
    return DeviceEntry(id="d", kind=kind, url="x://y")


@pytest.mark.parametrize(
    ("kind", "event", "media"),
    [
        ("id_card", CardFound(1.0), "present"),
        ("id_card", CardRemoved(), "absent"),
        ("receipt_printer", PaperChanged(PaperState.LOW), "low"),
        ("document_camera", FramesStalled(2.0), "stalled"),
        ("document_camera", FramesFlowing(), "flowing"),
    ],
)
def test_what_lies_in_a_device_is_known_until_it_is_away(kind: str, event: object, media: str) -> None:
    view = state.after(state.initial(entry(kind)), StatusChanged("d", DeviceStatus(S.ONLINE)))
    view = state.after(view, Happened("d", event))
    assert view.media == media
    assert state.after(view, Happened("d", "anything else")).media == media
    needs_a_person = DeviceStatus(S.USER_ERROR, Fault("x.y", FaultAction.CLEAR))
    assert state.after(view, StatusChanged("d", needs_a_person)).media == media
    away = state.after(view, StatusChanged("d", DeviceStatus(S.POWER_OFF, Fault("link.lost", FaultAction.RESET))))
    assert (away.state, away.fault_code) == (S.POWER_OFF, "link.lost")
    assert away.media == ("unknown" if kind == "receipt_printer" else "")


def test_a_printer_that_says_it_is_offline_keeps_its_paper_and_a_reader_that_is_silent_no_card() -> None:
    offline = StatusChanged("d", DeviceStatus(S.OFFLINE, Fault("x.y", FaultAction.CLEAR)))
    printer = state.after(state.initial(entry("receipt_printer")), Happened("d", PaperChanged(PaperState.OK)))
    assert state.after(printer, offline).media == "ok"
    reader = state.after(state.initial(entry("id_card")), Happened("d", CardFound(1.0)))
    assert state.after(reader, offline).media == ""


def test_nothing_is_known_before_the_first_answer() -> None:
    assert state.initial(entry("receipt_printer")).media == "unknown", "which is not: out"
    assert state.initial(entry("id_card")).state is S.STARTING
