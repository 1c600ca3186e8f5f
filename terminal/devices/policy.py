"""What a terminal can still do with the devices it has: pure functions over the devices' views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from drivers.base.status import DeviceState
from terminal.cases.model import Step
from terminal.profile import Profile
from terminal.snapshot import DeviceView

_WORKING: Final = frozenset({DeviceState.ONLINE, DeviceState.DEVICE_BUSY})


@unique
class Need(StrEnum):
    """How much a terminal depends on a device (`needed` in the configuration)."""

    REQUIRED = "required"  # without it the place is closed
    DEGRADED = "degraded"  # without it cases go on by another way, which is said
    OPTIONAL = "optional"  # without it nothing is missing


@unique
class Readiness(StrEnum):
    """What the place can offer now."""

    STARTING = "starting"  # a needed device has not yet answered for the first time
    READY = "ready"
    LIMITED = "limited"
    CLOSED = "closed"


@unique
class Way(StrEnum):
    """How a step that wants a device can be done now."""

    DEVICE = "device"
    WITHOUT = "without"  # the legal path without the device, see `STEP_DEVICES`
    NONE = "none"


@dataclass(frozen=True, slots=True)
class StepDevice:
    """The device of a step. `without` keys the path that replaces it; `by_staff`: only staff can go that path."""

    kind: str
    without: str
    by_staff: bool


STEP_DEVICES: Final[Mapping[Step, StepDevice]] = {
    Step.IDENTIFY: StepDevice("id_card", "entered_by_clerk", by_staff=True),
    Step.COLLECT_MATERIALS: StepDevice("document_camera", "paper_or_deferred", by_staff=True),
    Step.ISSUE_PAPERS: StepDevice("receipt_printer", "code_on_screen", by_staff=False),
    Step.REVIEW: StepDevice("evaluator", "rated_on_screen", by_staff=False),
}
"""Steps that want a device, and the way without it (terminal/cases/machine.py has each as an event of its own)."""


def works(view: DeviceView) -> bool:
    """Whether a case may count on the device."""
    return view.state in _WORKING


def readiness(views: Iterable[DeviceView], profile: Profile) -> Readiness:
    """What the place as a whole can offer. A kind that the profile requires is required whatever the entry says."""
    views = tuple(views)
    required = profile.required_devices
    if required - {view.kind for view in views}:
        return Readiness.CLOSED
    missing = [(_need(view, required), view) for view in views if not works(view)]
    needed = [(need, view) for need, view in missing if need is not Need.OPTIONAL]
    if any(need is Need.REQUIRED and view.state is not DeviceState.STARTING for need, view in needed):
        return Readiness.CLOSED
    if any(view.state is DeviceState.STARTING for _, view in needed):
        return Readiness.STARTING
    return Readiness.LIMITED if needed else Readiness.READY


def way(step: Step, views: Iterable[DeviceView], profile: Profile) -> Way:
    """How `step` can be done now: with its device, on the path without it, or not at all (a kiosk has no staff)."""
    wanted = STEP_DEVICES.get(step)
    if wanted is None or any(works(view) for view in views if view.kind == wanted.kind):
        return Way.DEVICE
    return Way.WITHOUT if profile.staff_required or not wanted.by_staff else Way.NONE


def item_possible(scans_needed: bool, views: Iterable[DeviceView], profile: Profile) -> bool:
    """Whether an item can be taken now: every step has a way; scanning counts only if the item wants papers."""
    views = tuple(views)
    steps = [step for step in STEP_DEVICES if scans_needed or step is not Step.COLLECT_MATERIALS]
    return all(way(step, views, profile) is not Way.NONE for step in steps)


def _need(view: DeviceView, required: frozenset[str]) -> Need:
    return Need.REQUIRED if view.kind in required else Need(view.needed)
