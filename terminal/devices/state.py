"""What the terminal knows of a device, folded from its session's notices. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from drivers.base.status import DeviceState
from drivers.document_camera.api import FramesFlowing, FramesStalled
from drivers.id_card.api import CardFound, CardRead, CardReadFailed, CardRemoved
from drivers.receipt_printer.api import PaperChanged, PaperState
from drivers.smart_card import api as smart
from terminal.config import DeviceEntry
from terminal.devices.notices import Happened, StatusChanged
from terminal.snapshot import DeviceView

_NOT_THERE: Final = frozenset({DeviceState.OFFLINE, DeviceState.POWER_OFF, DeviceState.NO_DEVICE, DeviceState.UNKNOWN})


def initial(entry: DeviceEntry) -> DeviceView:
    """A configured device of which nothing is known yet."""
    return DeviceView(
        id=entry.id,
        kind=entry.kind,
        state=DeviceState.STARTING,
        needed=entry.needed,
        simulated=entry.simulated,
        media=_unknown_media(entry.kind),
    )


def after(view: DeviceView, notice: StatusChanged | Happened) -> DeviceView:
    """`view` once `notice` is known. What lies in a device is forgotten as soon as the device is away."""
    match notice:
        case StatusChanged(status=status):
            code = status.fault.code if status.fault else ""
            media = _unknown_media(view.kind) if _is_away(view.kind, status.state, code) else view.media
            return replace(view, state=status.state, fault_code=code, media=media)
        case Happened(event=event):
            return replace(view, media=_media(event, view.media))


def _is_away(kind: str, state: DeviceState, code: str) -> bool:
    if code.startswith(("link.", "driver.")):  # the session has lost it
        return True
    # A printer's driver tells itself what became of the paper when its printer goes offline.
    return state in _NOT_THERE and kind != "receipt_printer"


def _media(event: object, before: str) -> str:
    match event:
        case CardFound() | CardRead() | CardReadFailed() | smart.CardInserted():
            return "present"
        case CardRemoved() | smart.CardRemoved():
            return "absent"
        case PaperChanged(paper=paper):
            return paper.value
        case FramesStalled():
            return "stalled"
        case FramesFlowing():
            return "flowing"
        case _:
            return before


def _unknown_media(kind: str) -> str:
    # No answer never means "no paper"; card and frames have no word for it.
    return PaperState.UNKNOWN.value if kind == "receipt_printer" else ""
