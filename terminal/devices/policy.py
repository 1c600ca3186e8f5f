"""Which devices a place cannot do without: pure functions over the devices' views.

Everything else takes its legal path without the device, which is an event of its own (terminal/cases/machine.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from drivers.base.status import DeviceState
from terminal.profile import Profile
from terminal.snapshot import DeviceView

REQUIRED: Final = "required"  # `needed` in the configuration: without it no case may be opened
WORKING: Final = frozenset({DeviceState.ONLINE, DeviceState.DEVICE_BUSY})  # a case may count on the device


def is_working(state: DeviceState) -> bool:
    """Whether a case may count on a device in `state`."""
    return state in WORKING


def works(view: DeviceView) -> bool:
    """Whether a case may count on the device."""
    return is_working(view.state)


def missing(views: Iterable[DeviceView], profile: Profile) -> tuple[str, ...]:
    """Kinds of the devices without which no case may be opened now, in the order of the configuration.

    Every device that is required by its entry must work, and one of each kind that the profile requires.
    """
    views = tuple(views)
    working = {view.kind for view in views if works(view)}
    kinds = [view.kind for view in views if view.needed == REQUIRED and not works(view)]
    kinds += [view.kind for view in views if view.kind in profile.required_devices - working]
    kinds += sorted(profile.required_devices - {view.kind for view in views})
    return tuple(dict.fromkeys(kinds))
