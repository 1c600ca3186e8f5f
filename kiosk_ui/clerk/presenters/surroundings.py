"""From a snapshot to what stands around the page. Pure functions."""

from __future__ import annotations

from drivers.base.status import DeviceState
from kiosk_ui import devices
from kiosk_ui.actions import TogglePersonal
from kiosk_ui.clerk.presenters.frame import (
    DeviceRow,
    HeaderView,
    SideView,
    TopBarView,
    WorkRowView,
    WorkView,
)
from kiosk_ui.i18n.texts import has, tr
from kiosk_ui.personal import shown_id_number, shown_name
from kiosk_ui.views import ButtonView, Chip, Level, Look
from terminal import intents
from terminal.cases.model import Case, DecisionKind, Step
from terminal.devices import policy
from terminal.snapshot import DeviceView, Snapshot, SyncView, WorkRow

_WAITING = {DeviceState.STARTING, DeviceState.UNKNOWN}
_ICONS = {
    "id_card": "id-card",
    "smart_card": "smart-card",
    "document_camera": "camera",
    "receipt_printer": "printer",
    "evaluator": "evaluator",
    "code_scanner": "code-scanner",
}
_HUB_LEVELS = {"queued": Level.INFO, "accepted": Level.INFO, "complete": Level.OK, "blocked": Level.ERROR}
_SYNC_LEVELS = {"online": Level.OK, "starting": Level.QUIET, "unreachable": Level.WARNING, "blocked": Level.ERROR}
ENDED = frozenset({Step.SEALED, Step.ABANDONED})


def top_bar(snapshot: Snapshot, *, saving: bool) -> TopBarView:
    """The bar on top. A single simulated device is enough for the badge: nobody demonstrates one by mistake.

    Signing out is always possible: an open case stays journalled, and whoever signs in next goes on with it.
    """
    staff = snapshot.staff
    busy = saving or snapshot.saved_revision < snapshot.revision
    simulated = any(device.simulated for device in snapshot.devices)
    open_case = snapshot.case is not None and snapshot.case.step not in ENDED
    leave = tr("top.lock") if open_case else tr("top.sign_out")
    sign_out = ButtonView("clerk.top.sign_out", leave, intents.SignOut(), look=Look.QUIET)
    return TopBarView(
        hall=snapshot.hall_name,
        window=snapshot.window_label,
        simulated=tr("top.simulated") if simulated else "",
        saving=Chip(tr("top.saving"), Level.WARNING) if busy else Chip(tr("top.saved"), Level.OK),
        staff=tr("top.staff", name=staff.name, role=tr(f"role.{staff.role}"), id=staff.id) if staff else "",
        sign_out=sign_out if staff else None,
    )


def work(snapshot: Snapshot) -> WorkView:
    """Today's cases of this window, newest first."""
    rows = sorted(snapshot.work, key=lambda row: row.opened_at, reverse=True)
    sealed = sum(1 for row in rows if row.step is Step.SEALED)
    current = snapshot.case.id if snapshot.case else ""
    if snapshot.found is not None and snapshot.found.row is not None:
        current = snapshot.found.row.case_id  # the one that is being looked at
    return WorkView(
        title=tr("work.title"),
        summary=tr("work.summary", all=len(rows), sealed=sealed),
        empty="" if rows else tr("work.empty"),
        rows=tuple(_work_row(row, current) for row in rows),
    )


def _work_row(row: WorkRow, current: str) -> WorkRowView:
    return WorkRowView(
        case_id=row.case_id,
        time=row.opened_at.astimezone().strftime("%H:%M"),
        citizen=shown_name(row.citizen, plain=False) if row.citizen else tr("work.unknown_citizen"),
        item=row.item_name or tr("work.no_item"),
        number=row.project_number,
        state=_case_chip(row),
        hub=Chip(tr(f"hub_state.{row.hub_state}"), _HUB_LEVELS[row.hub_state]) if row.hub_state else None,
        current=row.case_id == current,
    )


