"""Which devices a screen may count on, and what they and their troubles are called. Pure, in the screen's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kiosk_ui.i18n.texts import has, language, tr
from terminal.devices import policy
from terminal.diagnostics import fault_texts
from terminal.snapshot import DeviceView, Snapshot

# Of any device: what can be done without it is said per device.
_OF_ANY_DEVICE = ("link.", "driver.")


def device(snapshot: Snapshot, kind: str) -> DeviceView | None:
    """The device of `kind` that the case works with: the first one; None when this terminal has none."""
    return next((view for view in snapshot.devices if view.kind == kind), None)


def works(snapshot: Snapshot, kind: str) -> bool:
    """Whether there is a device of `kind` and it works."""
    view = device(snapshot, kind)
    return view is not None and policy.works(view)


def name(kind: str) -> str:
    """What a device of `kind` is called; a kind without a name keeps its own."""
    return tr(f"device_kind.{kind}") if has(f"device_kind.{kind}") else kind


def names(kinds: Iterable[str]) -> str:
    """Several devices in one line."""
    return tr("list.join").join(dict.fromkeys(name(kind) for kind in kinds))


def trouble(code: str, kinds: Sequence[str] = ()) -> str:
    """What is wrong with the devices of `kinds`, who all have it, and what to do meanwhile."""
    said = fault_texts.sentence(code, language(), names(kind for kind in kinds if kind))
    if kinds and code.startswith(_OF_ANY_DEVICE) and has(f"instead.{kinds[0]}"):
        return said + tr(f"instead.{kinds[0]}")
    return said


def troubles(views: Iterable[DeviceView]) -> str:
    """The troubles of several devices, one below the other; the same trouble only once."""
    by_code: dict[str, list[str]] = {}
    for view in views:
        if view.fault_code:
            by_code.setdefault(view.fault_code, []).append(view.kind)
    return "\n".join(trouble(code, kinds) for code, kinds in by_code.items())
