"""Scanned codes on the clerk's screen: the keys that light the scanner, and what a case's code has found."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui import devices
from kiosk_ui.clerk.presenters.pages import StatePage
from kiosk_ui.i18n.texts import tr
from kiosk_ui.personal import shown_name
from kiosk_ui.views import ButtonView, FactRow, Level, Look
from terminal import intents
from terminal.snapshot import FoundView, ScanPhase, Snapshot, WorkRow

_LIT = frozenset({ScanPhase.WAITING, ScanPhase.VERIFYING})


def has_scanner(snapshot: Snapshot) -> bool:
    """Whether this terminal is configured with one."""
    return any(device.kind == "code_scanner" for device in snapshot.devices)


def find_button(snapshot: Snapshot) -> tuple[ButtonView, ...]:
    """Between cases: light for a receipt's code; again, to stop."""
    if not has_scanner(snapshot):
        return ()
    lit = snapshot.scan.phase in _LIT
    return (
        ButtonView(
            "clerk.start.scan",
            tr("scan.stop") if lit else tr("scan.find"),
            intents.StopScanning() if lit else intents.ScanCode(),
            key="F3",
            enabled=lit or _ready(snapshot),
            why=tr("scan.away"),
        ),
    )


def identify_button(snapshot: Snapshot) -> tuple[ButtonView, ...]:
    """Who is here, by a credential; only where somebody can verify it."""
    if not has_scanner(snapshot) or not snapshot.verifier:
        return ()
    lit = snapshot.scan.phase in _LIT
    return (
        ButtonView(
            "clerk.identify.scan",
            tr("scan.stop") if lit else tr("scan.identify"),
            intents.StopScanning() if lit else intents.ScanCode(),
            key="F3",
            enabled=snapshot.scan.phase is not ScanPhase.VERIFYING and (lit or _ready(snapshot)),
            why=tr("scan.verifying") if snapshot.scan.phase is ScanPhase.VERIFYING else tr("scan.away"),
        ),
    )


def material_button(snapshot: Snapshot, material: str, *, allowed: bool) -> tuple[ButtonView, ...]:
    """免证可办, where the item allows an electronic licence for this material."""
    if not allowed or not has_scanner(snapshot) or not snapshot.verifier:
        return ()
    lit = snapshot.scan.phase in _LIT and snapshot.scan.material == material
    return (
        ButtonView(
            "clerk.materials.credential",
            tr("scan.stop") if lit else tr("scan.material"),
            intents.StopScanning() if lit else intents.ScanCode(material),
            key="Shift+F3",
            enabled=snapshot.scan.phase is not ScanPhase.VERIFYING and (lit or _ready(snapshot)),
            why=tr("scan.verifying") if snapshot.scan.phase is ScanPhase.VERIFYING else tr("scan.away"),
        ),
    )


def hint(snapshot: Snapshot) -> str:
    """What the scanner does now, in a sentence; "" when it does nothing that a person must know."""
    match snapshot.scan.phase:
        case ScanPhase.WAITING:
            return tr("scan.waiting")
        case ScanPhase.VERIFYING:
            return tr("scan.verifying")
        case ScanPhase.IDLE | ScanPhase.READY:
            return ""


def found_page(found: FoundView) -> StatePage:
    """The case or the appointment that a code belongs to; the citizen stays masked."""
    if found.row is not None:
        title = tr("found.title")
        return StatePage("code-scanner", Level.INFO, title, tr("found.hint"), facts=_case_facts(found.row))
    at = found.appointment_at.strftime("%Y-%m-%d %H:%M") if found.appointment_at else ""
    rows = (
        (tr("found.at"), at),
        (tr("found.number"), found.appointment_number),
        (tr("found.item"), found.appointment_item or tr("found.item_unknown")),
    )
    facts = tuple(FactRow(label, Sensitive(value), personal=False) for label, value in rows)
    return StatePage("code-scanner", Level.INFO, tr("found.appointment"), tr("found.appointment_hint"), facts=facts)


def close_button() -> ButtonView:
    """The row has been looked at."""
    return ButtonView("clerk.start.forget", tr("found.close"), intents.ForgetFound(), key="Esc", look=Look.SECONDARY)


def _case_facts(row: WorkRow) -> tuple[FactRow, ...]:
    citizen = shown_name(row.citizen, plain=False) if row.citizen else tr("work.unknown_citizen")
    rows = (
        (tr("fact.project_number"), row.project_number),
        (tr("found.citizen"), citizen),
        (tr("found.item"), row.item_name or tr("work.no_item")),
        (tr("found.opened"), row.opened_at.astimezone().strftime("%Y-%m-%d %H:%M")),
        (tr("found.step"), tr(f"step.{row.step}")),
        (tr("fact.decision"), tr(f"decision.{row.decision}") if row.decision else ""),
        (tr("fact.hub"), tr(f"hub_state.{row.hub_state}") if row.hub_state else ""),
    )
    return tuple(FactRow(label, Sensitive(value), personal=False) for label, value in rows if value)


def _ready(snapshot: Snapshot) -> bool:
    return devices.works(snapshot, "code_scanner")