def _case_chip(row: WorkRow) -> Chip:
    match row.decision:
        case None:
            level = Level.QUIET if row.step is Step.ABANDONED else Level.INFO
            return Chip(tr(f"step.{row.step}"), level)
        case DecisionKind.ACCEPTED:
            level = Level.OK
        case DecisionKind.ACCEPTED_DEFERRED | DecisionKind.CORRECTION:
            level = Level.WARNING
        case DecisionKind.REFUSED:
            level = Level.ERROR
        case DecisionKind.WITHDRAWN:
            level = Level.QUIET
    return Chip(tr(f"decision_short.{row.decision}"), level)


def header(case: Case, *, plain: bool) -> HeaderView:
    """Citizen, item and number of the open case."""
    identity = case.identity
    toggle = ButtonView(
        "clerk.header.personal",
        tr("header.hide") if plain else tr("header.show"),
        TogglePersonal(),
        key="F8",
        look=Look.QUIET,
    )
    return HeaderView(
        citizen=shown_name(identity.name, plain=plain) if identity else tr("header.nobody"),
        id_number=shown_id_number(identity.id_number, plain=plain) if identity else "",
        item=f"{case.item.item_name} · {case.item.situation_name}" if case.item else "",
        project_number=case.decision.project_number if case.decision else "",
        toggle=toggle if identity else None,
    )


def side(snapshot: Snapshot) -> SideView:
    """Every device with its state in words, and the hub."""
    return SideView(tuple(_device(device) for device in snapshot.devices), _sync(snapshot.sync))


def _device(device: DeviceView) -> DeviceRow:
    if policy.works(device):
        level = Level.OK
    elif device.state in _WAITING or device.state is DeviceState.NO_DEVICE:
        level = Level.QUIET
    elif device.state is DeviceState.USER_ERROR or device.needed == "optional":
        level = Level.WARNING
    else:
        level = Level.ERROR
    sentence = ""
    if device.fault_code:
        sentence = _short(device)
        level = level if level in {Level.WARNING, Level.ERROR} else Level.WARNING
    word = tr("device.busy") if device.busy and level is Level.OK else tr(f"device_state.{device.state}")
    medium = f"{device.kind}.{device.media}"
    if not sentence and device.media and medium in _MEDIA:
        key, media_level = _MEDIA[medium]
        sentence = tr(f"media.{key}")
        if level is Level.OK and media_level is not Level.INFO:
            level, word = media_level, tr("device.attention")
    icon = _ICONS.get(device.kind, "device")
    name = tr(f"device_kind.{device.kind}") if device.kind in _ICONS else device.id
    return DeviceRow(device.id, icon, name, Chip(word, level), sentence, level)


def _short(device: DeviceView) -> str:
    """Beside name and state, and true with and without a case; without such words the whole sentence."""
    code = device.fault_code
    return tr(f"strip.{code}") if has(f"strip.{code}") else devices.trouble(code, (device.kind,))


_MEDIA = {
    "receipt_printer.low": ("paper_low", Level.WARNING),
    "receipt_printer.out": ("paper_out", Level.ERROR),
    "document_camera.stalled": ("frames_stalled", Level.WARNING),
    "id_card.present": ("card_present", Level.INFO),
    "smart_card.present": ("card_inserted", Level.INFO),
}


def _sync(sync: SyncView) -> DeviceRow:
    level = _SYNC_LEVELS.get(sync.state, Level.WARNING)
    if sync.queued:
        sentence = tr("sync.queued", count=sync.queued)
        if sync.oldest_unsent_at is not None:
            sentence += tr("sync.oldest", time=sync.oldest_unsent_at.astimezone().strftime("%H:%M"))
    elif sync.last_receipt_at is not None:
        sentence = tr("sync.all_sent", time=sync.last_receipt_at.astimezone().strftime("%H:%M"))
    else:
        sentence = tr("sync.nothing_yet")
    if sync.state in {"unreachable", "blocked"}:
        sentence += tr(f"sync_state_hint.{sync.state}")
    state = sync.state if sync.state in _SYNC_LEVELS else "unreachable"
    return DeviceRow("hub", "hub", tr("sync.name"), Chip(tr(f"sync_state.{state}"), level), sentence, level)
