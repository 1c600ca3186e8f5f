"""Without which device no case is opened, and what is known of a device at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.document_camera.api import FramesFlowing, FramesStalled
from drivers.id_card.api import CardFound, CardRemoved
from drivers.receipt_printer.api import PaperChanged, PaperState
from drivers.smart_card import api as smart
from terminal.config import DeviceEntry
from terminal.devices import state
from terminal.devices.notices import Happened, StatusChanged
from terminal.devices.policy import missing
from terminal.profile import KIOSK, WINDOW, Profile
from terminal.snapshot import DeviceView

S = DeviceState
KINDS = ("id_card", "document_camera", "receipt_printer", "evaluator")
ALL = tuple(DeviceView(id=kind, kind=kind, state=S.ONLINE, needed="degraded", simulated=False) for kind in KINDS)


def without(*kinds: str, to: DeviceState = S.POWER_OFF, needed: str = "degraded") -> tuple[DeviceView, ...]:
    return tuple(replace(view, state=to, needed=needed) if view.kind in kinds else view for view in ALL)


@pytest.mark.parametrize(
    ("views", "profile", "expected"),
    [
        (ALL, WINDOW, ()),
        (ALL, KIOSK, ()),
        (without("id_card", "document_camera"), WINDOW, ()),
        (without("id_card", needed="optional"), WINDOW, ()),
        (without("id_card", needed="required"), WINDOW, ("id_card",)),
        (without("id_card", to=S.DEVICE_BUSY, needed="required"), WINDOW, ()),
        (without("id_card", to=S.STARTING, needed="required"), WINDOW, ("id_card",)),
        (without("evaluator", "id_card", needed="required"), WINDOW, ("id_card", "evaluator")),
        (without("id_card", needed="optional"), KIOSK, ("id_card",)),
        (without("receipt_printer", to=S.USER_ERROR), KIOSK, ("receipt_printer",)),
        (without("receipt_printer", to=S.UNKNOWN), KIOSK, ("receipt_printer",)),
        (without("document_camera"), KIOSK, ()),
        (ALL[1:], KIOSK, ("id_card",)),
        ((), WINDOW, ()),
        ((), KIOSK, ("id_card", "receipt_printer")),
    ],
)
def test_what_keeps_a_place_from_opening_a_case(
    views: tuple[DeviceView, ...], profile: Profile, expected: tuple[str, ...]
) -> None:
    assert missing(views, profile) == expected


def test_a_second_device_of_a_kind_serves_the_profile_but_not_an_entry_that_is_required() -> None:
    spare = replace(ALL[0], id="spare", state=S.POWER_OFF)
    assert missing((*ALL, spare), KIOSK) == ()
    assert missing((*ALL, replace(spare, needed="required")), WINDOW) == ("id_card",)


def entry(kind: str) -> DeviceEntry:
    return DeviceEntry(id="d", kind=kind, url="x://y")


@pytest.mark.parametrize(
    ("kind", "event", "media"),
    [
        ("id_card", CardFound(1.0), "present"),
        ("id_card", CardRemoved(), "absent"),
        ("smart_card", smart.CardInserted(1.0, will_be_read=False), "present"),
        ("smart_card", smart.CardRemoved(), "absent"),
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
